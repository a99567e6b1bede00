//! The folder in which a worker writes down the case that it runs.

use std::fs;
use std::io::{Error, Result};
use std::os::unix::process::parent_id;
use std::path::{Path, PathBuf};

/// A folder for one worker, removed at its end.
pub struct Folder {
    path: PathBuf,
    /// The process that started the worker.
    parent: u32,
}

impl Folder {
    /// The folder of the worker with that process id.
    pub(crate) fn of(fuzzer: &str, process: u32) -> Self {
        let path = std::env::temp_dir().join(format!("safewasm-fuzz-{fuzzer}-{process}"));
        Self { path, parent: parent_id() }
    }

    /// Creates the folder of this process.
    pub(crate) fn create(fuzzer: &str) -> Result<Self> {
        let folder = Self::of(fuzzer, std::process::id());
        // An earlier process with the same id left its folder behind if it was killed.
        let _ = fs::remove_dir_all(&folder.path);
        fs::create_dir(&folder.path)?;
        Ok(folder)
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The file that describes the case that runs. The watcher looks at its age.
    pub(crate) fn running(&self) -> PathBuf {
        self.path.join("running")
    }

    /// The file with the input of the case that runs.
    fn input(&self) -> PathBuf {
        self.path.join("input")
    }

    /// Writes down the case that runs next: its description and its input, which may be empty.
    ///
    /// Fails if the watcher is gone, since nobody would end this process if it got stuck.
    pub fn note(&self, case: &str, input: &[u8]) -> std::result::Result<(), String> {
        if parent_id() != self.parent {
            return Err("the process that watched this one is gone".to_owned());
        }
        let written = fs::write(self.input(), input).and_then(|()| fs::write(self.running(), case));
        written.map_err(|error| format!("{}: {error}", self.path.display()))
    }

    /// Copies the input of the case that runs to `target/fuzz/NAME` and returns that path; returns `None`
    /// if the case has no input.
    pub fn keep(&self, name: &str) -> Result<Option<PathBuf>> {
        if fs::metadata(self.input())?.len() == 0 {
            return Ok(None);
        }
        let program = std::env::current_exe()?;
        let target = program.ancestors().nth(2).ok_or_else(|| Error::other("no target folder"))?;
        let folder = target.join("fuzz");
        fs::create_dir_all(&folder)?;
        fs::copy(self.input(), folder.join(name))?;
        Ok(Some(folder.join(name)))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Either the worker or the watcher comes first.
        let _ = fs::remove_dir_all(&self.path);
    }
}
