//! Time limits: each counts from the first attempt to run wasm in its store.
//!
//! A time limit is for the calls of all tasks or of one. Its clock starts when such a call begins, even
//! if the call is refused because another task must finish first. The clock is paused during the first run
//! of a host function, if the runtime compiles it then, but runs while this host function calls wasm.

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

/// A time limit.
pub(crate) struct Timeout {
    id: u64,
    /// The task whose calls it limits; 0 for all.
    task: usize,
    clock: Clock,
    /// The deadline that the ticker has for it.
    tick: Option<u64>,
}

#[derive(Clone, Copy)]
enum Clock {
    /// Not started yet, with the nanoseconds that calls will have.
    Armed(u64),
    /// Paused during the first run of a host function of `task`, with the nanoseconds that are left.
    Paused { left: u64, task: usize },
    /// The time at which calls end, by the clock of [`now`].
    Running(u64),
}

impl Timeout {
    fn limits(&self, task: usize) -> bool {
        self.task == 0 || self.task == task
    }

    /// Whether each call must check it when it begins: its clock may have to start, or its tick may have come
    /// during another task's call.
    fn concerns_calls(&self) -> bool {
        self.task != 0 || self.end().is_none()
    }

    fn end(&self) -> Option<u64> {
        if let Clock::Running(end) = self.clock { Some(end) } else { None }
    }
}

/// Time limits of a store whose clocks were paused during the first run of a host function, and run again
/// while that host function calls wasm. When dropped, pauses them again.
pub(crate) struct ResumedClocks<'a> {
    control: &'a Control,
    task: usize,
    timeouts: Vec<u64>,
}

impl Drop for ResumedClocks<'_> {
    fn drop(&mut self) {
        if !self.timeouts.is_empty() {
            self.control.pause(self.task, |timeout| self.timeouts.contains(&timeout.id));
        }
    }
}

/// Time limits whose clocks are paused during the first run of a host function. When dropped, resumes them.
pub(crate) struct PausedClocks {
    task: usize,
    timeouts: Vec<(Arc<Control>, Vec<u64>)>,
}

impl PausedClocks {
    /// Pauses the clocks of the time limits of `stores`, which are the stores of all host functions that run on
    /// this thread.
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

impl Drop for PausedClocks {
    fn drop(&mut self) {
        for (control, timeouts) in &self.timeouts {
            control.resume(self.task, timeouts);
        }
    }
}

impl Control {
    /// Changes the time limits, and updates the values that depend on them.
    fn change<R>(&self, change: impl FnOnce(&mut Vec<Timeout>) -> R) -> R {
        let mut timeouts = self.timeouts.lock().unwrap_or_else(PoisonError::into_inner);
        let result = change(&mut timeouts);
        let next = timeouts.iter().filter_map(Timeout::end).min().unwrap_or(NEVER);
        self.next_end.store(next, Ordering::SeqCst);
        self.set_pending(LIMITED, timeouts.iter().any(Timeout::concerns_calls));
        result
    }

    /// Makes each time limit one for the calls of all tasks.
    pub(crate) fn limit_all_tasks(&self) {
        self.change(|timeouts| timeouts.iter_mut().for_each(|timeout| timeout.task = 0));
    }

    pub(crate) fn begin_timeout(&self, nanoseconds: u64, task: usize) -> Result<u64> {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        // If the ticker can't start, this fails, and not a later call.
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

    /// Ends all time limits of a store that is freed.
    pub(crate) fn forget_timeouts(&self) {
        self.change(|timeouts| {
            for ended in timeouts.drain(..) {
                // Nothing is added, so this can't fail.
                let _ = ticker::move_deadline(ended.id, ended.tick, None, &self.engine);
            }
        });
    }

    /// For a call of `task` that begins: starts the clocks that don't run.
    pub(crate) fn start_timeouts(&self, task: usize) -> Result<ResumedClocks<'_>> {
        let time = now();
        let mut resumed = ResumedClocks { control: self, task, timeouts: Vec::new() };
        self.change(|timeouts| -> Result<()> {
            for timeout in timeouts.iter_mut().filter(|timeout| timeout.limits(task)) {
                // A clock that another task paused runs on from now on: its time counts for this task too.
                if let Clock::Paused { task: by, .. } = timeout.clock
                    && by == task
                {
                    resumed.timeouts.push(timeout.id);
                }
                self.start(timeout, time)?;
                if timeout.end().is_some_and(|end| end <= time) {
                    // The call begins before the ticker has ticked.
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

    /// Pauses the clocks of those limits of `task` for which `which` is true. Returns their ids.
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

    /// Resumes clocks that `task` paused.
    fn resume(&self, task: usize, which: &[u64]) {
        let time = now();
        self.change(|timeouts| {
            for timeout in timeouts.iter_mut().filter(|timeout| which.contains(&timeout.id)) {
                if let Clock::Paused { task: by, .. } = timeout.clock
                    && by == task
                {
                    // If the ticker can't start, the next call tries again.
                    let _ = self.start(timeout, time);
                }
            }
        });
    }

    /// Whether the time of calls of `task` is over.
    pub(crate) fn is_out_of_time(&self, task: usize) -> bool {
        let time = now();
        self.next_end.load(Ordering::Relaxed) <= time
            && self.change(|timeouts| {
                let ended = |timeout: &Timeout| timeout.end().is_some_and(|end| end <= time);
                timeouts.iter().any(|timeout| timeout.limits(task) && ended(timeout))
            })
    }
}
