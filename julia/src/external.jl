for (T, what) in ((:WasmTable, "table"), (:WasmGlobal, "global"), (:WasmTag, "tag"))
    C = Symbol("safewasm_", what, "_t")
    @eval begin
        """
            $($(string(T)))

        A $($what) of wasm's, from [`exports`](@ref) of an instance, to be given to another
        instance as an import.
        """
        mutable struct $T
            ptr::Ptr{API.$C}
            name::String
            owner::Any

            $T(ptr::Ptr{API.$C}, name, owner) = finalizer(close, new(ptr, name, owner))
        end

        function Base.show(io::IO, x::$T)
            return print(io, $(string(T)), isopen(x) ? " $(x.name)" : " (closed)")
        end
    end
end

# What the module imports and exports.
const External = Union{WasmFunc,WasmMemory,WasmTable,WasmGlobal,WasmTag}

extern_kind(::WasmFunc) = API.SAFEWASM_EXTERN_FUNC
extern_kind(::WasmMemory) = API.SAFEWASM_EXTERN_MEMORY
extern_kind(::WasmTable) = API.SAFEWASM_EXTERN_TABLE
extern_kind(::WasmGlobal) = API.SAFEWASM_EXTERN_GLOBAL
extern_kind(::WasmTag) = API.SAFEWASM_EXTERN_TAG

function to_extern(item::External)
    bits = UInt64(UInt(getfield(item, :ptr)))
    return API.safewasm_extern_t(extern_kind(item), API.safewasm_externhandle_t((bits,)))
end

function to_extern(item::Union{Function,Type})
    throw(
        WasmtimeError(
            "the Julia function $item can't be an import: this version takes items that " *
            "instances export, not Julia functions",
            :type_mismatch,
        ),
    )
end

function to_extern(item)
    throw(
        WasmtimeError(
            "an import must be a WasmFunc, WasmMemory, WasmTable, WasmGlobal or WasmTag, " *
            "not a $(typeof(item))",
            :type_mismatch,
        ),
    )
end

to_extern(item::TypedFunc) = to_extern(item.func)

# The object that an export of the library's is, which takes over its handle.
function from_extern(item::API.safewasm_extern_t, name, owner)
    bits = UInt(item.of.data[1])
    item.kind == API.SAFEWASM_EXTERN_FUNC &&
        return WasmFunc(Ptr{API.safewasm_func_t}(bits), name, owner)
    item.kind == API.SAFEWASM_EXTERN_MEMORY &&
        return WasmMemory(Ptr{API.safewasm_memory_t}(bits), name, owner)
    item.kind == API.SAFEWASM_EXTERN_TABLE &&
        return WasmTable(Ptr{API.safewasm_table_t}(bits), name, owner)
    item.kind == API.SAFEWASM_EXTERN_GLOBAL &&
        return WasmGlobal(Ptr{API.safewasm_global_t}(bits), name, owner)
    return WasmTag(Ptr{API.safewasm_tag_t}(bits), name, owner)
end
