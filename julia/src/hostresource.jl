# Resources of the program: Julia objects that components hold.

"""
    HostResource(; new, methods, statics, drop)

A resource that a component imports, in the imports of a [`WasmInstance`](@ref): `new` is its
constructor, `methods` and `statics` have its methods and static functions, each by name, in any
form that the functions of an interface have. A method gets the object before its arguments.
What the component doesn't import may be left out.

Any Julia object is a resource: what `new` or another function returns for one. It lives for as
long as the component holds it, and comes back as the same object, as an argument of a method,
also where the component hands it over. `drop(object)` is called when a component drops it.

```julia
counting = WasmComponent(engine, wat\"\"\"(component
    (import "docs:count/api" (instance \$api
        (export "counter" (type \$counter (sub resource)))
        (export "[constructor]counter" (func (param "start" u32) (result (own \$counter))))
        (export "[method]counter.next" (func (param "self" (borrow \$counter)) (result u32)))))
    (core func \$new (canon lower (func \$api "[constructor]counter")))
    (core func \$next (canon lower (func \$api "[method]counter.next")))
    (core module \$m
        (import "" "new" (func \$new (param i32) (result i32)))
        (import "" "next" (func \$next (param i32) (result i32)))
        (func (export "run") (result i32) (call \$next (call \$new (i32.const 41)))))
    (core instance \$i (instantiate \$m (with "" (instance
        (export "new" (func \$new)) (export "next" (func \$next))))))
    (func (export "run") (result u32) (canon lift (core func \$i "run"))))\"\"\")
counter = HostResource(new=start -> Ref(start), methods=(next=c -> c[] += 1,))
WasmStore(engine) do store
    exports(WasmInstance(store, counting, Dict("docs:count/api" => (counter=counter,)))).run()
end    # => 0x0000002a
```
"""
struct HostResource
    new::Any
    methods::Any
    statics::Any
    drop::Any
end

function HostResource(; new=nothing, methods=NamedTuple(), statics=NamedTuple(), drop=nothing)
    return HostResource(new, methods, statics, drop)
end

# The library's handle of a resource type of the program. Only the collector closes it.
mutable struct HostType <: WasmObject
    ptr::Ptr{API.safewasm_resourcetype_t}

    # `create` makes the handle, by a function of the library whose error it returns.
    function HostType(create::Function)
        handle = Ref{Ptr{API.safewasm_resourcetype_t}}(C_NULL)
        check(create(handle))
        return finalizer(close, new(handle[]))
    end
end

Base.unsafe_convert(::Type{Ptr{API.safewasm_resourcetype_t}}, x::HostType) = getfield(x, :ptr)
Base.isvalid(x::HostType) = API.safewasm_resourcetype_is_valid(x)
delete_handle(x::HostType) = API.safewasm_resourcetype_delete(x)

# The types of the program's resources that an instance imports, by the numbers that they have in
# its component.
const HostTypes = Dict{UInt32,HostType}
