//! The work is done by another process, so that its end, or its getting stuck, is reported with the case
//! that it was at.

use std::fs;
use std::io::{Error, Result};
use std::os::unix::process::parent_id;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::Duration;

/// How long one case may take.
const LONGEST: Duration = Duration::from_secs(60);

/// The folder that a worker has to itself.
pub struct Folder {
    path: PathBuf,
    /// Who started the worker.
    parent: u32,
}

impl Folder {
    fn of(process: u32) -> Self {
        let path = std::env::temp_dir().join(format!("safewasm-fuzz-bytes-{process}"));
        Self { path, parent: parent_id() }
    }

    /// Makes the folder of this process.
    pub fn new() -> Result<Self> {
        let folder = Self::of(std::process::id());
        // What an earlier process of the same number left, if that was killed.
        let _ = fs::remove_dir_all(&folder.path);
        fs::create_dir(&folder.path)?;
        Ok(folder)
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether who started this process is gone, so that nobody is there to end it.
    pub fn is_abandoned(&self) -> bool {
        parent_id() != self.parent
    }

    /// What the case is that runs, in words.
    fn running(&self) -> PathBuf {
        self.path.join("running")
    }

    /// Its input.
    fn input(&self) -> PathBuf {
        self.path.join("input")
    }

    /// Writes down the case that runs next.
    pub fn note(&self, case: &str, input: &[u8]) -> std::result::Result<(), String> {
        let written = fs::write(self.input(), input).and_then(|()| fs::write(self.running(), case));
        written.map_err(|error| format!("{}: {error}", self.path.display()))
    }

    /// Keeps the input of the case that runs, beside what is built; says where.
    pub fn keep(&self, name: &str) -> Result<PathBuf> {
        let program = std::env::current_exe()?;
        let target = program.ancestors().nth(2).ok_or_else(|| Error::other("no target folder"))?;
        let folder = target.join("fuzz");
        fs::create_dir_all(&folder)?;
        fs::copy(self.input(), folder.join(name))?;
        Ok(folder.join(name))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // The worker may have removed it already.
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// Starts a worker with the same arguments, and waits for its end; whether all was well.
pub fn watch() -> Result<bool> {
    let mut worker = Command::new(std::env::current_exe()?)
        .args(std::env::args_os().skip(1))
        .arg("--worker")
        .spawn()?;
    let folder = Folder::of(worker.id());
    let end = wait(&mut worker, &folder)?;
    if let Some(end) = &end {
        println!("{end}, in");
        println!("{}", fs::read_to_string(folder.running()).unwrap_or_default());
        if let Ok(path) = folder.keep(&format!("bytes-of-{}", worker.id())) {
            println!("input: {}", path.display());
        }
        println!("bytes: 0 passed, 1 failed");
    }
    Ok(end.is_none() && worker.wait()?.success())
}

/// Waits for the worker; how it ended, if that wasn't by itself.
fn wait(worker: &mut Child, folder: &Folder) -> Result<Option<String>> {
    loop {
        if let Some(status) = worker.try_wait()? {
            let by_itself = matches!(status.code(), Some(0 | 1));
            return Ok((!by_itself).then(|| format!("the process ended with {status}")));
        }
        let since = fs::metadata(folder.running()).and_then(|file| file.modified());
        let age = since.ok().and_then(|since| since.elapsed().ok());
        if age.is_some_and(|age| age > LONGEST) {
            worker.kill()?;
            worker.wait()?;
            return Ok(Some(format!("the process was stuck for {} s", LONGEST.as_secs())));
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}
