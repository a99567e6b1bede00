"""
    exports(instance::WasmInstance) -> WasmExports

What the instance exports: a dictionary of name → item in the module's order. An item is
also a property, and its key may be a symbol: `exports(instance).add`,
`exports(instance)[:add]`, `exports(instance)["add"]`. `instance.exports` is the same.

# Errors
- `KeyError` for a key that isn't there; for a property `WasmtimeError` with code
  `:not_found`, which lists those that are.

```julia
for (name, item) in exports(instance)
    println(name, ": ", item)
end
```
"""
function exports(instance::WasmInstance)
    check_open(instance)
    if getfield(instance, :exports) === nothing
        setfield!(instance, :exports, WasmExports(instance))
    end
    return getfield(instance, :exports)::WasmExports
end

function check_open(instance::WasmInstance)
    len = Ref{Csize_t}(0)
    return check(API.safewasm_instance_exports_len(instance, len))
end

"""
    WasmExports <: AbstractDict{String,Any}

What an instance exports; see [`exports`](@ref).
"""
struct WasmExports <: AbstractDict{String,Any}
    instance::WasmInstance
    names::Vector{String}
    known::Set{String}
    found::Dict{String,Any}

    function WasmExports(instance::WasmInstance)
        handle = Ref{Ptr{API.safewasm_module_t}}(C_NULL)
        check(API.safewasm_instance_module(instance, handle))
        names = String[]
        len = Ref{Csize_t}(0)
        check(API.safewasm_module_exports_len(handle[], len))
        for index in 1:Int(len[])
            name = Ref{API.safewasm_text_t}()
            type = Ref{Ptr{API.safewasm_externtype_t}}(C_NULL)
            check(API.safewasm_module_export(handle[], index - 1, name, type))
            API.safewasm_externtype_delete(type[])
            push!(names, text(name[]))
        end
        API.safewasm_module_delete(handle[])
        return new(instance, names, Set(names), Dict{String,Any}())
    end
end

# Looks an export up, once for each name, so that it is the same object each time.
function look_up(all::WasmExports, name::String)
    found, instance = getfield(all, :found), getfield(all, :instance)
    item = get(found, name, nothing)
    check_open(instance)
    item !== nothing && isopen(item) && return item
    extern = Ref{API.safewasm_extern_t}()
    GC.@preserve name check(
        API.safewasm_instance_export(
            instance, Ptr{Cchar}(pointer(name)), sizeof(name), extern
        ),
    )
    item = try
        from_extern(extern[], name, instance)
    catch
        API.safewasm_extern_delete(extern)
        rethrow()
    end
    return found[name] = item
end

Base.length(all::WasmExports) = length(getfield(all, :names))
Base.keys(all::WasmExports) = copy(getfield(all, :names))
Base.haskey(all::WasmExports, name) = false

function Base.haskey(all::WasmExports, name::Union{AbstractString,Symbol})
    return String(name) in getfield(all, :known)
end

function Base.iterate(all::WasmExports, index=1)
    names = getfield(all, :names)
    index > length(names) && return nothing
    return names[index] => look_up(all, names[index]), index + 1
end

function Base.getindex(all::WasmExports, name)
    haskey(all, name) || throw(KeyError(name))
    return look_up(all, String(name))
end

function Base.get(all::WasmExports, name, default)
    return haskey(all, name) ? look_up(all, String(name)) : default
end

Base.getproperty(all::WasmExports, name::Symbol) = look_up(all, String(name))
function Base.propertynames(all::WasmExports, private::Bool=false)
    # No symbol can hold a NUL.
    return Symbol[Symbol(name) for name in getfield(all, :names) if !('\0' in name)]
end

function Base.show(io::IO, all::WasmExports)
    names = getfield(all, :names)
    rows, columns = shown_size(io)
    shown = names[1:min(length(names), rows)]
    more = length(names) > length(shown) ? ", …" : ""
    return print(io, cut(string("WasmExports(", join(shown, ", "), more, ")"), columns))
end

function Base.show(io::IO, ::MIME"text/plain", all::WasmExports)
    isopen(getfield(all, :instance)) || return print(io, "WasmExports (closed)")
    names = getfield(all, :names)
    rows, columns = shown_size(io)
    print(io, length(names), length(names) == 1 ? " export:" : " exports:")
    # As vectors are shown: with the first and the last of them.
    first = length(names) <= rows ? length(names) : (rows ÷ 2)
    last = length(names) <= rows ? length(names) + 1 : length(names) - (rows - first - 2)
    for (index, name) in enumerate(names)
        index == first + 1 && index < last && print(io, "\n  ⋮")
        first < index < last && continue
        print(io, "\n", cut("  $name => $(look_up(all, name))", columns))
    end
    return nothing
end

# How many lines, and how many bytes of a line, are to be shown.
function shown_size(io)
    get(io, :limit, false) || return (typemax(Int), typemax(Int))
    rows, columns = displaysize(io)
    # The prompt and the heading take lines too.
    return max(rows - 4, 3), max(columns, 10)
end
