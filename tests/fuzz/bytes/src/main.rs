//! A fuzzer of every function that takes bytes, text or names.
//!
//! Its inputs are mutated modules and components, mutated texts, compiled code with a mutated beginning or end, and names that
//! aren't UTF-8. Each input goes to every function that could take it. The library must accept what
//! Wasmtime accepts. An error must be of a kind that the header documents for the function, and its
//! message must say what is wrong.

mod artifact;
mod ask;
mod binary;
mod call;
mod case;
mod component;
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

use case::{Cases, Tally};
use safewasm_fuzz_runner::{Args, Fuzzer};
use std::process::ExitCode;

static FUZZER: Fuzzer =
    Fuzzer { name: "bytes", cases: 20_000, seed: 20_261_124, has_first: true, has_verbose: true };

/// Runs the cases of a seed. Returns whether all passed and reached every function.
fn round(args: &Args, cases: &Cases<'_>) -> Result<bool, String> {
    let mut tally = cases.round(args)?;
    // A few cases can't reach everything.
    if tally.failed == 0 && args.cases >= 2000 {
        let mut missing = report::coverage(args.verbose);
        if tally.modules * 10 < tally.inputs {
            missing.push(format!("only {} of {} are modules", tally.modules, tally.inputs));
        }
        if tally.components * 200 < tally.inputs {
            missing.push(format!("only {} of {} are components", tally.components, tally.inputs));
        }
        missing.iter().for_each(|missing| println!("not reached: {missing}"));
        tally.failed += u64::from(!missing.is_empty());
    }
    let Tally { inputs, modules, components, instances, failed } = tally;
    println!("bytes: {instances} modules were run, {components} components described");
    println!("bytes: {inputs} inputs, {modules} modules, {failed} failed");
    println!("bytes: {} passed, {failed} failed", inputs - failed.min(inputs));
    Ok(failed == 0)
}

fn main() -> ExitCode {
    safewasm_fuzz_runner::main(&FUZZER, |args, folder| {
        let cases = Cases::new(folder)?;
        args.rounds(|args| round(args, &cases))
    })
}
