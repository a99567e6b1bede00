//! A fuzzer of the C functions: sequences of operations with valid and invalid handles, nested in host
//! functions, on several threads. A model predicts the outcome of each call, and which handles are valid,
//! how often finalizers have run, and what memories, tables and globals contain.
//!
//! `ops.rs` lists the operations, `model.rs` is the model, and `world.rs` judges each outcome.

mod ask;
mod call;
mod change;
mod components;
mod draw;
mod execute;
mod externkinds;
mod furnish;
mod instances;
mod invariants;
mod link;
mod model;
mod modules;
mod new;
mod ops;
mod race;
mod report;
mod resources;
mod set;
mod values;
mod world;

use ops::Case;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use safewasm_fuzz_runner::{Args, Folder, Fuzzer};
use std::cell::Cell;
use std::process::ExitCode;

static FUZZER: Fuzzer =
    Fuzzer { name: "handles", cases: 6000, seed: 20_261_124, has_first: false, has_verbose: true };

#[derive(Default)]
struct Totals {
    cases: Cell<u64>,
    operations: Cell<u64>,
    answers: Cell<u64>,
}

/// Runs a case. `repeat` is the command that runs the cases of its seed.
fn run(case: &Case, folder: &Folder, repeat: &str, totals: &Totals) -> Result<(), TestCaseError> {
    folder.note(&format!("{case:?}\n{repeat}"), b"").map_err(TestCaseError::fail)?;
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

fn runner(args: &Args) -> TestRunner {
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&args.seed.to_le_bytes());
    let config = Config {
        cases: args.cases.try_into().unwrap_or(u32::MAX),
        failure_persistence: None,
        max_shrink_iters: 20_000,
        ..Config::default()
    };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed))
}

/// Runs the cases of a seed. Returns whether all passed and reached every function.
fn round(args: &Args, folder: &Folder) -> bool {
    let totals = Totals::default();
    let repeat = args.repeat();
    let done = runner(args).run(&draw::case(), |case| run(&case, folder, &repeat, &totals));
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
    safewasm_fuzz_runner::main(&FUZZER, |args, folder| args.rounds(|args| Ok(round(args, folder))))
}
