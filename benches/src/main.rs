//! Makes a table and a chart of what the benches measured: `make bench`.
//!
//!     safewasm-bench CHART.svg [JULIA.txt]
//!
//! Criterion's results are read from where it leaves them; those of the Julia benches are lines of a name
//! and nanoseconds.

mod chart;
mod measured;
mod rows;

use anyhow::{Context, Result};
use measured::Measured;
use rows::ROWS;
use std::path::PathBuf;
use std::process::ExitCode;

fn run() -> Result<bool> {
    let mut args = std::env::args_os().skip(1).map(PathBuf::from);
    let chart = args.next().context("which file is the chart to be written to?")?;
    let mut measured = Measured::by_criterion()?;
    for file in args {
        measured.add(&file)?;
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
        println!("| {what} | {ours} | {of} | {peer} | {ratio:.2} | {:.2} | {verdict}", row.bar);
        bars.push((format!("{what} / {of}"), ratio, row.bar));
    }
    chart::write(&chart, &bars)?;
    println!("\nbench: {} rows, {missed} missed", bars.len());
    Ok(missed == 0)
}

/// A time in nanoseconds, as people read it.
fn time(nanoseconds: f64) -> String {
    match nanoseconds {
        ns if ns < 1e3 => format!("{ns:.1} ns"),
        ns if ns < 1e6 => format!("{:.1} µs", ns / 1e3),
        ns => format!("{:.1} ms", ns / 1e6),
    }
}

fn main() -> ExitCode {
    match run() {
        // What is missed is said; whether that is a failure is for who reads it.
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("safewasm-bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}
