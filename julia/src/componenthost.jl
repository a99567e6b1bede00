# Host functions that components call.

# A host function, which gets and returns values of WIT. Nothing is compiled for its type.
mutable struct ComponentHost
    f::Any
    name::String
    type::WitType
    signature::WitSignature
    store::WasmStore
    host_types::HostTypes
end

# What is called when a component drops a resource of the program.
mutable struct HostDrop
    f::Any
    # The name of the resource type.
    name::String
end

subject_text(host::ComponentHost) = "the host function" * name_suffix(host.name)
store_of(host::ComponentHost) = host.store
host_types_of(host::ComponentHost) = host.host_types
host_text(host::HostDrop) = "`drop` of the resource $(quoted(host.name))"

# A resource of which only the library knows the type, such as one of WASI.
function new_resource(host::ComponentHost, shape::WitShape, handle)
    is_owned = shape.kind == API.SAFEWASM_WIT_OWN
    return WasmResource(handle, host.store, shape.resource, is_owned, nothing, nothing)
end

# The functions that the library calls.
function enter_host(env::Ptr{Cvoid}, caller::CallerPtr, args::Ptr{ValueNode}, ::Csize_t)
    return @host_entry env run_host(object_of(env)::ComponentHost, caller, args)
end

function enter_drop(env::Ptr{Cvoid}, data::Ptr{Cvoid})
    return @host_entry env run_host(object_of(env)::HostDrop, data)
end

run_host(host::HostDrop, data::Ptr{Cvoid}) = host.f((object_of(data)::Box).object)

function run_host(host::ComponentHost, caller::CallerPtr, args::Ptr{ValueNode})
    given, kind = lift_arguments(host, args), host.signature.result.kind
    has_failed = false
    if kind == API.SAFEWASM_WIT_RESULT
        value = try
            call_host(host, given)
        catch e
            e isa WitError && !e.is_passing || rethrow()
            has_failed = true
            e.value
        end
    else
        value = call_host(host, given)
    end
    kind == API.SAFEWASM_WIT_NONE || return_value(host, caller, value, has_failed)
    return nothing
end

call_host(host::ComponentHost, given::Vector{Any}) = host.f(given...)

function lift_arguments(host::ComponentHost, args::Ptr{ValueNode})
    c = take_conversion(host)
    c.results[], c.at = args, 1
    given = Any[]
    for shape in host.signature.params
        push!(given, lift!(c, shape))
    end
    give_back(c)
    return given
end

function return_value(host::ComponentHost, caller, @nospecialize(value), has_failed)
    c = take_conversion(host)
    push!(c.path, 0)
    shape = host.signature.result
    if shape.kind == API.SAFEWASM_WIT_RESULT
        index = has_failed ? 2 : 1
        put!(c, shape.kind, index - 1, 0)
        push!(c.path, index)
        shape = shape.children[index]
        has_failed && shape.kind == API.SAFEWASM_WIT_NONE && value !== nothing &&
            throw_unfit(c, shape, value)
    end
    shape.kind == API.SAFEWASM_WIT_NONE || lower!(c, shape, value)
    GC.@preserve c value begin
        set_addresses!(c)
        check(API.safewasm_caller_return(caller, pointer(c.nodes), length(c.nodes)))
    end
    # The library has taken them over.
    empty!(c.made)
    give_back(c)
    return nothing
end
