# The tasks of the mixed stress: each takes steps at random until its time is over.
include("world.jl")
include("steps.jl")

const TASKS = 8

function take_steps(world, seed, ends)
    walk = Walk(seed)
    while time() < ends
        step = rand(walk.rng, STEPS)
        walk.step = nameof(step)
        try
            step(walk, world)
        catch e
            expect(walk, false, sprint(showerror, e, catch_backtrace()))
        end
        yield()
    end
    empty!(walk.places)
    return walk
end

# Half of the tasks stay on the first thread, which they share with the event loop.
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

# That everything which was lent is released, but what a register or a stack may still name.
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
Lets all tasks walk for so many seconds. Gives how many checks passed, what failed, and which
steps nobody took.
"""
function mix(seconds, seed)
    world = World()
    done = walks(world, seconds, seed)
    last = Walk(seed)
    last.step = :end
    check_counters(last, world)
    check_released(last, world.tokens)
    push!(done, last)
    passed = merge(+, map(walk -> walk.passed, done)...)
    failures = reduce(vcat, map(walk -> walk.failures, done))
    untaken = setdiff(map(nameof, STEPS), keys(passed))
    return sum(values(passed)), failures, untaken
end
