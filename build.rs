//! Generates what must agree with the Rust source: the C header, the Julia package's low-level
//! layer, and the description of the ABI that the tests call every function by.

#[path = "build/abi.rs"]
mod abi;
#[path = "build/description.rs"]
mod description;
#[path = "build/exports.rs"]
mod exports;
#[path = "build/julia.rs"]
mod julia;

use anyhow::{Context, Result, anyhow};
use std::path::{Path, PathBuf};
use std::{env, fs};

/// The sources of the ABI, in the order in which the header shows them.
const SOURCES: [&str; 36] = [
    "version",
    "text",
    "frame",
    "error",
    "value",
    "config",
    "pooling",
    "hooks",
    "engine",
    "store",
    "interrupt",
    "timeout",
    "fuel",
    "limits",
    "boundary",
    "module",
    "wat",
    "bytes",
    "functype",
    "externtype",
    "external",
    "instance",
    "finalizer",
    "caller",
    "callback",
    "func",
    "bulk",
    "memory",
    "view",
    "sharedmemory",
    "table",
    "global",
    "tag",
    "reference",
    "linker",
    "instancepre",
];
fn main() -> Result<()> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(env::var("OUT_DIR")?);
    for input in ["build.rs", "build", "cbindgen.toml", "src"] {
        println!("cargo:rerun-if-changed={input}");
    }
    let sources: Vec<PathBuf> =
        SOURCES.iter().map(|name| root.join("src").join(format!("{name}.rs"))).collect();

    let abi = abi::Abi::read(&sources)?;
    fs::write(out.join("safewasm.jl"), julia::generate(&abi)?)?;
    fs::write(out.join("abi.rs"), description::generate(&abi))?;
    fs::write(out.join("safewasm.map"), exports::generate(&abi)?)?;
    header(&root, &sources, &out.join("safewasm.h"))?;

    // For the package that links the library, in `lib/`.
    println!("cargo:abi_version={}", abi.version()?);
    println!("cargo:version_script={}", out.join("safewasm.map").display());
    Ok(())
}

fn header(root: &Path, sources: &[PathBuf], to: &Path) -> Result<()> {
    let config = cbindgen::Config::from_file(root.join("cbindgen.toml")).map_err(|e| anyhow!(e))?;
    let builder = sources
        .iter()
        .fold(cbindgen::Builder::new().with_config(config), cbindgen::Builder::with_src);
    builder.generate().context("cbindgen can't read the sources")?.write_to_file(to);
    Ok(())
}
