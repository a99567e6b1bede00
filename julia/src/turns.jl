# Tasks that share a thread: each in a host function keeps the others there from calling wasm.

# A task in a host function, and the host function's `env`.
struct Held
    task::Task
    env::Ptr{Cvoid}
end

# Tasks in host functions, for each thread a stack of them. What waits there for something
# that nothing else can reach would be collected, and its stack with it, which the library
# still knows.
const HELD_TASKS = Ref([Held[] for _ in 1:1])
const HELD_LOCK = Threads.SpinLock()

@inline function held_tasks()
    stacks, thread = HELD_TASKS[], Threads.threadid()
    return thread <= length(stacks) ? (@inbounds stacks[thread]) : more_held_tasks(thread)
end

@noinline function more_held_tasks(thread)
    return lock(HELD_LOCK) do
        stacks = HELD_TASKS[]
        more = [Held[] for _ in (length(stacks) + 1):max(thread, thread_count())]
        HELD_TASKS[] = [stacks; more]
        HELD_TASKS[][thread]
    end
end

# Keeps the current task alive, and on its thread, for the host function of that `env`. Gives
# whether it was bound to its thread before.
@inline function hold_task(env::Ptr{Cvoid})
    task = current_task()
    push!(held_tasks(), Held(task, env))
    sticky = task.sticky
    task.sticky = true
    return sticky
end

@inline function release_task(sticky::Bool)
    task = pop!(held_tasks()).task
    task.sticky = sticky
    return nothing
end

# After so many seconds a wait for another task's host function is worth a warning.
const SECONDS_TO_WARNING = Ref(5.0)

# A call that waits until another task's host function on its thread has returned.
mutable struct Turn
    # The library counts the call as waiting as long as this lives: `interrupt!` ends it then.
    error::Ptr{API.safewasm_error_t}
    # Who holds the thread, and since when at least.
    holder::Union{Held,Nothing}
    since::UInt64
    warned::Bool
end

# Waits a while after the library refused a call with that error.
function wait_for_turn(error::Ptr{API.safewasm_error_t}, turn)
    if turn === nothing
        turn = Turn(error, nothing, time_ns(), false)
    else
        API.safewasm_error_delete(turn.error)
        turn.error = error
    end
    # Leaving the `try` restores what was before it, so interrupts are let in only within.
    try
        sigatomic_end()
        # Yields at first, as the other task may be quick; then the event loop's turn, which a
        # mere loop of yields would keep from running.
        for _ in 1:4
            yield()
        end
        sleep(0.001)
        turn.warned || look_at_holder(turn)
        sigatomic_begin()
    catch
        end_wait(turn)
        sigatomic_end()
        rethrow()
    end
    sigatomic_end()
    return turn
end

# The call was made, or never will be.
function end_wait(turn::Turn)
    API.safewasm_error_delete(turn.error)
    turn.error = C_NULL
    return nothing
end

# Warns if the same host function has held the thread for long.
function look_at_holder(turn::Turn)
    held = held_tasks()
    holder = isempty(held) ? nothing : last(held)
    if holder !== turn.holder
        turn.holder, turn.since = holder, time_ns()
        return nothing
    end
    seconds = (time_ns() - turn.since) / 1e9
    seconds < SECONDS_TO_WARNING[] || holder === nothing || warn_of(turn, holder, seconds)
    return nothing
end

@noinline function warn_of(turn::Turn, holder::Held, seconds)
    turn.warned = true
    @warn "A call of wasm has waited for $(round(seconds; digits=1)) s, because the host " *
          "function $(described(rooted(holder.env))) of another task has not returned on " *
          "this thread. If that host function waits for this task, both wait for ever." task =
        holder.task
    return nothing
end

described(host) = isempty(host.name) ? string(host.type) : "$(host.name): $(host.type)"
