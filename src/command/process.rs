//! Processes: the state of a command that runs on another thread, and the ways to end and await it.

use super::run::Command;
use crate::error::{Error, ErrorKind, Report, Result};
use crate::kinds::{SharedKind, safewasm_process_t};
use crate::process::notice::Notice;
use crate::process::outcome::Outcome;
use crate::process::{thread, workers};
use crate::registry::{self, SharedHandle};
use crate::store::interrupt::Control;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// The bytes that a process's thread has beside the stack of wasm: for the library, host functions and WASI.
const STACK_BESIDE_WASM: usize = 3 << 20;

/// The object behind the handle of a process.
pub(crate) struct Process {
    /// The requests to end its calls, unless its engine has no epoch interruption.
    control: Option<Arc<Control>>,
    /// The number of the thread that runs it, 0 before it begins.
    thread: AtomicU32,
    /// The exit status, or the error that ended it.
    outcome: Outcome<Result<u32, Arc<Report>>>,
}

impl SharedKind for safewasm_process_t {
    type Object = Process;
}

impl Process {
    /// Starts a thread that runs the command and then gives the notice.
    pub(crate) fn start(command: Command, notice: Notice) -> Result<*mut safewasm_process_t> {
        let process = Arc::new(Self {
            control: command.control(),
            thread: AtomicU32::new(0),
            outcome: Outcome::new(),
        });
        let stack = command.stack().saturating_add(STACK_BESIDE_WASM);
        let handle = registry::insert::<safewasm_process_t>(Arc::clone(&process))?;
        workers::start(stack, move || {
            process.run(command);
            drop(process);
            notice.give();
        })
        .inspect_err(|_| {
            handle.delete();
        })?;
        Ok(handle)
    }

    fn run(&self, command: Command) {
        self.thread.store(thread::number(), Ordering::Relaxed);
        self.outcome.set(command.run().map_err(Arc::<Report>::from));
    }

    /// The exit status or the error of a process that has ended. An error if it runs in the parent of this
    /// forked child.
    pub(crate) fn outcome(&self) -> Result<Option<Result<u32>>> {
        Ok(self.ended()?.map(|outcome| match outcome {
            Ok(status) => Ok(*status),
            Err(report) => Err(Error::again(report)),
        }))
    }

    fn ended(&self) -> Result<Option<&Result<u32, Arc<Report>>>> {
        Ok(self.outcome.get("process", "runs")?)
    }

    /// Waits until the process has ended, or for `timeout` nanoseconds. Returns whether it has ended.
    pub(crate) fn wait(&self, timeout: u64) -> Result<bool> {
        if self.ended()?.is_some() {
            return Ok(true);
        }
        if self.thread.load(Ordering::Relaxed) == thread::number() {
            return Err(Error::new(
                ErrorKind::UNSUPPORTED,
                "`process` runs on this thread; it can't wait for its own end",
            ));
        }
        Ok(self.outcome.wait(timeout).is_some())
    }

    /// Ends the process, unless it has ended.
    pub(crate) fn kill(&self) -> Result<()> {
        if self.ended()?.is_some() {
            return Ok(());
        }
        let control = self.control.as_ref().ok_or_else(|| {
            Error::new(
                ErrorKind::UNSUPPORTED,
                "`process` can't be killed: its engine was made without epoch interruption; see \
                 `safewasm_config_set_epoch_interruption`",
            )
        })?;
        control.kill();
        Ok(())
    }
}
