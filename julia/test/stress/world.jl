# The objects that the tasks of the mixed stress share, and those of each task.

# Calls two host functions, traps, and has one export of each kind.
const MIX = wat"""(module $mix
    (type $none (func))
    (type $point (struct (field i32) (field externref)))
    (import "env" "f" (func $f (param i32) (result i32)))
    (import "env" "o" (func $o (param externref) (result externref)))
    (memory (export "memory") 1 4)
    (table $objects (export "objects") 8 externref)
    (table $nulls 1 funcref)
    (tag $problem (export "problem") (param i32))
    (global $count (export "count") (mut i32) (i32.const 0))
    (func (export "go") (param i32) (result i32)
        (i32.add (call $f (local.get 0)) (i32.const 100)))
    (func (export "fall") (param i32) (drop (call $f (local.get 0))) unreachable)
    (func (export "catch") (param i32) (result i32)
        (block $caught (result i32)
            (try_table (result i32) (catch $problem $caught)
                (i32.add (call $f (local.get 0)) (i32.const 100)))))
    (func (export "throw") (param i32) (throw $problem (local.get 0)))
    (func (export "through") (param externref) (result externref) (call $o (local.get 0)))
    (func (export "put") (param i32 externref)
        (table.set $objects (local.get 0) (local.get 1)))
    (func (export "take") (param i32) (result externref)
        (table.get $objects (local.get 0)))
    (func (export "point") (param i32 externref) (result (ref $point))
        (struct.new $point (local.get 0) (local.get 1)))
    (func (export "sum") (param $at i32) (param $end i32) (result i32)
        (local $sum i32)
        (loop $l
            (local.set $sum
                (i32.add (local.get $sum) (i32.load8_u (local.get $at))))
            (local.set $at (i32.add (local.get $at) (i32.const 1)))
            (br_if $l (i32.lt_u (local.get $at) (local.get $end))))
        (local.get $sum))
    (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
    (func (export "mixed") (param i32 i64 f64) (result f64 i64 i32)
        (local.get 2) (local.get 1) (local.get 0))
    (func (export "next") (result i32)
        (global.set $count (i32.add (global.get $count) (i32.const 1)))
        (global.get $count))
    (func (export "spin") (loop $l (br $l)))
    (func (export "unreachable") unreachable)
    (func (export "divide") (result i32) (i32.div_s (i32.const 1) (i32.const 0)))
    (func (export "far") (result i32) (i32.load (i32.const -1)))
    (func $deep (export "deep") (call $deep))
    (func (export "null") (call_indirect $nulls (type $none) (i32.const 0)))
    (func (export "outside") (call_indirect $nulls (type $none) (i32.const 9))))"""

const TRAPS = (
    "unreachable" => :unreachable,
    "divide" => :integer_division_by_zero,
    "far" => :memory_out_of_bounds,
    "deep" => :stack_overflow,
    "null" => :indirect_call_to_null,
    "outside" => :table_out_of_bounds,
)

const SHARING = wat"""(module
    (import "env" "memory" (memory 1 2 shared))
    (func (export "add") (param i32 i32) (result i32)
        (i32.atomic.rmw.add (local.get 0) (local.get 1))))"""

const FUELLED = wat"""(module
    (func (export "spin") (loop $l (br $l)))
    (func (export "one") (result i32) (i32.const 1)))"""

"""
An object that wasm gets, and that a finalizer marks: one that is marked while wasm has it
was released too early, and one that never is was released too late.
"""
mutable struct Token
    value::Int
end

const GONE = -1

# How many tokens were made, and how many were freed.
struct Tokens
    lent::Threads.Atomic{Int}
    gone::Threads.Atomic{Int}
end

Tokens() = Tokens(Threads.Atomic{Int}(0), Threads.Atomic{Int}(0))

function token(tokens::Tokens, value)
    Threads.atomic_add!(tokens.lent, 1)
    return finalizer(Token(value)) do token
        token.value = GONE
        Threads.atomic_add!(tokens.gone, 1)
    end
end

"""
What all tasks share. `victims` are stores in which calls run that others may end, by an
interrupt or by closing them, while the lock is held.
"""
struct World
    engine::WasmEngine
    fuelled::WasmEngine
    mix::WasmModule
    sharing::WasmModule
    limited::WasmModule
    linker::WasmLinker
    pre::WasmInstancePre
    memory::WasmSharedMemory
    added::Vector{Threads.Atomic{Int}}
    common::TypedFunc{Tuple{Int32},Int32}
    tokens::Tokens
    victims::Vector{WasmStore}
    lock::Threads.SpinLock
end

const COUNTERS = 8

function World()
    engine = WasmEngine(WasmConfig(shared_memory=true))
    fuelled = WasmEngine(WasmConfig(consume_fuel=true))
    mix = WasmModule(engine, MIX)
    linker = WasmLinker(engine)
    define!(x -> (yield(); 2x), linker, "env", "f", Int32 => Int32)
    define!(identity, linker, "env", "o", Any => Any)
    given = (f=x -> (yield(); x), o=identity)
    common = WasmInstance(WasmStore(engine), mix; env=given)
    return World(
        engine,
        fuelled,
        mix,
        WasmModule(engine, SHARING),
        WasmModule(fuelled, FUELLED),
        linker,
        WasmInstancePre(linker, mix),
        WasmSharedMemory(engine, 1 => 2),
        [Threads.Atomic{Int}(0) for _ in 1:COUNTERS],
        TypedFunc{Tuple{Int32},Int32}(exports(common).go),
        Tokens(),
        WasmStore[],
        Threads.SpinLock(),
    )
end

# An instance whose host function `f` calls `act`, which each step sets.
struct Place
    instance::WasmInstance
    act::Ref{Any}
end

function Place(world::World)
    act = Ref{Any}(identity)
    given = (f=x -> act[](x), o=x -> x)
    return Place(WasmInstance(WasmStore(world.engine), world.mix; env=given), act)
end

Base.getproperty(place::Place, name::Symbol) =
    name in (:instance, :act) ? getfield(place, name) : exports(place.instance)[name]

store(place::Place) = place.instance.store

"""
A task's own: its random numbers, the step that it takes, what it has checked, and places
that it uses again and drops without a word.
"""
mutable struct Walk
    rng::MersenneTwister
    step::Symbol
    passed::Int
    failures::Vector{String}
    places::Vector{Place}
end

Walk(seed) = Walk(MersenneTwister(seed), :none, 0, String[], Place[])

function expect(walk::Walk, ok::Bool, what)
    if ok
        walk.passed += 1
    else
        push!(walk.failures, "$(walk.step): $what")
    end
    return nothing
end

# Checks that `found` is the expected value, and shows it if it isn't.
same(walk, found, wanted) = expect(walk, isequal(found, wanted), "$found, not $wanted")

# The result of `f`, or the code of the error that it throws.
function outcome(f)
    return try
        f()
    catch e
        e isa Union{WasmTrap,WasmtimeError} ? e.code : e
    end
end

# A place from the list, or a new one, which replaces another.
function a_place(walk::Walk, world::World)
    length(walk.places) < 4 && push!(walk.places, Place(world))
    index = rand(walk.rng, 1:length(walk.places))
    rand(walk.rng) < 0.2 && (walk.places[index] = Place(world))
    walk.places[index].act[] = identity
    return walk.places[index]
end

int32(walk::Walk) = rand(walk.rng, Int32(-1_000_000):Int32(1_000_000))
