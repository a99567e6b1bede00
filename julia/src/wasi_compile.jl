# The cache of compiled programs: an engine for each configuration, and in it a module for
# each content of a file or vector of bytes.

# An engine for programs, with a linker that defines the functions of WASI.
struct WasiEngine
    engine::WasmEngine
    linker::WasmLinker

    function WasiEngine(config::NamedTuple)
        # No code of Julia runs on the threads of programs.
        engine = WasmEngine(WasmConfig(; config...), NO_HOOKS)
        linker = WasmLinker(engine)
        check(API.safewasm_linker_define_wasi(linker))
        return new(engine, linker)
    end
end

# A program in the cache. The lock is held while it is compiled.
mutable struct Compiled
    engine::WasiEngine
    compiling::ReentrantLock
    mod::Union{WasmModule,Nothing}
    # The number of the last run.
    last_run::Int
end

# A file whose content is known, as the system describes it.
struct KnownFile
    description::Tuple
    bytes::ModuleBytes
end

struct Programs
    lock::ReentrantLock
    engines::Dict{Any,WasiEngine}
    compiled::Dict{Tuple{Any,ModuleBytes},Compiled}
    files::Dict{String,KnownFile}
    runs::Ref{Int}
end

Programs() = Programs(ReentrantLock(), Dict(), Dict(), Dict(), Ref(0))

# The cache of this process, or nothing before its first use.
const PROGRAMS = Ref{Union{Programs,Nothing}}(nothing)

# How many programs stay compiled.
const MAX_COMPILED = 100

# The compiled program of a command.
function compiled_program(command::WasiCommand)
    program, config = command.program, command.config
    command.fuel === nothing || (config = merge(config, (consume_fuel=true,)))
    programs = process_state(Programs, PROGRAMS)
    bytes = program isa ModuleBytes ? program :
        file_content(programs, abspath(program), program)
    entry = lock(() -> find_entry(programs, config, bytes), programs.lock)
    lock(entry.compiling) do
        entry.mod === nothing || return nothing
        entry.mod = compile(entry.engine.engine, bytes, program)
    end
    return entry
end

function find_entry(programs, @nospecialize(config), bytes)
    key = (config, bytes)
    if !haskey(programs.compiled, key)
        haskey(programs.engines, config) || (programs.engines[config] = WasiEngine(config))
        programs.compiled[key] =
            Compiled(programs.engines[config], ReentrantLock(), nothing, 0)
    end
    entry = programs.compiled[key]
    entry.last_run = programs.runs[] += 1
    length(programs.compiled) > MAX_COMPILED && forget_oldest(programs.compiled)
    return entry
end

function forget_oldest(entries)
    oldest = minimum(entry -> entry.last_run, values(entries))
    filter!(((_, entry),) -> entry.last_run != oldest, entries)
    return nothing
end

function compile(engine, bytes::ModuleBytes, program)
    data = codeunits(bytes.data)
    try
        is_text = !startswith(bytes.data, "\0asm") && program isa String &&
            endswith(lowercase(program), ".wat")
        return WasmModule(engine, is_text ? wat2wasm(bytes.data) : data)
    catch e
        e isa WasmtimeError && program isa String || rethrow()
        throw(WasmtimeError("$(shortened(program)): $(e.message)", e.code))
    end
end

# The content of a file. It isn't read again if the file looks the same.
function file_content(programs, path, given)
    status = stat(path)
    description = (status.device, status.inode, status.size, status.mtime, status.ctime)
    known = lock(() -> get(programs.files, path, nothing), programs.lock)
    known === nothing || known.description != description || return known.bytes
    bytes = ModuleBytes(read_program(path, given))
    # The times of a file that is changed twice within some milliseconds may stay the same.
    is_old = time() - max(status.mtime, status.ctime) > 2
    lock(programs.lock) do
        length(programs.files) < MAX_COMPILED || empty!(programs.files)
        is_old && (programs.files[path] = KnownFile(description, bytes))
    end
    return bytes
end

function read_program(path, given)
    isdir(path) && throw(SystemError("the program $(quoted(given))", Libc.EISDIR))
    try
        return read(path, String)
    catch e
        e isa SystemError || rethrow()
        throw(SystemError("opening the program $(quoted(given))", e.errnum))
    end
end

# The hooks of an engine on whose threads no code of a language's runtime runs.
const NO_HOOKS = API.safewasm_hooks_t(
    sizeof(API.safewasm_hooks_t), (C_NULL for _ in 3:fieldcount(API.safewasm_hooks_t))..., 0
)
