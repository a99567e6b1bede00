# Programs that run, each on a thread of the library. No code of Julia runs there. The
# library announces the end of a program by an `AsyncCondition`.

mutable struct Guest
    ptr::Ptr{API.safewasm_process_t}
    command::WasiCommand
    ended::Base.AsyncCondition
    # Held by the task that waits for `ended`: a second one could miss the announcement.
    waiting::ReentrantLock
    # The exit status or the exception; nothing while the program runs.
    outcome::Any

    function Guest(command::WasiCommand)
        guest = new(C_NULL, command, take_condition(), ReentrantLock(), nothing)
        return finalizer(guest -> API.safewasm_process_delete(guest.ptr), guest)
    end
end

# The programs that run in this process, which are kept alive until they have ended, and the
# conditions for later ones. A condition is never closed, as a thread might be about to
# announce an end.
struct Running
    lock::ReentrantLock
    guests::Set{Guest}
    conditions::Vector{Base.AsyncCondition}

    function Running()
        atexit(end_guests)
        return new(ReentrantLock(), Set(), [])
    end
end

# Nothing before the first one.
const RUNNING = Ref{Union{Running,Nothing}}(nothing)

# State of a process, which is made when it is needed first. A precompiled image must have
# none: it exists only in the process that precompiles.
function process_state(T, place)
    state = place[]
    state === nothing || return state
    return lock(PROCESS_STATE) do
        place[] === nothing && (place[] = T())
        place[]
    end
end

const PROCESS_STATE = ReentrantLock()

function forget_process_state()
    PROGRAMS[] = nothing
    RUNNING[] = nothing
    RECEIVED[] = nothing
    return nothing
end

running() = process_state(Running, RUNNING)::Running

function take_condition()
    all = running()
    return lock(all.lock) do
        foreach(forget_if_ended, collect(all.guests))
        isempty(all.conditions) ? Base.AsyncCondition() : pop!(all.conditions)
    end
end

# Lets go of a program that has ended, unless a task waits for it, which does so itself.
function forget_if_ended(guest)
    outcome(guest) === nothing && return nothing
    trylock(guest.waiting) || return nothing
    try
        forget(guest)
    finally
        unlock(guest.waiting)
    end
    return nothing
end

function forget(guest)
    all = running()
    lock(all.lock) do
        guest in all.guests || return nothing
        delete!(all.guests, guest)
        push!(all.conditions, guest.ended)
    end
    return nothing
end

# Starts the program of a guest. The three `ends` are those of its standard streams.
function start!(guest::Guest, program::Compiled, ends::Vector{Any})
    command = guest.command
    wasi = WasiHandle([program_name(command); command.args], command.settings)
    for (index, stream) in enumerate(ends)
        set_stream!(wasi, index - 1, stream)
    end
    store = WasmStore(
        program.engine.engine;
        memory_limit=command.memory_limit,
        table_limit=command.table_limit,
        instance_limit=command.instance_limit,
        fuel=command.fuel,
    )
    try
        check(API.safewasm_store_set_wasi(store, wasi))
        command.timeout === nothing ||
            begin_timeout(store, command.timeout, API.SAFEWASM_TIMEOUT_ALL_TASKS)
        start!(guest, program, store)
    finally
        # The process has the store now, and frees it.
        isvalid(store) ? close(store) : uncount_mapping()
    end
    return guest
end

function start!(guest::Guest, program::Compiled, store::WasmStore)
    lock(() -> push!(running().guests, guest), running().lock)
    handle = Ref{Ptr{API.safewasm_process_t}}(C_NULL)
    sigatomic_begin()
    error = API.safewasm_process_new(
        program.engine.linker,
        program.mod,
        store,
        cglobal(:uv_async_send),
        Base.unsafe_convert(Ptr{Cvoid}, guest.ended),
        C_NULL,
        handle,
    )
    guest.ptr = handle[]
    sigatomic_end()
    error == C_NULL && return nothing
    forget(guest)
    exception = take_command_error(error)
    is_named = exception isa WasmtimeError && guest.command.program isa String
    is_named || throw(exception)
    program = shortened(guest.command.program)
    throw(WasmtimeError("$program: $(exception.message)", exception.code))
end

# The exit status of a program that has ended, or the exception that ended it, or nothing.
function outcome(guest::Guest)
    (guest.outcome === nothing && guest.ptr != C_NULL) || return guest.outcome
    has_ended, status = Ref(false), Ref{UInt32}(0)
    error = API.safewasm_process_status(guest.ptr, has_ended, status)
    has_ended[] || return check(error)
    guest.outcome = error == C_NULL ? Int(status[]) : take_command_error(error)
    return guest.outcome
end

# The words for a store in messages about a command.
const STORE_WORDS = (
    "the store's " => "the program's ",
    "`WasmStore(engine; " => "`WasiCommand(…; ",
    "the store has no fuel left; `set_fuel!` gives it fuel" =>
        "the program has used up its fuel; see `WasiCommand(…; fuel=…)`",
    "the time limit of the call has passed" =>
        "the time limit of the program has passed; see `WasiCommand(…; timeout=…)`",
)

function take_command_error(error::Ptr{API.safewasm_error_t})
    return in_command_words(take_error(error, nothing))
end

in_command_words(e) = e
in_command_words(e::WasmtimeError) = WasmtimeError(in_command_words(e.message), e.code)
function in_command_words(e::WasmTrap)
    return WasmTrap(in_command_words(e.message), e.code, e.frames, e.coredump)
end
in_command_words(message::String) = foldl(replace, STORE_WORDS; init=message)

function Base.wait(guest::Guest)
    guest.outcome === nothing || return nothing
    lock(guest.waiting)
    try
        while outcome(guest) === nothing
            wait(guest.ended)
        end
        forget(guest)
    finally
        unlock(guest.waiting)
    end
    return nothing
end

function Base.kill(guest::Guest)
    guest.ptr == C_NULL || check(API.safewasm_process_kill(guest.ptr))
    return nothing
end

# Ends the programs that still run, before Julia closes the conditions.
function end_guests()
    guests = lock(() -> collect(running().guests), running().lock)
    foreach(kill, guests)
    for guest in guests
        has_ended = Ref(false)
        guest.ptr == C_NULL ||
            check(API.safewasm_process_wait(guest.ptr, 1_000_000_000, has_ended))
    end
    return nothing
end

# The status of a program that wrote to a pipe that nobody reads. As with native commands,
# this is no failure.
const READER_HAS_LEFT = 141

has_succeeded(guest::Guest) = outcome(guest) in (0, READER_HAS_LEFT)

# The exception for a program that has failed, or nothing.
function failure(guest::Guest, ignorestatus)
    outcome(guest) isa Exception && return outcome(guest)
    ignorestatus |= guest.command.ignorestatus
    (ignorestatus || has_succeeded(guest)) && return nothing
    return WasiExit(outcome(guest), program_name(guest.command))
end

# The exit status of a program that has ended, or the exception.
exit_status(guest::Guest) = has_succeeded(guest) ? 0 : outcome(guest)
