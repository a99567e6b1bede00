//! The docstrings of the Julia package, as pages.

use crate::page::Page;
use crate::set_up::SetUp;
use anyhow::{Context, Result};
use std::fs;

/// The objects that the code in docstrings uses without making them.
const GIVEN: &str = include_str!("given.jl");

/// Each docstring of the package that has blocks of code.
pub fn docstrings(set_up: &SetUp) -> Result<Vec<Page>> {
    let mut pages = Vec::new();
    let mut paths: Vec<_> = fs::read_dir(set_up.root.join("julia/src"))?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    paths.sort();
    for path in paths {
        let file = path.strip_prefix(&set_up.root)?.to_str().context("a name is not UTF-8")?;
        for (line, text) in texts(&fs::read_to_string(&path)?) {
            let mut page = Page::new(format!("{file}:{line}"), &text, line, &set_up.suites);
            page.given = GIVEN;
            if !page.blocks.is_empty() || !page.mistakes.is_empty() {
                pages.push(page);
            }
        }
    }
    Ok(pages)
}

/// The docstrings in the text of a file: the line after the quotes, and the text without escapes.
fn texts(source: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut lines = source.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        if line == "\"\"\"" {
            let text = lines.by_ref().map(|(_, line)| line).take_while(|line| *line != "\"\"\"");
            let text: String = text.flat_map(|line| [line, "\n"]).collect();
            let text = text.replace("\\\"", "\"").replace("\\$", "$").replace("\\\\", "\\");
            found.push((number + 2, text));
        }
    }
    found
}
