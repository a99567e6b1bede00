# The steps that the tasks do in random order. Each step checks its results.

function adds(walk, world)
    place, x = a_place(walk, world), int32(walk)
    same(walk, place.go(x), x + 100)
    same(walk, call(place.instance, "go", x), x + 100)
    same(walk, TypedFunc{Tuple{Int32},Int32}(place.go)(x), x + Int32(100))
    y, z = rand(walk.rng, Int64), rand(walk.rng)
    same(walk, place.mixed(x, y, z), (z, y, x))
    before = place.count[]
    same(walk, place.next(), before + 1)
    place.count[] = x
    return same(walk, place.next(), x + 1)
end

function traps(walk, world)
    place = a_place(walk, world)
    for _ in 1:rand(walk.rng, 1:4)
        name, code = rand(walk.rng, TRAPS)
        same(walk, outcome(() -> call(place.instance, name)), code)
    end
    same(walk, outcome(() -> place.fall(1)), :unreachable)
    return same(walk, place.go(1), 101)
end

const PROBLEMS = (
    x -> DomainError(x), x -> ErrorException("problem $x"), x -> KeyError(x), x -> Token(x)
)

# Julia's exceptions, through some nested calls of wasm and host functions.
function throws(walk, world)
    place, depth = a_place(walk, world), rand(walk.rng, 0:4)
    problem = rand(walk.rng, PROBLEMS)(int32(walk))
    act(x) = (pause(walk); x == 0 ? throw(problem) : place.go(x - 1))
    place.act[] = act
    for _ in 1:rand(walk.rng, 1:3)
        arrived = outcome(() -> place.go(depth))
        expect(walk, arrived === problem, "$arrived arrived, not $problem")
    end
    place.act[] = identity
    return same(walk, place.go(depth), depth + 100)
end

# The things that a host function may do first.
function pause(walk)
    dice = rand(walk.rng)
    dice < 0.4 && return nothing
    dice < 0.7 && return yield()
    dice < 0.8 && return sleep(0.003 * rand(walk.rng))
    dice < 0.85 && return GC.gc(false)
    x = rand(walk.rng, Int)
    dice < 0.95 && return same(walk, fetch(@async (yield(); x + 1)), x + 1)
    return same(walk, fetch(Threads.@spawn (zeros(100); x + 1)), x + 1)
end

function pauses(walk, world)
    place, depth = a_place(walk, world), rand(walk.rng, 0:3)
    place.act[] = x -> (pause(walk); x == 0 ? 0 : place.go(x - 1))
    same(walk, place.go(depth), 100 * (depth + 1))
    place.act[] = x -> (pause(walk); x)
    return same(walk, outcome(() -> place.fall(1)), :unreachable)
end

# Exceptions of wasm's: thrown by wasm or a host function, caught by wasm or not.
function exceptions(walk, world)
    place, x = a_place(walk, world), int32(walk)
    e = outcome(() -> place.throw(x))
    same(walk, e isa WasmException ? e.values : e, (x,))
    place.act[] = x -> (pause(walk); throw(WasmException(place.problem, x)))
    same(walk, place.catch(x), x)
    place.act[] = x -> (pause(walk); place.throw(x))
    same(walk, place.catch(x), x)
    other = WasmTag(store(place), Int32)
    place.act[] = x -> throw(WasmException(other, x))
    e = outcome(() -> place.catch(x))
    same(walk, e isa WasmException ? (e.values, e.tag == other) : e, ((x,), true))
    place.act[] = identity
    return same(walk, place.catch(x), x + 100)
end

# A time limit or an epoch deadline. Other tasks increment the epoch; if they do so too late,
# the time limit ends the call.
function deadlines(walk, world)
    place, seconds = a_place(walk, world), 0.03 * rand(walk.rng)
    rand(walk.rng, Bool) && set_epoch_deadline!(store(place), rand(walk.rng, 1:3))
    increment_epoch!(world.engine)
    same(walk, outcome(() -> place.spin(; timeout=seconds)), :interrupt)
    set_epoch_deadline!(store(place), nothing)
    return same(walk, place.go(1), 101)
end

function fuels(walk, world)
    own = WasmStore(world.fuelled; fuel=rand(walk.rng, 10:100_000))
    instance = WasmInstance(own, world.limited)
    same(walk, outcome(() -> call(instance, "spin")), :out_of_fuel)
    same(walk, get_fuel(own), 0)
    same(walk, outcome(() -> call(instance, "one")), :out_of_fuel)
    add_fuel!(own, 1000)
    same(walk, call(instance, "one"), 1)
    return expect(walk, 0 < get_fuel(own) < 1000, "fuel left: $(get_fuel(own))")
end

function views(walk, world)
    place = a_place(walk, world)
    memory = place.memory
    bytes, at = rand(walk.rng, UInt8, rand(walk.rng, 1:5000)), rand(walk.rng, 0:60_000)
    memory[(at + 1):(at + length(bytes))] = bytes
    same(walk, place.sum(at, at + length(bytes)), sum(Int, bytes))
    same(walk, memory[(at + 1):(at + length(bytes))], bytes)
    before = pages(memory)
    grown = before < 4
    same(walk, place.grow(1), grown ? before : -1)
    same(walk, length(memory), (before + grown) << 16)
    e = outcome(() -> memory[length(memory) + 1])
    expect(walk, e isa BoundsError, "beyond the end: $e")
    other = WasmMemory(store(place), 1 => 2)
    write(other, at, bytes)
    return same(walk, read_string(other, at, length(bytes)), String(bytes))
end

