//! The time to load a library and find a function in it, in a process that hasn't loaded it yet.

use anyhow::{Context, Result, bail};
use libloading::Library;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

const TIMES: usize = 41;

/// A library and a function of it, with the name of their measurement.
const LIBRARIES: [(&str, &str, &str); 2] = [
    ("load/ours", "libsafewasm.so", "safewasm_engine_new"),
    ("load/capi", "libwasmtime_peer.so", "wasm_engine_new"),
];

/// Prints a line for each library: a name, and the median in nanoseconds.
pub fn measure() -> Result<()> {
    let program = std::env::current_exe()?;
    let folder = program.parent().context("the program is in no folder")?;
    let mut times = [const { Vec::new() }; LIBRARIES.len()];
    for _ in 0..TIMES {
        for ((_, file, function), times) in LIBRARIES.iter().zip(&mut times) {
            let mut command = Command::new(&program);
            // In a new process: a library that is loaded already costs nothing.
            command.env_remove("LD_PRELOAD").arg("load-once").arg(folder.join(file)).arg(function);
            let output = command.output()?;
            if !output.status.success() {
                bail!("{file} can't be loaded: {}", String::from_utf8_lossy(&output.stderr));
            }
            times.push(String::from_utf8(output.stdout)?.trim().parse::<u64>()?);
        }
    }
    for ((name, ..), mut times) in LIBRARIES.iter().zip(times) {
        times.sort_unstable();
        println!("{name} {}", times[TIMES / 2]);
    }
    Ok(())
}

/// Loads a library and prints how many nanoseconds that took.
pub fn once(file: &Path, function: &str) -> Result<()> {
    let start = Instant::now();
    // SAFETY: loading either library only starts Rust's runtime.
    let library = unsafe { Library::new(file) }?;
    // SAFETY: it isn't called.
    let _symbol = unsafe { library.get::<unsafe extern "C" fn()>(function) }?;
    let time = start.elapsed();
    println!("{}", time.as_nanos());
    // The libraries can't be unloaded.
    std::mem::forget(library);
    Ok(())
}
