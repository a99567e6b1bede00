# The signatures of host functions, and whether Julia functions fit them.

# One side of a signature is a type, or a list of types.
type_list(types::Union{Tuple,AbstractVector}) = Any[types...]
type_list(::Union{Nothing,Type{Nothing}}) = Any[]
type_list(T) = Any[T]

# The Julia type of an argument of a wasm type. An unsigned type in the signature is kept.
argument_type(T::Type{<:Union{UInt32,UInt64}}, ::WasmValType) = T
argument_type(_, type::WasmValType) = julia_type(type)

# How a host function is made with a signature.
const WITH_SIGNATURE = "WasmFunc(store, (Int32, Int32) => Int32) do a, b … end"

# A Julia function in a message.
function function_text(@nospecialize(f))
    f isa Function && isempty(callable_name(f)) && return "the anonymous function"
    return f isa Function ? callable_name(f) : given_text(f)
end

# The types of the parameters and results of a Julia function with one method.
function inferred_signature(f)
    f isa Pair && throw(
        ArgumentError("the function is missing: $WITH_SIGNATURE")
    )
    candidates, text = methods(f), function_text(f)
    isempty(candidates) && throw(
        ArgumentError("the function of a host function can't be $text, which isn't callable")
    )
    length(candidates) == 1 || throw(
        ArgumentError(
            "$text has $(count_text(length(candidates), "method")); give its signature: " *
            WITH_SIGNATURE,
        ),
    )
    method = first(candidates)
    types = Base.unwrap_unionall(method.sig).parameters[2:end]
    params = filter(T -> T !== WasmCaller, Any[types...])
    all(isconcretetype, params) || throw(
        ArgumentError(
            "the parameters of $text have no concrete types; annotate them, or give the " *
            "signature: $WITH_SIGNATURE",
        ),
    )
    returned = Base.return_types(f, Tuple{types...})
    T = length(returned) == 1 ? returned[1] : Any
    results = if T === Nothing || T === Union{}
        Any[]
    elseif T <: Tuple && T !== NTuple{16,UInt8} && isconcretetype(T)
        Any[T.parameters...]
    elseif isconcretetype(T)
        Any[T]
    else
        throw(
            ArgumentError(
                "the type that $text returns can't be inferred ($(type_text(T))); give the " *
                "signature: $WITH_SIGNATURE",
            ),
        )
    end
    return params, results
end

# The name of a Julia function; none if it is anonymous.
function callable_name(f::Function)
    name = string(nameof(f))
    return startswith(name, '#') ? "" : name
end
callable_name(f) = shortened(string(typeof(f)))

# The use of a Julia function in errors about it: how the message names it, and the code.
struct HostRole
    text::String
    code::Symbol
end

HostRole(name) = HostRole("the host function" * name_suffix(name), :type_mismatch)

# Whether a Julia function takes the caller before arguments of the types `args`. Throws if
# it has no method for these, with or without the caller.
function takes_caller(@nospecialize(f), args, type::WasmFuncType, role::HostRole)
    # Built-in functions have no method table.
    f isa Core.Builtin && return false
    for method in methods(f, Tuple{WasmCaller,args...})
        takes_caller(method) && return true
    end
    isempty(methods(f, Tuple{args...})) && throw_no_method(f, args, type, role)
    return false
end

function takes_caller(method::Method)
    params = Base.unwrap_unionall(method.sig).parameters
    return length(params) > 1 && params[2] === WasmCaller
end

@noinline function throw_no_method(@nospecialize(f), args, type, role)
    # How many arguments each method needs, and whether it takes more.
    arities = Set{Tuple{Int,Bool}}()
    for method in methods(f)
        needed = Int(method.nargs) - 1 - method.isva - takes_caller(method)
        push!(arities, (needed, method.isva))
    end
    count = length(args)
    fits((needed, takes_more)) = takes_more ? count >= needed : count == needed
    isempty(arities) && throw(
        WasmtimeError("$(role.text) can't be $(given_text(f)), as that can't be called", role.code)
    )
    problem = if any(fits, arities)
        "has no method for $(shortened("($(join(args, ", ")))", MAX_TYPE_LENGTH))"
    else
        "takes $(arities_text(arities))"
    end
    throw(
        WasmtimeError(
            "$(role.text) is called with $(count_text(count, "argument")), as its " *
            "signature is $(type_text(type)), but the Julia function" *
            "$(name_suffix(callable_name(f))) $problem",
            role.code,
        ),
    )
end

function arities_text(arities)
    numbers = map(Iterators.take(sort!(collect(arities)), 5)) do (needed, takes_more)
        takes_more ? "$needed or more" : string(needed)
    end
    text = join(numbers, ", ", " or ")
    return text * (text == "1" ? " argument" : " arguments")
end
