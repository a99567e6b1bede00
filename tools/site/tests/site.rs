//! Builds the site, which fails if a link in it leads nowhere, and looks for what it must have.

use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Builds the site once. What the build prints is the error if it fails.
fn build() -> Result<(), String> {
    let output = Command::new(root().join("tools/docs")).output();
    let output = output.map_err(|error| format!("tools/docs can't be run: {error}"))?;
    if output.status.success() {
        Ok(())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into())
    }
}

/// The text of a page of the site.
fn page(path: &str) -> Result<String> {
    static BUILT: LazyLock<Result<(), String>> = LazyLock::new(build);
    BUILT.clone().map_err(anyhow::Error::msg)?;
    fs::read_to_string(root().join("target/docs").join(path)).with_context(|| format!("no {path}"))
}

#[test]
fn the_site_starts_with_the_readme_and_can_be_searched() -> Result<()> {
    let start = page("index.html")?;
    ensure!(start.contains("SafeWasm runs WebAssembly"), "the readme is not the first page");
    ensure!(start.contains("id=\"mdbook-searchbar\""), "there is no field for searching");
    Ok(())
}
