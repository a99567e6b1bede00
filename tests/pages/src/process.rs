//! Runs processes with a time limit.

use anyhow::{Context, Result};
use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

/// A command that gets a signal, with the processes that it started, when its time is over.
pub fn limited(program: impl AsRef<OsStr>, seconds: u32, signal: &str) -> Command {
    let mut command = Command::new("timeout");
    command.args(["-k", "20", "-s", signal]).arg(seconds.to_string()).arg(program);
    command.stdin(Stdio::null());
    command
}

/// Why a process of such a command failed, unless it succeeded.
pub fn failure(status: ExitStatus) -> Option<String> {
    const KILLED: i32 = 9;
    match status.code() {
        Some(0) => None,
        Some(124 | 137) => Some("took too long".to_owned()),
        Some(code) => Some(format!("ended with the exit status {code}")),
        None if status.signal() == Some(KILLED) => Some("took too long".to_owned()),
        None => Some(format!("ended: {status}")),
    }
}

/// A file for what a process prints, and its other name for `stderr`. Both append to it, in the order of the
/// prints.
pub fn printed_to(path: &Path) -> Result<(File, File)> {
    fs::write(path, "")?;
    let file = OpenOptions::new().append(true).open(path)?;
    let other = file.try_clone()?;
    Ok((file, other))
}

/// Runs a command. Returns why it failed, and what it printed.
pub fn run(command: &mut Command, log: &Path) -> Result<(Option<String>, String)> {
    let (stdout, stderr) = printed_to(log)?;
    let status = command.stdout(stdout).stderr(stderr).status();
    let status = status.with_context(|| format!("cannot run {command:?}"))?;
    Ok((failure(status), read(log)?))
}

/// Reads what a process printed, of which not all may be UTF-8.
pub fn read(log: &Path) -> Result<String> {
    Ok(String::from_utf8_lossy(&fs::read(log)?).into_owned())
}
