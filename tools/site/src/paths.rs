//! Where the files of the repository are in the book.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

/// The path in the book of a page or source file, whose path starts at the repository's root.
pub fn site_path(path: &Path) -> PathBuf {
    let text = path.to_string_lossy();
    match &*text {
        "README.md" => "index.md".into(),
        // mdBook writes this page.
        "docs/SUMMARY.md" => "toc.html".into(),
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

pub fn is_picture(path: &Path) -> bool {
    path.extension().is_some_and(|extension| {
        ["gif", "jpg", "png", "svg"].iter().any(|known| extension == *known)
    })
}

/// The target of a link in the book. A link that starts with a slash starts at the repository's root. The path of a file
/// that is in the book only because of the link is added to `sources`.
pub fn site_link(page: &Path, link: &str, sources: &mut BTreeSet<PathBuf>) -> String {
    if link.contains("://") || link.starts_with('#') || link.starts_with("mailto:") {
        return link.to_owned();
    }
    let (path, anchor) =
        link.split_once('#').map_or((link, None), |(path, anchor)| (path, Some(anchor)));
    let path = match path.strip_prefix('/') {
        Some(path) => PathBuf::from(path),
        None => joined(page.parent().unwrap_or(Path::new("")), Path::new(path)),
    };
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
        assert_eq!(link("README.md", "docs/SUMMARY.md").0, "toc.html");
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
}
