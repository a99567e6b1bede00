//! Runs the blocks of a page, and compares what they do with what the page shows.

use crate::julia::Session;
use crate::native;
use crate::page::{Block, Language, Page, Role};
use crate::process::{limited, run};
use crate::set_up::SetUp;
use crate::text::difference;
use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::PathBuf;

/// What happened when a block ran.
#[derive(Debug, Default)]
pub struct Ran {
    /// Everything that failed.
    pub problems: Vec<String>,
    /// Everything that was printed.
    pub printed: String,
}

/// The result of a page.
#[derive(Debug, Default)]
pub struct Report {
    pub passed: usize,
    /// A text for each block that failed.
    pub failures: Vec<String>,
    /// Why the page was not run.
    pub skipped: Option<String>,
}

struct Run<'a> {
    set_up: &'a SetUp,
    page: &'a Page,
    /// The page's own folder. In it, `work` is the folder in which the blocks run.
    folder: PathBuf,
    julia: Option<Session>,
    report: Report,
}

/// Runs a page.
pub fn run_page(set_up: &SetUp, page: &Page) -> Result<Report> {
    for needed in page.blocks.iter().filter_map(|block| block.needs.as_deref()) {
        if !set_up.has(needed)? {
            let skipped = Some(format!("{needed} is not available"));
            return Ok(Report { skipped, ..Report::default() });
        }
    }
    let folder = set_up.folder.join(page.name.replace('/', "+"));
    fs::create_dir_all(folder.join("work"))?;
    let mut run = Run { set_up, page, folder, julia: None, report: Report::default() };
    for (line, mistake) in &page.mistakes {
        run.report.failures.push(format!("{}:{line}: {mistake}", page.file()));
    }
    run.run()?;
    Ok(run.report)
}

impl Run<'_> {
    fn run(&mut self) -> Result<()> {
        let page = self.page;
        for block in page.blocks.iter().filter(|block| !block.is_piece()) {
            if let Some(ran) = self.run_block(block)? {
                self.check(block, ran);
            }
        }
        if let Some(why) = self.julia.take().map(Session::end).transpose()?.flatten() {
            self.report.failures.push(format!("{}: Julia {why} after the last block", page.name));
        }
        for language in [Language::C, Language::Cpp] {
            for (index, ran) in native::run_pieces(self.set_up, &self.folder, page, language)? {
                self.check(&page.blocks[index], ran);
            }
        }
        Ok(())
    }

    /// Runs a block that is no piece of a program. A block that isn't checked has no result.
    fn run_block(&mut self, block: &Block) -> Result<Option<Ran>> {
        let work = self.folder.join("work");
        match (&block.role, block.language) {
            (Role::File(name), _) => {
                let path = work.join(name);
                fs::create_dir_all(path.parent().context("a file is in a folder")?)?;
                fs::write(path, &block.code)?;
                Ok(None)
            }
            (Role::Elsewhere, _) | (_, Language::Text | Language::Other) => Ok(None),
            (_, Language::Julia) => self.run_julia(block).map(Some),
            (_, Language::Shell) => {
                let mut shell = limited("bash", self.set_up.seconds, "KILL");
                shell.args(["-e", "-c", &block.code]).current_dir(work);
                self.started(shell, "the shell").map(Some)
            }
            (_, Language::Wat) => {
                let path = self.folder.join("module.wat");
                fs::write(&path, &block.code)?;
                let mut validate = limited(&self.set_up.validate, self.set_up.seconds, "KILL");
                validate.arg(path);
                self.started(validate, "the validation").map(Some)
            }
            (_, language) => {
                let code = native::whole(self.page, block);
                native::run_program(self.set_up, &self.folder, language, &code, &[]).map(Some)
            }
        }
    }

    fn started(&self, mut command: std::process::Command, name: &str) -> Result<Ran> {
        command.envs(&self.set_up.environment);
        let (failure, printed) = run(&mut command, &self.folder.join("log"))?;
        let problems = failure.map(|why| format!("{name} {why}")).into_iter().collect();
        Ok(Ran { problems, printed })
    }

    /// Runs a block in the page's Julia, which is started for the first one.
    fn run_julia(&mut self, block: &Block) -> Result<Ran> {
        let session = match &mut self.julia {
            Some(session) => session,
            none => {
                let threads = self.page.blocks.iter().find_map(|block| block.threads.as_deref());
                let threads = threads.unwrap_or("1");
                let session = none.insert(Session::start(self.set_up, &self.folder, threads)?);
                let given = session.run(&self.page.given, 1)?;
                ensure!(given.printed.is_empty(), "the given objects: {}", given.printed);
                session
            }
        };
        session.run(&block.code, block.line)
    }

    /// Compares what a block did with what the page shows.
    fn check(&mut self, block: &Block, mut ran: Ran) {
        // The page need not show what commands print, and a module prints only its error.
        let may_hide = matches!(block.language, Language::Shell | Language::Wat);
        let lines = difference(block.output.as_deref().unwrap_or_default(), &ran.printed);
        match (lines, &block.output) {
            (None, _) => {}
            (Some(_), None) if may_hide && ran.problems.is_empty() => {}
            (Some(lines), None) => ran
                .problems
                .push(format!("it prints this, and no `output` block shows it\n{lines}")),
            (Some(lines), Some(_)) => ran.problems.push(format!("its output is another\n{lines}")),
        }
        if ran.problems.is_empty() {
            self.report.passed += 1;
            return;
        }
        let code: String = block.code.lines().map(|line| format!("    | {line}\n")).collect();
        let (name, line) = (self.page.file(), block.line);
        self.report.failures.push(format!("{name}:{line}\n{code}{}", ran.problems.join("\n")));
    }
}
