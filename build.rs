//! Generates what must agree with the Rust source: the C header, the Julia package's low-level
//! layer, the description of the ABI that the tests call every function by, and the reference in the site.

#[path = "build/abi.rs"]
mod abi;
#[path = "build/check.rs"]
mod check;
#[path = "build/description.rs"]
mod description;
#[path = "build/exports.rs"]
mod exports;
#[path = "build/header.rs"]
mod header;
#[path = "build/julia.rs"]
mod julia;
#[path = "build/kinds.rs"]
mod kinds;
#[path = "build/names.rs"]
mod names;
#[path = "build/prose.rs"]
mod prose;
#[path = "build/reference.rs"]
mod reference;
#[path = "build/sources.rs"]
mod sources;

use anyhow::Result;
use std::path::PathBuf;
use std::{env, fs};

fn main() -> Result<()> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(env::var("OUT_DIR")?);
    for input in ["build.rs", "build", "src"] {
        println!("cargo:rerun-if-changed={input}");
    }
    let sources = sources::read(&root.join("src/lib.rs"))?;
    let abi = abi::Abi::read(&sources)?;
    check::check(&abi, &root)?;
    let rules = fs::read_to_string(root.join("src/rules.md"))?;
    fs::write(out.join("safewasm.h"), header::generate(&abi, &rules, &out)?)?;
    fs::write(out.join("safewasm.jl"), julia::generate(&abi)?)?;
    fs::write(out.join("abi.rs"), description::generate(&abi))?;
    fs::write(out.join("names.rs"), names::generate(&abi))?;
    reference::write(&abi, &rules, &out.join("reference"))?;
    fs::write(out.join("safewasm.map"), exports::generate(&abi, has_feature)?)?;

    // For the package that links the library, in `lib/`.
    println!("cargo:abi_version={}", abi.version()?);
    println!("cargo:version_script={}", out.join("safewasm.map").display());
    Ok(())
}

/// Whether the crate is compiled with the feature.
fn has_feature(name: &str) -> bool {
    env::var_os(format!("CARGO_FEATURE_{}", name.to_uppercase())).is_some()
}
