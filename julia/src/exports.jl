"""
    exports(instance::WasmInstance) -> WasmExports

The instance's exports: a dictionary of name → item in the module's order. An item is also a
property, and a key may be a symbol: `exports(instance).add`, `exports(instance)[:add]` and
`exports(instance)["add"]` are the same. `instance.exports` is the same as
`exports(instance)`.

# Errors
- `KeyError` for a key that isn't there; for a property `WasmtimeError` with code
  `:not_found`, which lists the exports.

```julia
for (name, item) in exports(instance)
    println(name, ": ", item)
end
```

```output
memory: WasmMemory 1 page
add: WasmFunc add: (i32, i32) -> i32
```
"""
function exports(instance::WasmInstance)
    check_open(instance)
    table = getfield(instance, :exports)
    if table === nothing
        table = read_export_table(instance)
        setfield!(instance, :exports, table)
    end
    return WasmExports(instance, table)
end

# Throws if the instance is closed.
function check_open(instance::WasmInstance)
    len = Ref{Csize_t}(0)
    return check(API.safewasm_instance_exports_len(instance, len))
end

function read_export_table(instance::WasmInstance)
    create(handle) = API.safewasm_instance_module(instance, handle)
    names = with_handle(read_export_names, WasmModule, create)
    return ExportTable(names, Set(names), Dict{String,Any}())
end

function read_export_names(handle)
    names = String[]
    len = Ref{Csize_t}(0)
    check(API.safewasm_module_exports_len(handle, len))
    for index in 1:Int(len[])
        name = Ref{API.safewasm_text_t}()
        type = Ref{Ptr{API.safewasm_externtype_t}}(C_NULL)
        check(API.safewasm_module_export(handle, index - 1, name, type))
        API.safewasm_externtype_delete(type[])
        push!(names, read_text(name[]))
    end
    return names
end

"""
    WasmExports <: AbstractDict{String,Any}

The exports of an instance; see [`exports`](@ref).
"""
struct WasmExports <: AbstractDict{String,Any}
    instance::WasmInstance
    table::ExportTable
end

# A dictionary of its own, which doesn't share the exports that were looked up.
function WasmExports(instance::WasmInstance)
    return WasmExports(instance, read_export_table(instance))
end

instance_of(all::WasmExports) = getfield(all, :instance)
names_of(all::WasmExports) = getfield(all, :table).names

# They are as open as their instance.
Base.isvalid(all::WasmExports) = isvalid(instance_of(all))
Base.isopen(all::WasmExports) = isopen(instance_of(all))

Base.deepcopy_internal(all::WasmExports, ::IdDict) = all

# An export is looked up once for each name, so that it is the same object each time.
function find_export(all::WasmExports, name::String)
    found, instance = getfield(all, :table).found, instance_of(all)
    item = get(found, name, nothing)
    check_open(instance)
    item !== nothing && isopen(item) && return item
    extern = Ref{API.safewasm_extern_t}()
    GC.@preserve name check(
        API.safewasm_instance_export(instance, text_pointer(name), sizeof(name), extern)
    )
    item = try
        from_extern(extern[], name, instance)
    catch
        API.safewasm_extern_delete(extern)
        rethrow()
    end
    return found[name] = item
end

Base.length(all::WasmExports) = length(names_of(all))
Base.keys(all::WasmExports) = copy(names_of(all))
Base.haskey(all::WasmExports, name) = false

function Base.haskey(all::WasmExports, name::Name)
    return String(name) in getfield(all, :table).name_set
end

function Base.iterate(all::WasmExports, index=1)
    names = names_of(all)
    index > length(names) && return nothing
    return names[index] => find_export(all, names[index]), index + 1
end

function Base.getindex(all::WasmExports, name)
    haskey(all, name) || throw(KeyError(short_key(name)))
    return find_export(all, String(name))
end

function Base.get(all::WasmExports, name, default)
    return haskey(all, name) ? find_export(all, String(name)) : default
end

Base.getproperty(all::WasmExports, name::Symbol) = find_export(all, String(name))

# Exports can't be replaced. Most often the value of a global is meant to be set.
Base.setproperty!(all::WasmExports, name::Symbol, value) = throw_not_set(all, string(name))
Base.setindex!(all::WasmExports, value, name) = throw_not_set(all, string(name))

@noinline function throw_not_set(all::WasmExports, name::String)
    item = get(all, name, nothing)
    hint = item isa WasmGlobal ? "; `$(access_text(name))[] = x` sets the value of the global" : ""
    throw(ArgumentError("the export $(quoted(name)) can't be replaced$hint"))
end

# How the export of that name is reached.
function access_text(name)
    Base.isidentifier(name) && return "exports(instance).$(shortened(name))"
    return "exports(instance)[$(shortened(repr(name)))]"
end

function Base.propertynames(all::WasmExports, private::Bool=false)
    # A symbol can't have a NUL.
    return Symbol[Symbol(name) for name in names_of(all) if !('\0' in name)]
end

# Equal if the exports are. Those of a closed instance are equal to themselves only.
function Base.:(==)(a::WasmExports, b::WasmExports)
    a === b && return true
    isopen(a) && isopen(b) || return false
    return invoke(==, Tuple{AbstractDict,AbstractDict}, a, b)
end

function Base.hash(all::WasmExports, h::UInt)
    isopen(all) || return hash(:WasmExports, h)
    return invoke(hash, Tuple{AbstractDict,UInt}, all, h)
end

Base.show(io::IO, all::WasmExports) = show_names(io, "WasmExports", names_of(all))

# Shows an object with names in one line, as far as there is room.
function show_names(io, type, names)
    rows, columns = display_limits(io)
    shown = names[1:min(length(names), rows)]
    more = length(names) > length(shown) ? ", …" : ""
    return print(io, shortened(string(type, "(", join(shown, ", "), more, ")"), columns))
end

function Base.show(io::IO, ::MIME"text/plain", all::WasmExports)
    isopen(all) || return print(io, "WasmExports (closed)")
    names = names_of(all)
    rows, columns = display_limits(io)
    print(io, count_text(length(names), "export"), ":")
    # Shows the first and the last exports if there are too many, as `Base` does for
    # vectors.
    first = length(names) <= rows ? length(names) : (rows ÷ 2)
    last = length(names) <= rows ? length(names) + 1 : length(names) - (rows - first - 2)
    for (index, name) in enumerate(names)
        index == first + 1 && index < last && print(io, "\n  ⋮")
        first < index < last && continue
        print(io, "\n", shortened("  $name => $(find_export(all, name))", columns))
    end
    return nothing
end

# The most lines, and the most characters of a line, to show.
function display_limits(io)
    get(io, :limit, false) || return (typemax(Int), typemax(Int))
    rows, columns = displaysize(io)
    # The prompt and the heading take lines too.
    return max(rows - 4, 3), max(columns, 10)
end
