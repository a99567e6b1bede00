//! The sources of the book: the pages of the repository, the generated references, and a page for each source file
//! that a page links to.

use crate::links;
use anyhow::{Context, Result};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

/// The table of contents, from the repository's root.
const CONTENTS: &str = "docs/SUMMARY.md";

/// Writes the book's sources to `folder`. `root` is the repository, and `reference` the folder with the generated
/// pages.
pub fn write(root: &Path, reference: &Path, folder: &Path) -> Result<()> {
    let mut sources = BTreeSet::new();
    let mut pages = pages(root)?;
    pages.extend(generated(reference)?);
    for (path, text) in pages {
        let text = links::replace(&text, |link| site_link(&path, link, &mut sources), |_| None);
        save(&folder.join("src").join(site_path(&path)), &text)?;
    }
    let contents = contents(root, reference, &mut sources)?;
    for source in &sources {
        if is_picture(source) {
            let copy = folder.join("src").join(site_path(source));
            fs::create_dir_all(copy.parent().context("a file is in a folder")?)?;
            fs::copy(root.join(source), copy).with_context(|| source.display().to_string())?;
        } else {
            save(&folder.join("src").join(site_path(source)), &source_page(root, source)?)?;
        }
    }
    save(&folder.join("src/source/index.md"), &sources_page(&sources))?;
    save(&folder.join("src/SUMMARY.md"), &(contents + &sources_contents(&sources)))?;
    fs::copy(root.join("docs/book.toml"), folder.join("book.toml"))?;
    let theme = folder.join("theme");
    fs::create_dir_all(&theme)?;
    for entry in fs::read_dir(root.join("docs/theme"))? {
        let entry = entry?;
        fs::copy(entry.path(), theme.join(entry.file_name()))?;
    }
    Ok(())
}

fn save(path: &Path, text: &str) -> Result<()> {
    fs::create_dir_all(path.parent().context("a file is in a folder")?)?;
    fs::write(path, text).with_context(|| path.display().to_string())
}

/// The pages of the repository with their texts: those of `docs`, and those beside it. Their paths start at the
/// repository's root.
fn pages(root: &Path) -> Result<Vec<(PathBuf, String)>> {
    let mut pages = Vec::new();
    for path in
        files(root, Path::new(""), false)?.into_iter().chain(files(root, Path::new("docs"), true)?)
    {
        if path.extension().is_some_and(|extension| extension == "md")
            && path != Path::new(CONTENTS)
        {
            let text = fs::read_to_string(root.join(&path))?;
            pages.push((path, text));
        }
    }
    Ok(pages)
}

/// The generated pages, as if they were in `docs/reference`.
fn generated(reference: &Path) -> Result<Vec<(PathBuf, String)>> {
    let mut pages = Vec::new();
    for path in files(reference, Path::new(""), true)? {
        if path.file_name().is_some_and(|name| name != "SUMMARY.md") {
            let text = fs::read_to_string(reference.join(&path))?;
            pages.push((Path::new("docs/reference").join(path), text));
        }
    }
    Ok(pages)
}

/// The files of a folder in `root`, by their paths from there.
fn files(root: &Path, folder: &Path, with_folders: bool) -> Result<BTreeSet<PathBuf>> {
    let mut found = BTreeSet::new();
    let path = root.join(folder);
    for entry in fs::read_dir(&path).with_context(|| path.display().to_string())? {
        let path = folder.join(entry?.file_name());
        if !root.join(&path).is_dir() {
            found.insert(path);
        } else if with_folders {
            found.extend(files(root, &path, true)?);
        }
    }
    Ok(found)
}

/// The table of contents, with the pages of each reference below its line.
fn contents(root: &Path, reference: &Path, sources: &mut BTreeSet<PathBuf>) -> Result<String> {
    let path = Path::new(CONTENTS);
    let page = fs::read_to_string(root.join(path))?;
    let page = links::replace(&page, |link| site_link(path, link, sources), |_| None);
    let mut out = String::new();
    for line in page.lines() {
        out.push_str(line);
        out.push('\n');
        let reference_of =
            |line: &str| Some(line.split_once("](reference/")?.1.split_once('/')?.0.to_owned());
        if let Some(language) = reference_of(line) {
            let list = fs::read_to_string(reference.join(&language).join("SUMMARY.md"));
            for line in list.with_context(|| format!("the reference for {language}"))?.lines() {
                out.push_str(&format!(
                    "  {}\n",
                    line.replace("](", &format!("](reference/{language}/"))
                ));
            }
        }
    }
    Ok(out)
}

