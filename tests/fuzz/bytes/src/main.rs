//! A fuzzer of everything that takes bytes or text: mutated modules and texts, compiled code with mutated
//! headers, names that are no UTF-8.
//!
//! Each input goes to every function that could take it. What the library says must be what Wasmtime says
//! of the same bytes, of a kind that the header documents for the function, and in words that help.

mod args;
mod ask;
mod binary;
mod call;
mod case;
mod define;
mod describe;
mod engine;
mod extreme;
mod file;
mod header;
mod leb;
mod mutate;
mod names;
mod report;
mod run;
mod sections;
mod seeds;
mod text;
mod watch;

use args::Args;
use case::Cases;
use std::process::ExitCode;

/// Runs the cases of a seed; whether all is well.
fn round(args: &Args, cases: &Cases, seed: u64) -> Result<bool, String> {
    let mut tally = cases.round(args, seed)?;
    // A few cases can't reach everything.
    if tally.failed == 0 && args.cases >= 2000 {
        let mut missing = report::coverage(args.verbose);
        if tally.modules * 10 < tally.inputs {
            missing.push(format!("only {} of {} are modules", tally.modules, tally.inputs));
        }
        missing.iter().for_each(|missing| println!("not reached: {missing}"));
        tally.failed += u64::from(!missing.is_empty());
    }
    let case::Tally { inputs, modules, instances, failed } = tally;
    println!("bytes: {instances} modules were run");
    println!("bytes: {inputs} inputs, {modules} modules, {failed} failed");
    println!("bytes: {} passed, {failed} failed", inputs - failed.min(inputs));
    Ok(failed == 0)
}

fn work(args: &Args) -> Result<bool, String> {
    let cases = Cases::new()?;
    let mut seed = args.seed;
    loop {
        if args.forever {
            println!("seed {seed}, --cases {}", args.cases);
        }
        let well = round(args, &cases, seed)?;
        if !well || !args.forever {
            return Ok(well);
        }
        seed = seed.wrapping_add(1);
    }
}

fn main() -> ExitCode {
    let done = Args::read().and_then(|args| match args.worker {
        true => work(&args),
        false => watch::watch().map_err(|error| error.to_string()),
    });
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("safewasm-fuzz-bytes: {why}");
            ExitCode::FAILURE
        }
    }
}
