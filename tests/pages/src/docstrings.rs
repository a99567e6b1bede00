//! The docstrings of the Julia package, as pages. Each runs after the code of the module's own docstring.

use crate::page::Page;
use crate::set_up::SetUp;
use anyhow::{Context, Result};
use std::fs;

/// The file whose docstring makes the objects that the others use.
const FIRST: &str = "SafeWasm.jl";

/// The line that begins and ends a docstring.
const QUOTES: &str = "\"\"\"";

/// Each docstring of the package that has blocks of code.
pub fn docstrings(set_up: &SetUp) -> Result<Vec<Page>> {
    let mut pages = Vec::new();
    for entry in fs::read_dir(set_up.root.join("julia/src"))? {
        let name = entry?.file_name().into_string().ok().context("a name is not UTF-8")?;
        let source = fs::read_to_string(set_up.root.join("julia/src").join(&name))?;
        for (line, text) in texts(&source) {
            let name = format!("julia/src/{name}:{line}");
            pages.push(Page::new(name, &text, line, &set_up.suites));
        }
    }
    pages.sort_by(|a, b| a.name.cmp(&b.name));
    let first = pages.iter().find(|page| page.name.contains(FIRST));
    let given =
        first.and_then(|page| page.blocks.first()).context("no first docstring")?.code.clone();
    for page in &mut pages {
        if !page.name.contains(FIRST) {
            page.given.clone_from(&given);
        }
    }
    Ok(pages)
}

/// The docstrings in the text of a file, without escapes and signatures: the line after the quotes, and the text.
fn texts(source: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut lines = source.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        if line != QUOTES {
            continue;
        }
        let mut in_signature = true;
        let mut text = String::new();
        for (_, line) in lines.by_ref().take_while(|(_, line)| *line != QUOTES) {
            in_signature &= line.starts_with("    ");
            text += if in_signature { "" } else { line };
            text.push('\n');
        }
        let text = text.replace("\\\"", "\"").replace("\\$", "$").replace("\\\\", "\\");
        found.push((number + 2, text));
    }
    found
}
