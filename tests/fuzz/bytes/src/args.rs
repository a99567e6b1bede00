//! The command line.

/// What it says.
pub struct Args {
    pub cases: u64,
    pub seed: u64,
    /// The number of the first case.
    pub first: u64,
    pub forever: bool,
    /// Whether the counts of all functions are printed.
    pub verbose: bool,
    /// Whether this process does the work itself.
    pub worker: bool,
}

impl Args {
    pub fn read() -> Result<Self, String> {
        let mut args = Self {
            cases: 20_000,
            seed: 20_261_124,
            first: 0,
            forever: false,
            verbose: false,
            worker: false,
        };
        let mut given = std::env::args().skip(1);
        while let Some(name) = given.next() {
            let mut number = || {
                given
                    .next()
                    .and_then(|n| n.parse::<u64>().ok())
                    .ok_or(format!("{name} wants a number"))
            };
            match name.as_str() {
                "--cases" => args.cases = number()?,
                "--seed" => args.seed = number()?,
                "--first" => args.first = number()?,
                "--forever" => args.forever = true,
                "--verbose" => args.verbose = true,
                "--worker" => args.worker = true,
                _ => {
                    return Err(format!(
                        "{name}? [--cases N] [--seed S] [--first N] [--forever] [--verbose]"
                    ));
                }
            }
        }
        Ok(args)
    }
}
