//! WASI configs: what a guest will see.

use super::clocks::Clocks;
use super::files::Files;
use super::guest::Guest;
use super::preview2::MOST_RESOURCES;
use super::random::Random;
use super::streams::Streams;
use crate::error::text::quoted;
use crate::error::{Error, ErrorKind, Result};
use crate::kinds::{SharedKind, safewasm_wasi_t};
use crate::process::forks::ObjectLock;
use anyhow::anyhow;
use std::{fs, io, mem};
use wasmtime_wasi::{FsPerms, WasiCtxBuilder, WasiView};

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
    /// Has the folders.
    builder: WasiCtxBuilder,
    /// The Unix time in nanoseconds at which the clocks are fixed.
    pub(crate) fixed_clock: Option<u64>,
    pub(crate) seed: Option<u64>,
    pub(crate) open_limit: u32,
    pub(crate) written_limit: Option<u64>,
}

/// The most files and folders that a guest has open at once, unless the program says otherwise.
const OPEN_LIMIT: u32 = 1000;

impl Default for Settings {
    /// Nothing: an empty standard input, output that is discarded.
    fn default() -> Self {
        Self {
            args: Vec::new(),
            env: Vec::new(),
            streams: Streams::default(),
            builder: WasiCtxBuilder::new(),
            fixed_clock: None,
            seed: None,
            open_limit: OPEN_LIMIT,
            written_limit: None,
        }
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

    /// Adds the arguments of the process.
    pub(crate) fn inherit_args(&mut self) -> Result<()> {
        std::env::args_os().try_for_each(|arg| self.add_arg(&arg.to_string_lossy()))
    }

    /// Adds the environment of the process.
    pub(crate) fn inherit_env(&mut self) -> Result<()> {
        std::env::vars_os().try_for_each(|(name, value)| {
            self.add_env(&name.to_string_lossy(), &value.to_string_lossy())
        })
    }

    /// Opens the folder `host`, which the guest sees as `guest`.
    pub(crate) fn add_dir(&mut self, host: &str, guest: &str, is_writable: bool) -> Result<()> {
        check_text(host, "host")?;
        check_text(guest, "guest")?;
        if guest.is_empty() {
            return Err(Error::new(ErrorKind::INVALID_ARGUMENT, "`guest` is empty"));
        }
        let doing = || format!("open the folder `{}`", quoted(host));
        let failed = |error: &io::Error| Error::io(&doing(), error);
        if !fs::metadata(host).map_err(|error| failed(&error))?.is_dir() {
            return Err(failed(&rustix::io::Errno::NOTDIR.into()));
        }
        let perms = if is_writable { FsPerms::ReadWrite } else { FsPerms::ReadOnly };
        match self.builder.preopened_dir(host, guest, perms) {
            Ok(_) => Ok(()),
            Err(error) => Err(match error.downcast_ref() {
                Some(error) => failed(error),
                None => Error::wasmtime(&error, ErrorKind::IO),
            }),
        }
    }

    /// The guest with these settings. Afterwards they are the defaults.
    pub(crate) fn build(&mut self) -> Guest {
        let Self { args, env, streams, mut builder, fixed_clock, seed, open_limit, written_limit } =
            mem::take(self);
        streams.show_to(builder.args(&args).envs(&env));
        // Files are read and written on the calling thread. The folders were added before, so a file is opened
        // by another thread, which can be abandoned.
        let mut ctx = builder.allow_blocking_current_thread(true).build_p1();
        ctx.ctx().table.set_max_capacity(MOST_RESOURCES.saturating_add(open_limit as usize));
        Guest {
            ctx,
            clocks: Clocks::new(fixed_clock),
            random: Random::new(seed),
            files: Files::new(open_limit, written_limit),
            streams,
        }
    }

    /// The standard streams, which may be replaced.
    pub(crate) fn streams(&mut self) -> &mut Streams {
        &mut self.streams
    }
}

/// Refuses a text with a NUL, after which a program in C would see nothing.
pub(super) fn check_text(text: &str, name: &str) -> Result<()> {
    match text.find('\0') {
        None => Ok(()),
        Some(index) => Err(Error::new(
            ErrorKind::INVALID_ARGUMENT,
            format!("`{name}` has a NUL at byte {index}, and WASI ends its texts with a NUL"),
        )),
    }
}
