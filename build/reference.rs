//! The reference of the C functions, as pages in Markdown: one for each section of the header, the rules, and a list
//! of all names.

use crate::abi::{Abi, AbiType, Constant, Field, Function, Section, Struct};
use crate::header::{VERSION_MACROS, with_nulls};
use anyhow::{Context, Result, ensure};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// Writes the pages to `folder`, with these files beside them: `SUMMARY.md`, their part of the table of contents, and
/// `names.txt`, a line for each name with the place of its description.
pub fn write(abi: &Abi, rules: &str, folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    let mut contents = "- [Rules](rules.md)\n".to_owned();
    let mut sections = START.to_owned();
    let mut names = BTreeMap::new();
    for section in &abi.sections {
        let (title, description) = heading(section)?;
        let file = format!("{}.md", section.name);
        writeln!(contents, "- [{title}]({file})")?;
        writeln!(sections, "- [{title}]({file}): {description}")?;
        let items = items(abi, section)?;
        fs::write(folder.join(&file), page(section, &items)?)?;
        for (sort, name, summary) in items.into_iter().flat_map(Item::into_names) {
            let place = format!("{file}#{name}");
            names.insert((sort, name), (place, summary));
        }
    }
    sections.push_str(VERSION);
    for name in VERSION_MACROS {
        writeln!(sections, "- <a id=\"{name}\"></a>`{name}`")?;
        let place = (format!("index.md#{name}"), "The version of the header.".to_owned());
        names.insert((Sort::Constant, name.to_owned()), place);
    }
    contents.push_str("- [All names](names.md)\n");
    let lines = names.iter().map(|((_, name), (place, _))| format!("{name} {place}\n"));
    fs::write(folder.join("names.txt"), lines.collect::<String>())?;
    fs::write(folder.join("names.md"), list(&names)?)?;
    fs::write(folder.join("index.md"), sections)?;
    fs::write(folder.join("SUMMARY.md"), contents)?;
    fs::write(folder.join("rules.md"), rules.replace("\n# ", "\n## "))?;
    Ok(())
}

const START: &str = "\
# C

`#include <safewasm.h>` declares everything on these pages. The header has the same descriptions. The [rules](rules.md)
hold for every function. [All names](names.md) are in one list.

";

const VERSION: &str = "
## Version

These macros hold the version of the header; `safewasm_version` returns that of the library.

";

/// What an item is, as a heading.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Sort {
    Function,
    Type,
    Constant,
}

impl Sort {
    fn heading(self) -> &'static str {
        match self {
            Self::Function => "Functions",
            Self::Type => "Types",
            Self::Constant => "Constants",
        }
    }
}

/// An item of a section.
struct Item {
    sort: Sort,
    name: String,
    docs: Vec<String>,
    /// The declaration, in HTML.
    code: String,
    /// The values of an enumeration, or the members of a struct.
    members: Vec<Member>,
}

struct Member {
    name: String,
    /// The number of a value of an enumeration.
    value: Option<i128>,
    docs: String,
}

impl Item {
    /// The names that the item declares, each with its summary.
    fn into_names(self) -> impl Iterator<Item = (Sort, String, String)> {
        let values = self.members.into_iter().filter(|member| member.value.is_some());
        let values = values.map(|member| (Sort::Constant, member.name, member.docs));
        values.chain([(self.sort, self.name, summary(&self.docs))])
    }
}

/// The items of a section, with its functions at the end.
fn items(abi: &Abi, section: &Section) -> Result<Vec<Item>> {
    let kinds = abi
        .kinds
        .iter()
        .map(|kind| item(Sort::Type, &kind.opaque, &kind.docs, String::new(), Vec::new()));
    let constants = abi.constants.iter().map(|found| {
        let value = if found.is_size_max() { "SIZE_MAX".into() } else { found.value.to_string() };
        let code = code(abi, &found.name, &format!("#define {} {value}", found.name));
        item(Sort::Constant, &found.name, &found.docs, code, Vec::new())
    });
    let enums = abi.enums.iter().map(|found| {
        let members = found.variants.iter().map(|Constant { name, value, docs }| Member {
            name: found.prefix() + name,
            value: Some(*value),
            docs: docs.join(" "),
        });
        item(Sort::Type, &found.name, &found.docs, String::new(), members.collect())
    });
    let structs = abi.structs.iter().map(|found| {
        let members = found.fields.iter().map(|Field { name, docs, .. }| Member {
            name: name.clone(),
            value: None,
            docs: docs.join(" "),
        });
        item(Sort::Type, &found.name, &found.docs, structure(abi, found), members.collect())
    });
    let callbacks = abi.callbacks.iter().map(|found| {
        let code = function(abi, "typedef ", &format!("(*{})", found.name), found);
        item(Sort::Type, &found.name, &found.docs, code, Vec::new())
    });
    let functions = abi.functions.iter().map(|found| {
        let code = function(abi, "", &found.name, found);
        item(Sort::Function, &found.name, &with_nulls(found), code, Vec::new())
    });
    let all = kinds.chain(constants).chain(enums).chain(structs).chain(callbacks).chain(functions);
    let items: Vec<_> = all.filter(|item| section.names.contains(&item.name)).collect();
    ensure!(
        items.len() == section.names.len(),
        "the section {} has a name of no item",
        section.name
    );
    Ok(items)
}

fn item(sort: Sort, name: &str, docs: &[String], code: String, members: Vec<Member>) -> Item {
    Item { sort, name: name.to_owned(), docs: docs.to_vec(), code, members }
}

