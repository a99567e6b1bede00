//! Checks that the pages of documentation fit the repository: the targets of their links, and the list of source
//! files.

use anyhow::{Context, Result, ensure};
use safewasm_supply::{read, root, rust_files};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

/// The pages, from the repository's root.
fn pages() -> Result<Vec<PathBuf>> {
    let mut pages = Vec::new();
    for folder in ["", "docs", "docs/guides", "docs/tutorials"] {
        for entry in fs::read_dir(root().join(folder))? {
            let path = Path::new(folder).join(entry?.file_name());
            if path.extension().is_some_and(|extension| extension == "md") {
                pages.push(path);
            }
        }
    }
    ensure!(pages.len() > 10, "there are more pages than {pages:?}");
    Ok(pages)
}

/// The text outside of fenced code.
fn prose(text: &str) -> String {
    text.split("```").step_by(2).collect()
}

/// The targets of the links in a page that lead to files of the repository.
fn links(text: &str) -> Vec<&str> {
    let targets = text.split("](").skip(1).filter_map(|rest| Some(rest.split_once(')')?.0));
    targets.filter(|target| !target.contains("://")).collect()
}

/// The anchor that a heading gets: lower case, spaces as hyphens, and no other punctuation.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|&c| c.is_alphanumeric() || c == ' ' || c == '-' || c == '_');
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

fn has_anchor(page: &str, wanted: &str) -> bool {
    let headings = page.lines().filter(|line| line.starts_with('#'));
    headings.map(|line| anchor(line.trim_start_matches('#').trim())).any(|found| found == wanted)
}

/// Resolves a link that `page` has.
fn target(page: &Path, link: &str) -> Result<PathBuf> {
    let mut path = page.parent().context("no page")?.to_owned();
    for part in Path::new(link).components() {
        match part {
            Component::ParentDir => ensure!(path.pop(), "{link} leaves the repository"),
            part => path.push(part),
        }
    }
    Ok(path)
}

#[test]
fn links_between_pages_lead_to_files_and_headings_that_exist() -> Result<()> {
    let mut broken = Vec::new();
    for page in pages()? {
        let text = prose(&read(&page)?);
        for link in links(&text) {
            let (path, heading) = link.split_once('#').unwrap_or((link, ""));
            let path = if path.is_empty() { page.clone() } else { target(&page, path)? };
            let there = root().join(&path).exists()
                && (heading.is_empty() || has_anchor(&prose(&read(&path)?), heading));
            if !there {
                broken.push(format!("{} links to {link}", page.display()));
            }
        }
    }
    ensure!(broken.is_empty(), "these links lead nowhere:\n{}", broken.join("\n"));
    Ok(())
}

#[test]
fn a_heading_and_its_anchor_belong_together() {
    assert!(has_anchor("# One\n## What nothing ends\n", "what-nothing-ends"));
    assert!(has_anchor("### `invoke_…` and longjmp\n", "invoke_-and-longjmp"));
    assert!(!has_anchor("what nothing ends\n", "what-nothing-ends"));
    assert_eq!(links("[a](b.md#c), [d](https://e) and [f](g.md)"), ["b.md#c", "g.md"]);
}

#[test]
fn the_table_of_contents_has_a_line_for_each_page() -> Result<()> {
    let contents = Path::new("docs/SUMMARY.md");
    let text = read(contents)?;
    let links: Vec<_> =
        links(&text).into_iter().map(|link| target(contents, link)).collect::<Result<_>>()?;
    let missing: Vec<_> =
        pages()?.into_iter().filter(|page| page != contents && !links.contains(page)).collect();
    ensure!(missing.is_empty(), "docs/SUMMARY.md has no line for {missing:?}");
    Ok(())
}

/// The files of a folder that `docs/architecture.md` has a line for, by their names in the folder.
fn described(page: &str, folder: &str) -> BTreeSet<String> {
    let names = page.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` | "));
    names.filter_map(|(name, _)| Some(name.strip_prefix(folder)?.to_owned())).collect()
}

#[test]
fn the_page_on_architecture_has_a_line_for_each_source_file() -> Result<()> {
    let page = read("docs/architecture.md")?;
    let (_, files) = page.split_once("\n## Files\n").context("no list of files")?;
    let (files, _) = files.split_once("\n## ").context("nothing after the list of files")?;
    let rust: BTreeSet<_> = rust_files(&root().join("src"))?.into_keys().collect();
    let mut julia = BTreeSet::new();
    for entry in fs::read_dir(root().join("julia/src"))? {
        julia.insert(entry?.file_name().into_string().ok().context("a name is not UTF-8")?);
    }
    for (folder, there) in [("src/", rust), ("julia/src/", julia)] {
        let listed = described(files, folder);
        let missing: Vec<_> = there.difference(&listed).collect();
        let gone: Vec<_> = listed.difference(&there).collect();
        ensure!(
            missing.is_empty() && gone.is_empty(),
            "docs/architecture.md has no line for {missing:?} in {folder}, and lines for {gone:?}, \
             which are not there"
        );
    }
    Ok(())
}

#[test]
fn the_page_on_architecture_has_a_line_for_each_folder_of_tests() -> Result<()> {
    let page = read("docs/architecture.md")?;
    for entry in fs::read_dir(root().join("tests"))? {
        let path = Path::new("tests").join(entry?.file_name());
        ensure!(
            page.contains(&format!("`{}", path.display())),
            "docs/architecture.md has no line for {}",
            path.display()
        );
    }
    Ok(())
}

/// The names in a text that begin with `prefix`, in lower case and without it.
fn names(text: &str, prefix: &str) -> BTreeSet<String> {
    let ends = |c: char| !c.is_ascii_alphanumeric() && c != '_';
    let found = text.split(prefix).skip(1).filter_map(|rest| rest.split(ends).next());
    found.filter(|name| !name.is_empty()).map(str::to_lowercase).collect()
}

#[test]
fn the_page_on_the_configuration_has_each_setting() -> Result<()> {
    let header = read("include/safewasm.h")?;
    let page = read("docs/guides/configuration.md")?;
    let mut settings = names(&header, "safewasm_config_set_");
    settings.append(&mut names(&header, "SAFEWASM_OPTION_"));
    ensure!(settings.len() > 40, "there are more settings than {settings:?}");
    settings.retain(|setting| !page.contains(&format!("`{setting}`")));
    ensure!(settings.is_empty(), "docs/guides/configuration.md doesn't have {settings:?}");
    Ok(())
}

#[test]
fn the_page_of_examples_links_to_each_program() -> Result<()> {
    let page = Path::new("docs/guides/examples.md");
    let text = read(page)?;
    let links: Vec<_> =
        links(&text).into_iter().map(|link| target(page, link)).collect::<Result<_>>()?;
    let programs = [
        ("examples", "c"),
        ("examples", "cpp"),
        ("examples/libraries", "c"),
        ("examples/libraries", "cpp"),
        ("julia/examples", "jl"),
    ];
    for (folder, language) in programs {
        for entry in fs::read_dir(root().join(folder))? {
            let path = Path::new(folder).join(entry?.file_name());
            ensure!(
                path.extension().is_none_or(|extension| extension != language)
                    || links.contains(&path),
                "docs/guides/examples.md has no link to {}",
                path.display()
            );
        }
    }
    Ok(())
}
