//! The reference for C++: a page for each header, from its comments and declarations.

mod parse;

use crate::links::{self, Part};
use anyhow::{Context, Result, ensure};
use parse::{Item, Sort};
use std::collections::{BTreeMap, HashSet};
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// The header that includes all others, in the order of which the pages are.
const HEADER: &str = "include/safewasm.hpp";

/// A header with items.
struct Header {
    /// Its file's name without the extension.
    name: String,
    title: String,
    about: String,
    items: Vec<Item>,
}

/// Writes the pages to `folder`, with `SUMMARY.md`, their part of the table of contents, and `names.txt`, a line for each
/// name to which spans of code on other pages are linked. `root` is the repository.
pub fn write(root: &Path, folder: &Path) -> Result<()> {
    let main = fs::read_to_string(root.join(HEADER))?;
    let (rules, _) = parse::header(&main)?;
    let headers = headers(root, &rules)?;
    let mut places = Places::default();
    for Header { name, items, .. } in &headers {
        items.iter().for_each(|item| places.add(name, "", item));
    }
    fs::create_dir_all(folder)?;
    let (mut contents, mut list) = (String::new(), String::new());
    for header in &headers {
        let Header { name, title, about, items } = header;
        fs::write(folder.join(format!("{name}.md")), page(header, &places)?)?;
        writeln!(contents, "- [{title}]({name}.md)")?;
        let mut names: Vec<_> = items.iter().map(|item| format!("`{}`", item.name)).collect();
        names.dedup();
        writeln!(list, "- [{title}]({name}.md): {about} {}", names.join(", "))?;
    }
    let (start, rest) = rules.split_once(CLASSES).context("no list of classes")?;
    let (_, rest) = rest.split_once("\n\n").context("nothing after the list of classes")?;
    let (_, rest) = rest.split_once("\n\n").context("nothing after the list of classes")?;
    let first =
        format!("# C++\n\n{}\n## Classes\n\n{list}\n## Rules\n\n{}", prose(start), rules_of(rest));
    fs::write(folder.join("index.md"), places.linked("", &first))?;
    fs::write(folder.join("SUMMARY.md"), contents)?;
    fs::write(folder.join("names.txt"), places.lines())?;
    Ok(())
}

/// The start of the list in the comment of `safewasm.hpp`.
const CLASSES: &str = "The classes, in the order of their files:";

/// The rules, with the topic of each in bold.
fn rules_of(text: &str) -> String {
    let rule = |rule: &str| match rule.split_once(". ") {
        Some((topic, rest)) if topic.split(' ').count() < 3 => format!("**{topic}.** {rest}\n\n"),
        _ => format!("{rule}\n\n"),
    };
    text.split("\n\n").map(rule).collect()
}

/// Where the items are described: the page and the anchor by the name, which has the names of the classes around it.
#[derive(Default)]
struct Places(BTreeMap<String, String>);

impl Places {
    /// Adds an item and its members. `class` is the name of the class that it is in, with colons.
    fn add(&mut self, header: &str, class: &str, item: &Item) {
        let name = format!("{class}{}", item.name);
        let place = format!("{header}.md#{}", anchor(&name));
        for member in &item.members {
            match item.sort {
                Sort::Class if member.sort == Sort::Function => {
                    self.add(header, &format!("{name}::"), member)
                }
                _ => _ = self.0.insert(format!("{name}::{}", member.name), place.clone()),
            }
        }
        self.0.entry(name).or_insert(place);
    }

    /// The lines of `names.txt`: only names that no other language has.
    fn lines(&self) -> String {
        let members = self.0.iter().filter(|(name, _)| name.contains("::") && !name.contains(' '));
        members.map(|(name, place)| format!("{name} {place}\n")).collect()
    }

    /// Turns spans of code that are names into links. A name may leave out `class`.
    fn linked(&self, class: &str, text: &str) -> String {
        links::replace(text, |part| {
            let Part::Code(code) = part else { return None };
            let name = code.trim_matches('`');
            let member = || self.0.get(&format!("{class}{name}"));
            let is_class = class.strip_suffix("::") == Some(name);
            let place = (!is_class).then(member).flatten().or_else(|| self.0.get(name))?;
            Some(format!("[{code}]({place})"))
        })
    }
}

/// The anchor for a name: characters other than letters, digits and colons become hyphens.
fn anchor(name: &str) -> String {
    name.replace(|c: char| !c.is_alphanumeric() && !"_:~".contains(c), "-")
}

