//! How the shared library is linked.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=build.rs");
    if env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        // As the crate's build script says.
        let version =
            env::var("DEP_SAFEWASM_ABI_VERSION").expect("the crate tells its ABI's version");
        println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libsafewasm.so.{version}");
        // The library's signal handlers and thread-local data can't be taken out of a process.
        println!("cargo:rustc-cdylib-link-arg=-Wl,-z,nodelete");
        let script =
            env::var("DEP_SAFEWASM_VERSION_SCRIPT").expect("the crate tells what to export");
        link_with(&script)?;
    }
    Ok(())
}

/// Has the library linked with the version script of the crate.
///
/// Rust's own, which exports whatever a dependency says `no_mangle` of and has no versions, can be
/// neither turned off nor combined with another one. So the linker that the C compiler finds is a script,
/// which puts ours in its place.
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
