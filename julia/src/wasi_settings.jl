# What a program for WASI gets: environment, folders, clock, random numbers, and the limits
# of what it writes and opens. `WasiCommand` and `WasiConfig` have these settings.

const Texts = Vector{Pair{String,String}}

# The settings as plain data, checked as far as that is possible without looking at files.
struct WasiSettings
    env::Texts
    preopens::Texts
    writable::Texts
    dir::Union{String,Nothing}
    clock::Union{Float64,Nothing}
    seed::Union{UInt64,Nothing}
    output_limit::Union{UInt64,Nothing}
    open_limit::Union{UInt32,Nothing}
    written_limit::Union{UInt64,Nothing}
end

function WasiSettings(;
    env=(),
    preopens=(),
    writable=(),
    dir=nothing,
    clock=nothing,
    seed=nothing,
    output_limit=nothing,
    open_limit=nothing,
    written_limit=nothing,
)
    preopens, writable = folders("preopens", preopens), folders("writable", writable)
    dir === nothing || (dir = wasi_text("`dir`", dir))
    check_guest_paths([preopens; writable], dir)
    return WasiSettings(
        variables(env),
        preopens,
        writable,
        dir,
        clock === nothing ? nothing : unix_time(clock),
        amount(UInt64, "seed", seed),
        amount(UInt64, "output limit", output_limit),
        amount(UInt32, "open limit", open_limit),
        amount(UInt64, "written limit", written_limit),
    )
end

# The keywords of `WasiSettings`.
const WASI_SETTINGS = fieldnames(WasiSettings)

# Those that a sandbox has too.
const WASI_LIMITS = (:output_limit, :open_limit, :written_limit)

# The settings with the limits of a sandbox in place of those that aren't given.
in_sandbox(::Nothing, settings::WasiSettings) = settings
function in_sandbox(sandbox::Sandbox, settings::WasiSettings)
    limits = map(WASI_LIMITS) do name
        given = getfield(settings, name)
        return given === nothing ? getfield(sandbox, name) : given
    end
    return WasiSettings(; merge(keywords(settings), NamedTuple{WASI_LIMITS}(limits))...)
end

# The settings as keywords.
function keywords(x::WasiSettings)
    return NamedTuple{WASI_SETTINGS}(map(name -> getfield(x, name), WASI_SETTINGS))
end

# Commands and their parts are equal if their fields are.
same_fields(a, b) =
    all(name -> isequal(getfield(a, name), getfield(b, name)), fieldnames(typeof(a)))
hash_fields(x, h) =
    foldl((h, name) -> hash(getfield(x, name), h), fieldnames(typeof(x)); init=h)

Base.:(==)(a::WasiSettings, b::WasiSettings) = same_fields(a, b)
Base.isequal(a::WasiSettings, b::WasiSettings) = same_fields(a, b)
Base.hash(x::WasiSettings, h::UInt) = hash_fields(x, hash(:WasiSettings, h))

# A text that a program gets. `name` is its name in messages.
function wasi_text(name, text)
    text isa AbstractString ||
        throw(ArgumentError("$name is a text, not $(given_text(text))"))
    text = String(text)
    '\0' in text && throw(ArgumentError("$name contains a NUL: $(value_text(text))"))
    isvalid(text) || throw(ArgumentError("$name is not valid UTF-8: $(value_text(text))"))
    return text
end

# An integer from 0 to the largest of type `T`, or nothing.
function amount(T, name, x)
    x === nothing && return nothing
    x = nonnegative(name, x)
    x <= typemax(T) || throw(ArgumentError("the $name, $x, is more than $(typemax(T))"))
    return T(x)
end

function unix_time(clock)
    clock isa Real || throw(
        ArgumentError(
            "`clock` is the time at which the program starts, in seconds since 1970, " *
            "such as `time()` or `Dates.datetime2unix(t)`; it is $(given_text(clock))",
        ),
    )
    0 <= clock < 1.8e10 ||
        throw(ArgumentError("`clock`, $clock seconds since 1970, is out of range"))
    return Float64(clock)
end

# Environment variables, from pairs, a dictionary or texts "name=value". Of several values
# for a name the last one counts.
function variables(env)
    env = pairs_in("env", env, "name => value")
    env isa AbstractDict && (env = sort!(collect(env); by=first))
    found = Texts()
    for variable in env
        variable isa AbstractString && (variable = split_variable(variable))
        variable isa Pair || throw_no_pair("env", "name => value", variable)
        name = wasi_text("the name of an environment variable", first(variable))
        problem = isempty(name) ? "is empty" : "contains `=`: $(quoted(name))"
        (isempty(name) || '=' in name) &&
            throw(ArgumentError("the name of an environment variable $problem"))
        value = last(variable)
        value isa Union{Number,Symbol} && (value = string(value))
        value = wasi_text("the environment variable $(quoted(name))", value)
        filter!(earlier -> first(earlier) != name, found)
        push!(found, name => value)
    end
    return found
