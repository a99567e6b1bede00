//! How the shared library is linked.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=build.rs");
    if env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        // The crate's build script passes the version.
        let version =
            env::var("DEP_SAFEWASM_ABI_VERSION").expect("the crate passes its ABI's version");
        println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libsafewasm.so.{version}");
        // The library's signal handlers and thread-local data can't be taken out of a process.
        println!("cargo:rustc-cdylib-link-arg=-Wl,-z,nodelete");
        let script =
            env::var("DEP_SAFEWASM_VERSION_SCRIPT").expect("the crate passes its version script");
        link_with(&script)?;
    }
    Ok(())
}

/// Links the library with the version script of the crate.
///
/// Rust's own version script exports each `no_mangle` function of the dependencies, without a version. It
/// can be neither turned off nor combined with another one. So the C compiler finds a shell script as its
/// linker, which replaces Rust's version script by the crate's.
fn link_with(script: &str) -> io::Result<()> {
    let folder = PathBuf::from(env::var("OUT_DIR").expect("Cargo sets it"));
    let linker = folder.join("ld.bfd");
    fs::write(
        &linker,
        format!(
            r#"#!/bin/sh
for argument do
    shift
    case $argument in
    --version-script=*) set -- "$@" '--version-script={script}' ;;
    *) set -- "$@" "$argument" ;;
    esac
done
exec ld "$@"
"#
        ),
    )?;
    fs::set_permissions(&linker, fs::Permissions::from_mode(0o755))?;
    println!("cargo:rustc-cdylib-link-arg=-B{}", folder.display());
    println!("cargo:rustc-cdylib-link-arg=-fuse-ld=bfd");
    Ok(())
}
