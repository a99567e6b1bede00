# Closes modules, linkers and memories while another thread reads them.
using SafeWasm

println(Threads.nthreads(), " threads")

const ENGINE = WasmEngine()
const SECTION = UInt8.(1:100)

# The number in the form in which the binary format has it.
function leb128(n)
    bytes = UInt8[]
    while n >= 0x80
        push!(bytes, n % UInt8 | 0x80)
        n >>= 7
    end
    return push!(bytes, n % UInt8)
end

# A module with a custom section of that content.
function with_section(wasm, content)
    payload = vcat(UInt8[0x01, 0x78], content)
    return vcat(wasm, 0x00, leb128(length(payload)), payload)
end

const LARGE = with_section(wat"(module)", repeat(SECTION, 100_000))
const NAMES = ["$(repeat("name", 100)) $index" for index in 1:300]
const NAMED = wat2wasm("(module \$m (import \"from\" \"f\" (func \$f)) " *
                       join("(export \"$name\" (func \$f))" for name in NAMES) * ")")

function new_linker()
    linker = WasmLinker(ENGINE)
    foreach(name -> define!(() -> nothing, linker, "from", name, () => ()), NAMES[1:20])
    return linker
end

# Reads an object on the other thread, over and over, until it is closed here. Returns the number of
# reads that gave the content.
function reads_until_closed(is_right, read, object)
    entered, done = Threads.Atomic{Bool}(false), Threads.Atomic{Int}(0)
    reader = Threads.@spawn try
        while true
            entered[] = true
            is_right(read(object)) || error("another content")
            done[] += 1
        end
    catch e
        e isa WasmtimeError && e.code === :invalid_handle || rethrow()
    end
    while !entered[] && !istaskdone(reader)
        GC.safepoint()
    end
    start, pause = time_ns(), rand(0:3_000_000)
    while time_ns() - start < pause
        GC.safepoint()
    end
    close_all(object)
    wait(reader)
    return done[]
end

close_all(object) = close(object)
close_all(mem::WasmMemory) = (close(mem); close(mem.owner))

function report(is_right, what, read, make; rounds)
    reads = sum(_ -> reads_until_closed(is_right, read, make()), 1:rounds)
    return reads > 0 && println(what, ": read, or refused once closed")
end

new_module(wasm) = WasmModule(ENGINE, wasm; progress=false)

const PAGES = 200

function new_memory()
    mem = WasmMemory(WasmStore(ENGINE), PAGES => PAGES)
    return fill!(mem, 0x07)
end

all_sevens(bytes) = all(==(0x07), bytes)

texts(m) = (module_name(m), imports(m)[1].name, [item.name for item in exports(m)])
names(linker) = [key.name for key in keys(linker)]

report(==(LARGE), "a module's bytes", wasm_bytes, () -> new_module(LARGE); rounds=30)
report("a module's sections", custom_sections, () -> new_module(LARGE); rounds=30) do sections
    sections == ["x" => LARGE[(end - 9_999_999):end]]
end
report(==(("m", "f", NAMES)), "a module's texts", texts, () -> new_module(NAMED); rounds=50)
report(==(NAMES[1:20]), "a linker's names", names, new_linker; rounds=100)
report(all_sevens, "a memory's bytes", mem -> mem[1:(PAGES << 16)], new_memory; rounds=30)