# All stores add to the counters of one memory, whose final values are the sums.
function shares(walk, world)
    instance =
        WasmInstance(WasmStore(world.engine), world.sharing; env=(memory=world.memory,))
    for _ in 1:rand(walk.rng, 1:50)
        counter, x = rand(walk.rng, 1:COUNTERS), rand(walk.rng, 1:9)
        before = call(instance, "add", 4 * (counter - 1), x)
        Threads.atomic_add!(world.added[counter], x)
        expect(walk, before >= 0, "counter $counter was $before")
    end
    return nothing
end

# Objects that only wasm refers to.
function lends(walk, world)
    place, first = a_place(walk, world), int32(walk)
    lend(place, world, first)
    rand(walk.rng) < 0.3 && collect!(store(place))
    pause(walk)
    for index in 0:7
        same(walk, place.take(index).value, first + index)
        same(walk, place.objects[index + 1].value, first + index)
    end
    point = place.point(first, token(world.tokens, first))
    GC.gc(false)
    same(walk, (point[1], point[2].value), (first, first))
    x = token(world.tokens, first)
    return expect(walk, place.through(x) === x, "another object came through wasm")
end

@noinline function lend(place, world, first)
    for index in 0:7
        place.put(index, token(world.tokens, first + index))
    end
    return nothing
end

# Objects that wasm no longer refers to are released while the store is still used. The last
# one may still be in a register. This isn't done often, since full collections are slow.
function releases(walk, world)
    rand(walk.rng) < 0.8 && return nothing
    place, own = Place(world), Tokens()
    for _ in 1:20
        place.put(0, token(own, 1))
    end
    place.put(0, nothing)
    collect!(store(place))
    for _ in 1:10
        own.gone[] >= 19 && break
        GC.gc()
        sleep(0.001)
    end
    expect(walk, own.gone[] >= 19, "$(own.gone[]) of 20 are released")
    return same(walk, place.go(1), 101)
end

function links(walk, world)
    own, x = WasmStore(world.engine), int32(walk)
    instance = if rand(walk.rng, Bool)
        instantiate(world.pre, own)
    else
        instantiate(world.linker, own, world.mix)
    end
    same(walk, call(instance, "go", x), 2x + 100)
    through = call(instance, "through", token(world.tokens, x))
    same(walk, through.value, x)
    linker = WasmLinker(world.engine)
    define_instance!(linker, "it", instance)
    same(walk, get(linker, own, "it", "go")(x), 2x + 100)
    return same(walk, outcome(() -> instantiate(linker, own, world.mix)), :link)
end

function compiles(walk, world)
    x = int32(walk)
    m = WasmModule(
        world.engine, wat2wasm("(module (func (export \"f\") (result i32) (i32.const $x)))")
    )
    same(walk, map(e -> e.name, exports(m)), ["f"])
    instance = WasmInstance(WasmStore(world.engine), m)
    same(walk, call(instance, "f"), x)
    broken = rand(walk.rng, UInt8, 100)
    same(walk, outcome(() -> WasmModule(world.engine, broken)), :invalid_module)
    return same(walk, outcome(() -> wat2wasm("(module $x")), :invalid_text)
end

function misuses(walk, world)
    place, other = a_place(walk, world), Place(world)
    same(walk, outcome(() -> place.go()), :type_mismatch)
    same(walk, outcome(() -> place.go("one")), :type_mismatch)
    expect(walk, outcome(() -> place.go(2^40)) isa InexactError, "2^40 as an i32")
    same(walk, outcome(() -> WasmException(place.problem, 1, 2)), :type_mismatch)
    point = place.point(1, nothing)
    same(walk, outcome(() -> WasmException(other.problem, point)), :type_mismatch)
    go = other.go
    close(store(other))
    return same(walk, outcome(() -> go(1)), :invalid_handle)
end

const CLOSED = (:null_pointer, :invalid_handle)

# A call that other tasks end by an interrupt or by closing its store, or that its time ends.
function suffers(walk, world)
    place = Place(world)
    spin, own = place.spin, store(place)
    lock(() -> push!(world.victims, own), world.lock)
    code = outcome(() -> spin(; timeout=0.05))
    lock(() -> filter!(victim -> victim !== own, world.victims), world.lock)
    expect(walk, code in (:interrupt, CLOSED...), "an ended call: $code")
    next = outcome(() -> place.next())
    return isopen(own) ? same(walk, next, 1) : expect(walk, next in CLOSED, "closed: $next")
end

function strikes(walk, world)
    closes = rand(walk.rng, Bool)
    lock(world.lock) do
        for victim in world.victims
            isopen(victim) && (closes ? close(victim) : interrupt!(victim))
        end
    end
    return expect(walk, true, "")
end

# A host function closes the store that it was called from.
function closes(walk, world)
    place = Place(world)
    own = store(place)
    place.act[] = x -> (close(own); pause(walk); x)
    same(walk, outcome(() -> place.go(1)), :interrupt)
    return expect(walk, outcome(() -> place.go(1)) in CLOSED, "the store is closed")
end

# A store that all tasks use may be busy or waited for, but never broken.
function meets(walk, world)
    for _ in 1:rand(walk.rng, 1:20)
        x = int32(walk)
        found = outcome(() -> world.common(x))
        expect(walk, found == x + 100 || found === :store_busy, "with $x: $found")
    end
    return nothing
end

function collects(walk, world)
    GC.gc(rand(walk.rng) < 0.1)
    rand(walk.rng, Bool) && empty!(walk.places)
    return expect(walk, true, "")
end

# Slow steps come less often.
const STEPS = (
    adds, adds, adds, traps, traps, traps, throws, throws, throws, pauses, pauses,
    exceptions, exceptions, fuels, fuels, views, views, shares, shares, lends, lends, links,
    links, compiles, misuses, closes, meets, meets, collects, strikes, strikes, strikes,
    deadlines, suffers, releases,
)
