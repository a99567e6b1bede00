//! Checks results of the library. An error must be valid, of a kind that the header documents for the
//! function, and have a message. An object must be valid until it is deleted.

use crate::header;
use safewasm::abi::safewasm_text_t;
use safewasm::abi::{safewasm_error_kind_t as Kind, safewasm_error_t};
use safewasm_capi::*;
use std::ffi::CStr;
use std::ptr::{dangling_mut, null};

/// The outcome of a check. The error describes the mistake of the library.
pub type Verdict<T = ()> = Result<T, String>;

/// The contents of an error of the library.
#[derive(Clone, Debug)]
pub struct Refusal {
    pub kind: Kind,
    pub message: String,
    pub os_code: i32,
}

/// Fails with a message unless a condition holds.
macro_rules! ensure {
    ($holds:expr, $($why:tt)+) => {
        if !$holds {
            return Err(format!($($why)+));
        }
    };
}
pub(crate) use ensure;

/// Checks, reads and deletes the error that `function` returned.
pub fn answer(function: &str, error: *mut safewasm_error_t) -> Verdict<Result<(), Refusal>> {
    if error.is_null() {
        return Ok(Ok(()));
    }
    let mut len = 0;
    // SAFETY: the functions accept any handle, and a message ends with a NUL.
    let (valid, text, os_code) = unsafe {
        let text = CStr::from_ptr(safewasm_error_message(error, &mut len));
        (safewasm_error_is_valid(error), text.to_bytes(), safewasm_error_os_code(error))
    };
    ensure!(valid, "{function} returned an invalid error: {error:?}");
    ensure!(text.len() == len, "{function}: a message of {len} bytes ends after {}", text.len());
    ensure!(!text.is_empty(), "{function}: the message is empty");
    ensure!(std::str::from_utf8(text).is_ok(), "{function}: the message is not UTF-8: {text:?}");
    frames(error).map_err(|why| format!("{function}: {why}"))?;
    let Failure { kind, message, .. } = match check(error) {
        Err(failure) => failure,
        Ok(()) => return Err(format!("{function}: `check` finds no error")),
    };
    // SAFETY: the function accepts any handle.
    ensure!(
        !unsafe { safewasm_error_is_valid(error) },
        "{function}: an error is valid after it was deleted"
    );
    let documented = header::function(function).kinds.contains(&kind);
    ensure!(documented, "{function}: not documented: {kind:?}: {message}");
    ensure!(kind == Kind::IO || os_code == 0, "{function}: errno {os_code} of {kind:?}");
    Ok(Err(Refusal { kind, message, os_code }))
}

/// Checks the frames of a backtrace.
fn frames(error: *mut safewasm_error_t) -> Verdict {
    // SAFETY: the function accepts any handle.
    for index in 0..unsafe { safewasm_error_frames_len(error) } {
        // SAFETY: there is room for a frame, and all zeros are one.
        let frame = unsafe {
            let mut frame: safewasm::abi::safewasm_frame_t = std::mem::zeroed();
            ensure!(safewasm_error_frame(error, index, &mut frame), "frame {index} is missing");
            frame
        };
        for text in [frame.module_name, frame.func_name, frame.file] {
            string(&text).map_err(|why| format!("frame {index}: {why}"))?;
        }
    }
    Ok(())
}

/// Checks and copies a text of the library. The object that owns it must still be there.
pub fn string(text: &safewasm_text_t) -> Verdict<Option<String>> {
    if text.data.is_null() {
        ensure!(text.len == 0, "no text has {} bytes", text.len);
        return Ok(None);
    }
    // SAFETY: the owner of the text is still there, and a NUL follows the text.
    let bytes = unsafe { std::slice::from_raw_parts(text.data.cast::<u8>(), text.len + 1) };
    ensure!(bytes[text.len] == 0, "no NUL follows {bytes:?}");
    let text = std::str::from_utf8(&bytes[..text.len]);
    text.map(|text| Some(text.to_owned())).map_err(|_| format!("not UTF-8: {bytes:?}"))
}

/// No text, for out-parameters.
pub const NO_TEXT: safewasm_text_t = safewasm_text_t { data: null(), len: 0 };

/// The functions of a kind of object.
pub struct Class<T> {
    pub delete: unsafe fn(*mut T),
    pub is_valid: unsafe fn(*mut T) -> bool,
}

macro_rules! class {
    ($name:ident: $ty:path, $delete:ident, $is_valid:ident $(,)?) => {
        pub const $name: Class<$ty> = Class { delete: $delete, is_valid: $is_valid };
    };
}

class!(BYTES: safewasm::abi::safewasm_bytes_t, safewasm_bytes_delete, safewasm_bytes_is_valid);
class!(
    COMPILATION: safewasm::abi::safewasm_compilation_t,
    safewasm_compilation_delete,
    safewasm_compilation_is_valid
);
class!(COMPONENT: safewasm::abi::safewasm_component_t, safewasm_component_delete,
    safewasm_component_is_valid);
class!(COMPONENTLINKER: safewasm::abi::safewasm_componentlinker_t,
    safewasm_componentlinker_delete, safewasm_componentlinker_is_valid);
