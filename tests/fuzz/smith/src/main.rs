//! Makes random modules with wasm-smith and writes them to the standard output. `--first` is the number of the
//! first module, `--cases` says how many follow. The seed and the number determine a module.
//!
//! The output is four bytes with the length, little-endian, and the bytes of each module.

mod config;

use arbitrary::Unstructured;
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

/// Makes the module with that number.
fn module(seed: u64, number: u64) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(seed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    // wasm-smith fails if its random input runs out, and some modules would wait forever.
    loop {
        let mut input = vec![0; random.usize(1 << 10..16 << 10)];
        random.fill(&mut input);
        let config = config::random(&mut random);
        let threads = config.threads_enabled;
        let Ok(module) = wasm_smith::Module::new(config, &mut Unstructured::new(&input)) else {
            continue;
        };
        let bytes = module.to_bytes();
        if !(threads && may_wait(&bytes)) {
            return bytes;
        }
    }
}

/// Whether a module may contain `memory.atomic.wait32` or `memory.atomic.wait64`. Nothing would wake the
/// waiting thread, and waiting consumes no fuel.
fn may_wait(module: &[u8]) -> bool {
    module.windows(2).any(|bytes| matches!(bytes, [0xfe, 0x01 | 0x02]))
}

fn run() -> io::Result<()> {
    let (mut seed, mut first, mut cases) = (0, 0, 0);
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let value = args.next().and_then(|value| value.parse().ok());
        let value =
            value.ok_or_else(|| io::Error::other(format!("`{arg}` needs a number after it")))?;
        match arg.as_str() {
            "--seed" => seed = value,
            "--first" => first = value,
            "--cases" => cases = value,
            _ => return Err(io::Error::other(format!("there is no `{arg}`"))),
        }
    }
    let mut out = BufWriter::new(io::stdout().lock());
    for number in (first..=u64::MAX).take(usize::try_from(cases).unwrap_or(usize::MAX)) {
        let module = module(seed, number);
        let len = u32::try_from(module.len()).map_err(io::Error::other)?;
        out.write_all(&len.to_le_bytes())?;
        out.write_all(&module)?;
        out.flush()?;
    }
    Ok(())
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        // The reader has closed the pipe since it needs no more modules.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("safewasm-fuzz-smith: {error}");
            ExitCode::FAILURE
        }
    }
}
