//! The exported functions of the shared library, called there, as a C program calls them: nothing of
//! the Rust crate is used but its types. `include/safewasm.h` says what each function does.
#![allow(clippy::missing_safety_doc, reason = "the header says what each function demands")]
#![allow(
    clippy::let_unit_value,
    clippy::too_many_arguments,
    reason = "the functions are generated"
)]
#![allow(clippy::not_unsafe_ptr_arg_deref, reason = "handles may be any bits")]

mod failure;
mod uses;

pub use failure::{Failure, check};
pub use uses::{Outcome, Use};

use libloading::Library;
use std::ffi::{c_char, c_void};
use std::sync::LazyLock;

/// An exported function, looked up when it is first used.
pub type Function<F> = LazyLock<F>;

/// The library that was built with the running program.
static LIBRARY: LazyLock<Library> = LazyLock::new(|| {
    let program = std::env::current_exe().expect("a program has a path");
    let folder = program.parent().expect("a program is in a folder");
    let deps = if folder.ends_with("deps") { folder.to_owned() } else { folder.join("deps") };
    let path = deps.join(libloading::library_filename("safewasm"));
    // SAFETY: loading the library runs no code of its own.
    unsafe { Library::new(&path) }.unwrap_or_else(|error| panic!("{}: {error}", path.display()))
});

/// An exported function.
fn symbol<F: Copy>(name: &str) -> F {
    // SAFETY: `F` comes from the source of the function.
    let symbol = unsafe { LIBRARY.get::<F>(name) };
    *symbol.unwrap_or_else(|error| panic!("{name} is not in the library: {error}"))
}

include!(concat!(env!("OUT_DIR"), "/functions.rs"));
