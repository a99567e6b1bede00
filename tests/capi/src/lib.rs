//! The functions of the shared library, called as a C program calls them: each is looked up in the library by
//! its name. The Rust crate gives only the types. `include/safewasm.h` documents the functions.
//!
//! This is a crate of its own because of its build script, which generates the functions from the library's
//! sources for all tests and benches that call them.
#![allow(clippy::missing_safety_doc, reason = "the header documents what each function requires")]
#![allow(
    clippy::let_unit_value,
    clippy::too_many_arguments,
    clippy::type_complexity,
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

/// The shared library that was built with the running program.
static LIBRARY: LazyLock<Library> = LazyLock::new(|| {
    let program = std::env::current_exe().expect("a program has a path");
    let folder = program.parent().expect("a program is in a folder");
    let deps = if folder.ends_with("deps") { folder.to_owned() } else { folder.join("deps") };
    let path = deps.join(libloading::library_filename("safewasm"));
    // SAFETY: loading the library runs none of this project's code.
    unsafe { Library::new(&path) }.unwrap_or_else(|error| panic!("{}: {error}", path.display()))
});

/// An exported function.
fn symbol<F: Copy>(name: &str) -> F {
    // SAFETY: `F` is the type in the source of the function.
    let symbol = unsafe { LIBRARY.get::<F>(name) };
    *symbol.unwrap_or_else(|error| panic!("{name} is not in the library: {error}"))
}

include!(concat!(env!("OUT_DIR"), "/functions.rs"));
