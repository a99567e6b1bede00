# The objects that modules import and export, as the library's externs. These are the
# objects that have an `extern_kind`.

function to_extern(item)
    bits = UInt64(UInt(nonnull_handle(item)))
    return API.safewasm_extern_t(extern_kind(item), API.safewasm_externhandle_t((bits,)))
end

to_extern(item::TypedFunc) = to_extern(item.func)

# `subject` is the import that the item was given for.
@noinline function throw_no_item(@nospecialize(item), subject)
    throw(
        WasmtimeError(
            "$subject must be a WasmFunc, WasmMemory, WasmTable, WasmGlobal, WasmTag or " *
            "WasmSharedMemory, or for a function a Julia function, not $(given_text(item))",
            :type_mismatch,
        ),
    )
end

# The object for an extern of the library's, whose handle it takes over.
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
