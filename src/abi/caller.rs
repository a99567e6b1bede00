//! Callers: access to the instance that calls a host function.
//!
//! Example: examples/host.c

pub use crate::kinds::safewasm_caller_t;

use crate::abi::args::utf8;
use crate::abi::boundary::{Out, boundary};
use crate::call::activation::Activation;
use crate::call::external::safewasm_extern_t;
use crate::error::text::quoted;
use crate::error::{Error, ErrorKind};
use crate::kinds::{pointer, safewasm_error_t, safewasm_store_t};
use crate::process::unwind::quietly;
use crate::registry;
use crate::store::entered::Entered;
use crate::store::export::Export;
use std::ffi::c_void;
use std::os::raw::c_char;
use wasmtime::Extern;

/// Gets the export called `name`, UTF-8 text of `name_len` bytes (or `SAFEWASM_STRLEN`), of the
/// instance that called the host function.
///
/// On success `*export_out` is the export, with a new handle; delete it with
/// `safewasm_extern_delete`. On failure it is all zero.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_ARGUMENT` if `name` isn't UTF-8; `SAFEWASM_ERROR_NOT_FOUND`, also if the
/// program called the host function itself; `SAFEWASM_ERROR_STORE_BUSY`,
/// `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_caller_export(
    caller: *mut safewasm_caller_t,
    name: *const c_char,
    name_len: usize,
    export_out: *mut safewasm_extern_t,
) -> *mut safewasm_error_t {
    boundary(Out("export_out", export_out), || {
        // SAFETY: the header demands `name_len` bytes, or a NUL, at a `name` that isn't NULL.
        let name = unsafe { utf8(name, name_len, "name") }?;
        let activation = Activation::get(caller)?;
        // SAFETY: found in the list, so its frame is still running.
        let (store, calling) = unsafe { ((*activation).store(), (*activation).calling_instance()) };
        let mut guard = registry::enter_handle(store, "caller")?;
        // SAFETY: the frame that has the `Caller` waits for the host function, and this thread is
        // inside its store.
        match calling.and_then(|mut calling| unsafe { calling.as_mut() }.get_export(name)) {
            Some(export) => {
                let export = Export::new(export, guard.context());
                safewasm_extern_t::own(&mut guard, export)
            }
            None => Err(no_export(name)),
        }
    })
}

fn no_export(name: &str) -> Error {
    Error::new(
        ErrorKind::NOT_FOUND,
        format!(
            "the caller has no export called `{}`; only an instance that called the host function \
             itself has any",
            quoted(name)
        ),
    )
}

/// Gets the bytes of the memory that the calling instance exports as `name`, UTF-8 text of
/// `name_len` bytes (or `SAFEWASM_STRLEN`). This makes no handle, so it suits host functions that
/// read or write many bytes.
///
/// On success `*data_out` is the memory's first byte and `*len_out` is its size in bytes. On
/// failure they are NULL and 0. They are valid until the host function returns or until the memory
/// may have grown: by a call of wasm in the store, or by `safewasm_memory_grow`. An address from
/// wasm MUST be compared with `*len_out` before it is used; `safewasm_memory_read` does this
/// itself.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_ARGUMENT` if `name` isn't UTF-8; `SAFEWASM_ERROR_NOT_FOUND`, also if the
/// program called the host function itself; `SAFEWASM_ERROR_TYPE_MISMATCH` if the export is not a
/// memory; `SAFEWASM_ERROR_UNSUPPORTED` for a shared memory, whose bytes other threads may change
/// (read it with `safewasm_sharedmemory_read`); `SAFEWASM_ERROR_STORE_BUSY`,
/// `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_caller_memory(
    caller: *mut safewasm_caller_t,
    name: *const c_char,
    name_len: usize,
    data_out: *mut *mut u8,
    len_out: *mut usize,
) -> *mut safewasm_error_t {
    boundary((Out("data_out", data_out), Out("len_out", len_out)), || {
        // SAFETY: the header demands `name_len` bytes, or a NUL, at a `name` that isn't NULL.
        let name = unsafe { utf8(name, name_len, "name") }?;
        let activation = Activation::get(caller)?;
        // SAFETY: found in the list, so its frame is still running.
        let (store, calling) = unsafe { ((*activation).store(), (*activation).calling_instance()) };
        let mut guard = registry::enter_handle(store, "caller")?;
        // SAFETY: the frame that has the `Caller` waits for the host function, and this thread is
        // inside its store.
        let found = calling.and_then(|mut calling| unsafe { calling.as_mut() }.get_export(name));
        let refused = |kind, why: &str| {
            let name = quoted(name);
            Err(Error::new(kind, format!("the export `{name}` of the calling instance is {why}")))
        };
        match found {
            Some(Extern::Memory(memory)) => {
                let context = guard.context();
                Ok((memory.data_ptr(&context), memory.data_size(&context)))
            }
            Some(Extern::SharedMemory(_)) => refused(
                ErrorKind::UNSUPPORTED,
                "a shared memory, which other threads change; use `safewasm_sharedmemory_read`",
            ),
            Some(_) => refused(ErrorKind::TYPE_MISMATCH, "no memory"),
            None => Err(no_export(name)),
        }
    })
}

/// Gets the store in which the host function runs.
///
/// On success `*store_out` is the store's own handle, not a new one. The program that created the
/// store still owns it; `safewasm_store_delete` deletes the store. On failure it is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_caller_store(
    caller: *mut safewasm_caller_t,
    store_out: *mut *mut safewasm_store_t,
) -> *mut safewasm_error_t {
    boundary(Out("store_out", store_out), || {
        let activation = Activation::get(caller)?;
        // SAFETY: found in the list, so its frame is still running.
        Ok(pointer(unsafe { (*activation).store() }))
    })
}

/// Gets the pointer that `safewasm_store_set_data` attached to the store in which the host function
/// runs.
///
/// On success `*data_out` is the pointer, or NULL if there is none; it still belongs to the store. On
/// failure it is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_caller_data(
    caller: *mut safewasm_caller_t,
    data_out: *mut *mut c_void,
) -> *mut safewasm_error_t {
    boundary(Out("data_out", data_out), || {
        let activation = Activation::get(caller)?;
        // SAFETY: found in the list, so its frame is still running.
        Ok(unsafe { (*activation).attached() })
    })
}

/// Returns true if `caller` is the caller of a host function that runs on this thread. Never fails.
/// May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_caller_is_valid(caller: *mut safewasm_caller_t) -> bool {
    quietly(|| Activation::find(caller).is_some())
}