class!(CONFIG: safewasm::abi::safewasm_config_t, safewasm_config_delete, safewasm_config_is_valid);
class!(ENGINE: safewasm::abi::safewasm_engine_t, safewasm_engine_delete, safewasm_engine_is_valid);
class!(ERROR: safewasm_error_t, safewasm_error_delete, safewasm_error_is_valid);
class!(EXTERNTYPE: safewasm::abi::safewasm_externtype_t, safewasm_externtype_delete,
    safewasm_externtype_is_valid);
class!(FUNC: safewasm::abi::safewasm_func_t, safewasm_func_delete, safewasm_func_is_valid);
class!(FUNCTYPE: safewasm::abi::safewasm_functype_t, safewasm_functype_delete,
    safewasm_functype_is_valid);
class!(GLOBAL: safewasm::abi::safewasm_global_t, safewasm_global_delete, safewasm_global_is_valid);
class!(HEAPTYPE: safewasm::abi::safewasm_heaptype_t, safewasm_heaptype_delete,
    safewasm_heaptype_is_valid);
class!(INSTANCE: safewasm::abi::safewasm_instance_t, safewasm_instance_delete,
    safewasm_instance_is_valid);
class!(LINKER: safewasm::abi::safewasm_linker_t, safewasm_linker_delete, safewasm_linker_is_valid);
class!(MEMORY: safewasm::abi::safewasm_memory_t, safewasm_memory_delete, safewasm_memory_is_valid);
class!(MODULE: safewasm::abi::safewasm_module_t, safewasm_module_delete, safewasm_module_is_valid);
class!(RESOURCETYPE: safewasm::abi::safewasm_resourcetype_t, safewasm_resourcetype_delete,
    safewasm_resourcetype_is_valid);
class!(SHAREDMEMORY: safewasm::abi::safewasm_sharedmemory_t, safewasm_sharedmemory_delete,
    safewasm_sharedmemory_is_valid);
class!(STORE: safewasm::abi::safewasm_store_t, safewasm_store_delete, safewasm_store_is_valid);
class!(TABLE: safewasm::abi::safewasm_table_t, safewasm_table_delete, safewasm_table_is_valid);
class!(TAG: safewasm::abi::safewasm_tag_t, safewasm_tag_delete, safewasm_tag_is_valid);
class!(WASI: safewasm::abi::safewasm_wasi_t, safewasm_wasi_delete, safewasm_wasi_is_valid);
class!(COMPONENTINSTANCE: safewasm::abi::safewasm_componentinstance_t,
    safewasm_componentinstance_delete, safewasm_componentinstance_is_valid);
class!(COMPONENTFUNC: safewasm::abi::safewasm_componentfunc_t, safewasm_componentfunc_delete,
    safewasm_componentfunc_is_valid);
class!(WITTYPE: safewasm::abi::safewasm_wittype_t, safewasm_wittype_delete,
    safewasm_wittype_is_valid);

/// An object of the library, which is deleted when it is dropped.
pub struct Owned<T: 'static> {
    pub handle: *mut T,
    class: Class<T>,
}

impl<T> Owned<T> {
    /// Takes the handle that `function` writes to its out-parameter, or the error that it returns.
    pub fn new(
        class: Class<T>,
        function: &str,
        call: impl FnOnce(*mut *mut T) -> *mut safewasm_error_t,
    ) -> Verdict<Result<Self, Refusal>> {
        // Not NULL, to see whether the function writes NULL on failure.
        let mut handle = dangling_mut();
        if let Err(refusal) = answer(function, call(&mut handle))? {
            ensure!(handle.is_null(), "{function} failed and left {handle:?}");
            return Ok(Err(refusal));
        }
        let object = Self { handle, class };
        ensure!(object.is_valid(), "{function} gave an invalid handle: {handle:?}");
        Ok(Ok(object))
    }

    /// Like `new`, for a function that must succeed.
    pub fn made(
        class: Class<T>,
        function: &str,
        call: impl FnOnce(*mut *mut T) -> *mut safewasm_error_t,
    ) -> Verdict<Self> {
        Self::new(class, function, call)?
            .map_err(|refusal| format!("{function} failed: {refusal:?}"))
    }

    fn is_valid(&self) -> bool {
        // SAFETY: the function accepts any handle.
        unsafe { (self.class.is_valid)(self.handle) }
    }

    /// Deletes the object. Its handle must be valid before and invalid afterwards.
    pub fn end(self) -> Verdict {
        ensure!(self.is_valid(), "an object is invalid before it is deleted");
        // SAFETY: the function accepts any handle.
        unsafe { (self.class.delete)(self.handle) };
        ensure!(!self.is_valid(), "an object is valid after it was deleted");
        Ok(())
    }
}

impl<T> Drop for Owned<T> {
    fn drop(&mut self) {
        // SAFETY: the function accepts any handle, also of a deleted object.
        unsafe { (self.class.delete)(self.handle) };
    }
}

/// Checks that a function has succeeded.
pub fn done(function: &str, error: *mut safewasm_error_t) -> Verdict {
    answer(function, error)?.map_err(|refusal| format!("{function} failed: {refusal:?}"))
}
