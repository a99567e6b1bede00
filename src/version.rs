//! Versions.

use std::os::raw::c_char;

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
