//! The command line.

use std::env;

const USAGE: &str = "usage: safewasm-fuzz-differential [--seed SEED] [--first NUMBER] [--count COUNT] \
                     [--forever]";

#[derive(Clone)]
pub struct Args {
    pub seed: u64,
    /// The number of the first module.
    pub first: u64,
    pub count: u64,
    /// Whether to go on with the next seed, until something fails.
    pub forever: bool,
    /// Whether this is the process that does the work.
    pub worker: bool,
}

impl Args {
    /// What the command line says; ends the process if that can't be read.
    pub fn read() -> Self {
        let mut read = Self { seed: 1, first: 0, count: 6_000, forever: false, worker: false };
        let mut args = env::args().skip(1);
        while let Some(arg) = args.next() {
            let place = match arg.as_str() {
                "--forever" => {
                    read.forever = true;
                    continue;
                }
                "--worker" => {
                    read.worker = true;
                    continue;
                }
                "--seed" => &mut read.seed,
                "--first" => &mut read.first,
                "--count" => &mut read.count,
                _ => usage(),
            };
            *place = args.next().and_then(|value| value.parse().ok()).unwrap_or_else(|| usage());
        }
        read
    }

    pub fn for_worker(&self) -> Vec<String> {
        let mut args = self.for_smith();
        args.push("--worker".to_owned());
        args
    }

    pub fn for_smith(&self) -> Vec<String> {
        let numbers = [("--seed", self.seed), ("--first", self.first), ("--count", self.count)];
        numbers.iter().flat_map(|(name, value)| [(*name).to_owned(), value.to_string()]).collect()
    }

    /// The command that runs that module only.
    pub fn repeat(&self, number: u64) -> String {
        let seed = self.seed;
        format!(
            "cargo run --release -p safewasm-fuzz-differential -- --seed {seed} --first {number} \
             --count 1"
        )
    }
}

fn usage() -> ! {
    eprintln!("{USAGE}");
    std::process::exit(2);
}
