# WASI for stores: modules with WASI imports whose exports Julia calls. Their streams are
# host functions, which run on the thread of the call.

"""
    WasiConfig(; settings...)

What the modules in a store get from WASI preview 1: see [`WasmStore`](@ref) and
[`WasmInstance`](@ref). For programs that run on their own there is [`WasiCommand`](@ref).

A config is plain data. It can be compared, serialized, and given to several stores. Nothing
is inherited from Julia's process but what these settings give:

- `args=[]`: the arguments; the first is by convention the name of the program.
- `stdin=devnull`: the name of a file, bytes, or an `IO` such as an `IOBuffer` or Julia's
  `stdin`.
- `stdout=devnull` and `stderr=devnull`: the name of a file, which is emptied first, or an
  `IO`.
- `env=[]`, `preopens=[]`, `writable=[]`, `dir=nothing`, `clock=nothing`, `seed=nothing`,
  `output_limit=nothing`, `open_limit=nothing` and `written_limit=nothing`: as for
  [`WasiCommand`](@ref).

An `IO` is read or written when wasm does so, on the task of the call, as in a host function:
other tasks run while it waits, but calls of wasm by other tasks on its thread wait; it may
not use the store. An exception that it throws ends the call of wasm and arrives there. What
was written before stays written. Files and folders are opened when the config is given to a
store.

# Errors
- `ArgumentError` for a setting that can't be used. The message names it.
- When the config is given to a store: `SystemError` for a file or folder that can't be
  opened.

```julia
reactor = WasmModule(engine, wat\"\"\"(module
    (import "wasi_snapshot_preview1" "fd_write"
        (func \$write (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (data (i32.const 0) "\\08\\00\\00\\00\\06\\00\\00\\00hello\\n")
    (func (export "greet") (result i32)
        (call \$write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16))))\"\"\")
output = IOBuffer()
greeter = WasmInstance(WasmStore(engine; wasi=WasiConfig(stdout=output)), reactor)
call(greeter, "greet")
String(take!(output))    # => "hello\\n"
```
"""
struct WasiConfig
    args::Vector{String}
    stdin::Any
    stdout::Any
    stderr::Any
    settings::WasiSettings

    function WasiConfig(;
        args=String[], stdin=devnull, stdout=devnull, stderr=devnull, settings...
    )
        for name in keys(settings)
            name in WASI_SETTINGS || throw_unknown_wasi_setting(name)
        end
        return new(
            arguments(args),
            config_stream(:stdin, stdin),
            config_stream(:stdout, stdout),
            config_stream(:stderr, stderr),
            WasiSettings(; settings...),
        )
    end
end

Base.:(==)(a::WasiConfig, b::WasiConfig) = same_fields(a, b)
Base.isequal(a::WasiConfig, b::WasiConfig) = same_fields(a, b)
Base.hash(x::WasiConfig, h::UInt) = hash_fields(x, hash(:WasiConfig, h))
Base.broadcastable(x::WasiConfig) = Ref(x)

const OWN_CONFIG_SETTINGS = (:args, :stdin, :stdout, :stderr)

function keywords(config::WasiConfig)
    own = NamedTuple{OWN_CONFIG_SETTINGS}(map(f -> getfield(config, f), OWN_CONFIG_SETTINGS))
    return merge(own, keywords(config.settings))
end

function Base.show(io::IO, config::WasiConfig)
    settings, defaults = keywords(config), keywords(WasiConfig())
    given = filter(name -> !isequal(settings[name], defaults[name]), collect(keys(settings)))
    print(io, "WasiConfig(")
    join(io, ("$name=$(config_text(settings[name]))" for name in given), ", ")
    return print(io, ")")
end

config_text(x) = setting_text(x)
config_text(io::IO) = string(nameof(typeof(io)), "(…)")
config_text(bytes::Vector{UInt8}) = count_text(length(bytes), "byte")

@noinline function throw_unknown_wasi_setting(name)
    known = (OWN_CONFIG_SETTINGS..., WASI_SETTINGS...)
    nearest = nearest_name(string(name), map(string, known))
    hint = nearest === nothing ? "" : " Did you mean `$nearest`?"
    throw(
        ArgumentError(
            "$(quoted(name)) is no setting of a WasiConfig.$hint The settings are " *
            join(known, ", "),
        ),
    )
end

# A stream in the form that a config keeps: a file's name, bytes, or an `IO`.
config_stream(name, stream::IO) = stream
function config_stream(name, stream)
    if stream isa AbstractString
        isempty(stream) && throw(ArgumentError("`$name` is an empty file name"))
        return wasi_text("the file name `$name`", stream)
    end
    name === :stdin && stream isa AbstractVector{UInt8} && return Vector{UInt8}(stream)
    data = name === :stdin ? "bytes, " : ""
    throw(
        ArgumentError(
            "`$name` is the name of a file, $(data)or an `IO`, not $(given_text(stream))"
        ),
    )
end

# An `IO` of a store's WASI, as a host function.
mutable struct StreamHost
    name::String
    io::IO
end

host_text(stream::StreamHost) = "for `$(stream.name)`"

function read_stream(env::Ptr{Cvoid}, bytes::Ptr{UInt8}, len::Csize_t, done::Ptr{Csize_t})
    return @host_entry env run_host(object_of(env)::StreamHost, bytes, len, done)
