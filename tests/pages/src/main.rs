//! Runs the code in pages: all of them and all docstrings, or those that are named.
//!
//!     cargo run --release -p safewasm-pages -- docs/guides/memory.md julia/src/func.jl

use anyhow::{Context as _, Result, ensure};
use safewasm_pages::docstrings::docstrings;
use safewasm_pages::page::Page;
use safewasm_pages::run::{Report, run_page};
use safewasm_pages::set_up::SetUp;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::{env, fs, thread};

/// The folders with pages, in each of which all files are pages that end in `.md`.
const FOLDERS: [&str; 7] =
    ["", "docs", "docs/guides", "docs/tutorials", "examples", "julia", "src"];

fn main() -> Result<ExitCode> {
    let set_up = SetUp::new()?;
    let pages = wanted(&set_up, env::args().skip(1).collect())?;
    let (mut passed, mut failed) = (0, 0);
    for report in run_all(&set_up, &pages) {
        let report = report?;
        passed += report.passed;
        failed += report.failures.len();
    }
    println!("pages: {passed} passed, {failed} failed");
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The pages and docstrings of the files with these names, or of all files.
fn wanted(set_up: &SetUp, names: Vec<String>) -> Result<Vec<Page>> {
    let mut pages = Vec::new();
    for folder in FOLDERS {
        for path in markdown(&set_up.root, folder)? {
            let text = fs::read_to_string(set_up.root.join(&path))?;
            pages.push(Page::new(path.display().to_string(), &text, 1, &set_up.suites));
        }
    }
    pages.extend(docstrings(set_up)?);
    for name in &names {
        ensure!(pages.iter().any(|page| page.file() == name), "there is no code in {name}");
    }
    pages.retain(|page| names.is_empty() || names.iter().any(|name| page.file() == name));
    Ok(pages)
}

/// The pages in a folder of the repository, which may be missing.
fn markdown(root: &Path, folder: &str) -> Result<Vec<PathBuf>> {
    let Ok(entries) = fs::read_dir(root.join(folder)) else { return Ok(Vec::new()) };
    let mut paths = Vec::new();
    for entry in entries {
        let path = Path::new(folder).join(entry?.file_name());
        if path.extension().is_some_and(|extension| extension == "md") {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// Runs pages, as many at once as there are processors, and prints what failed.
fn run_all(set_up: &SetUp, pages: &[Page]) -> Vec<Result<Report>> {
    let (next, reports) = (Mutex::new(pages.iter()), Mutex::new(Vec::new()));
    let workers = thread::available_parallelism().map_or(1, NonZero::get);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let Some(page) = next.lock().expect("no worker panics").next() else { break };
                    let report = run_page(set_up, page).with_context(|| page.name.clone());
                    print(page, &report);
                    reports.lock().expect("no worker panics").push(report);
                }
            });
        }
    });
    reports.into_inner().expect("no worker panics")
}

fn print(page: &Page, report: &Result<Report>) {
    let name = &page.name;
    let Ok(report) = report else { return };
    if let Some(why) = &report.skipped {
        println!("SKIPPED {name}: {why}");
    }
    for failure in &report.failures {
        println!("FAILED  {failure}\n");
    }
    if report.failures.is_empty() && report.passed > 0 {
        println!("ok      {name}");
    }
}
