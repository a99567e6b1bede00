//! Reads the fenced blocks of a page. CONTRIBUTING.md, "Code in pages", explains what each info string means.

use anyhow::{Context, Result, bail, ensure};
use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};
use std::collections::BTreeSet;

#[derive(Debug)]
pub struct Page {
    /// Its path in the repository, and for a docstring its line too.
    pub name: String,
    pub blocks: Vec<Block>,
    /// Blocks that can't be run, with their lines.
    pub mistakes: Vec<(usize, String)>,
    /// Julia code that runs before the blocks.
    pub given: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    Julia,
    C,
    Cpp,
    Shell,
    Wat,
    /// Not checked.
    Text,
    /// Only written to files.
    Other,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Role {
    Run,
    /// Written to a file of that name.
    File(String),
    /// Run by another suite of `tests/run`.
    Elsewhere,
    /// The program around a page's pieces in C or C++.
    Frame,
    /// A piece of such a program that goes before `main`.
    Function,
}

#[derive(Debug)]
pub struct Block {
    /// The line of the page that its code begins in, counted from 1.
    pub line: usize,
    pub language: Language,
    pub role: Role,
    pub code: String,
    /// The text of the `output` block after it.
    pub output: Option<String>,
    /// The value of `needs=`, such as `npm`, without which the page is skipped.
    pub needs: Option<String>,
    /// The number of threads that Julia is started with.
    pub threads: Option<String>,
}

impl Block {
    fn new(info: &str, line: usize, code: String, suites: &BTreeSet<String>) -> Result<Block> {
        ensure!(!info.is_empty(), "the block doesn't say its language");
        let mut parts = info.split(',');
        let name = parts.next().context("an info string")?;
        let language = match name {
            "julia" => Language::Julia,
            "c" => Language::C,
            "cpp" => Language::Cpp,
            "sh" => Language::Shell,
            "wat" => Language::Wat,
            "text" => Language::Text,
            _ => Language::Other,
        };
        let (output, needs, threads) = (None, None, None);
        let mut block = Block { line, language, role: Role::Run, code, output, needs, threads };
        for attribute in parts {
            block.set(attribute, suites)?;
        }
        let runs = language != Language::Other || matches!(block.role, Role::File(_));
        ensure!(runs, "a block in the language {name:?} needs `file=`");
        Ok(block)
    }

    fn set(&mut self, attribute: &str, suites: &BTreeSet<String>) -> Result<()> {
        let is_c = matches!(self.language, Language::C | Language::Cpp);
        match attribute.split_once('=').unwrap_or((attribute, "")) {
            ("file", name) => {
                ensure!(
                    !name.is_empty() && !name.contains(".."),
                    "`file=` needs the name of a file"
                );
                self.role = Role::File(name.to_owned());
            }
            ("elsewhere", suite) if matches!(self.language, Language::Shell | Language::Julia) => {
                ensure!(suites.contains(suite), "{suite:?} is no suite of tests/run");
                self.role = Role::Elsewhere;
            }
            ("frame", "") if is_c => self.role = Role::Frame,
            ("function", "") if is_c => self.role = Role::Function,
            ("needs", needed @ ("npm" | "clang" | "rust")) => self.needs = Some(needed.to_owned()),
            ("threads", count) if self.language == Language::Julia => {
                self.threads = Some(count.to_owned());
            }
            _ => bail!("`{attribute}` is not known for a block in this language"),
        }
        Ok(())
    }

    /// Whether it is a piece of a program, and no whole program.
    pub fn is_piece(&self) -> bool {
        let is_c = matches!(self.language, Language::C | Language::Cpp);
        let whole = matches!(self.role, Role::File(_) | Role::Elsewhere)
            || self.role == Role::Run && self.code.contains("int main(");
        is_c && !whole
    }
}

impl Page {
    /// Reads a page, whose text begins in line `first` of the file.
    pub fn new(name: String, text: &str, first: usize, suites: &BTreeSet<String>) -> Page {
        let mut page =
            Page { name, blocks: Vec::new(), mistakes: Vec::new(), given: String::new() };
        for (info, line, code) in fences(text) {
            let line = first + line;
            if let Err(mistake) = page.add(&info, line, code, suites) {
                page.mistakes.push((line, mistake.to_string()));
            }
        }
        page
    }

    /// The file that it is in.
    pub fn file(&self) -> &str {
        self.name.split(':').next().unwrap_or_default()
    }

    fn add(
        &mut self,
        info: &str,
        line: usize,
        code: String,
        suites: &BTreeSet<String>,
    ) -> Result<()> {
        if info == "output" {
            let before = self.blocks.last_mut().context("there is no block before this output")?;
            let runs = matches!(before.role, Role::Run | Role::Frame);
            ensure!(runs && before.output.is_none(), "the block before this output prints nothing");
            before.output = Some(code);
        } else {
            self.blocks.push(Block::new(info, line, code, suites)?);
        }
        Ok(())
    }
}

/// The blocks of code in a page: the info string, the number of lines before the code, and the code.
fn fences(text: &str) -> Vec<(String, usize, String)> {
    let mut found = Vec::new();
    let mut inside = false;
    for (event, range) in Parser::new(text).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(kind)) => {
                let before = text[..range.start].matches('\n').count();
                found.push(match kind {
                    CodeBlockKind::Fenced(info) => (info.into_string(), before + 1, String::new()),
                    CodeBlockKind::Indented => (String::new(), before, String::new()),
                });
                inside = true;
            }
            Event::End(TagEnd::CodeBlock) => inside = false,
            Event::Text(part) if inside => {
                if let Some((_, _, code)) = found.last_mut() {
                    code.push_str(&part);
                }
            }
            _ => {}
        }
    }
    found
}
