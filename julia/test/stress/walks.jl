# The tasks of the mixed stress: each takes steps at random until its time is over.
include("world.jl")
include("steps.jl")

const TASKS = 8

function take(step, walk, world)
    walk.step = nameof(step)
    try
        step(walk, world)
    catch e
        expect(walk, false, sprint(showerror, e, catch_backtrace()))
    end
    return nothing
end

function take_steps(world, seed, ends)
    walk = Walk(seed)
    while time() < ends
        take(rand(walk.rng, STEPS), walk, world)
        yield()
    end
    empty!(walk.places)
    return walk
end

# Does each step once before the clock starts. Julia compiles them then, which would take most
# of a short run.
function take_each(world, seed)
    walk = Walk(seed)
    foreach(step -> take(step, walk, world), unique(STEPS))
    empty!(walk.places)
    return walk
end

# Half of the tasks are bound to the first thread, which they share with the event loop.
@noinline function walks(world, seconds, seed)
    ends = time() + seconds
    tasks = map(1:TASKS) do index
        own = seed + index
        if isodd(index)
            Threads.@spawn take_steps(world, own, ends)
        else
            @async take_steps(world, own, ends)
        end
    end
    return map(fetch, tasks)
end

# Checks that all objects are released, except for those that are still in a register or on
# a stack.
function check_released(walk, tokens)
    for _ in 1:20
        tokens.gone[] == tokens.lent[] && break
        GC.gc()
        SafeWasm.drop_released()
        sleep(0.01)
    end
    left = tokens.lent[] - tokens.gone[]
    return expect(walk, left <= 2TASKS, "$left of $(tokens.lent[]) tokens are not released")
end

function check_counters(walk, world)
    instance =
        WasmInstance(WasmStore(world.engine), world.sharing; env=(memory=world.memory,))
    for (index, added) in enumerate(world.added)
        same(walk, call(instance, "add", 4 * (index - 1), 0), added[])
    end
    return nothing
end

"""
Lets all tasks walk for so many seconds. Gives how many checks passed, and what failed.
"""
function mix(seconds, seed)
    world = World()
    first = take_each(world, seed)
    done = walks(world, seconds, seed)
    last = Walk(seed)
    last.step = :end
    check_counters(last, world)
    check_released(last, world.tokens)
    all = [first; done; last]
    return sum(walk -> walk.passed, all), reduce(vcat, map(walk -> walk.failures, all))
end
