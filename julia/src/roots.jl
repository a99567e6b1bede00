# Julia objects that the library holds: host functions, external references, exceptions on
# their way. What the library is given for one is the address of a `Node`; when it no longer
# needs it, it puts the node into a list, since no Julia code may run there.

struct Node
    next::Ptr{Node}
    list::Ptr{Ptr{Node}}
    object::Ptr{Cvoid}
end

# The objects that one owner, such as a store, lends the library. They are reachable from
# the owner only, so that an object that refers to its owner makes nothing immortal.
const Roots = Dict{Ptr{Node},Any}

# Which roots a node is in, weakly. Changed under the lock, as all roots are.
const NODES = Dict{Ptr{Node},WeakRef}()
const NODES_LOCK = Threads.SpinLock()

# The list that the library puts nodes into.
const RELEASED = Threads.Atomic{UInt}(0)

# Lends the library a mutable object; gives what to pass as `env`, with
# `safewasm_release_later` as finalizer.
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

release_later() = API.FUNCTIONS.safewasm_release_later

# Lets go of what the library no longer holds.
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

# The object that an `env` stands for. The caller knows that it is one of ours.
@inline function rooted(env::Ptr{Cvoid})
    return unsafe_pointer_to_objref(unsafe_load(Ptr{Node}(env)).object)
end

# Whether an `env` of the library's is one of ours: there may be others, of C programs.
is_ours(env::Ptr{Cvoid}) = lock(() -> haskey(NODES, Ptr{Node}(env)), NODES_LOCK)
