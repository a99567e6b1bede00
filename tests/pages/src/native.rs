//! Programs in C and C++: whole ones, and the frame of a page with its pieces.

use crate::page::{Block, Language, Page, Role};
use crate::process::{limited, run};
use crate::run::Ran;
use crate::set_up::SetUp;
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

const WARNINGS: [&str; 5] = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror"];

/// The line of a frame that its pieces replace.
const PLACE: &str = "// …";

/// Compiles and runs a program, in the folder `work` of `folder`.
pub fn run_program(
    set_up: &SetUp,
    folder: &Path,
    language: Language,
    code: &str,
    flags: &[&str],
) -> Result<Ran> {
    let program = folder.join("program");
    let mut flags = flags.to_vec();
    flags.extend(["-o", program.to_str().context("a path is not UTF-8")?]);
    flags.extend(set_up.flags.iter().map(String::as_str));
    let ran = compile(set_up, folder, language, code, &flags)?;
    if !ran.problems.is_empty() {
        return Ok(ran);
    }
    let marks = folder.join("marks");
    fs::write(&marks, "")?;
    let mut start = limited(program, set_up.seconds, "KILL");
    start.current_dir(folder.join("work")).envs(&set_up.environment);
    let (failure, printed) = run(start.env("SAFEWASM_PAGE_MARKS", marks), &folder.join("log"))?;
    let problems = failure.map(|why| format!("the program {why}")).into_iter().collect();
    Ok(Ran { problems, printed })
}

/// Compiles a source. The result has the compiler's warnings and errors.
fn compile(
    set_up: &SetUp,
    folder: &Path,
    language: Language,
    code: &str,
    flags: &[&str],
) -> Result<Ran> {
    let (compiler, extension, standard) = match language {
        Language::Cpp => (&set_up.cxx, "cpp", "-std=c++17"),
        _ => (&set_up.cc, "c", "-std=c17"),
    };
    let source = folder.join(format!("program.{extension}"));
    fs::write(&source, code)?;
    let mut compile = limited(compiler, set_up.seconds, "KILL");
    compile.arg(standard).args(WARNINGS).arg(&set_up.include).arg(source).args(flags);
    let (failure, printed) = run(compile.envs(&set_up.environment), &folder.join("log"))?;
    let problem = failure.map(|_| format!("the compiler refuses it:\n{printed}"));
    Ok(Ran { problems: problem.into_iter().collect(), ..Ran::default() })
}

/// The source of a whole program, whose errors name lines of the page.
pub fn whole(page: &Page, block: &Block) -> String {
    format!("{}{}", at(page, block.line), block.code)
}

/// The directive by which the next line counts as a line of the page.
fn at(page: &Page, line: usize) -> String {
    format!("#line {line} {:?}\n", page.file())
}

/// Runs the program that the pieces of a page in one language make. Returns what each block of it did.
pub fn run_pieces(
    set_up: &SetUp,
    folder: &Path,
    page: &Page,
    language: Language,
) -> Result<Vec<(usize, Ran)>> {
    let all = page.blocks.iter().enumerate();
    let pieces: Vec<_> =
        all.filter(|(_, block)| block.language == language && block.is_piece()).collect();
    let Some(&(first, _)) = pieces.first() else { return Ok(Vec::new()) };
    if pieces.iter().all(|(_, block)| block.role == Role::Function) {
        // Functions that the page shows without a program are compiled.
        let code: String = pieces.iter().map(|(_, block)| whole(page, block)).collect();
        let ran = compile(set_up, folder, language, &code, &["-Wno-unused", "-fsyntax-only"])?;
        return Ok(vec![(first, ran)]);
    }
    let frames: Vec<_> = pieces.iter().filter(|(_, block)| block.role == Role::Frame).collect();
    let [&(frame, _)] = frames[..] else {
        let problem =
            format!("the page has pieces of a program, and {} frames for them", frames.len());
        return Ok(vec![(first, Ran { problems: vec![problem], ..Ran::default() })]);
    };
    let Some(program) = assemble(page, frame, &pieces) else {
        let problem = format!("the frame has no line `int main(` and after it a line `{PLACE}`");
        return Ok(vec![(frame, Ran { problems: vec![problem], ..Ran::default() })]);
    };
    let ran = run_program(set_up, folder, language, &program, &["-Wno-unused"])?;
    if !ran.problems.is_empty() {
        return Ok(vec![(frame, ran)]);
    }
    let mut parts = split(&ran.printed, &fs::read_to_string(folder.join("marks"))?, frame)?;
    let mut results: Vec<_> = pieces.iter().map(|(index, _)| (*index, Ran::default())).collect();
    for (index, result) in &mut results {
        result.printed = parts.remove(index).unwrap_or_default();
    }
    Ok(results)
}

/// Puts the pieces into the frame, which is the block with that index.
fn assemble(page: &Page, frame: usize, pieces: &[(usize, &Block)]) -> Option<String> {
    let Block { line, code, language, .. } = &page.blocks[frame];
    let lines: Vec<_> = code.lines().collect();
    let main = lines.iter().position(|line| line.contains("int main("))?;
    let place = main + lines[main..].iter().position(|line| line.trim() == PLACE)?;
    let linkage = if *language == Language::Cpp { "extern \"C\" " } else { "" };
    let mut program = format!("{linkage}void page_block(int);\n{}", at(page, *line));
    let mut add = |text: &str| writeln!(program, "{text}").ok();
    lines[..main].iter().try_for_each(|line| add(line))?;
    for (_, block) in pieces.iter().filter(|(_, block)| block.role == Role::Function) {
        add(&whole(page, block))?;
    }
    add(at(page, line + main).trim_end())?;
    lines[main..place].iter().try_for_each(|line| add(line))?;
    for (index, block) in pieces.iter().filter(|(_, block)| block.role == Role::Run) {
        add(&format!("page_block({index});\n{}", whole(page, block)))?;
    }
    add(&format!("page_block({frame});\n{}", at(page, line + place + 1).trim_end()))?;
    lines[place + 1..].iter().try_for_each(|line| add(line))?;
    Some(program)
}

/// The text that each block printed. Each mark has the index of a block and the number of bytes before it.
fn split(printed: &str, marks: &str, frame: usize) -> Result<BTreeMap<usize, String>> {
    let mut parts = BTreeMap::<usize, String>::new();
    let (mut block, mut from) = (frame, 0);
    for mark in marks.lines() {
        let (next, at) = mark.split_once(' ').context("a mark has two numbers")?;
        let at = at.parse()?;
        parts.entry(block).or_default().push_str(printed.get(from..at).context("a mark")?);
        (block, from) = (next.parse()?, at);
    }
    parts.entry(block).or_default().push_str(&printed[from..]);
    Ok(parts)
}
