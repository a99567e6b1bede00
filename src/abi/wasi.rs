//! WASI: the files, streams and clocks of a program.
//!
//! Example: examples/hello.c

pub use crate::kinds::safewasm_wasi_t;

use crate::abi::args::utf8;
use crate::abi::boundary::{Out, boundary};
use crate::kinds::safewasm_error_t;
use crate::process::unwind::quietly;
use crate::registry::{self, SharedHandle};
use crate::wasi::config::Config;
use std::os::raw::c_char;

/// Creates a WASI config with nothing in it: no arguments, no environment, no folders, an empty
/// standard input; standard output and standard error are discarded.
///
/// On success `*wasi_out` is a new WASI config; delete it with `safewasm_wasi_delete`. On failure it
/// is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`; `SAFEWASM_ERROR_LIMIT`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_wasi_new(
    wasi_out: *mut *mut safewasm_wasi_t,
) -> *mut safewasm_error_t {
    boundary(Out("wasi_out", wasi_out), || registry::insert(Config::default()))
}

/// Adds an argument of the program, UTF-8 text of `arg_len` bytes (or `SAFEWASM_STRLEN`). The first
/// one is the program's name.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_ARGUMENT` if the text isn't UTF-8 or contains a NUL.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_wasi_add_arg(
    wasi: *mut safewasm_wasi_t,
    arg: *const c_char,
    arg_len: usize,
) -> *mut safewasm_error_t {
    boundary((), || {
        let wasi = wasi.get("wasi")?;
        // SAFETY: the header demands `arg_len` bytes, or a NUL, at an `arg` that isn't NULL.
        let arg = unsafe { utf8(arg, arg_len, "arg") }?;
        wasi.with(|settings| settings.add_arg(arg))
    })
}

/// Sets an environment variable of the program. Its name is `name`, UTF-8 text of `name_len` bytes
/// (or `SAFEWASM_STRLEN`), and its value is `value`, UTF-8 text of `value_len` bytes (or
/// `SAFEWASM_STRLEN`). A value that was set before is replaced.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_ARGUMENT` if a text isn't UTF-8 or contains a NUL, or if the name is
/// empty or contains `=`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_wasi_add_env(
    wasi: *mut safewasm_wasi_t,
    name: *const c_char,
    name_len: usize,
    value: *const c_char,
    value_len: usize,
) -> *mut safewasm_error_t {
    boundary((), || {
        let wasi = wasi.get("wasi")?;
        // SAFETY: the header demands `name_len` bytes, or a NUL, at a `name` that isn't NULL.
        let name = unsafe { utf8(name, name_len, "name") }?;
        // SAFETY: as above, for `value`.
        let value = unsafe { utf8(value, value_len, "value") }?;
        wasi.with(|settings| settings.add_env(name, value))
    })
}

/// Returns true if `wasi` is a WASI config that has neither been deleted nor given to a store.
/// Never fails. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_wasi_is_valid(wasi: *mut safewasm_wasi_t) -> bool {
    quietly(|| wasi.is_valid())
}

/// Deletes `wasi`. Does nothing if `wasi` is NULL or was deleted already. Never fails and never
/// waits. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_wasi_delete(wasi: *mut safewasm_wasi_t) {
    quietly(|| wasi.delete());
}
