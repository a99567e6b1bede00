# The bytes of a module, which don't change. In a `String`, they are compared and hashed
# fast.
struct ModuleBytes
    data::String
end

Base.:(==)(a::ModuleBytes, b::ModuleBytes) = a.data == b.data
Base.hash(bytes::ModuleBytes, h::UInt) = hash(bytes.data, hash(:ModuleBytes, h))

"""
    WasiCommand(program, args=String[]; settings...)
    WasiCommand(command; settings...)

A program for WASI preview 1 with its arguments and settings, used as Julia's `Cmd` is: by
`run`, `read`, `open`, `eachline`, `success`, `pipeline`, `&`, `ignorestatus`, `setenv` and
`addenv`. `program` is the path of a file in the binary or text format, a [`WasmFile`](@ref),
or the bytes of a module. The module must be a command, that is, export a function `_start`.
`args` follow the program's name, which is the name of the file. The second form is a command
with other settings, and with the arguments `args=…` if they are given. It also takes a
`Cmd`. See also [`@wasi_cmd`](@ref) and [`wasi_run`](@ref).

A command is plain data. It can be compared, serialized, and be a constant of a package. The
file is read when the command runs. Compiled modules stay in a cache, so that a program is
compiled once for each process and each configuration.

A program gets nothing of Julia's process but what these settings give:

- `env=[]`: environment variables: pairs `name => value`, a dictionary such as `ENV`, or
  texts `"name=value"`.
- `preopens=[]`: folders that may be read, as pairs `host => guest`: the folder's path, and
  its path for the program.
- `writable=[]`: folders that may be read and written, likewise.
- `dir=nothing`: the folder in which the program starts, that is, its `.`. It is the guest
  path of one of the folders above, or else a folder of the host, which may then be read.
- `clock=nothing`: the Unix time in seconds at which the program's clock starts, such as
  `0`. Only a sleep advances it. By default the program has the system's clock.
- `seed=nothing`: an integer that determines the random numbers that the program gets. By
  default they are the system's.
- `network=false`: WASI preview 1 has no sockets to open, so this can't be `true`.

These end a program that takes too much:

- `sandbox=nothing`: a [`Sandbox`](@ref), which sets each of the following limits that isn't
  given, and the largest size of the module.
- `timeout=nothing`: how many seconds it may run. Then it ends in a [`WasmTrap`](@ref) with
  code `:interrupt`, even if it waits in a read, a write or a sleep.
- `fuel=nothing`: how many instructions, about, it may execute; see [`set_fuel!`](@ref).
- `memory_limit`, `table_limit` and `instance_limit`: as for [`WasmStore`](@ref).
- `output_limit=nothing`: how many bytes it may write to its standard output and standard
  error together. More ends it in a `WasmtimeError` with code `:limit`.
- `open_limit=nothing`: how many files and folders it may have open.
- `written_limit=nothing`: how many bytes it may write to its folders. More is for the
  program as if the disk were full.

Two settings are about running it:

- `ignorestatus=false`: whether a status other than 0 is no error; see `ignorestatus`.
- `config=NamedTuple()`: settings of [`WasmConfig`](@ref), as a named tuple. Epoch
  interruption stays on.

A command runs on a thread of the library, so Julia's tasks go on meanwhile. Standard
streams are those that Julia's functions give: `run` inherits all three, `read`, `open` and
`eachline` inherit standard error only, and `success` none. `pipeline` redirects them. A
text is the name of a file. The bytes of a vector or of an `IOBuffer` are data, and any
other `IO` is a stream. An `IOBuffer` for the output receives it.

# Errors
- `ArgumentError` for a setting that can't be used. The message names it.
- When the command runs: `SystemError` for a file or folder that can't be opened, and
  `WasmtimeError` for a program that isn't a module or a command, or that imports functions
  that WASI preview 1 doesn't have.
- When the program ends: [`WasiExit`](@ref) for a status other than 0, [`WasmTrap`](@ref)
  for a trap, a timeout or a lack of fuel, and `WasmtimeError` with code `:limit` for a
  limit. Several that end so in a pipeline give a `CompositeException`.

```julia
hello = WasiCommand(wat\"\"\"(module
    (import "wasi_snapshot_preview1" "fd_write"
        (func \$write (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (data (i32.const 0) "\\08\\00\\00\\00\\06\\00\\00\\00hello\\n")
    (func (export "_start")
        (drop (call \$write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16)))))\"\"\")
read(hello, String)    # => "hello\\n"
limited = WasiCommand(hello; timeout=5, memory_limit=2^24)
success(limited)    # => true
```
"""
struct WasiCommand
    program::Union{String,ModuleBytes}
    args::Vector{String}
    settings::WasiSettings
    timeout::Union{Float64,Nothing}
    fuel::Union{UInt64,Nothing}
    memory_limit::Union{UInt64,Nothing}
    table_limit::Union{UInt64,Nothing}
    instance_limit::Union{UInt64,Nothing}
    ignorestatus::Bool
    config::NamedTuple

    function WasiCommand(program, args=String[]; sandbox=nothing, settings...)
        return new_command(program, args; in_sandbox(sandbox, values(settings))...)
    end

    function new_command(
        program,
        args;
        timeout=nothing,
        fuel=nothing,
        memory_limit=nothing,
        table_limit=nothing,
        instance_limit=nothing,
        ignorestatus=false,
        config=NamedTuple(),
        network=false,
        settings...,
    )
        for name in keys(settings)
            name in WASI_SETTINGS || throw_unknown_command_setting(name)
        end
        network === false || throw_network(network)
        check_config(config)
        return new(
            program_data(program),
            arguments(args),
            WasiSettings(; settings...),
            timeout === nothing ? nothing : seconds("timeout", timeout),
            amount(UInt64, "fuel", fuel),
            amount(UInt64, "memory limit", memory_limit),
            amount(UInt64, "table limit", table_limit),
            amount(UInt64, "instance limit", instance_limit),
            boolean(:ignorestatus, ignorestatus),
            config,
        )
    end
