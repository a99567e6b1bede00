//! Random modules, run by the library and directly by Wasmtime, which are to do the same: results bit
//! for bit, traps, backtraces, fuel, memories, tables, globals, calls of imports.
//!
//! The modules come from `safewasm-fuzz-smith`, which lies beside this program. Each is run three times:
//! in Wasmtime, through the library with values, and through the library with slots.

mod args;
mod check;
mod describe;
mod library;
mod plan;
mod smith;
mod tally;
mod trace;
mod wasmtime_side;

use args::Args;
use check::Checker;
use smith::Modules;
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::{env, fs, io};
use tally::Tally;

fn main() -> ExitCode {
    let args = Args::read();
    let done = if args.worker { work(&args) } else { watch(&args) };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("safewasm-fuzz-differential: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Where modules are written that fail.
fn folder() -> io::Result<PathBuf> {
    let program = env::current_exe()?;
    let target = program.ancestors().nth(2).ok_or_else(|| io::Error::other("no target folder"))?;
    let folder = target.join("fuzz");
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// Has the work done by another process, so that a crash too is reported with its module.
fn watch(args: &Args) -> io::Result<bool> {
    let mut args = args.clone();
    loop {
        let status = Command::new(env::current_exe()?).args(args.for_worker()).status()?;
        match status.code() {
            Some(0) if args.forever => args.seed += 1,
            Some(0) => return Ok(true),
            Some(1) => return Ok(false),
            _ => {
                let number = fs::read_to_string(folder()?.join("differential.running"))?;
                let number = number.trim().parse().map_err(io::Error::other)?;
                println!("the process ended with {status}");
                println!("module: {}", folder()?.join("differential.wasm").display());
                println!("repeat: {}", args.repeat(number));
                println!("differential: 0 passed, 1 failed");
                return Ok(false);
            }
        }
    }
}

/// Runs the modules.
fn work(args: &Args) -> io::Result<bool> {
    let folder = folder()?;
    let mut tally = Tally::default();
    let mut checker = Checker::default();
    for (number, module) in (args.first..).zip(Modules::new(args)?) {
        let module = module?;
        fs::write(folder.join("differential.running"), number.to_string())?;
        fs::write(folder.join("differential.wasm"), &module)?;
        if let Err(difference) = checker.check(args.seed, number, module.clone(), &mut tally) {
            let path = folder.join(format!("differential-{}-{number}.wasm", args.seed));
            fs::write(&path, module)?;
            println!("{difference}");
            println!("module: {}", path.display());
            println!("repeat: {}", args.repeat(number));
            tally.failed += 1;
            if tally.failed == 10 {
                println!("ten are enough");
                break;
            }
        }
    }
    println!("{tally}");
    Ok(tally.failed == 0 && tally.is_meaningful(args.count))
}