/// The path in the book of a page or source file, whose path starts at the repository's root.
fn site_path(path: &Path) -> PathBuf {
    let text = path.to_string_lossy();
    match &*text {
        "README.md" => "index.md".into(),
        "include/safewasm.h" => "reference/c/index.md".into(),
        "include/safewasm.hpp" => "reference/cpp/index.md".into(),
        "julia/src/SafeWasm.jl" => "reference/julia/index.md".into(),
        _ if is_page(path) => text.strip_prefix("docs/").unwrap_or(&text).into(),
        _ if text.starts_with("include/safewasm/") => format!(
            "reference/cpp/{}",
            text.trim_start_matches("include/safewasm/").replace(".hpp", ".md")
        )
        .into(),
        _ if is_picture(path) => format!("source/{text}").into(),
        _ => format!("source/{text}.md").into(),
    }
}

fn is_page(path: &Path) -> bool {
    let in_book = path.starts_with("docs") || path.components().count() == 1;
    in_book && path.extension().is_some_and(|extension| extension == "md")
}

fn is_picture(path: &Path) -> bool {
    path.extension().is_some_and(|extension| {
        ["gif", "jpg", "png", "svg"].iter().any(|known| extension == *known)
    })
}

/// The target of a link in the book. A file that becomes a page for its own sake is added to `sources`.
fn site_link(page: &Path, link: &str, sources: &mut BTreeSet<PathBuf>) -> String {
    if link.contains("://") || link.starts_with('#') || link.starts_with("mailto:") {
        return link.to_owned();
    }
    let (path, anchor) =
        link.split_once('#').map_or((link, None), |(path, anchor)| (path, Some(anchor)));
    let path = joined(page.parent().unwrap_or(Path::new("")), Path::new(path));
    let there = site_path(&path);
    let anchor = anchor.filter(|_| !there.starts_with("source")).map(|anchor| format!("#{anchor}"));
    if there.starts_with("source") {
        sources.insert(path);
    }
    let here = site_path(page);
    let up = "../".repeat(here.components().count() - 1);
    format!("{up}{}{}", there.display(), anchor.unwrap_or_default())
}

/// The path from the root of `path`, which starts at `folder`.
fn joined(folder: &Path, path: &Path) -> PathBuf {
    let mut joined = folder.to_owned();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                joined.pop();
            }
            Component::CurDir => {}
            part => joined.push(part),
        }
    }
    joined
}

/// A page that shows a source file, or the names in a folder.
fn source_page(root: &Path, source: &Path) -> Result<String> {
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
fn sources_page(sources: &BTreeSet<PathBuf>) -> String {
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
fn sources_contents(sources: &BTreeSet<PathBuf>) -> String {
    let names = sources.iter().filter(|source| !is_picture(source));
    let lines = names
        .map(|source| format!("  - [{}]({})\n", source.display(), site_path(source).display()));
    format!("- [{SOURCES}](source/index.md)\n{}", lines.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(page: &str, link: &str) -> (String, Vec<String>) {
        let mut sources = BTreeSet::new();
        let link = site_link(Path::new(page), link, &mut sources);
        (link, sources.iter().map(|source| source.display().to_string()).collect())
    }

    #[test]
    fn links_between_pages_lead_from_page_to_page() {
        assert_eq!(link("README.md", "docs/guides/cpp.md#a").0, "guides/cpp.md#a");
        assert_eq!(link("docs/guides/cpp.md", "../../README.md").0, "../index.md");
        assert_eq!(link("docs/guides/cpp.md", "memory.md").0, "../guides/memory.md");
        assert_eq!(link("docs/speed.md", "../CONTRIBUTING.md#tests").0, "CONTRIBUTING.md#tests");
        assert_eq!(link("docs/speed.md", "#tests").0, "#tests");
        assert_eq!(link("docs/speed.md", "https://example.org/a.md").0, "https://example.org/a.md");
    }

    #[test]
    fn links_to_headers_lead_to_the_references() {
        let (there, sources) = link("docs/guides/cpp.md", "../../include/safewasm/engine.hpp");
        assert_eq!((&*there, sources.len()), ("../reference/cpp/engine.md", 0));
        assert_eq!(link("README.md", "include/safewasm.h").0, "reference/c/index.md");
    }

    #[test]
    fn files_that_pages_link_to_become_pages() {
        let found = link("docs/guides/cpp.md", "../../examples/hello.cpp#L3");
        let expected =
            ("../source/examples/hello.cpp.md".to_owned(), vec!["examples/hello.cpp".into()]);
        assert_eq!(found, expected);
        assert_eq!(link("docs/speed.md", "speed.svg").0, "source/docs/speed.svg");
    }

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
