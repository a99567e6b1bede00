//! The command line.

use crate::Fuzzer;

/// The arguments of a fuzzer.
#[derive(Clone)]
pub struct Args {
    fuzzer: &'static Fuzzer,
    /// The cases are the same each time for one seed.
    pub seed: u64,
    /// The number of the first case.
    pub first: u64,
    /// How many cases are run.
    pub cases: u64,
    /// Whether the next seed follows once a seed's cases have passed.
    pub forever: bool,
    /// Whether the number of calls of each function is printed.
    pub verbose: bool,
    /// Whether this process runs the cases itself, instead of starting and watching a worker.
    pub(crate) worker: bool,
}

impl Args {
    pub(crate) fn read(
        fuzzer: &'static Fuzzer,
        given: impl IntoIterator<Item = String>,
    ) -> Result<Self, String> {
        let &Fuzzer { seed, cases, .. } = fuzzer;
        let mut args =
            Self { fuzzer, seed, first: 0, cases, forever: false, verbose: false, worker: false };
        let mut given = given.into_iter();
        while let Some(name) = given.next() {
            let mut number = || {
                let number = given.next().and_then(|number| number.parse().ok());
                number.ok_or_else(|| format!("`{name}` needs a number after it"))
            };
            match name.as_str() {
                "--seed" => args.seed = number()?,
                "--cases" => args.cases = number()?,
                "--first" if fuzzer.has_first => args.first = number()?,
                "--verbose" if fuzzer.has_verbose => args.verbose = true,
                "--forever" => args.forever = true,
                "--worker" => args.worker = true,
                _ => return Err(format!("there is no option `{name}`")),
            }
        }
        Ok(args)
    }

    /// Calls `round`, which runs the cases of the seed and returns whether all passed. With `--forever`,
    /// calls it again with the next seed, until one fails.
    pub fn rounds(
        &self,
        mut round: impl FnMut(&Self) -> Result<bool, String>,
    ) -> Result<bool, String> {
        let mut args = self.clone();
        loop {
            println!("{}", args.repeat());
            let passed = round(&args)?;
            if !passed || !args.forever {
                return Ok(passed);
            }
            args.seed = args.seed.wrapping_add(1);
        }
    }

    /// A line with the command that runs the same cases.
    pub fn repeat(&self) -> String {
        let Self { fuzzer, seed, first, cases, .. } = self;
        let first = if fuzzer.has_first { format!(" --first {first}") } else { String::new() };
        format!(
            "repeat: cargo run --release -p safewasm-fuzz-{} -- --seed {seed}{first} --cases {cases}",
            fuzzer.name
        )
    }

    /// A line with the command that runs only the case of that number.
    pub fn repeat_case(&self, number: u64) -> String {
        Self { first: number, cases: 1, ..self.clone() }.repeat()
    }
}

/// A line with all options of a fuzzer that a user may give.
pub(crate) fn usage(fuzzer: &Fuzzer) -> String {
    let first = if fuzzer.has_first { " [--first NUMBER]" } else { "" };
    let verbose = if fuzzer.has_verbose { " [--verbose]" } else { "" };
    format!(
        "usage: safewasm-fuzz-{} [--seed SEED]{first} [--cases COUNT] [--forever]{verbose}",
        fuzzer.name
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    static WITH_FIRST: Fuzzer =
        Fuzzer { name: "x", cases: 5, seed: 9, has_first: true, has_verbose: false };
    static WITH_VERBOSE: Fuzzer =
        Fuzzer { name: "y", cases: 5, seed: 9, has_first: false, has_verbose: true };

    fn read(fuzzer: &'static Fuzzer, line: &str) -> Result<Args, String> {
        Args::read(fuzzer, line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn the_printed_command_runs_the_same_cases() {
        for (fuzzer, line) in [
            (&WITH_FIRST, "--seed 3 --first 7 --cases 2"),
            (&WITH_FIRST, ""),
            (&WITH_VERBOSE, "--cases 4 --verbose"),
        ] {
            let args = read(fuzzer, line).unwrap();
            let printed = args.repeat();
            let (_, options) = printed.split_once(" -- ").unwrap();
            let again = read(fuzzer, options).unwrap();
            assert_eq!(
                (again.seed, again.first, again.cases),
                (args.seed, args.first, args.cases),
                "{printed}"
            );
        }
    }

    #[test]
    fn one_case_is_repeated_by_its_number() {
        let args = read(&WITH_FIRST, "--seed 3").unwrap();
        assert!(args.repeat_case(41).ends_with("-- --seed 3 --first 41 --cases 1"));
    }

    #[test]
    fn options_of_another_fuzzer_are_refused() {
        let refused = |fuzzer, line| read(fuzzer, line).err().unwrap();
        assert_eq!(refused(&WITH_VERBOSE, "--first 3"), "there is no option `--first`");
        assert_eq!(refused(&WITH_FIRST, "--verbose"), "there is no option `--verbose`");
        assert_eq!(refused(&WITH_FIRST, "--seed"), "`--seed` needs a number after it");
        assert_eq!(refused(&WITH_FIRST, "--cases many"), "`--cases` needs a number after it");
    }

    #[test]
    fn the_next_seed_follows_until_a_round_fails() {
        let mut seeds = Vec::new();
        let args = read(&WITH_FIRST, "--forever").unwrap();
        let passed = args.rounds(|args| {
            seeds.push(args.seed);
            Ok(args.seed < 11)
        });
        assert_eq!((passed, seeds), (Ok(false), vec![9, 10, 11]));
    }
}
