//! Time limits: each counts from the first attempt to run wasm in its store.
//!
//! A time limit is for the calls of all tasks or of one. Its clock starts when such a call begins, also
//! if that is refused because another task must finish first. It stands still while a host function runs for
//! the first time, if the runtime compiles it then, but not while wasm runs that this host function calls.

use crate::engine::ticker;
use crate::error::Result;
use crate::handle::Handle;
use crate::process::clock::{NEVER, now};
use crate::store::interrupt::{Control, LIMITED, control_of};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError};

/// The calls that a time limit applies to.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum safewasm_timeout_scope_t {
    /// The calls of all tasks.
    ALL_TASKS = 0,
    /// The calls of the task that begins the time limit. The hooks of the engine tell tasks apart;
    /// without them, the calls of all tasks.
    ONE_TASK = 1,
}

pub(crate) struct Timeout {
    id: u64,
    /// The task whose calls it limits; 0 for all.
    task: usize,
    clock: Clock,
    /// When the ticker will tick for it.
    tick: Option<u64>,
}

#[derive(Clone, Copy)]
enum Clock {
    /// Not started yet, with the nanoseconds that calls will have.
    Armed(u64),
    /// Stopped during the first run of a host function of `task`, with the nanoseconds that are left.
    Paused { left: u64, task: usize },
    /// The time at which calls end, by the clock of [`now`].
    Running(u64),
}

impl Timeout {
    fn limits(&self, task: usize) -> bool {
        self.task == 0 || self.task == task
    }

    /// Whether a call that begins has to look at it: its clock may have to start, or another task's call may
    /// have used up the tick that was meant for this one.
    fn concerns_calls(&self) -> bool {
        self.task != 0 || self.end().is_none()
    }

    fn end(&self) -> Option<u64> {
        if let Clock::Running(end) = self.clock { Some(end) } else { None }
    }
}

/// Time limits of a store whose clocks go on while wasm runs that a host function calls in its first run;
/// dropped at the end of that wasm.
pub(crate) struct Resumed<'a> {
    control: &'a Control,
    task: usize,
    timeouts: Vec<u64>,
}

impl Drop for Resumed<'_> {
    fn drop(&mut self) {
        if !self.timeouts.is_empty() {
            self.control.pause(self.task, |timeout| self.timeouts.contains(&timeout.id));
        }
    }
}

/// Time limits that stand still during the first run of a host function; dropped at its end.
pub(crate) struct Paused {
    task: usize,
    timeouts: Vec<(Arc<Control>, Vec<u64>)>,
}

impl Paused {
    /// Stops the clocks of the time limits that the current call has: those of the stores of all host
    /// functions that run on this thread.
    #[cold]
    pub(crate) fn begin(task: usize, mut stores: Vec<Handle>) -> Self {
        stores.sort_by_key(|store| store.bits());
        stores.dedup();
        let controls = stores.into_iter().filter_map(control_of);
        let timeouts = controls
            .map(|control| {
                let paused = control.pause(task, |_| true);
                (control, paused)
            })
            .collect();
        Self { task, timeouts }
    }
}

impl Drop for Paused {
    fn drop(&mut self) {
        for (control, timeouts) in &self.timeouts {
            control.resume(self.task, timeouts);
        }
    }
}

impl Control {
    /// Changes the time limits, and what follows from them.
    fn change<R>(&self, change: impl FnOnce(&mut Vec<Timeout>) -> R) -> R {
        let mut timeouts = self.timeouts.lock().unwrap_or_else(PoisonError::into_inner);
        let result = change(&mut timeouts);
        let next = timeouts.iter().filter_map(Timeout::end).min().unwrap_or(NEVER);
        self.next_end.store(next, Ordering::SeqCst);
        self.set_pending(LIMITED, timeouts.iter().any(Timeout::concerns_calls));
        result
    }

