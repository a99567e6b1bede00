//! The process that starts the worker and reports how it ended.

use crate::Folder;
use std::fs;
use std::io::Result;
use std::process::{Child, Command};
use std::time::Duration;

/// How long one case may take.
const LONGEST: Duration = Duration::from_secs(60);

/// Starts a worker with the arguments of this process and waits for its end. Returns whether it passed.
pub fn watch(fuzzer: &str) -> Result<bool> {
    let mut worker = Command::new(std::env::current_exe()?)
        .args(std::env::args_os().skip(1))
        .arg("--worker")
        .spawn()?;
    let folder = Folder::of(fuzzer, worker.id());
    let crash = wait(&mut worker, &folder)?;
    if let Some(crash) = &crash {
        println!("{crash}, in");
        println!("{}", fs::read_to_string(folder.running()).unwrap_or_default());
        if let Ok(Some(path)) = folder.keep(&format!("{fuzzer}-of-{}", worker.id())) {
            println!("input: {}", path.display());
        }
        println!("{fuzzer}: 0 passed, 1 failed");
    }
    Ok(crash.is_none() && worker.wait()?.success())
}

/// Waits for the worker. Returns how it crashed, if it did.
fn wait(worker: &mut Child, folder: &Folder) -> Result<Option<String>> {
    loop {
        if let Some(status) = worker.try_wait()? {
            let is_crash = !matches!(status.code(), Some(0 | 1));
            return Ok(is_crash.then(|| format!("the process ended with {status}")));
        }
        let noted = fs::metadata(folder.running()).and_then(|file| file.modified());
        let age = noted.ok().and_then(|noted| noted.elapsed().ok());
        if age.is_some_and(|age| age > LONGEST) {
            worker.kill()?;
            worker.wait()?;
            return Ok(Some(format!("the process was stuck for {} s", LONGEST.as_secs())));
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}
