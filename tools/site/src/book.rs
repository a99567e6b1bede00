//! The sources of the book: the pages of the repository, the generated references, and a page for each source file
//! that a page links to.

use crate::fences::replace_languages;
use crate::links::{self, Part};
use crate::paths::{is_picture, site_link, site_path};
use crate::sources::{source_page, sources_contents, sources_page};
use anyhow::{Context, Result, bail};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The table of contents, from the repository's root.
const CONTENTS: &str = "docs/SUMMARY.md";

/// The folder of the references, as if they were in the repository.
const REFERENCE: &str = "docs/reference";

/// Writes the book's sources to `folder`. `root` is the repository, and `reference` the folder with the references.
pub fn write(root: &Path, reference: &Path, folder: &Path) -> Result<()> {
    let book = folder.join("src");
    let mut sources = BTreeSet::new();
    let (pages, generated) = (pages(root)?, generated(reference)?);
    for (path, text) in pages.iter().chain(&generated.pages) {
        let text = links::replace(text, |part| match part {
            Part::Target(link) => Some(site_link(path, link, &mut sources)),
            Part::Code(code) => {
                let link = generated.link(root, path, code.trim_matches(['`', ' ', '*']))?;
                Some(format!("[{code}]({})", site_link(path, &link, &mut sources)))
            }
            Part::Text(_) => None,
        });
        save(&book.join(site_path(path)), replace_languages(&text))?;
    }
    let contents = contents(root, &generated.contents, &mut sources)?;
    for source in &sources {
        let copy = book.join(site_path(source));
        if is_picture(source) {
            save(
                &copy,
                &fs::read(root.join(source)).with_context(|| source.display().to_string())?,
            )?;
        } else {
            save(&copy, source_page(root, source)?)?;
        }
    }
    save(&book.join("source/index.md"), sources_page(&sources))?;
    save(&book.join("SUMMARY.md"), contents + &sources_contents(&sources))?;
    for path in files(root, Path::new("docs/theme"), true)? {
        save(&folder.join(path.strip_prefix("docs")?), fs::read(root.join(&path))?)?;
    }
    save(&folder.join("book.toml"), fs::read(root.join("docs/book.toml"))?)
}

fn save(path: &Path, text: impl AsRef<[u8]>) -> Result<()> {
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

/// The references.
#[derive(Default)]
struct Generated {
    /// The pages, as if they were in the repository.
    pages: Vec<(PathBuf, String)>,
    /// The part of the table of contents for each language.
    contents: BTreeMap<String, String>,
    /// The links to the descriptions of names, from the repository's root.
    names: BTreeMap<String, String>,
}

impl Generated {
    /// The link for a span of code on `page`, from the repository's root: a name that a reference describes, or, in a
    /// reference, the path of a page or an example.
    fn link(&self, root: &Path, page: &Path, code: &str) -> Option<String> {
        let is_shown = code.starts_with("docs/") || code.starts_with("examples/");
        if page.starts_with(REFERENCE) && is_shown && root.join(code).exists() {
            return Some(format!("/{code}"));
        }
        self.names.get(code).cloned()
    }
}

/// Reads the folder of each reference: pages, `SUMMARY.md` with their part of the table of contents, and `names.txt` with
/// a line for each name to which spans of code are linked: the name, and the page with the anchor.
fn generated(reference: &Path) -> Result<Generated> {
    let mut found = Generated::default();
    for path in files(reference, Path::new(""), true)? {
        let text = fs::read_to_string(reference.join(&path))?;
        let language = path.parent().context("a reference has a folder")?.to_owned();
        match path.file_name().and_then(|name| name.to_str()) {
            Some("SUMMARY.md") => {
                found.contents.insert(language.display().to_string(), text);
            }
            Some("names.txt") => {
                for line in text.lines() {
                    let (name, place) = line.split_once(' ').context("a name without a place")?;
                    let place = format!("/{REFERENCE}/{}/{place}", language.display());
                    found.names.insert(name.to_owned(), place);
                }
            }
            _ => found.pages.push((Path::new(REFERENCE).join(path), text)),
        }
    }
    Ok(found)
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
fn contents(
    root: &Path,
    references: &BTreeMap<String, String>,
    sources: &mut BTreeSet<PathBuf>,
) -> Result<String> {
    let path = Path::new(CONTENTS);
    let page = fs::read_to_string(root.join(path))?;
    let page = links::replace(&page, |part| match part {
        Part::Target(link) => Some(site_link(path, link, sources)),
        _ => None,
    });
    let mut out = String::new();
    for line in page.lines() {
        out.push_str(line);
        out.push('\n');
        let Some((_, rest)) = line.split_once("](reference/") else { continue };
        let Some((language, _)) = rest.split_once('/') else { continue };
        let Some(lines) = references.get(language) else { bail!("no reference for {language}") };
        for line in lines.lines() {
            let line = line.replace("](", &format!("](reference/{language}/"));
            out.push_str(&format!("  {line}\n"));
        }
    }
    Ok(out)
}
