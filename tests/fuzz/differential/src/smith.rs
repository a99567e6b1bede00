//! The modules of `safewasm-fuzz-smith`.

use crate::args::Args;
use std::io::{self, BufReader, Read};
use std::process::{Child, ChildStdout, Command, Stdio};

pub struct Modules {
    child: Child,
    out: BufReader<ChildStdout>,
    left: u64,
}

impl Modules {
    pub fn new(args: &Args) -> io::Result<Self> {
        let name = format!("safewasm-fuzz-smith{}", std::env::consts::EXE_SUFFIX);
        let program = std::env::current_exe()?.with_file_name(name);
        let mut child =
            Command::new(&program).args(args.for_smith()).stdout(Stdio::piped()).spawn().map_err(
                |error| {
                    let hint = "build it with `cargo build --release -p safewasm-fuzz-smith`";
                    io::Error::new(error.kind(), format!("{}: {error}; {hint}", program.display()))
                },
            )?;
        let out = child.stdout.take().ok_or_else(|| io::Error::other("no standard output"))?;
        Ok(Self { child, out: BufReader::new(out), left: args.count })
    }

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
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