/// The title of a section, and what the section is about.
fn heading(section: &Section) -> Result<(String, String)> {
    let first =
        section.banner.split(String::is_empty).next().context("a section without a banner")?;
    let first = first.join(" ");
    let (title, description) = first.split_once(": ").context("a banner without a title")?;
    Ok((title.to_owned(), description.to_owned()))
}

fn page(section: &Section, items: &[Item]) -> Result<String> {
    let (title, description) = heading(section)?;
    let mut out = format!("# {title}\n\n{}\n", capitalized(&description));
    for line in &section.banner {
        if let Some(example) = line.strip_prefix("Example: ") {
            writeln!(out, "\nExample: `{example}`")?;
        }
    }
    out.push('\n');
    for item in items {
        writeln!(out, "- [`{0}`](#{0}): {1}", item.name, summary(&item.docs))?;
    }
    let (functions, types): (Vec<_>, Vec<_>) =
        items.iter().partition(|item| item.sort == Sort::Function);
    for (heading, items) in [("Types and constants", types), ("Functions", functions)] {
        if !items.is_empty() {
            write!(
                out,
                "\n## {heading}\n{}",
                items.into_iter().map(described).collect::<String>()
            )?;
        }
    }
    Ok(out)
}

fn described(Item { name, docs, code, members, .. }: &Item) -> String {
    let docs = docs.join("\n").replace("\nErrors: ", "\n**Errors:** ");
    let mut out = format!("\n### {name} {{#{name}}}\n\n{code}{docs}\n");
    for (at, Member { name, value, docs }) in members.iter().enumerate() {
        out.push_str(if at == 0 { "\n" } else { "" });
        out.push_str(&match value {
            Some(value) => format!("- <a id=\"{name}\"></a>`{name}` = {value}: {docs}\n"),
            None => format!("- `{name}`: {docs}\n"),
        });
    }
    out
}

/// The page with all names.
fn list(names: &BTreeMap<(Sort, String), (String, String)>) -> Result<String> {
    let mut out = "# All names\n".to_owned();
    let mut last = None;
    for ((sort, name), (place, summary)) in names {
        if last != Some(sort) {
            writeln!(out, "\n## {}\n", sort.heading())?;
            last = Some(sort);
        }
        writeln!(out, "- [`{name}`]({place}): {summary}")?;
    }
    Ok(out)
}

fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}

/// The first sentence.
fn summary(docs: &[String]) -> String {
    let paragraph = docs.split(|line| line.is_empty()).next().unwrap_or_default().join(" ");
    let end = paragraph.find(". ").map_or(paragraph.len(), |at| at + 1);
    paragraph[..end].to_owned()
}

fn structure(abi: &Abi, item: &Struct) -> String {
    let sort = if item.is_union { "union" } else { "struct" };
    let members =
        item.fields.iter().map(|Field { name, ty, .. }| format!("    {};\n", declared(name, ty)));
    code(
        abi,
        &item.name,
        &format!("typedef {sort} {{\n{}}} {};", members.collect::<String>(), item.name),
    )
}

/// A function in C, on one line if that is short.
fn function(abi: &Abi, start: &str, name: &str, item: &Function) -> String {
    let returns = item.returns.as_ref().map_or("void ".to_owned(), |ty| declared("", ty));
    let params: Vec<_> = item.params.iter().map(|param| declared(&param.name, &param.ty)).collect();
    let list = if params.is_empty() { "void".to_owned() } else { params.join(", ") };
    let line = format!("{start}{returns}{name}({list});");
    if line.len() <= 80 {
        return code(abi, &item.name, &line);
    }
    code(abi, &item.name, &format!("{start}{returns}{name}(\n    {});", params.join(",\n    ")))
}

/// A variable of a type in C, or only what stands before its name.
fn declared(name: &str, ty: &AbiType) -> String {
    match ty {
        AbiType::Named(named) => format!("{} {name}", in_c(named)),
        AbiType::Array(of, len) => format!("{} {name}[{len}]", in_c(of)),
        AbiType::Pointer { to, is_const } => {
            let start = if *is_const { "const " } else { "" };
            format!("{start}{}", declared(&format!("*{name}"), to))
        }
    }
}

fn in_c(name: &str) -> &str {
    match name {
        "c_void" => "void",
        "c_char" => "char",
        "usize" => "size_t",
        "isize" => "ptrdiff_t",
        "u8" => "uint8_t",
        "u32" => "uint32_t",
        "u64" => "uint64_t",
        "i32" => "int32_t",
        "i64" => "int64_t",
        "f32" => "float",
        "f64" => "double",
        "Bool" | "BoolArg" => "bool",
        name => name,
    }
}

/// The declaration of `name` in HTML, in which the library's types are links.
fn code(abi: &Abi, name: &str, text: &str) -> String {
    let mut out = "<pre><code class=\"nohighlight\">".to_owned();
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let end = rest.find(|c| is_word(c) != is_word(first)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        let section =
            abi.sections.iter().find(|section| section.names.iter().any(|known| known == word));
        match section {
            Some(_) if word == name => out.push_str(&format!("<b>{word}</b>")),
            Some(Section { name: file, .. }) => {
                out.push_str(&format!("<a href=\"{file}.html#{word}\">{word}</a>"));
            }
            None => out.push_str(word),
        }
        rest = after;
    }
    format!("{out}</code></pre>\n\n")
}