end

function WasiCommand(
    command::WasiCommand; args=command.args, sandbox=nothing, settings...
)
    changed = in_sandbox(sandbox, values(settings), command.config)
    return WasiCommand(command.program, args; merge(keywords(command), changed)...)
end

# The settings together with the limits of a sandbox. Those that are given precede.
in_sandbox(::Nothing, settings, config=NamedTuple()) = settings

function in_sandbox(sandbox::Sandbox, settings, config=NamedTuple())
    names = (:timeout, :fuel, :memory_limit, :table_limit, :instance_limit, WASI_LIMITS...)
    limits = NamedTuple{names}(map(name -> getfield(sandbox, name), names))
    of_module = (
        max_module_size=largest(sandbox, :max_module_size),
        max_module_functions=largest(sandbox, :max_module_functions),
    )
    config = get(settings, :config, config)
    config isa NamedTuple || throw_no_config(config)
    return merge(limits, settings, (config=merge(of_module, config),))
end

function in_sandbox(sandbox, settings, config=NamedTuple())
    throw(ArgumentError("`sandbox` is a `Sandbox`, not $(given_text(sandbox))"))
end

function WasiCommand(cmd::Cmd; settings...)
    isempty(cmd.exec) && throw(ArgumentError("the command is empty"))
    given = (ignorestatus=cmd.ignorestatus,)
    cmd.env === nothing || (given = merge(given, (env=cmd.env,)))
    isempty(cmd.dir) || (given = merge(given, (dir=cmd.dir,)))
    return WasiCommand(cmd.exec[1], cmd.exec[2:end]; merge(given, values(settings))...)
end

# The settings of commands only.
const COMMAND_SETTINGS = (
    :timeout, :fuel, :memory_limit, :table_limit, :instance_limit, :ignorestatus, :config
)

function keywords(command::WasiCommand)
    own = NamedTuple{COMMAND_SETTINGS}(map(f -> getfield(command, f), COMMAND_SETTINGS))
    return merge(own, keywords(command.settings))
end

Base.:(==)(a::WasiCommand, b::WasiCommand) = same_fields(a, b)
Base.hash(x::WasiCommand, h::UInt) = hash_fields(x, hash(:WasiCommand, h))
Base.broadcastable(x::WasiCommand) = Ref(x)

function program_data(program)
    program isa AbstractString && return program_path(String(program))
    program isa AbstractVector{UInt8} && return ModuleBytes(String(copy(program)))
    program isa WasmFile && return program_path(program.path)
    program isa ModuleBytes && return program
    throw(
        ArgumentError(
            "the program is the path of a file or the bytes of a module, not " *
            given_text(program),
        ),
    )
end

function program_path(path)
    isempty(path) && throw(ArgumentError("the path of the program is empty"))
    startswith(path, "\0asm") && throw(
        ArgumentError(
            "the path of the program is the bytes of a module; `read(path)`, without " *
            "`String`, returns them as the `Vector{UInt8}` that a command is made of",
        ),
    )
    return wasi_text("the path of the program", path)
end

# The name of a program: its first argument, and its name in messages.
program_name(command::WasiCommand) = program_name(command.program)
program_name(path::String) = basename(path)
program_name(::ModuleBytes) = "program"

function arguments(args)
    args isa AbstractString && throw(
        ArgumentError("the arguments are a vector of texts, such as [$(value_text(args))]")
    )
    args isa Union{AbstractVector,Tuple} || throw(
        ArgumentError("the arguments are a vector of texts, not $(given_text(args))")
    )
    return String[argument_text(index, arg) for (index, arg) in enumerate(args)]
end

argument_text(index, arg::Union{Number,Symbol}) = string(arg)
argument_text(index, arg) = wasi_text("argument $index", arg)

function seconds(name, x)
    x isa Real || throw(
        ArgumentError("the $name is a number of seconds, not $(given_text(x))")
    )
    x >= 0 || throw_bad_timeout(x)
    return Float64(x)
end

