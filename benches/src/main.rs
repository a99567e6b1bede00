//! Makes a table and a chart of the benches' results: `make bench`.
//!
//!     safewasm-bench table CHART.svg [MEASURED.txt …]
//!     safewasm-bench load
//!
//! Criterion's results are read from its own folder, where they are saved as `pass-1` and so on. Other
//! results are lines of a name and nanoseconds, one for each pass, as `load` prints them.

mod chart;
mod load;
mod measured;
mod rows;

use anyhow::{Result, bail};
use measured::Measured;
use rows::ROWS;
use std::path::Path;
use std::process::ExitCode;

fn run() -> Result<()> {
    let args: Vec<_> = std::env::args().skip(1).collect();
    let args: Vec<_> = args.iter().map(String::as_str).collect();
    match args[..] {
        ["table", chart, ref files @ ..] => table(Path::new(chart), files),
        ["load"] => load::measure(),
        ["load-once", file, function] => load::once(Path::new(file), function),
        _ => bail!("usage: safewasm-bench table CHART.svg [MEASURED.txt …] | load"),
    }
}

/// Prints the table, and draws the chart. The table says which limits are missed. That is no failure of the
/// program, since times depend on the machine.
fn table(chart: &Path, files: &[&str]) -> Result<()> {
    let mut measured = Measured::by_criterion()?;
    for file in files {
        measured.add(Path::new(file))?;
    }
    println!("| what | ours | peer | peer's | ratio | bar | |");
    println!("| --- | --- | --- | --- | --- | --- | --- |");
    let mut missed = 0;
    let mut bars = Vec::new();
    for row in ROWS.iter().filter(|row| row.is_wanted(&measured)) {
        let (ours, peer) = (measured.of(row.ours)?, measured.of(row.peer)?);
        let ratio = ours / peer;
        let is_ok = ratio <= row.bar;
        missed += usize::from(!is_ok);
        let verdict = if is_ok { "ok" } else { "MISSED" };
        let (what, of) = (row.what, row.peer_name());
        let (ours, peer) = (time(ours), time(peer));
        println!("| {what} | {ours} | {of} | {peer} | {ratio:.2} | {:.2} | {verdict} |", row.bar);
        bars.push((format!("{what} / {of}"), ratio, row.bar));
    }
    chart::write(chart, &bars)?;
    println!("\nbench: {} rows, {missed} missed", bars.len());
    Ok(())
}

/// A time in nanoseconds, as text with a unit.
fn time(nanoseconds: f64) -> String {
    match nanoseconds {
        ns if ns < 1e3 => format!("{ns:.1} ns"),
        ns if ns < 1e6 => format!("{:.1} µs", ns / 1e3),
        ns => format!("{:.1} ms", ns / 1e6),
    }
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("safewasm-bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}
