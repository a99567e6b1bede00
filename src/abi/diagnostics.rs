//! Versions and diagnostics.

use crate::abi::boundary::boundary;
use crate::kinds::{safewasm_error_t, safewasm_store_t};
use crate::process::panics;
use crate::registry;
use std::os::raw::c_char;

/// Panics inside the library, and returns the internal error that the panic becomes.
///
/// For those who bring the library into a new runtime: if this comes back, panics are caught
/// there, whichever unwinder the process has loaded. If `store` isn't NULL, the panic happens
/// inside that store, which is then poisoned: every use of it is an error, until it is deleted.
/// `store` may be NULL.
///
/// Always returns an error: of kind `SAFEWASM_ERROR_INTERNAL`, or what is wrong with `store`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_provoke_panic(store: *mut safewasm_store_t) -> *mut safewasm_error_t {
    boundary((), || {
        panics::keep_quiet();
        let _guard =
            if store.is_null() { None } else { Some(registry::enter_store(store, "store")?) };
        panics::within(|| panic!("safewasm_provoke_panic was called"))
    })
}

/// The number of the ABI that this header describes. It changes whenever a program that was built
/// against the older one would no longer work; the library's SONAME carries it.
pub const SAFEWASM_ABI_VERSION: u32 = 0;

/// The version of the library as text, such as "0.1.0": static, with a NUL at its end.
///
/// Never fails. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}

/// The number of the library's ABI, to be compared with `SAFEWASM_ABI_VERSION`.
///
/// Never fails. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_abi_version() -> u32 {
    SAFEWASM_ABI_VERSION
}
