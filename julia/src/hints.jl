# Hints that Julia shows with an exception of its own: with a `MethodError` of a function of
# this package, or of an object, and with a `BoundsError` of a memory or a table.

function register_hints()
    Base.Experimental.register_error_hint(show_method_hint, MethodError)
    Base.Experimental.register_error_hint(show_bounds_hint, BoundsError)
    return nothing
end

function show_method_hint(io, @nospecialize(error), argtypes, keywords)
    f, args = error.f, error.args
    args isa Tuple || return nothing
    # Julia asks for a hint with every `MethodError`.
    is_ours(f) || any(is_object, Any[f, args...]) || return nothing
    advice = method_advice(f, args...)
    isempty(advice) || print(io, "\n", advice)
    forms = isempty(advice) ? documented_forms(f) : String[]
    isempty(forms) || print(io, "\nThe documented forms are:")
    foreach(form -> print(io, "\n  ", form), forms)
    return nothing
end

is_object(@nospecialize(x)) = x isa Union{AnyObject,WasmExports,WasmComponentExports}

# Whether something is a function or a type of this package.
function is_ours(@nospecialize(f))
    f isa Type && !(Base.unwrap_unionall(f) isa DataType) && return false
    return f isa Union{Function,Type} && parentmodule(f) === @__MODULE__
end

const CALLS = "`exports(instance).name(…)` or `call(instance, \"name\", …)`"

# What to do in place of the call `f(args...)`, which has no method, or an empty text.
method_advice(f, args...) = any(x -> x isa WasmGlobal, args) ? GLOBAL_VALUE : ""
method_advice(::WasmInstance, args...) = "An instance isn't a function: call one with $CALLS."
method_advice(::WasmComponentInstance, args...) = CALLED_COMPONENT
method_advice(::WasmModule, args...) = CALLED_MODULE
method_advice(::WasmComponent, args...) = CALLED_COMPONENT
method_advice(::WasmComponentExports, args...) = CALLED_COMPONENT
method_advice(::WasmGlobal, args...) = GLOBAL_VALUE
method_advice(::WasmExports, args...) = "Call one of the exports: `exports(instance).name(…)`."
method_advice(::typeof(getindex), ::WasmInstance, args...) = INDEXED_INSTANCE
method_advice(::typeof(setindex!), ::WasmInstance, args...) = INDEXED_INSTANCE
method_advice(::typeof(getindex), ::WasmComponentInstance, args...) = INDEXED_INSTANCE
method_advice(::typeof(call), ::WasmModule, args...) = CALLED_MODULE
method_advice(::typeof(call), ::WasmComponent, args...) = CALLED_COMPONENT
method_advice(::typeof(call), ::WasmComponentInstance, args...) = CALLED_COMPONENT
method_advice(::typeof(call), ::WasmComponentFunc, args...) = "A function is called as `f(…)`."
method_advice(::typeof(call), ::WasmFunc, args...) = "A function is called as `f(…)`."
method_advice(::typeof(resize!), ::AnyMemory, args...) = GROWN
method_advice(::typeof(push!), ::AnyMemory, args...) = GROWN
method_advice(::typeof(append!), ::AnyMemory, args...) = GROWN
method_advice(::typeof(resize!), ::WasmTable, args...) = GROWN_TABLE

const GLOBAL_VALUE = "The value of a global `g` is `g[]`, and `g[] = x` sets it."
const INDEXED_INSTANCE = "An export is `exports(instance).name` or `exports(instance)[\"name\"]`."
const GROWN = "A memory grows by whole pages: `grow!(mem, pages)`."
const GROWN_TABLE = "A table grows by `grow!(table, count, value)`."
const CALLED_COMPONENT =
    "A function of a component is an export of an instance or of one of its interfaces: " *
    "`exports(WasmInstance(store, component)).name(…)`, or `….interface.name(…)`."
const CALLED_MODULE =
    "A module is made into an instance first: `instance = WasmInstance(store, m)`. A " *
    "function of that is called with $CALLS."

# The forms in which a function of this package, or one that has methods for its objects,
# is documented to be called.
function documented_forms(@nospecialize(f))
    f isa Function || is_ours(f) || return String[]
    binding = Base.Docs.Binding(parentmodule(f), nameof(f))
    docs = get(Base.Docs.meta(@__MODULE__), binding, nothing)
    docs isa Base.Docs.MultiDoc || return String[]
    forms = String[]
    for signature in docs.order
        text = join(docs.docs[signature].text)
        for line in split(text, '\n'; keepempty=false)
            startswith(line, "    ") || break
            occursin('(', line) && push!(forms, strip(line))
        end
    end
    return forms
end

function show_bounds_hint(io, error)
    isdefined(error, :a) || return nothing
    if error.a isa AnyMemory
        print(
            io,
            "\nIndices of a memory count from 1, as those of any vector. At wasm's " *
            "addresses, which count from 0, it is read by `read(mem, T, address)` and " *
            "written by `write(mem, address, x)`.",
        )
    elseif error.a isa WasmTable
        print(
            io,
            "\nIndices of a table count from 1, as those of any vector; wasm counts from 0.",
        )
    end
    return nothing
end
