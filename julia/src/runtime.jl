# Where wasm and Julia's runtime meet: interrupts, garbage collection, tasks, stacks.

# Between these two a pending Ctrl-C waits. It is thrown at any safepoint else, and from a
# callback that would be right through the frames of wasm and of the library.
@inline sigatomic_begin() = ccall(:jl_sigatomic_begin, Cvoid, ())
@inline sigatomic_end() = ccall(:jl_sigatomic_end, Cvoid, ())

# Makes a call of the library that may run wasm, in the store that `owner` leads to, and
# throws what it reports. Another task's call may be suspended in a host function on this thread;
# then it waits for its turn.
macro guarded(owner, call)
    return quote
        turn = nothing
        while true
            sigatomic_begin()
            error = $(esc(call))
            if error == C_NULL
                turn === nothing || end_wait(turn)
                sigatomic_end()
                drop_released()
                break
            end
            turn = end_failed_call(error, $(esc(owner)), turn)
        end
    end
end

# Ends a guarded call that failed: throws, unless it is to be tried again. Then it has waited,
# and gives what the next attempt needs to know of that.
@noinline function end_failed_call(error::Ptr{API.safewasm_error_t}, owner, turn)
    if API.safewasm_error_kind(error) == API.SAFEWASM_ERROR_TASK
        return wait_for_turn(error, turn)
    end
    thrown = take_error(error, owner)
    turn === nothing || end_wait(turn)
    sigatomic_end()
    return throw_taken(thrown)
end

# As `@guarded` of what `create` calls, and once again after a collection if that lacked
# address space: memory of wasm's that nobody uses any more is invisible to Julia's
# collector, which so has no reason to run.
function check_after_collection(create, owner=nothing)
    collected, turn = false, nothing
    while true
        sigatomic_begin()
        error = create()
        if error == C_NULL
            turn === nothing || end_wait(turn)
            return sigatomic_end()
        elseif !collected && API.safewasm_error_kind(error) == API.SAFEWASM_ERROR_LIMIT
            API.safewasm_error_delete(error)
            sigatomic_end()
            GC.gc()
            collected = true
        else
            turn = end_failed_call(error, owner, turn)
        end
    end
end

# The address of a function or variable of Julia's runtime, or NULL where this Julia lacks it.
function address_of(find)
    return try
        Ptr{Cvoid}(find())
    catch
        C_NULL
    end
end

@static if VERSION >= v"1.9"
    thread_count() = Threads.maxthreadid()
else
    thread_count() = Threads.nthreads()
end

# Where the functions and variables of Julia's runtime are that this package uses. Those that
# tell where a task's stack lies are of different versions: `jl_active_task_stack` came with
# Julia 1.6, and 1.12 no longer has `jl_task_stack_buffer`.
function runtime_addresses()
    return (
        jl_sigatomic_begin=address_of(() -> cglobal(:jl_sigatomic_begin)),
        jl_sigatomic_end=address_of(() -> cglobal(:jl_sigatomic_end)),
        jl_signal_pending=address_of(() -> cglobal(:jl_signal_pending)),
        jl_get_current_task=address_of(() -> cglobal(:jl_get_current_task)),
        jl_gc_safe_enter=address_of(() -> cglobal(:jl_gc_safe_enter)),
        jl_gc_safe_leave=address_of(() -> cglobal(:jl_gc_safe_leave)),
        jl_gc_unsafe_enter=address_of(() -> cglobal(:jl_gc_unsafe_enter)),
        jl_gc_unsafe_leave=address_of(() -> cglobal(:jl_gc_unsafe_leave)),
        jl_active_task_stack=address_of(() -> cglobal(:jl_active_task_stack)),
        jl_task_stack_buffer=address_of(() -> cglobal(:jl_task_stack_buffer)),
    )
end

# What Ctrl-C, tasks, the collector and the check of stacks rest on.
const RUNTIME_NEEDS = (
    (:jl_sigatomic_begin,),
    (:jl_sigatomic_end,),
    (:jl_signal_pending,),
    (:jl_get_current_task,),
    (:jl_gc_safe_enter,),
    (:jl_gc_safe_leave,),
    (:jl_gc_unsafe_enter,),
    (:jl_gc_unsafe_leave,),
    (:jl_active_task_stack, :jl_task_stack_buffer),
)

# Refuses a Julia that lacks something without which a promise of this package doesn't hold.
function check_runtime(addresses=runtime_addresses())
    for any_of in RUNTIME_NEEDS
        any(name -> addresses[name] != C_NULL, any_of) && continue
        error(
            "SafeWasm can't be used with Julia $VERSION, whose runtime lacks " *
            "$(join(any_of, " and ")); use a newer SafeWasm, or Julia 1.5 to 1.12",
        )
    end
    return nothing
end

# The hooks of an engine. The collector has to be told of calls only where it could wait for
# them, that is, where there is another thread.
function runtime_hooks(addresses=runtime_addresses())
    of_collector(address) = thread_count() > 1 ? address : C_NULL
    return API.safewasm_hooks_t(
        sizeof(API.safewasm_hooks_t),
        C_NULL,
        addresses.jl_get_current_task,
        of_collector(addresses.jl_gc_safe_enter),
        of_collector(addresses.jl_gc_safe_leave),
        of_collector(addresses.jl_gc_unsafe_enter),
        of_collector(addresses.jl_gc_unsafe_leave),
        addresses.jl_task_stack_buffer,
        Ptr{Int32}(addresses.jl_signal_pending),
        addresses.jl_active_task_stack,
        # A host function is compiled when it runs first.
        1,
    )
end
