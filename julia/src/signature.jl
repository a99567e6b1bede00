# What a host function takes and gives: signatures, and the Julia functions that fit them.

# A signature names one type, or several.
type_list(types::Union{Tuple,AbstractVector}) = Any[types...]
type_list(::Union{Nothing,Type{Nothing}}) = Any[]
type_list(T) = Any[T]

# The Julia type in which an argument of that wasm type arrives: the one that was named, if
# it is another view of the same bits.
argument_type(T::Type{<:Union{UInt32,UInt64}}, ::WasmValType) = T
function argument_type(_, type::WasmValType)
    return type.kind == API.SAFEWASM_VAL_FUNC ? Union{WasmFunc,Nothing} : julia_type(type)
end

# The types that a host function takes and gives, from its only method.
function inferred_signature(f)
    known = methods(f)
    length(known) == 1 || throw(
        ArgumentError(
            "$(cut(string(f))) has $(length(known)) methods; give its signature: " *
            "WasmFunc(store, (Int32, Int32) => Int32) do …",
        ),
    )
    method = first(known)
    types = Base.unwrap_unionall(method.sig).parameters[2:end]
    params = filter(T -> T !== WasmCaller, Any[types...])
    all(isconcretetype, params) || throw(
        ArgumentError(
            "the parameters of $(cut(string(f))) have no concrete types; annotate them, or give the " *
            "signature: WasmFunc(store, (Int32, Int32) => Int32) do …",
        ),
    )
    found = Base.return_types(f, Tuple{types...})
    T = length(found) == 1 ? found[1] : Any
    results = if T === Nothing || T === Union{}
        Any[]
    elseif T <: Tuple && T !== NTuple{16,UInt8} && isconcretetype(T)
        Any[T.parameters...]
    elseif isconcretetype(T)
        Any[T]
    else
        throw(
            ArgumentError(
                "what $(cut(string(f))) returns can't be told ($(shown_type(T))); give the signature: " *
                "WasmFunc(store, (Int32, Int32) => Int32) do …",
            ),
        )
    end
    return params, results
end

function callable_name(f::Function)
    name = string(nameof(f))
    return startswith(name, '#') ? "" : name
end
callable_name(f) = cut(string(typeof(f)))

# What a Julia function is to be, for errors about it: a host function, or an import.
struct Wanted
    what::String
    code::Symbol
end

Wanted(name) = Wanted("the host function" * spaced(name), :type_mismatch)

# Whether a Julia function that is to have a signature wants the caller before its arguments.
# Throws if it has no method that arguments of the types `args` may fit, with or without the
# caller.
function takes_caller(@nospecialize(f), args, type::WasmFuncType, wanted::Wanted)
    # Their methods are unknown.
    f isa Core.Builtin && return false
    for method in methods(f, Tuple{WasmCaller,args...})
        wants_caller(method) && return true
    end
    isempty(methods(f, Tuple{args...})) && throw_unfit(f, args, type, wanted)
    return false
end

function wants_caller(method::Method)
    params = Base.unwrap_unionall(method.sig).parameters
    return length(params) > 1 && params[2] === WasmCaller
end

@noinline function throw_unfit(@nospecialize(f), args, type, wanted)
    taken = Set{Tuple{Int,Bool}}()
    for method in methods(f)
        needed = Int(method.nargs) - 1 - method.isva - wants_caller(method)
        push!(taken, (needed, method.isva))
    end
    count = length(args)
    what = if any(((needed, more),) -> more ? count >= needed : count == needed, taken)
        "has no method for $(cut("($(join(args, ", ")))", LONGEST_TYPE))"
    else
        "takes $(numbers_of_arguments(taken))"
    end
    throw(
        WasmtimeError(
            "$(wanted.what) is called with $(arguments(count)), as its signature is " *
            "$(shown_type(type)), but the Julia function$(spaced(callable_name(f))) $what",
            wanted.code,
        ),
    )
end

arguments(count) = count == 1 ? "1 argument" : "$count arguments"

function numbers_of_arguments(taken)
    isempty(taken) && return "none, as it has no methods"
    numbers = map(Iterators.take(sort!(collect(taken)), 5)) do (needed, more)
        more ? "$needed or more" : string(needed)
    end
    said = join(numbers, ", ", " or ")
    return said * (said == "1" ? " argument" : " arguments")
end
