//! The Julia process that runs the blocks of a page.

use crate::process::{self, limited, printed_to};
use crate::run::Ran;
use crate::set_up::SetUp;
use crate::text::fits;
use anyhow::{Context, Result};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::thread::sleep;
use std::time::Duration;

const DRIVER: &str = include_str!("driver.jl");

/// The signal at which Julia prints the backtraces of its threads and ends.
const BACKTRACES: &str = "QUIT";

pub struct Session {
    process: Child,
    folder: PathBuf,
    /// The lines of the report, and the bytes printed, that earlier blocks account for.
    reported: usize,
    printed: usize,
    blocks: usize,
    /// Whether it has ended during a block.
    ended: bool,
}

impl Session {
    /// Starts Julia in the folder `work` of `folder`.
    pub fn start(set_up: &SetUp, folder: &Path, threads: &str) -> Result<Session> {
        let (driver, printed, report) =
            (folder.join("driver.jl"), folder.join("julia.log"), folder.join("report"));
        fs::write(&driver, DRIVER)?;
        fs::write(&report, "")?;
        let (stdout, stderr) = printed_to(&printed)?;
        let mut command = limited(&set_up.julia, set_up.seconds, BACKTRACES);
        command.arg(format!("--project={}", set_up.root.join("julia").display()));
        command.args(["--startup-file=no", "--color=no", "-t", threads]);
        command.arg(driver).args([printed, report]).current_dir(folder.join("work"));
        command.envs(&set_up.environment).stdin(std::process::Stdio::piped());
        let process = command.stdout(stdout).stderr(stderr).spawn().context("cannot run Julia")?;
        let folder = folder.to_owned();
        Ok(Session { process, folder, reported: 0, printed: 0, blocks: 0, ended: false })
    }

    pub fn run(&mut self, code: &str, line: usize) -> Result<Ran> {
        self.blocks += 1;
        let path = self.folder.join(format!("{}.jl", self.blocks));
        fs::write(&path, code)?;
        let commands = self.process.stdin.as_mut().context("Julia has an input")?;
        // An error means that Julia has ended, as the next lines find.
        let _ = writeln!(commands, "{}\x1f{line}", path.display());
        let mut ran = Ran::default();
        loop {
            let ended = self.process.try_wait()?;
            let report = process::read(&self.folder.join("report"))?;
            let whole = report.rfind('\n').map_or("", |end| &report[..end]);
            let lines: Vec<_> = whole.lines().skip(self.reported).collect();
            if let Some(size) = lines.last().and_then(|line| line.strip_prefix("done\x1f")) {
                self.reported += lines.len();
                ran.problems.extend(lines.iter().filter_map(|line| problem(line)));
                ran.printed = self.printed(size.parse()?)?;
                return Ok(ran);
            }
            if let Some(status) = ended {
                self.ended = true;
                ran.problems.extend(lines.iter().filter_map(|line| problem(line)));
                let why = process::failure(status).unwrap_or("ended".to_owned());
                ran.problems.push(format!("Julia {why}"));
                ran.printed = self.printed(usize::MAX)?;
                return Ok(ran);
            }
            sleep(Duration::from_millis(5));
        }
    }

    /// The text that was printed since the last block.
    fn printed(&mut self, end: usize) -> Result<String> {
        let all = fs::read(self.folder.join("julia.log"))?;
        let end = end.min(all.len());
        let text = String::from_utf8_lossy(&all[self.printed..end]).into_owned();
        self.printed = end;
        Ok(text)
    }

    /// Waits for Julia's end. Returns why it failed, unless it has ended during a block.
    pub fn end(mut self) -> Result<Option<String>> {
        drop(self.process.stdin.take());
        let status = self.process.wait()?;
        Ok(process::failure(status).filter(|_| !self.ended))
    }
}

/// The mistake of the page that a line of the report stands for.
fn problem(line: &str) -> Option<String> {
    let fields: Vec<_> = line.split('\x1f').collect();
    match fields[..] {
        ["value", line, expected, shown, displayed] => {
            let expected = expected.trim_end();
            let both = [displayed, shown];
            let one_line = both.into_iter().find(|text| !text.is_empty() && !text.contains("\\n"));
            let right = both.into_iter().any(|text| fits(expected, text));
            let value = one_line.unwrap_or(shown);
            (!right)
                .then(|| format!("line {line}: the value is another\n  - {expected}\n  + {value}"))
        }
        ["misplaced", line] => {
            Some(format!("line {line}: `# =>` is inside of a statement, and not at its end"))
        }
        _ => None,
    }
}