    pub(crate) fn begin_timeout(&self, nanoseconds: u64, task: usize) -> Result<u64> {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        // Where the clock can't start, this fails and not a later call.
        ticker::ensure()?;
        let clock = match nanoseconds {
            NEVER => Clock::Running(NEVER),
            _ => Clock::Armed(nanoseconds),
        };
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        self.change(|timeouts| timeouts.push(Timeout { id, task, clock, tick: None }));
        Ok(id)
    }

    pub(crate) fn end_timeout(&self, id: u64) -> bool {
        self.change(|timeouts| {
            let Some(index) = timeouts.iter().position(|timeout| timeout.id == id) else {
                return false;
            };
            let ended = timeouts.swap_remove(index);
            // Nothing is added, so this can't fail.
            let _ = ticker::move_deadline(ended.id, ended.tick, None, &self.engine);
            true
        })
    }

    /// The store is gone.
    pub(crate) fn forget_timeouts(&self) {
        self.change(|timeouts| {
            for ended in timeouts.drain(..) {
                // Nothing is added, so this can't fail.
                let _ = ticker::move_deadline(ended.id, ended.tick, None, &self.engine);
            }
        });
    }

    /// Before a call of `task`: starts the clocks that stand still.
    pub(crate) fn start_timeouts(&self, task: usize) -> Result<Resumed<'_>> {
        let time = now();
        let mut resumed = Resumed { control: self, task, timeouts: Vec::new() };
        self.change(|timeouts| -> Result<()> {
            for timeout in timeouts.iter_mut().filter(|timeout| timeout.limits(task)) {
                // If another task stopped the clock it goes on for good: this one would wait.
                if let Clock::Paused { task: by, .. } = timeout.clock
                    && by == task
                {
                    resumed.timeouts.push(timeout.id);
                }
                self.start(timeout, time)?;
                if timeout.end().is_some_and(|end| end <= time) {
                    // For a call that begins before the ticker comes to it.
                    self.engine.tick();
                }
            }
            Ok(())
        })?;
        Ok(resumed)
    }

    fn start(&self, timeout: &mut Timeout, time: u64) -> Result<()> {
        let (Clock::Armed(left) | Clock::Paused { left, .. }) = timeout.clock else {
            return Ok(());
        };
        let end = time.saturating_add(left);
        ticker::move_deadline(timeout.id, timeout.tick, Some(end), &self.engine)?;
        timeout.tick = Some(end);
        timeout.clock = Clock::Running(end);
        Ok(())
    }

    /// Stops the clocks of `which` limits of `task`, and gives those that were stopped.
    fn pause(&self, task: usize, which: impl Fn(&Timeout) -> bool) -> Vec<u64> {
        let time = now();
        let mut paused = Vec::new();
        self.change(|timeouts| {
            for timeout in timeouts.iter_mut().filter(|timeout| timeout.limits(task)) {
                if let Clock::Running(end) = timeout.clock
                    && end != NEVER
                    && which(timeout)
                {
                    timeout.clock = Clock::Paused { left: end.saturating_sub(time), task };
                    paused.push(timeout.id);
                }
            }
        });
        paused
    }

    /// Has clocks that `task` stopped go on.
    fn resume(&self, task: usize, which: &[u64]) {
        let time = now();
        self.change(|timeouts| {
            for timeout in timeouts.iter_mut().filter(|timeout| which.contains(&timeout.id)) {
                if let Clock::Paused { task: by, .. } = timeout.clock
                    && by == task
                {
                    // Where the ticker can't start again, the next call tries to.
                    let _ = self.start(timeout, time);
                }
            }
        });
    }

    /// Whether the time is over that calls of `task` had.
    pub(crate) fn is_out_of_time(&self, task: usize) -> bool {
        let time = now();
        self.next_end.load(Ordering::Relaxed) <= time
            && self.change(|timeouts| {
                let ended = |timeout: &Timeout| timeout.end().is_some_and(|end| end <= time);
                timeouts.iter().any(|timeout| timeout.limits(task) && ended(timeout))
            })
    }
}
