# The assertions on values of the WebAssembly specification's test suite, through the package.
#
#     julia julia/test/spec.jl FOLDER
#
# FOLDER has the record that `safewasm-spec --record` wrote. tests/spec/src/record.rs describes its
# format.
using SafeWasm

include("limited.jl")

# The host object that `ref.extern` with a number stands for.
struct HostObject
    number::Int
end
const OBJECTS = Dict{Int,HostObject}()
object(number) = get!(() -> HostObject(number), OBJECTS, number)

bytes_of(word) = hex2bytes(SubString(word, 2))
name_of(word) = String(bytes_of(word))

const FLOATS = (f32=(UInt32, Float32), f64=(UInt64, Float64))

function argument(word)
    type, bits = split(word, ':')
    type == "i32" && return reinterpret(Int32, parse(UInt32, bits; base=16))
    type == "i64" && return reinterpret(Int64, parse(UInt64, bits; base=16))
    type == "f32" && return reinterpret(Float32, parse(UInt32, bits; base=16))
    type == "f64" && return reinterpret(Float64, parse(UInt64, bits; base=16))
    type == "v128" && return parse(UInt128, bits; base=16)
    type == "null" && return nothing
    type == "extern" && return object(parse(Int, bits; base=16))
    error("$word is no argument")
end

# Whether a result is the one that a word describes. Floats are compared by their bits, except that
# some words stand for any of several NaNs.
function is_expected(result, word)
    occursin('|', word) && return any(case -> is_expected(result, case), split(word, '|'))
    type, bits = split(word, ':')
    type == "i32" && return result === argument(word)
    type == "i64" && return result === argument(word)
    type == "f32" && return result isa Float32 && is_float(reinterpret(UInt32, result), bits)
    type == "f64" && return result isa Float64 && is_float(reinterpret(UInt64, result), bits)
    type == "null" && return result === nothing
    type == "extern" && return result === argument(word)
    result isa NTuple{16,UInt8} || return false
    type == "v128" && return only(lanes(UInt128, result)) == argument(word)
    type == "f32x4" && return all(is_float.(lanes(UInt32, result), split(bits, ',')))
    type == "f64x2" && return all(is_float.(lanes(UInt64, result), split(bits, ',')))
    error("$word is no result")
end

lanes(T, vector) = collect(reinterpret(T, collect(vector)))

function is_float(bits::T, expected) where {T<:Unsigned}
    sign = one(T) << (8 * sizeof(T) - 1)
    quiet = T == UInt32 ? 0x7fc00000 : 0x7ff8000000000000
    expected == "canonical" && return bits & ~sign == quiet
    expected == "arithmetic" && return bits & quiet == quiet
    return bits == parse(T, expected; base=16)
end

mutable struct Script
    engine::WasmEngine
    store::WasmStore
    linker::WasmLinker
    definitions::Dict{String,WasmModule}
    instances::Dict{String,WasmInstance}
end

function Script(off)
    engine = WasmEngine(
        WasmConfig(;
            shared_memory=true,
            custom_page_sizes=true,
            wide_arithmetic=true,
            (feature => false for feature in off)...,
        ),
    )
    store = WasmStore(engine)
    linker = WasmLinker(engine; allow_shadowing=true)
    print_nothing(args...) = nothing
    for (name, params) in (
        "print" => (),
        "print_i32" => (Int32,),
        "print_i64" => (Int64,),
        "print_f32" => (Float32,),
        "print_f64" => (Float64,),
        "print_i32_f32" => (Int32, Float32),
        "print_f64_f64" => (Float64, Float64),
    )
        define!(print_nothing, linker, "spectest", name, params => ())
    end
    for value in (Int32(666), Int64(666), 666.6f0, 666.6)
        type = WasmGlobalType(typeof(value), false)
        name = "global_$(WasmValType(typeof(value)))"
        define!(linker, "spectest", name, WasmGlobal(store, type, value))
    end
    define!(linker, "spectest", "table", WasmTable(store, WasmTableType(10 => 20)))
    :memory64 in off || define!(
        linker, "spectest", "table64", WasmTable(store, WasmTableType(10 => 20; is_64=true))
    )
    define!(linker, "spectest", "memory", WasmMemory(store, 1 => 2))
    return Script(engine, store, linker, Dict(), Dict())
end

const MODULES = read(joinpath(ARGS[1], "modules.bin"))

function compile(script, format, from, len)
    bytes = MODULES[(parse(Int, from) + 1):(parse(Int, from) + parse(Int, len))]
    format == "text" && (bytes = wat2wasm(String(bytes)))
    return WasmModule(script.engine, bytes)
end

# Makes an instance of a module, which becomes the current one and, with a name, that of the name.
function instantiate!(script, name, m)
    delete!(script.instances, "-")
    instance = WasmInstance(script.store, m, script.linker)
    return script.instances["-"] = script.instances[name] = instance
end

# The results of an action.
function perform(script, words)
    if words[1] == "start"
        WasmInstance(script.store, compile(script, words[2:4]...), script.linker)
        return ()
    end
    item = exports(script.instances[words[2]])[name_of(words[3])]
    words[1] == "get" && return (item[],)
    result = item((argument(word) for word in words[4:end])...)
    result === nothing && isempty(item.type.results) && return ()
    return result isa Tuple && length(item.type.results) != 1 ? result : (result,)
end

# The reason why a command fails, or `nothing`.
function run(script, words)
    verb = words[1]
    if verb == "module"
        instantiate!(script, words[2], compile(script, words[3:5]...))
    elseif verb == "definition"
        script.definitions[words[2]] = compile(script, words[3:5]...)
    elseif verb == "instance"
        instantiate!(script, words[2], script.definitions[words[3]])
    elseif verb == "register"
        define_instance!(script.linker, name_of(words[2]), script.instances[words[3]])
    elseif verb == "invoke"
        perform(script, words[2:end])
    else
        equals = findfirst(==("="), words)
        action, expected = words[2:(equals - 1)], words[(equals + 1):end]
        verb == "return" && return unlike(perform(script, action), expected)
        verb == "trap" && return untrapped(script, action, split(expected[1], '|'))
        error("$verb is no command")
    end
    return nothing
end

function unlike(results, expected)
    length(results) == length(expected) && all(is_expected.(results, expected)) &&
        return nothing
    return "$results instead of $(join(expected, ' '))"
end

function untrapped(script, action, codes)
    results = try
        perform(script, action)
    catch e
        e isa WasmTrap && string(e.code) in codes && return nothing
        return "$(sprint(showerror, e)) instead of a trap $(join(codes, " or "))"
    end
    return "$results instead of a trap $(join(codes, " or "))"
end

function main()
    passed, failed = 0, 0
    file, script = "", nothing
    for line in eachline(joinpath(ARGS[1], "commands.txt"))
        words = String.(split(line, ' '; keepempty=false))
        if words[1] == "file"
            script === nothing || close(script.store)
            file, script = words[2], Script(Symbol.(words[3:end]))
            continue
        end
        wrong = try
            run(script, words[2:end])
        catch e
            sprint(showerror, e)
        end
        if wrong === nothing
            passed += 1
        else
            failed += 1
            println("FAILED ", file, ':', words[1], ": ", wrong)
        end
    end
    println("julia_spec: ", passed, " passed, ", failed, " failed")
    return exit(failed == 0 && passed > 0 ? 0 : 1)
end

watched(main, "the specification's test suite"; seconds=3600)
