//! WASI configs: what a guest will see.

use crate::error::{Error, ErrorKind, Result};
use crate::kinds::{SharedKind, safewasm_wasi_t};
use crate::process::forks::ObjectLock;
use anyhow::anyhow;
use std::io;
use wasmtime_wasi::cli::{StdinStream, StdoutStream};

/// The object behind the handle of a WASI config.
#[derive(Default)]
pub(crate) struct Config(ObjectLock<Settings>);

impl SharedKind for safewasm_wasi_t {
    type Object = Config;
}

impl Config {
    /// Runs `body` with the settings.
    pub(crate) fn with<R>(&self, body: impl FnOnce(&mut Settings) -> Result<R>) -> Result<R> {
        match self.0.lock() {
            Ok(mut settings) => body(&mut settings),
            Err(_) => {
                Err(Error::internal(&anyhow!("a panic happened while the WASI config was set")))
            }
        }
    }
}

/// The settings of a WASI config.
pub(crate) struct Settings {
    args: Vec<String>,
    /// The environment: names and values.
    env: Vec<(String, String)>,
    streams: Streams,
}

/// The standard streams of a guest.
pub(crate) struct Streams {
    pub(crate) stdin: Box<dyn StdinStream + Sync>,
    pub(crate) stdout: Box<dyn StdoutStream + Sync>,
    pub(crate) stderr: Box<dyn StdoutStream + Sync>,
}

impl Default for Settings {
    /// Nothing: an empty standard input, output that is discarded.
    fn default() -> Self {
        let streams = Streams {
            stdin: Box::new(io::empty()),
            stdout: Box::new(io::empty()),
            stderr: Box::new(io::empty()),
        };
        Self { args: Vec::new(), env: Vec::new(), streams }
    }
}

impl Settings {
    pub(crate) fn add_arg(&mut self, arg: &str) -> Result<()> {
        check_text(arg, "arg")?;
        self.args.push(arg.to_owned());
        Ok(())
    }

    pub(crate) fn add_env(&mut self, name: &str, value: &str) -> Result<()> {
        check_text(name, "name")?;
        check_text(value, "value")?;
        if name.is_empty() || name.contains('=') {
            let why = if name.is_empty() { "is empty" } else { "contains `=`" };
            return Err(Error::new(
                ErrorKind::INVALID_ARGUMENT,
                format!("`name` {why}, which no name of an environment variable may be"),
            ));
        }
        match self.env.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => value.clone_into(known),
            None => self.env.push((name.to_owned(), value.to_owned())),
        }
        Ok(())
    }

    /// The standard streams, which may be replaced.
    pub(crate) fn streams(&mut self) -> &mut Streams {
        &mut self.streams
    }
}

/// Refuses a text with a NUL, after which a program in C would see nothing.
fn check_text(text: &str, name: &str) -> Result<()> {
    match text.find('\0') {
        None => Ok(()),
        Some(index) => Err(Error::new(
            ErrorKind::INVALID_ARGUMENT,
            format!("`{name}` has a NUL at byte {index}, and WASI ends its texts with a NUL"),
        )),
    }
}