end

function write_stream(env::Ptr{Cvoid}, bytes::Ptr{UInt8}, len::Csize_t)
    return @host_entry env run_host(object_of(env)::StreamHost, bytes, len)
end

# Reads what there is, up to `len` bytes, and stores their number. Waits for the first one.
function run_host(stream::StreamHost, bytes::Ptr{UInt8}, len, done::Ptr{Csize_t})
    eof(stream.io) && return nothing
    data = read_available(stream.io, Int(len))::Vector{UInt8}
    count = min(length(data), Int(len))
    GC.@preserve data unsafe_copyto!(bytes, pointer(data), count)
    unsafe_store!(done, count)
    return nothing
end

function run_host(stream::StreamHost, bytes::Ptr{UInt8}, len)
    is_closed(stream.io) && throw_closed(stream.name)
    written = unsafe_write(stream.io, bytes, UInt(len))
    written isa Integer && written < len &&
        throw(ArgumentError("the stream `$(stream.name)` took $written of $len bytes"))
    return nothing
end

# A type of `IO` needs no `isopen`.
is_closed(io) = applicable(isopen, io) && !isopen(io)
throw_closed(name) = throw(ArgumentError("the stream `$name` is closed"))

# Sets a stream, by its number, of the WASI config that `store` is about to get.
set_stream!(wasi::WasiHandle, ::WasmStore, number, name, ::typeof(devnull)) = nothing

function set_stream!(wasi::WasiHandle, ::WasmStore, number, name, path::String)
    return GC.@preserve path check(
        API.safewasm_wasi_set_stream_file(wasi, number, c_text(path)..., false)
    )
end

function set_stream!(wasi::WasiHandle, ::WasmStore, number, name, bytes::Vector{UInt8})
    return GC.@preserve bytes check(
        API.safewasm_wasi_set_stdin_bytes(wasi, pointer(bytes), length(bytes))
    )
end

function set_stream!(wasi::WasiHandle, store::WasmStore, number, name, io::IO)
    io isa Pipe && connect(io)
    is_closed(io) && number != API.SAFEWASM_WASI_STDIN && throw_closed(name)
    env = root!(store.roots, StreamHost(name, io))
    if number == API.SAFEWASM_WASI_STDIN
        read = @cfunction(
            read_stream, ErrorPtr, (Ptr{Cvoid}, Ptr{UInt8}, Csize_t, Ptr{Csize_t})
        )
        return check(API.safewasm_wasi_set_stdin_callback(wasi, read, env, release_later()))
    end
    write = @cfunction(write_stream, ErrorPtr, (Ptr{Cvoid}, Ptr{UInt8}, Csize_t))
    return check(
        API.safewasm_wasi_set_stream_callback(wasi, number, write, env, release_later())
    )
end

# Gives a store its WASI, within the limits of its sandbox.
function set_wasi!(store::WasmStore, config::WasiConfig)
    isopen(store) || check_open(store)
    wasi = WasiHandle(config.args, in_sandbox(getfield(store, :sandbox), config.settings))
    set_stream!(wasi, store, API.SAFEWASM_WASI_STDIN, "stdin", config.stdin)
    set_stream!(wasi, store, API.SAFEWASM_WASI_STDOUT, "stdout", config.stdout)
    set_stream!(wasi, store, API.SAFEWASM_WASI_STDERR, "stderr", config.stderr)
    check(API.safewasm_store_set_wasi(store, wasi))
    setfield!(store, :has_wasi, true)
    return nothing
end

@noinline function set_wasi!(store::WasmStore, config)
    throw(ArgumentError("`wasi` is a WasiConfig, not $(given_text(config))"))
end

const WASI_MODULE = "wasi_snapshot_preview1"

"""
    define_wasi!(linker)

Defines the functions of WASI preview 1 in a linker, for stores that were made with
`WasmStore(engine; wasi=WasiConfig(…))`; returns the linker. [`WasmInstance`](@ref) without a
linker defines them by itself.

# Errors
- `WasmtimeError` with code `:invalid_argument` if one of them is defined and shadowing isn't
  allowed; then none is defined.

```julia
linker = define_wasi!(WasmLinker(engine))
define!((x) -> println(x), linker, "env", "log", (Int32,) => ())
```
"""
function define_wasi!(linker::WasmLinker)
    check(API.safewasm_linker_define_wasi(linker))
    return linker
end

# Fills in the functions of WASI among the imports that aren't given.
function add_wasi_items!(items, declared, store::WasmStore)
    is_wasi(index) = items[index] === nothing && declared[index].module_name == WASI_MODULE
    missing_ = filter(is_wasi, eachindex(declared))
    isempty(missing_) && return nothing
    linker = define_wasi!(WasmLinker(store.engine))
    for index in missing_
        items[index] = try
            get(linker, store, WASI_MODULE, declared[index].name)
        catch e
            e isa WasmtimeError && e.code === :not_found || rethrow()
            nothing
        end
    end
    return close(linker)
end

# A new instance, whose `_initialize` is called by WASI's convention if the store has WASI.
function initialized(instance::WasmInstance)
    store = instance.store
    getfield(store, :has_wasi) && @guarded store API.safewasm_instance_initialize(instance)
    return instance
end
