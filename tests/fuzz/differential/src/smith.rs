//! The modules that `safewasm-fuzz-smith` writes. It must lie beside this program.

use safewasm_fuzz_runner::Args;
use std::io::{self, BufReader, Read};
use std::process::{Child, ChildStdout, Command, Stdio};

/// A running `safewasm-fuzz-smith`.
pub struct Modules {
    child: Child,
    out: BufReader<ChildStdout>,
    /// How many modules are still to be read.
    left: u64,
}

/// The options that make `safewasm-fuzz-smith` write the modules of these cases.
fn options(args: &Args) -> Vec<String> {
    let numbers = [("--seed", args.seed), ("--first", args.first), ("--cases", args.cases)];
    numbers.iter().flat_map(|(name, value)| [(*name).to_owned(), value.to_string()]).collect()
}

impl Modules {
    pub fn new(args: &Args) -> io::Result<Self> {
        let name = format!("safewasm-fuzz-smith{}", std::env::consts::EXE_SUFFIX);
        let program = std::env::current_exe()?.with_file_name(name);
        let mut child =
            Command::new(&program).args(options(args)).stdout(Stdio::piped()).spawn().map_err(
                |error| {
                    let hint = "build it with `cargo build --release -p safewasm-fuzz-smith`";
                    io::Error::new(error.kind(), format!("{}: {error}; {hint}", program.display()))
                },
            )?;
        let out = child.stdout.take().ok_or_else(|| io::Error::other("no standard output"))?;
        Ok(Self { child, out: BufReader::new(out), left: args.cases })
    }

    /// Reads one module: four bytes of length and the module's bytes.
    fn module(&mut self) -> io::Result<Vec<u8>> {
        let mut len = [0; 4];
        self.out.read_exact(&mut len)?;
        let mut module = vec![0; u32::from_le_bytes(len) as usize];
        self.out.read_exact(&mut module)?;
        Ok(module)
    }
}

impl Iterator for Modules {
    type Item = io::Result<Vec<u8>>;

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        Some(self.module())
    }
}

impl Drop for Modules {
    fn drop(&mut self) {
        // Both fail if it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
