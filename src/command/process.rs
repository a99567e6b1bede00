//! Processes: the state of a command that runs on another thread, and the ways to end and await it.

use super::run::Command;
use crate::error::{Error, ErrorKind, Report, Result};
use crate::kinds::{SharedKind, safewasm_process_t};
use crate::process::notice::Notice;
use crate::process::{forks, thread, workers};
use crate::registry::{self, SharedHandle};
use crate::store::interrupt::Control;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// The bytes that a process's thread has beside the stack of wasm: for the library, host functions and WASI.
const STACK_BESIDE_WASM: usize = 3 << 20;

/// The object behind the handle of a process.
pub(crate) struct Process {
    /// The requests to end its calls, unless its engine has no epoch interruption.
    control: Option<Arc<Control>>,
    /// The generation of the operating system's process in which its thread is.
    generation: u32,
    /// The number of the thread that runs it, 0 before it begins.
    thread: AtomicU32,
    /// The exit status, or the error that ended it.
    outcome: OnceLock<Result<u32, Arc<Report>>>,
    /// Locked while a thread begins to wait for the outcome. Never locked in a forked child.
    waiting: Mutex<()>,
    ended: Condvar,
}

impl SharedKind for safewasm_process_t {
    type Object = Process;
}

impl Process {
    /// Starts a thread that runs the command and then gives the notice.
    pub(crate) fn start(command: Command, notice: Notice) -> Result<*mut safewasm_process_t> {
        let process = Arc::new(Self {
            control: command.control(),
            generation: forks::generation(),
            thread: AtomicU32::new(0),
            outcome: OnceLock::new(),
            waiting: Mutex::new(()),
            ended: Condvar::new(),
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
        let outcome = command.run().map_err(Arc::<Report>::from);
        let _ = self.outcome.set(outcome);
        // A thread that saw no outcome waits for the condition by now.
        drop(self.waiting.lock());
        self.ended.notify_all();
    }

    /// The exit status or the error of a process that has ended. An error if it runs in the parent of this
    /// forked child.
    pub(crate) fn outcome(&self) -> Result<Option<Result<u32>>> {
        match self.outcome.get() {
            Some(Ok(status)) => Ok(Some(Ok(*status))),
            Some(Err(report)) => Ok(Some(Err(Error(Box::new(Report::clone(report)))))),
            None => self.check_generation().map(|()| None),
        }
    }

    /// Waits until the process has ended, or for `timeout` nanoseconds. Returns whether it has ended.
    pub(crate) fn wait(&self, timeout: u64) -> Result<bool> {
        if self.outcome.get().is_some() {
            return Ok(true);
        }
        self.check_generation()?;
        if self.thread.load(Ordering::Relaxed) == thread::number() {
            return Err(Error::new(
                ErrorKind::UNSUPPORTED,
                "`process` runs on this thread; it can't wait for its own end",
            ));
        }
        let end = match timeout {
            u64::MAX => None,
            _ => Instant::now().checked_add(Duration::from_nanos(timeout)),
        };
        Ok(self.wait_until(end))
    }

    fn wait_until(&self, end: Option<Instant>) -> bool {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        while self.outcome.get().is_none() {
            waiting = match end.map(|end| end.saturating_duration_since(Instant::now())) {
                None => self.ended.wait(waiting).unwrap_or_else(PoisonError::into_inner),
                Some(Duration::ZERO) => return false,
                Some(left) => {
                    let woken = self.ended.wait_timeout(waiting, left);
                    woken.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
        true
    }

    /// Ends the process, unless it has ended.
    pub(crate) fn kill(&self) -> Result<()> {
        if self.outcome.get().is_some() {
            return Ok(());
        }
        self.check_generation()?;
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

    /// An error in a forked child, which has no copy of the thread of a process of its parent.
    fn check_generation(&self) -> Result<()> {
        if self.generation == forks::generation() {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::UNSUPPORTED,
            "`process` was started before this program was forked, and runs in the parent only",
        ))
    }
}
