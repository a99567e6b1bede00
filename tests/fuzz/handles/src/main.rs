//! A stateful fuzzer of the C ABI: sequences of calls with good and bad handles, nested in host
//! functions, on several threads, against a model of what each handle is. Every answer is compared.

mod calls;
mod change;
mod create;
mod furnish;
mod instances;
mod link;
mod link_instances;
mod make;
mod model;
mod modules;
mod ops;
mod queries;
mod queries_more;
mod queries_objects;
mod queries_types;
mod race;
mod report;
mod set;
mod values;
mod world;

use ops::Case;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use std::cell::Cell;
use std::process::ExitCode;

struct Args {
    cases: u32,
    seed: u64,
    forever: bool,
    /// Whether the counts of all functions are printed.
    verbose: bool,
    /// Whether this process does the work itself.
    worker: bool,
}

impl Args {
    fn read() -> Result<Self, String> {
        let mut args =
            Self { cases: 6000, seed: 20_261_124, forever: false, verbose: false, worker: false };
        let mut given = std::env::args().skip(1);
        while let Some(name) = given.next() {
            let mut number = || {
                given
                    .next()
                    .and_then(|n| n.parse::<u64>().ok())
                    .ok_or(format!("{name} wants a number"))
            };
            match name.as_str() {
                "--cases" => args.cases = number()?.try_into().unwrap_or(u32::MAX),
                "--seed" => args.seed = number()?,
                "--forever" => args.forever = true,
                "--verbose" => args.verbose = true,
                "--worker" => args.worker = true,
                _ => return Err(format!("{name}? [--cases N] [--seed S] [--forever] [--verbose]")),
            }
        }
        Ok(args)
    }
}

#[derive(Default)]
struct Totals {
    cases: Cell<u64>,
    operations: Cell<u64>,
    answers: Cell<u64>,
}

/// Where the case is written that runs, for when the process doesn't live to tell.
fn running() -> std::path::PathBuf {
    std::env::temp_dir().join(format!("safewasm-fuzz-handles-{}", std::process::id()))
}

/// Has the work done by another process, so that a crash is reported with its case.
fn watch() -> std::io::Result<bool> {
    let mut worker = std::process::Command::new(std::env::current_exe()?)
        .args(std::env::args_os().skip(1))
        .arg("--worker")
        .spawn()?;
    let running = running().with_file_name(format!("safewasm-fuzz-handles-{}", worker.id()));
    let status = worker.wait()?;
    if !matches!(status.code(), Some(0 | 1)) {
        println!("the process ended with {status}, in");
        println!("{}", std::fs::read_to_string(&running).unwrap_or_default());
        println!("handles: 0 passed, 1 failed");
    }
    // It is there only if the process has not ended by itself.
    std::fs::remove_file(running).ok();
    Ok(status.success())
}

fn run(case: &Case, repeat: &str, totals: &Totals) -> Result<(), TestCaseError> {
    std::fs::write(running(), format!("{case:?}\n{repeat}"))
        .map_err(|error| TestCaseError::fail(error.to_string()))?;
    let mut world = world::World::new();
    world.furnish(case.engines);
    world.look_around();
    world.run(&case.steps);
    if world.wrong.is_none() {
        world.end(case.order);
    }
    totals.cases.set(totals.cases.get() + 1);
    totals.operations.set(totals.operations.get() + world.operations);
    totals.answers.set(totals.answers.get() + world.answers);
    world.wrong.map_or(Ok(()), |wrong| Err(TestCaseError::fail(wrong)))
}

/// Runs the cases of a seed; whether all is well.
fn round(args: &Args, seed: u64) -> bool {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config = Config {
        cases: args.cases,
        failure_persistence: None,
        max_shrink_iters: 20_000,
        ..Config::default()
    };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let totals = Totals::default();
    let repeat = format!("repeat: safewasm-fuzz-handles --seed {seed} --cases {}", args.cases);
    let done = TestRunner::new_with_rng(config, rng)
        .run(&ops::case(), |case| run(&case, &repeat, &totals));
    let mut failed = 0_u64;
    if let Err(error) = done {
        failed = 1;
        match error {
            TestError::Fail(why, case) => println!("{why}\n{case:?}"),
            TestError::Abort(why) => println!("given up: {why}"),
        }
        println!("{repeat}");
    } else {
        let missing = report::coverage(args.verbose);
        // A few cases can't reach everything.
        if args.cases >= 1000 && !missing.is_empty() {
            missing.iter().for_each(|missing| println!("not reached: {missing}"));
            failed = 1;
        }
    }
    let (cases, operations, answers) =
        (totals.cases.get(), totals.operations.get(), totals.answers.get());
    println!(
        "handles: {cases} cases, {operations} operations, {answers} answers checked, {failed} failed"
    );
    println!("handles: {} passed, {failed} failed", cases - failed.min(cases));
    failed == 0
}

fn main() -> ExitCode {
    let args = match Args::read() {
        Ok(args) => args,
        Err(why) => {
            eprintln!("safewasm-fuzz-handles: {why}");
            return ExitCode::FAILURE;
        }
    };
    if !args.worker {
        return match watch() {
            Ok(true) => ExitCode::SUCCESS,
            Ok(false) => ExitCode::FAILURE,
            Err(error) => {
                eprintln!("safewasm-fuzz-handles: {error}");
                ExitCode::FAILURE
            }
        };
    }
    let mut seed = args.seed;
    loop {
        if args.forever {
            println!("seed {seed}, --cases {}", args.cases);
        }
        if !round(&args, seed) {
            return ExitCode::FAILURE;
        }
        if !args.forever {
            return ExitCode::SUCCESS;
        }
        seed = seed.wrapping_add(1);
    }
}
