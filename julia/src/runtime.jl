# Calls of wasm and Julia's runtime: interrupts, garbage collection, tasks, stacks.

# Between these two calls a Ctrl-C is held off. Otherwise Julia throws it at any safepoint;
# in a callback that would unwind the frames of wasm and of the library.
@inline sigatomic_begin() = ccall(:jl_sigatomic_begin, Cvoid, ())
@inline sigatomic_end() = ccall(:jl_sigatomic_end, Cvoid, ())

# Makes a call of the library that may run wasm, in the store of `owner`, and throws the
# error that it returns. While another task's call is suspended in a host function on this
# thread, it waits and tries again.
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

# Ends a guarded call that failed. Throws, unless the call has to wait for another task's:
# then it waits, and returns the `Turn` to pass on after the next attempt.
@noinline function end_failed_call(error::Ptr{API.safewasm_error_t}, owner, turn)
    if API.safewasm_error_kind(error) == API.SAFEWASM_ERROR_TASK
        return wait_for_turn(error, turn)
    end
    exception = take_error(error, owner)
    turn === nothing || end_wait(turn)
    sigatomic_end()
    return throw_from_library(exception)
end

# Makes a call of the library, `create()`, as `@guarded` does. If that fails for lack of
# address space it is tried once more after a garbage collection: Julia's collector doesn't
# see the memory of unused stores, and may not have run for long.
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

# The address of a function or variable of Julia's runtime, or NULL if this Julia lacks it.
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

# The addresses of the functions and variables of Julia's runtime that this package uses.
# Two of them find a task's stack, in different versions: `jl_active_task_stack` came with
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

# The names that Ctrl-C, tasks, the collector and the check of stacks depend on. One of each
# tuple is enough.
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

# Throws if Julia's runtime lacks something that this package depends on.
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

# The hooks of an engine. The collector waits for calls only if there are several threads;
# otherwise it isn't told of them.
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
        # `compiles_late`: a host function is compiled when it runs first.
        1,
    )
end
