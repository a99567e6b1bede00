//! How the shared library is linked.

use std::env;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        // As the crate's build script says.
        let version =
            env::var("DEP_SAFEWASM_ABI_VERSION").expect("the crate tells its ABI's version");
        println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libsafewasm.so.{version}");
        // The library's signal handlers and thread-local data can't be taken out of a process.
        println!("cargo:rustc-cdylib-link-arg=-Wl,-z,nodelete");
    }
}
