//! The command line of the fuzzers, and the watcher that reports a crash.
//!
//! A fuzzer is two processes of one program. The first one reads the command line, starts the second one,
//! the worker, and waits for it. The worker writes each case into its folder before it runs it. If the
//! worker crashes, or one case takes longer than a minute, the first process prints that case.

mod args;
mod folder;
mod watch;

pub use args::Args;
pub use folder::Folder;

use std::process::ExitCode;

/// The properties that distinguish one fuzzer from another.
pub struct Fuzzer {
    /// Its name in what it prints. Its program is called `safewasm-fuzz-` and the name.
    pub name: &'static str,
    /// How many cases a seed has, unless `--cases` is given.
    pub cases: u64,
    /// The seed, unless `--seed` is given.
    pub seed: u64,
    /// Whether a run can start at a case other than the first: whether it has `--first`.
    pub has_first: bool,
    /// Whether it can print how often each function was called: whether it has `--verbose`.
    pub has_verbose: bool,
}

/// Runs a fuzzer. `work` runs in the worker and returns whether every case passed.
pub fn main(
    fuzzer: &'static Fuzzer,
    work: impl FnOnce(&Args, &Folder) -> Result<bool, String>,
) -> ExitCode {
    let args = match Args::read(fuzzer, std::env::args().skip(1)) {
        Ok(args) => args,
        Err(why) => {
            eprintln!("safewasm-fuzz-{}: {why}\n{}", fuzzer.name, args::usage(fuzzer));
            return ExitCode::from(2);
        }
    };
    let done = if args.worker {
        Folder::create(fuzzer.name)
            .map_err(|error| error.to_string())
            .and_then(|folder| work(&args, &folder))
    } else {
        watch::watch(fuzzer.name).map_err(|error| error.to_string())
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("safewasm-fuzz-{}: {why}", fuzzer.name);
            ExitCode::FAILURE
        }
    }
}
