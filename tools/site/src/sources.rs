//! The pages that show source files.

use crate::paths::{is_picture, site_path};
use anyhow::{Context, Result};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A page that shows a source file, or the names in a folder.
pub fn source_page(root: &Path, source: &Path) -> Result<String> {
    let path = root.join(source);
    let shown = source.display().to_string();
    if path.is_dir() {
        let mut names = BTreeSet::new();
        for entry in fs::read_dir(&path)? {
            let entry = entry?;
            let slash = if entry.path().is_dir() { "/" } else { "" };
            names.insert(format!("- `{}{slash}`\n", entry.file_name().to_string_lossy()));
        }
        return Ok(format!("# {shown}/\n\n{}", names.into_iter().collect::<String>()));
    }
    let text = fs::read_to_string(&path).with_context(|| shown.clone())?;
    let language = match source.extension().and_then(|extension| extension.to_str()) {
        Some("jl") => "julia",
        Some("rs") => "rust",
        Some("hpp") => "cpp",
        Some("h") => "c",
        Some(extension) => extension,
        None if text.starts_with("#!") => "sh",
        None => "text",
    };
    Ok(format!("# {shown}\n\n{}", fenced(language, &text)))
}

/// A block of code, with more backticks at its ends than in it.
fn fenced(language: &str, text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(3.max(longest + 1));
    format!("{fence}{language}\n{}\n{fence}\n", text.trim_end())
}

/// The heading of the pages of source files.
const SOURCES: &str = "Source files";

/// A page that lists the pages of source files.
pub fn sources_page(sources: &BTreeSet<PathBuf>) -> String {
    let names = sources.iter().filter(|source| !is_picture(source)).map(|source| {
        let path = site_path(source);
        format!(
            "- [{}]({})\n",
            source.display(),
            path.strip_prefix("source").unwrap_or(&path).display()
        )
    });
    format!(
        "# {SOURCES}\n\nThe pages mention these files of the repository.\n\n{}",
        names.collect::<String>()
    )
}

/// The lines of the table of contents for source files.
pub fn sources_contents(sources: &BTreeSet<PathBuf>) -> String {
    let names = sources.iter().filter(|source| !is_picture(source));
    let lines = names
        .map(|source| format!("  - [{}]({})\n", source.display(), site_path(source).display()));
    format!("- [{SOURCES}](source/index.md)\n{}", lines.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_shows_a_source_file_or_the_names_in_a_folder() -> Result<()> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let page = source_page(root, Path::new("src/lib.rs"))?;
        assert!(page.starts_with("# src/lib.rs\n\n```rust\n//! "), "{page}");
        assert!(page.ends_with("\n```\n"));
        let page = source_page(root, Path::new("src"))?;
        assert!(page.contains("\n- `lib.rs`\n"), "{page}");
        assert!(source_page(root, Path::new("src/gone.rs")).is_err());
        Ok(())
    }

    #[test]
    fn a_block_of_code_may_have_backticks_in_it() {
        assert_eq!(fenced("c", "a\n````\n\n"), "`````c\na\n````\n`````\n");
    }
}
