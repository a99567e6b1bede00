//! Runs the program in `files`, which writes the files of the test suite.

use std::path::PathBuf;
use std::process::Command;
use std::{env, io};

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=files");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    // In a folder of its own, since this cargo would wait for the one that runs this script.
    let status = Command::new(env::var_os("CARGO").expect("cargo sets it"))
        .args(["run", "--quiet", "--locked", "-p", "safewasm-suite-files", "--target-dir"])
        .arg(out.join("target"))
        .arg("--")
        .arg(out)
        .env_remove("RUSTC_WORKSPACE_WRAPPER")
        .status()?;
    if status.success() { Ok(()) } else { Err(io::Error::other("the program in `files` failed")) }
}
