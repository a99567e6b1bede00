# Roots: Julia objects that the library holds, which are host functions, external references
# and exceptions that pass through wasm. The library gets the address of a `Node` for one.
# When it no longer needs the object it puts the node into a list, because it may not call
# Julia then.

# The library sees the first two fields, as a `safewasm_released_t`.
struct Node
    next::Ptr{Node}
    list::Ptr{Ptr{Node}}
    object::Ptr{Cvoid}
end

# The objects that the library holds for one owner, such as a store. They are reachable from
# the owner only: otherwise an object that refers to its owner would keep both alive for
# ever.
const Roots = Dict{Ptr{Node},Any}

# The `Roots` that each node belongs to. The lock is held to change these and any `Roots`.
const NODES = Dict{Ptr{Node},WeakRef}()
const NODES_LOCK = Threads.SpinLock()

# The list into which the library puts nodes.
const RELEASED = Threads.Atomic{UInt}(0)

# Keeps a mutable object alive until the library releases it. Returns the `env` to pass to
# the library, with `safewasm_release_later` as its finalizer.
@noinline function root!(roots::Roots, @nospecialize(object))
    drop_released()
    node = Ptr{Node}(Libc.malloc(sizeof(Node)))
    node == C_NULL && throw(OutOfMemoryError())
    list = Ptr{Ptr{Node}}(pointer_from_objref(RELEASED))
    unsafe_store!(node, Node(C_NULL, list, pointer_from_objref(object)))
    lock(NODES_LOCK) do
        roots[node] = object
        NODES[node] = WeakRef(roots)
    end
    return Ptr{Cvoid}(node)
end

release_later() = API.@address(safewasm_release_later)

# Lets go of the objects that the library has released.
@inline drop_released() = RELEASED[] == 0 ? nothing : drop_released_nodes()

@noinline function drop_released_nodes()
    node = Ptr{Node}(Threads.atomic_xchg!(RELEASED, UInt(0)))
    lock(NODES_LOCK) do
        while node != C_NULL
            next = unsafe_load(node).next
            roots = pop!(NODES, node).value
            roots === nothing || delete!(roots, node)
            Libc.free(node)
            node = next
        end
    end
    return nothing
end

# The object of an `env`, which must be one of this package's.
@inline function object_of(env::Ptr{Cvoid})
    return unsafe_pointer_to_objref(unsafe_load(Ptr{Node}(env)).object)
end

# Whether an `env` is one of this package's, and not of other users of the library.
is_root(env::Ptr{Cvoid}) = lock(() -> haskey(NODES, Ptr{Node}(env)), NODES_LOCK)