function check_config(config)
    config isa NamedTuple || throw_no_config(config)
    foreach(check_setting, keys(config))
    get(config, :epoch_interruption, true) === true || throw(
        ArgumentError(
            "`epoch_interruption` is always true for a WasiCommand, which can be ended at " *
            "any time; it can't be $(value_text(config.epoch_interruption))",
        ),
    )
    return nothing
end

@noinline function throw_no_config(config)
    throw(ArgumentError("`config` is a named tuple of settings, not $(given_text(config))"))
end

@noinline function throw_network(network)
    boolean(:network, network)
    throw(
        ArgumentError(
            "`network=true`: WASI preview 1 has no sockets that a program could open; " *
            "`network` can only be false",
        ),
    )
end

@noinline function throw_unknown_command_setting(name)
    known = (:sandbox, COMMAND_SETTINGS..., :network, WASI_SETTINGS...)
    hint = if name in (:stdin, :stdout, :stderr)
        " Streams are redirected by `pipeline(command; $name=…)`."
    else
        nearest = nearest_name(string(name), map(string, known))
        nearest === nothing ? "" : " Did you mean `$nearest`?"
    end
    throw(
        ArgumentError(
            "$(quoted(name)) is no setting of a WasiCommand.$hint The settings are " *
            join(known, ", "),
        ),
    )
end

# The defaults of the settings, which aren't shown.
const DEFAULTS = keywords(WasiCommand("program"))

function Base.show(io::IO, command::WasiCommand)
    settings = keywords(command)
    is_default(name) = isequal(settings[name], DEFAULTS[name])
    given = filter(!is_default, collect(keys(settings)))
    program = command.program
    if isempty(given) && program isa String
        print(io, "wasi")
        return show(io, Cmd([program; command.args]))
    end
    print(io, "WasiCommand(")
    show_program(io, program)
    isempty(command.args) || print(io, ", ", command.args)
    isempty(given) || print(io, "; ")
    join(io, ("$name=$(setting_text(settings[name]))" for name in given), ", ")
    return print(io, ")")
end

show_program(io, path::String) = show(io, path)
show_program(io, bytes::ModuleBytes) = print(io, count_text(sizeof(bytes.data), "byte"))

setting_text(value) = repr(value)
setting_text(value::Unsigned) = string(value)

"""
    wasi`program args…`

A [`WasiCommand`](@ref), written as a `Cmd` is in Julia: words are split and quoted as
there, and `\$` interpolates whole arguments, or one for each element of a vector. The first
word is the path of the program. It may be an interpolated command, whose settings the new
one has.

```julia
file = "a file.txt"
wasi`solver.wasm --verbose \$file`.args    # => ["--verbose", "a file.txt"]
solver = WasiCommand("solver.wasm", ["-m"]; timeout=5)
wasi`\$solver \$file`    # => WasiCommand("solver.wasm", ["-m", "a file.txt"]; timeout=5.0)
```
"""
macro wasi_cmd(text)
    native = Expr(:macrocall, GlobalRef(Base, Symbol("@cmd")), __source__, text)
    # A call of `Base.cmd_gen` with the words, each a tuple of its parts.
    expanded = macroexpand(__module__, native)
    return :(command_of_words($(esc(expanded.args[2]))))
end

function command_of_words(words)
    has_command = !isempty(words) && first(words) isa Tuple{WasiCommand}
    others = has_command ? Base.tail(words) : words
    any(word -> any(part -> part isa WasiProgram, word), others) &&
        throw(ArgumentError("a WasiCommand can only be interpolated as the first word"))
    cmd = Base.cmd_gen(others)
    has_command || return WasiCommand(cmd)
    command = words[1][1]
    return WasiCommand(command; args=[command.args; cmd.exec])
end

"""
    ignorestatus(command::WasiCommand)

A command for which a status other than 0 is no error. Traps, timeouts and limits still are.
"""
Base.ignorestatus(command::WasiCommand) = WasiCommand(command; ignorestatus=true)

"""
    setenv(command::WasiCommand, env; dir)
    setenv(command::WasiCommand, variables::Pair...; dir)

A command with other environment variables, and with another `dir` if one is given. See
[`WasiCommand`](@ref) for both.

```julia
setenv(wasi`a.wasm`, "LEVEL" => 3)    # => WasiCommand("a.wasm"; env=["LEVEL" => "3"])
```
"""
Base.setenv(command::WasiCommand, env; dir=command.settings.dir) =
    WasiCommand(command; env=env, dir=dir)
Base.setenv(command::WasiCommand, variables::Pair...; dir=command.settings.dir) =
    WasiCommand(command; env=collect(Pair, variables), dir=dir)
Base.setenv(command::WasiCommand; dir=command.settings.dir) = WasiCommand(command; dir=dir)

# Julia has `addenv` since version 1.6.
@static if isdefined(Base, :addenv)
    import Base: addenv
else
    export addenv
end

"""
    addenv(command::WasiCommand, env)
    addenv(command::WasiCommand, variables::Pair...)

A command with further environment variables, which replace those of the same names.
"""
addenv(command::WasiCommand, env) =
    WasiCommand(command; env=[command.settings.env; variables(env)])
addenv(command::WasiCommand, variables::Pair...) = addenv(command, collect(Pair, variables))
