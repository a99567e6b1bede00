//! Follows the links of a site. It doesn't fetch those that lead out of it.

use anyhow::{Context, Result, ensure};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};

/// The links within the site in `folder` that lead to no file or to no anchor, each with its page.
pub fn broken_links(folder: &Path) -> Result<Vec<String>> {
    let mut pages = BTreeMap::new();
    read(folder, Path::new(""), &mut pages)?;
    ensure!(!pages.is_empty(), "there are no pages in {}", folder.display());
    let anchors: BTreeMap<_, _> = pages
        .iter()
        .map(|(path, text)| (path, values(text, "id").collect::<BTreeSet<_>>()))
        .collect();
    let mut broken = Vec::new();
    for (page, text) in &pages {
        for link in values(text, "href").chain(values(text, "src")) {
            let Some((path, anchor)) = target(page, &link) else { continue };
            let has_anchor = || anchors.get(&path).is_some_and(|known| known.contains(anchor));
            if !folder.join(&path).is_file() || !(anchor.is_empty() || has_anchor()) {
                broken.push(format!("{} links to {link}", page.display()));
            }
        }
    }
    Ok(broken)
}

/// Reads the pages below `folder`, by their paths in the site.
fn read(root: &Path, folder: &Path, pages: &mut BTreeMap<PathBuf, String>) -> Result<()> {
    let path = root.join(folder);
    for entry in fs::read_dir(&path).with_context(|| path.display().to_string())? {
        let path = folder.join(entry?.file_name());
        if root.join(&path).is_dir() {
            read(root, &path, pages)?;
        } else if path.extension().is_some_and(|extension| extension == "html") {
            let text = fs::read_to_string(root.join(&path))?;
            pages.insert(path, text);
        }
    }
    Ok(())
}

/// The values that an attribute has in a page.
fn values<'a>(page: &'a str, attribute: &str) -> impl Iterator<Item = String> + use<'a> {
    let start = format!(" {attribute}=\"");
    let len = start.len();
    let starts: Vec<_> = page.match_indices(&start).map(|(at, _)| at + len).collect();
    starts.into_iter().filter_map(|at| Some(page[at..].split_once('"')?.0.replace("&amp;", "&")))
}

/// The page and the anchor that a link on `page` leads to; `None` for a link that leads out of the site.
fn target<'a>(page: &Path, link: &'a str) -> Option<(PathBuf, &'a str)> {
    if link.contains(':') || link.starts_with("//") {
        return None;
    }
    let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
    if path.is_empty() {
        return Some((page.to_owned(), anchor));
    }
    let mut target = page.parent()?.to_owned();
    for part in Path::new(path).components() {
        match part {
            Component::ParentDir => {
                // One that leaves the site leads nowhere.
                if !target.pop() {
                    return Some((PathBuf::from(".."), ""));
                }
            }
            Component::CurDir => {}
            part => target.push(part),
        }
    }
    if path.ends_with('/') {
        target.push("index.html");
    }
    Some((target, anchor))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::env;

    /// The broken links of a site with two pages, of which one has `link`.
    fn check(link: &str) -> Result<Vec<String>> {
        let name = format!("safewasm-site-{}-{}", std::process::id(), link.replace('/', "_"));
        let folder = env::temp_dir().join(name);
        fs::create_dir_all(folder.join("in"))?;
        fs::write(folder.join("index.html"), "<h1 id=\"top\">")?;
        fs::write(
            folder.join("in/a.html"),
            format!("<p id=\"here&amp;there\"><a href=\"{link}\">"),
        )?;
        let broken = broken_links(&folder);
        fs::remove_dir_all(&folder)?;
        broken
    }

    #[test]
    fn a_link_to_a_file_or_an_anchor_that_is_there_is_right() -> Result<()> {
        for link in [
            "../index.html",
            "../index.html#top",
            "../",
            "#here&amp;there",
            "a.html",
            "https://a.b/c",
        ] {
            assert_eq!(check(link)?, [""; 0], "{link}");
        }
        Ok(())
    }

    #[test]
    fn a_link_to_nothing_is_broken() -> Result<()> {
        for link in [
            "index.html",
            "../b.html",
            "#top",
            "../index.html#here",
            "../../index.html",
            "../in",
            "b.svg",
        ] {
            assert_eq!(check(link)?, [format!("in/a.html links to {link}")]);
        }
        Ok(())
    }

    #[test]
    fn a_folder_without_pages_is_an_error() {
        assert!(broken_links(Path::new(env!("CARGO_MANIFEST_DIR"))).is_err());
    }
}
