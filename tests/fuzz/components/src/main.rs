//! A fuzzer that calls functions of random components through the library and directly in Wasmtime and compares:
//! results bit for bit, the guest's memory, and which calls trap.
//!
//! A component takes and returns values of random types. It is called with random values, with nodes that don't fit
//! the types, and as a guest that returns, or passes to a host function, bad addresses, lengths, cases and text.

mod check;
mod guest;
mod library;
mod mutate;
mod nodes;
mod tally;
mod types;
mod vals;
mod value;
mod wasmtime_side;

use check::{Checker, Plan};
use safewasm_fuzz_runner::{Args, Folder, Fuzzer};
use std::process::ExitCode;
use tally::Tally;

static FUZZER: Fuzzer =
    Fuzzer { name: "components", cases: 2_000, seed: 1, has_first: true, has_verbose: false };

/// Runs the cases of the seed. Returns whether the library and Wasmtime agreed about all of them.
fn round(args: &Args, folder: &Folder) -> Result<bool, String> {
    let mut tally = Tally::default();
    let checker = Checker::new()?;
    for number in args.first..args.first.saturating_add(args.cases) {
        let plan = Plan::new(args.seed, number);
        let repeat = args.repeat_case(number);
        folder.note(&repeat, plan.text.as_bytes())?;
        if let Err(difference) = checker.check(&plan, &mut tally) {
            println!("case {number} of seed {}: {difference}", args.seed);
            let name = format!("components-{}-{number}.wat", args.seed);
            if let Ok(Some(path)) = folder.keep(&name) {
                println!("component: {}", path.display());
            }
            println!("{repeat}");
            tally.failed += 1;
            if tally.failed == 10 {
                println!("ten are enough");
                break;
            }
        }
    }
    println!("{tally}");
    Ok(tally.failed == 0 && tally.is_meaningful(args.cases))
}

fn main() -> ExitCode {
    safewasm_fuzz_runner::main(&FUZZER, |args, folder| args.rounds(|args| round(args, folder)))
}
