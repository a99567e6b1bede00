//! Runs the test suite of the WebAssembly specification through the C functions of the shared library.
//!
//!     safewasm-spec [--record FOLDER] [FILTER…]
//!
//! Runs the files whose folder and name contain one of the filters, or all files. Each directive also runs in
//! Wasmtime. The two must agree, and a directive that fails in both must be in the list of `exclusions`.
//! `--record` writes the commands that the Julia package runs to FOLDER.

mod command;
mod exclusions;
mod library;
mod owned;
mod record;
mod runtime;
mod script;
mod value;
mod wasmtime;

use crate::exclusions::{EXCLUSIONS, off};
use crate::library::LibraryRuntime;
use crate::record::Record;
use crate::script::{Script, Verdict};
use crate::wasmtime::WasmtimeRuntime;
use safewasm_suite::{FILES, File};
use std::process::ExitCode;

/// The results so far.
#[derive(Default)]
struct Counts {
    files: usize,
    directives: usize,
    passed: usize,
    failed: usize,
    excluded: usize,
    /// The number of directives that each exclusion covered.
    uses: [usize; EXCLUSIONS.len()],
}

fn main() -> ExitCode {
    let mut filters: Vec<String> = std::env::args().skip(1).collect();
    let mut record = None;
    if filters.first().is_some_and(|arg| arg == "--record") && filters.len() > 1 {
        record = Some(Record::new(filters[1].clone().into()));
        filters.drain(..2);
    }
    let mut counts = Counts::default();
    for file in FILES {
        let name = format!("{}/{}", file.folder, file.name);
        if !filters.is_empty() && !filters.iter().any(|filter| name.contains(filter)) {
            continue;
        }
        if let Err(error) = run(file, &name, record.as_mut(), &mut counts) {
            counts.fail(&name, &error);
        }
    }
    if let Some(record) = record
        && let Err(error) = record.finish()
    {
        counts.fail("the record for Julia", &error.to_string());
    }
    for (exclusion, uses) in EXCLUSIONS.iter().zip(counts.uses) {
        let place = exclusion.place;
        let many = exclusion.lines.is_empty() || uses == exclusion.lines.len();
        if filters.is_empty() && (uses == 0 || !many) {
            counts.fail(
                place,
                "an exclusion covers a directive that doesn't fail: remove it from the list",
            );
        }
        if uses > 0 {
            println!("excluded: {uses} directives of {place}: {}", exclusion.reason);
        }
    }
    let Counts { files, directives, passed, failed, excluded, .. } = counts;
    println!(
        "spec: {files} files, {directives} directives, {passed} passed, {failed} failed, \
         {excluded} excluded"
    );
    if failed == 0 && passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Runs a file through the library and in Wasmtime.
fn run(
    file: &File,
    name: &str,
    record: Option<&mut Record>,
    counts: &mut Counts,
) -> Result<(), String> {
    counts.files += 1;
    let buffer = command::buffer(file.text).map_err(|error| error.to_string())?;
    let commands = command::read(file.text, &buffer).map_err(|error| error.to_string())?;
    let off = off(file.folder);
    let mut ours = Script::<LibraryRuntime>::new(off).map_err(|error| error.to_string())?;
    let mut wasmtimes = Script::<WasmtimeRuntime>::new(off).map_err(|error| error.to_string())?;
    let mut passed = Vec::new();
    for (line, command) in &commands {
        let (verdict, wasmtimes) = (ours.run(command), wasmtimes.run(command));
        if counts.judge(name, *line, &verdict, &wasmtimes) {
            passed.push((*line, command));
        }
    }
    if let Some(record) = record {
        record.file(file.folder, name, off, &passed);
    }
    Ok(())
}

impl Counts {
    /// Counts a directive. Returns whether it passed.
    fn judge(&mut self, file: &str, line: usize, ours: &Verdict, wasmtimes: &Verdict) -> bool {
        self.directives += 1;
        let place = format!("{file}:{line}");
        match (ours, wasmtimes) {
            (Ok(()), Ok(())) => {
                self.passed += 1;
                return true;
            }
            (Ok(()), Err(why)) => self.fail(&place, &format!("it fails only in Wasmtime: {why}")),
            (Err(why), Ok(())) => self.fail(&place, &format!("{why}; it passes in Wasmtime")),
            (Err(why), Err(_)) => {
                match EXCLUSIONS.iter().position(|exclusion| exclusion.covers(file, line)) {
                    Some(exclusion) => {
                        self.uses[exclusion] += 1;
                        self.excluded += 1;
                        println!("excluded: {place}");
                    }
                    None => self.fail(&place, &format!("{why}; it fails in Wasmtime too")),
                }
            }
        }
        false
    }

    fn fail(&mut self, place: &str, why: &str) {
        self.failed += 1;
        println!("FAILED {place}: {why}");
    }
}