end

function split_variable(text)
    parts = split(text, '='; limit=2)
    length(parts) == 2 && return String(parts[1]) => String(parts[2])
    throw(ArgumentError("the environment variable $(quoted(text)) is not `name=value`"))
end

# Folders of the host, each with its path for the program.
function folders(name, x)
    found = Texts()
    for folder in pairs_in(name, x, "host => guest")
        folder isa Pair || throw_no_pair(name, "host => guest", folder)
        host = wasi_text("a folder of `$name`", first(folder))
        guest = wasi_text("a guest path of `$name`", last(folder))
        isempty(host) && throw(ArgumentError("the path of a folder of `$name` is empty"))
        push!(found, host => guest)
    end
    return found
end

# `x` as something to iterate over, whose elements should be pairs.
pairs_in(name, x::Pair, form) = (x,)
pairs_in(name, x::Union{AbstractVector,Tuple,AbstractDict}, form) = x
pairs_in(name, x, form) = throw_no_pair(name, form, x)

@noinline function throw_no_pair(name, form, x)
    throw(ArgumentError("`$name` has pairs `$form`, not $(given_text(x))"))
end

function check_guest_paths(folders, dir)
    paths = map(last, folders)
    dir === nothing || dir == "." && "." in paths || push!(paths, ".")
    for (index, path) in enumerate(paths)
        isempty(path) && throw(ArgumentError("the guest path of a folder is empty"))
        path in paths[1:(index - 1)] &&
            throw(ArgumentError("two folders have the guest path $(quoted(path))"))
    end
    return nothing
end

# The folders that a program gets, as tuples (host, guest, whether it may be written).
function all_folders(settings::WasiSettings)
    found = Tuple{String,String,Bool}[]
    append!(found, [(host, guest, false) for (host, guest) in settings.preopens])
    append!(found, [(host, guest, true) for (host, guest) in settings.writable])
    dir = settings.dir
    dir === nothing && return found
    index = findfirst(folder -> folder[2] == dir, found)
    host, guest, is_writable = index === nothing ? (dir, dir, false) : found[index]
    index !== nothing && guest == "." || push!(found, (host, ".", is_writable))
    return found
end

# The library's WASI config, which a store consumes.
mutable struct WasiHandle <: WasmObject
    ptr::Ptr{API.safewasm_wasi_t}

    function WasiHandle()
        handle = Ref{Ptr{API.safewasm_wasi_t}}(C_NULL)
        check(API.safewasm_wasi_new(handle))
        return finalizer(close, new(handle[]))
    end
end

Base.unsafe_convert(::Type{Ptr{API.safewasm_wasi_t}}, x::WasiHandle) = getfield(x, :ptr)
Base.isvalid(wasi::WasiHandle) = API.safewasm_wasi_is_valid(wasi)
delete_handle(wasi::WasiHandle) = API.safewasm_wasi_delete(wasi)

# A text as the two arguments that C functions take. The caller preserves the text.
c_text(text::String) = (text_pointer(text), sizeof(text))

# Makes the library's WASI config with the arguments and settings of a program.
function WasiHandle(args, settings::WasiSettings)
    wasi = WasiHandle()
    for arg in args
        GC.@preserve arg check(API.safewasm_wasi_add_arg(wasi, c_text(arg)...))
    end
    for (name, value) in settings.env
        GC.@preserve name value check(
            API.safewasm_wasi_add_env(wasi, c_text(name)..., c_text(value)...)
        )
    end
    for (host, guest, is_writable) in all_folders(settings)
        GC.@preserve host guest check(
            API.safewasm_wasi_add_dir(wasi, c_text(host)..., c_text(guest)..., is_writable),
        )
    end
    set(f, x) = x === nothing || check(f(wasi, x))
    clock = settings.clock
    clock === nothing || set(API.safewasm_wasi_set_fixed_clock, round(UInt64, clock * 1e9))
    set(API.safewasm_wasi_set_seed, settings.seed)
    set(API.safewasm_wasi_set_output_limit, settings.output_limit)
    set(API.safewasm_wasi_set_open_limit, settings.open_limit)
    set(API.safewasm_wasi_set_written_limit, settings.written_limit)
    return wasi
end
