# The types of values of components that Julia has no types for: variants, and results.

"""
    WitVariant(case)
    WitVariant(case, value)

A value of a variant that a component returned: `v.case` is the name of the case, a symbol, and
`v.value` its value, or `nothing` if the case has none. Variants are equal if their cases and
values are. As an argument, a case is also written `:case` or `:case => value`.

```julia
v = WitVariant(:circle, 2.5)
v.case, v.value                      # => (:circle, 2.5)
v == WitVariant(:circle, 5 // 2)     # => true
```
"""
struct WitVariant
    case::Symbol
    value::Any
end

WitVariant(case) = WitVariant(case, nothing)

Base.:(==)(a::WitVariant, b::WitVariant) = a.case === b.case && a.value == b.value
Base.isequal(a::WitVariant, b::WitVariant) = a.case === b.case && isequal(a.value, b.value)
Base.hash(v::WitVariant, h::UInt) = hash(v.value, hash(v.case, hash(:WitVariant, h)))

function Base.show(io::IO, v::WitVariant)
    print(io, "WitVariant(", repr(v.case))
    v.value === nothing || show(IOContext(print_comma(io), :compact => true), v.value)
    return print(io, ")")
end

print_comma(io) = (print(io, ", "); io)

"""
    Ok(value)
    Ok()

The success of a WIT `result` that is within another value; see also [`Err`](@ref). The
`result` that a function returns as a whole is its value in Julia, and its error is thrown as a
[`WitError`](@ref).

```julia
Ok(5) == Ok(5.0)    # => true
Ok(5).value         # => 5
```
"""
struct Ok
    value::Any
end

Ok() = Ok(nothing)

"""
    Err(value)
    Err()

The error of a WIT `result` that is within another value; see also [`Ok`](@ref).

```julia
results = [Ok(5), Err("not a number")]
[r.value for r in results if r isa Ok]    # => [5]
```
"""
struct Err
    value::Any
end

Err() = Err(nothing)

for Side in (:Ok, :Err)
    @eval begin
        Base.:(==)(a::$Side, b::$Side) = a.value == b.value
        Base.isequal(a::$Side, b::$Side) = isequal(a.value, b.value)
        Base.hash(x::$Side, h::UInt) = hash(x.value, hash($(QuoteNode(Side)), h))
    end
end

"""
    WitError(value)

The error that a component's function returned, or that a host function returns, whose result is a WIT `result`. `e.value` is
the error's value, or `nothing` if it has none. It ends nothing: the component can be called
again.

A host function whose result is a WIT `result` throws it to return an error. One that a call
within the host function has thrown, and that the host function lets through, isn't such an
error: it ends the call of the component, and arrives at its caller.

```julia
try
    throw(WitError(:not_found))
catch e
    e isa WitError && e.value === :not_found || rethrow()
end
```
"""
mutable struct WitError <: Exception
    value::Any
    # Whether a call of wasm has thrown it: a host function that lets it through doesn't return it
    # as the error of its own `result`.
    is_passing::Bool

    WitError(value) = new(value, false)
end

Base.:(==)(a::WitError, b::WitError) = a.value == b.value
Base.isequal(a::WitError, b::WitError) = isequal(a.value, b.value)
Base.hash(e::WitError, h::UInt) = hash(e.value, hash(:WitError, h))
Base.show(io::IO, e::WitError) = print(io, "WitError(", repr(e.value; context=io), ")")

# Marks an exception that arrives at a call of wasm.
mark_passing!(e::WitError) = (e.is_passing = true; e)
mark_passing!(@nospecialize(e)) = e

const MAX_ERROR_LENGTH = 1000

function Base.showerror(io::IO, e::WitError)
    e.value === nothing && return print(io, "WitError: the function returned an error")
    text = repr(e.value; context=:limit => true)
    return print(io, "WitError: ", shortened(text, MAX_ERROR_LENGTH))
end
