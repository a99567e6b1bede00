//! A fuzzer that runs random modules through the library and directly in Wasmtime and compares: results
//! bit for bit, traps, backtraces, fuel, memories, tables, globals, and the calls of imports.
//!
//! The modules come from `safewasm-fuzz-smith`, which must lie beside this program. Each is run three
//! times: in Wasmtime, through the library with values, and through the library with slots.

mod check;
mod describe;
mod library;
mod plan;
mod smith;
mod tally;
mod trace;
mod wasmtime_side;

use check::Checker;
use safewasm_fuzz_runner::{Args, Folder, Fuzzer};
use smith::Modules;
use std::process::ExitCode;
use tally::Tally;

static FUZZER: Fuzzer =
    Fuzzer { name: "differential", cases: 6_000, seed: 1, has_first: true, has_verbose: false };

/// Runs the modules of the seed. Returns whether the library and Wasmtime agreed about all of them.
fn round(args: &Args, folder: &Folder) -> Result<bool, String> {
    let mut tally = Tally::default();
    let mut checker = Checker::default();
    let modules = Modules::new(args).map_err(|error| error.to_string())?;
    for (number, module) in (args.first..).zip(modules) {
        let module = module.map_err(|error| error.to_string())?;
        let repeat = args.repeat_case(number);
        folder.note(&repeat, &module)?;
        if let Err(difference) = checker.check(args.seed, number, module, &mut tally) {
            println!("{difference}");
            let name = format!("differential-{}-{number}.wasm", args.seed);
            if let Ok(Some(path)) = folder.keep(&name) {
                println!("module: {}", path.display());
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