/// The headers with items, in the order in which the comment of `safewasm.hpp` names them.
fn headers(root: &Path, rules: &str) -> Result<Vec<Header>> {
    let mut found = Vec::new();
    let folder = root.join("include/safewasm");
    let mut count = 0;
    for file in rules.split_whitespace().filter(|word| folder.join(word).is_file()) {
        count += 1;
        let text = fs::read_to_string(folder.join(file))?;
        let (about, items) = parse::header(&text).with_context(|| file.to_owned())?;
        if items.is_empty() {
            continue;
        }
        let (title, about) =
            about.split_once(": ").with_context(|| format!("{file} has no title"))?;
        let name = file.trim_end_matches(".hpp").to_owned();
        found.push(Header { name, title: title.to_owned(), about: about.to_owned(), items });
    }
    ensure!(count == fs::read_dir(&folder)?.count(), "{HEADER} doesn't name each header once");
    Ok(found)
}

fn page(header: &Header, places: &Places) -> Result<String> {
    let Header { name, title, about, items } = header;
    let mut out = format!("# {title}\n\n{}\n\n", capitalized(about));
    writeln!(out, "`safewasm.hpp` has these declarations from `safewasm/{name}.hpp`.\n")?;
    for item in items {
        writeln!(out, "- [`{}`](#{}): {}", item.name, anchor(&item.name), summary(&item.docs))?;
    }
    let mut out = places.linked("", &out);
    let mut anchors = HashSet::new();
    for item in items {
        write_item(&mut out, places, &mut anchors, "", item)?;
    }
    Ok(out)
}

/// Writes the description of an item. `class` is the name of the class that it is in, with colons. `anchors` has those
/// of the page so far: functions that share their name have one.
fn write_item(
    out: &mut String,
    places: &Places,
    anchors: &mut HashSet<String>,
    class: &str,
    item: &Item,
) -> Result<()> {
    let Item { name, sort, docs, declarations, members } = item;
    let level = if class.is_empty() { "##" } else { "###" };
    let anchor = anchor(&format!("{class}{name}"));
    let attribute =
        if anchors.insert(anchor.clone()) { format!(" {{#{anchor}}}") } else { String::new() };
    writeln!(
        out,
        "\n{level} `{class}{name}`{attribute}\n\n```cpp\n{}\n```\n",
        declarations.join("\n")
    )?;
    let inner = format!("{class}{name}::");
    let scope = if *sort == Sort::Class { &inner } else { class };
    out.push_str(&places.linked(scope, &prose(&docs.join("\n"))));
    match sort {
        Sort::Enum => out.push_str(&format!("\n{}", values(members)?)),
        Sort::Class => {
            let (fields, functions): (Vec<_>, Vec<_>) =
                members.iter().partition(|member| member.sort == Sort::Other);
            if !fields.is_empty() {
                let lines: String = fields.into_iter().map(field).collect();
                out.push_str(&places.linked(&inner, &format!("\n{lines}")));
            }
            for function in functions {
                write_item(out, places, anchors, &inner, function)?;
            }
        }
        Sort::Function | Sort::Other => {}
    }
    Ok(())
}

/// The values of an enumeration, each with the constant of C.
fn values(members: &[Item]) -> Result<String> {
    let line = |value: &Item| {
        let (name, c) =
            value.declarations[0].split_once(" = ").context("a value without a number")?;
        Ok(format!("- `{name}`: `{c}`\n"))
    };
    members.iter().map(line).collect()
}

/// The members that one comment describes.
fn field(Item { docs, declarations, .. }: &Item) -> String {
    let names = declarations.iter().map(|text| format!("`{}`", text.trim_end_matches(';')));
    format!("- {}: {}\n", names.collect::<Vec<_>>().join(", "), prose(&docs.join("\n")).trim_end())
}

/// A comment in Markdown: indented lines become blocks of code, and a table gets its second line.
fn prose(text: &str) -> String {
    let mut out = String::new();
    let (mut last, mut in_code) = ("", false);
    let mut lines = text.trim_end().lines().peekable();
    while let Some(line) = lines.next() {
        let goes_on = line.is_empty() && lines.peek().is_some_and(|next| next.starts_with("  "));
        let is_code = line.starts_with("  ") || (in_code && goes_on);
        if is_code != in_code {
            out.push_str(if is_code { "```cpp\n" } else { "```\n" });
            in_code = is_code;
        }
        out.push_str(&line.strip_prefix("  ").unwrap_or(line).replace("Errors: ", "**Errors:** "));
        out.push('\n');
        if line.starts_with('|') && !last.starts_with('|') {
            out.push_str(&format!("|{}\n", " --- |".repeat(line.matches('|').count() - 1)));
        }
        last = line;
    }
    out.push_str(if in_code { "```\n" } else { "" });
    out
}

fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}

/// The first sentence of a comment.
fn summary(docs: &[String]) -> String {
    let paragraph = docs.split(String::is_empty).next().unwrap_or_default().join(" ");
    let end = paragraph.find(". ").map_or(paragraph.len(), |at| at + 1);
    paragraph[..end].trim_end_matches(':').to_owned()
}
