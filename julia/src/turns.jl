# Tasks that share a thread take turns: while one is in a host function, calls of wasm by
# the others wait.

# A task in a host function, and the `env` of the host function.
struct HeldTask
    task::Task
    env::Ptr{Cvoid}
end

# A stack of the tasks in host functions on one thread: the first `depth` places are in use.
# `push!` and `pop!` of an `Array` would take a third of the time of a host function.
mutable struct HeldTasks
    depth::Int
    tasks::Vector{Any}
    envs::Vector{Ptr{Cvoid}}
end

HeldTasks() = HeldTasks(0, [], [])

Base.isempty(held::HeldTasks) = held.depth == 0
Base.last(held::HeldTasks) = HeldTask(held.tasks[held.depth], held.envs[held.depth])

# The tasks in host functions, for each thread. This keeps them alive: a task that waits for
# something unreachable would be collected together with its stack, to which the library has
# pointers.
const HELD_TASKS = Ref([HeldTasks() for _ in 1:1])
const HELD_LOCK = Threads.SpinLock()

@inline function held_tasks()
    stacks, thread = HELD_TASKS[], Threads.threadid()
    return thread <= length(stacks) ? (@inbounds stacks[thread]) : more_held_tasks(thread)
end

@noinline function more_held_tasks(thread)
    return lock(HELD_LOCK) do
        stacks = HELD_TASKS[]
        more = [HeldTasks() for _ in (length(stacks) + 1):max(thread, thread_count())]
        HELD_TASKS[] = [stacks; more]
        HELD_TASKS[][thread]
    end
end

# Keeps the current task alive and on its thread, while the host function of `env` runs.
# Returns whether the task was bound to its thread before.
@inline function hold_task(env::Ptr{Cvoid})
    task, held = current_task(), held_tasks()
    depth = held.depth + 1
    depth <= length(held.tasks) || add_places(held)
    @inbounds held.tasks[depth], held.envs[depth] = task, env
    held.depth = depth
    sticky = task.sticky
    task.sticky = true
    return sticky
end

@noinline function add_places(held::HeldTasks)
    append!(held.tasks, fill(nothing, 16))
    append!(held.envs, fill(C_NULL, 16))
    return nothing
end

@inline function release_task(sticky::Bool)
    held = held_tasks()
    depth = held.depth
    task = @inbounds held.tasks[depth]::Task
    @inbounds held.tasks[depth] = nothing
    held.depth = depth - 1
    task.sticky = sticky
    return nothing
end

# How many seconds a call waits for another task's host function before there is a warning.
const SECONDS_TO_WARNING = Ref(5.0)

# A call that waits until another task's host function on its thread has returned.
mutable struct Turn
    # The library counts the call as waiting while this error exists, so that `interrupt!`
    # ends it.
    error::Ptr{API.safewasm_error_t}
    # The task that holds the thread, and since when it is known to.
    holder::Union{HeldTask,Nothing}
    since::UInt64
    warned::Bool
end

# Waits a while after the library refused a call with `error`.
function wait_for_turn(error::Ptr{API.safewasm_error_t}, turn)
    if turn === nothing
        turn = Turn(error, nothing, time_ns(), false)
    else
        API.safewasm_error_delete(turn.error)
        turn.error = error
    end
    # Interrupts are enabled only within the `try`. When it is left, Julia restores whether
    # they were deferred before.
    try
        sigatomic_end()
        # Yields first, as the other task may be quick. Then sleeps, so that the event loop
        # runs: with yields alone it might not.
        for _ in 1:4
            yield()
        end
        sleep(0.001)
        turn.warned || warn_of_long_wait(turn)
        sigatomic_begin()
    catch
        end_wait(turn)
        sigatomic_end()
        rethrow()
    end
    sigatomic_end()
    return turn
end

# Ends the wait, since the call was made or given up.
function end_wait(turn::Turn)
    API.safewasm_error_delete(turn.error)
    turn.error = C_NULL
    return nothing
end

# Warns if one host function has held the thread for long.
function warn_of_long_wait(turn::Turn)
    held = held_tasks()
    holder = isempty(held) ? nothing : last(held)
    if holder !== turn.holder
        turn.holder, turn.since = holder, time_ns()
        return nothing
    end
    seconds = (time_ns() - turn.since) / 1e9
    if seconds >= SECONDS_TO_WARNING[] && holder !== nothing
        warn_of_wait(turn, holder, seconds)
    end
    return nothing
end

@noinline function warn_of_wait(turn::Turn, holder::HeldTask, seconds)
    turn.warned = true
    host = host_text(object_of(holder.env))
    message =
        "A call of wasm has waited for $(round(seconds; digits=1)) s, because the host " *
        "function $host of another task has not returned on this thread. If that host " *
        "function waits for this task, both wait for ever."
    @warn message task = holder.task
    return nothing
end

host_text(host) = isempty(host.name) ? string(host.type) : "$(host.name): $(host.type)"
