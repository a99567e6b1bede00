# What modules import and export.
const External = Union{WasmFunc,WasmMemory,WasmTable,WasmGlobal,WasmTag,WasmSharedMemory}

extern_kind(::WasmFunc) = API.SAFEWASM_EXTERN_FUNC
extern_kind(::WasmMemory) = API.SAFEWASM_EXTERN_MEMORY
extern_kind(::WasmTable) = API.SAFEWASM_EXTERN_TABLE
extern_kind(::WasmGlobal) = API.SAFEWASM_EXTERN_GLOBAL
extern_kind(::WasmTag) = API.SAFEWASM_EXTERN_TAG
extern_kind(::WasmSharedMemory) = API.SAFEWASM_EXTERN_SHARED_MEMORY

function to_extern(item::External)
    bits = UInt64(UInt(own_handle(item)))
    return API.safewasm_extern_t(extern_kind(item), API.safewasm_externhandle_t((bits,)))
end

to_extern(item::TypedFunc) = to_extern(item.func)

# `place` says which import it is.
@noinline function throw_no_item(@nospecialize(item), place)
    throw(
        WasmtimeError(
            "$place must be a WasmFunc, WasmMemory, WasmTable, WasmGlobal, WasmTag or " *
            "WasmSharedMemory, or for a function a Julia function, not $(given_text(item))",
            :type_mismatch,
        ),
    )
end

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
    item.kind == API.SAFEWASM_EXTERN_SHARED_MEMORY &&
        return WasmSharedMemory(Ptr{API.safewasm_sharedmemory_t}(bits), name)
    return WasmTag(Ptr{API.safewasm_tag_t}(bits), name, owner)
end
