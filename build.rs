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
#[path = "build/kinds.rs"]
mod kinds;
#[path = "build/sources.rs"]
mod sources;

use anyhow::{Context, Result, anyhow};
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<()> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(env::var("OUT_DIR")?);
    for input in ["build.rs", "build", "cbindgen.toml", "src"] {
        println!("cargo:rerun-if-changed={input}");
    }
    let sources = sources::read(&root.join("src/lib.rs"))?;
    let abi = abi::Abi::read(&sources)?;
    fs::write(out.join("safewasm.jl"), julia::generate(&abi)?)?;
    fs::write(out.join("abi.rs"), description::generate(&abi))?;
    fs::write(out.join("safewasm.map"), exports::generate(&abi)?)?;
    let opaque = out.join("opaque.rs");
    fs::write(&opaque, kinds::expanded(&abi.kinds))?;
    header(&root, &abi, &opaque, &out.join("safewasm.h"))?;

    // For the package that links the library, in `lib/`.
    println!("cargo:abi_version={}", abi.version()?);
    println!("cargo:version_script={}", out.join("safewasm.map").display());
    Ok(())
}

fn header(root: &Path, abi: &abi::Abi, opaque: &Path, to: &Path) -> Result<()> {
    let mut config =
        cbindgen::Config::from_file(root.join("cbindgen.toml")).map_err(|e| anyhow!(e))?;
    // No function takes or returns some of them.
    let enums = abi.enums.iter().map(|item| item.name.clone());
    let structs = abi.structs.iter().map(|item| item.name.clone());
    config.export.include = enums.chain(structs).collect();
    let builder = cbindgen::Builder::new().with_config(config);
    let builder = builder.with_src(opaque).with_src(root.join("src/lib.rs"));
    builder.generate().context("cbindgen can't read the sources")?.write_to_file(to);
    Ok(())
}
