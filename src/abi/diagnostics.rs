//! Diagnostics: the version of the library, and a test of its panics.

use crate::abi::args::Nullable;
use crate::abi::boundary::boundary;
use crate::kinds::{safewasm_error_t, safewasm_store_t};
use crate::process::panics;
use crate::registry;
use std::os::raw::c_char;

/// Panics inside the library and returns the error that the panic becomes. Use it when you port the
/// library to a new runtime: if this function returns, panics are caught in that process, whichever
/// unwinder it has loaded.
///
/// `store` may be NULL. Otherwise the panic happens in that store, which is poisoned then: every
/// use of it is an error until it is deleted.
///
/// Errors: always `SAFEWASM_ERROR_INTERNAL`, unless `store` is bad: then
/// `SAFEWASM_ERROR_INVALID_HANDLE` or `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn safewasm_provoke_panic(
    store: Nullable<*mut safewasm_store_t>,
) -> *mut safewasm_error_t {
    boundary((), || {
        panics::keep_quiet();
        let _guard =
            if store.is_null() { None } else { Some(registry::enter_store(store, "store")?) };
        panics::within(|| panic!("safewasm_provoke_panic was called"))
    })
}

/// The number of the ABI that this header describes. It changes whenever a program that was built
/// against the older ABI would no longer work. The library's SONAME carries it.
pub const SAFEWASM_ABI_VERSION: u32 = 0;

const NAME: &str = "SafeWasm ";

/// The name is in front of the version so that `tools/install` finds the version in the file of the library.
const NAME_AND_VERSION: &str = concat!("SafeWasm ", env!("CARGO_PKG_VERSION"), "\0");

/// Returns the version of the library as a static text, such as "0.1.0", with a NUL at its end.
/// Compare it with `SAFEWASM_VERSION`, the version of this header.
///
/// Never fails. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_version() -> *const c_char {
    NAME_AND_VERSION[NAME.len()..].as_ptr().cast()
}

/// Returns the number of the library's ABI. Compare it with `SAFEWASM_ABI_VERSION`.
///
/// Never fails. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_abi_version() -> u32 {
    SAFEWASM_ABI_VERSION
}
