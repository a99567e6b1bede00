//! Recorders, which take the samples of a profile while wasm runs in a store.
//!
//! The ticker counts intervals. Where wasm next checks whether it must end, and where a host function returns to
//! wasm, the recorder takes a sample if an interval has passed.

use super::data::StoreData;
use crate::engine::backtrace::Place;
use crate::engine::{loops, ticker};
use crate::error::{Error, ErrorKind, Result};
use crate::process::clock::now;
use crate::store::entered::{Entered, Guard};
use crate::store::interrupt::{PROFILED, control_of};
use crate::store::profile::{Frames, HOST, OUTER, Profile, safewasm_sample_t};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;
use wasmtime::{AsContextMut, FrameInfo, WasmBacktrace};

/// The time between samples in nanoseconds: the default, and the shortest.
const INTERVAL: u64 = 1_000_000;
const SHORTEST: u64 = 100_000;

/// The number of samples: the default, and the largest.
const SAMPLES: usize = 100_000;
const MOST_SAMPLES: usize = 10_000_000;

/// How many places in the code a profile has at most.
const MOST_FRAMES: usize = 16_384;

/// How many frames the stacks of a profile have at most, for each sample.
const FRAMES_PER_SAMPLE: usize = 16;

/// Takes the samples of one profile.
pub(crate) struct Recorder {
    /// The intervals that have passed, which the ticker counts.
    ticks: Arc<AtomicU64>,
    /// How many of them samples stand for, or the time between calls.
    seen: u64,
    /// The intervals in host functions before they called wasm.
    owed: u64,
    /// The intervals that passed at the end of calls, after the last sample.
    late: u64,
    /// The most frames of a backtrace.
    depth: usize,
    max_samples: usize,
    found: Vec<Place>,
    /// The index of a place in the code: the module's first address, the function, and the offset.
    places: HashMap<(usize, u32, Option<usize>), u32>,
    stacks: Vec<u32>,
    known: HashMap<Box<[u32]>, usize>,
    samples: Vec<safewasm_sample_t>,
    dropped: u64,
    start: SystemTime,
    started: u64,
    interval: u64,
}

impl Recorder {
    /// Starts a profile of the store. 0 stands for the defaults.
    pub(crate) fn start(guard: &mut Guard, interval: u64, max_samples: usize) -> Result<()> {
        let interval = if interval == 0 { INTERVAL } else { interval };
        let max_samples = if max_samples == 0 { SAMPLES } else { max_samples };
        let invalid = |why| Err(Error::new(ErrorKind::INVALID_ARGUMENT, why));
        if interval < SHORTEST {
            return invalid(format!("`interval` is {interval}; it must be at least {SHORTEST}"));
        }
        if max_samples > MOST_SAMPLES {
            return invalid(format!(
                "`max_samples` is {max_samples}; it must be at most {MOST_SAMPLES}"
            ));
        }
        let Some(control) = control_of(guard.store()) else {
            return Err(Error::new(
                ErrorKind::UNSUPPORTED,
                "calls in `store` can't be sampled: its engine was made without epoch interruption; see \
                 `safewasm_config_set_epoch_interruption`",
            ));
        };
        let mut context = guard.context();
        let data = context.data_mut();
        if data.recorder.is_some() {
            return invalid("a profile of `store` is recorded already".to_owned());
        }
        let depth = data.engine.settings().options.max_frames();
        if depth == 0 {
            return Err(Error::new(
                ErrorKind::UNSUPPORTED,
                "profiles need backtraces, but SAFEWASM_OPTION_BACKTRACE_FRAMES is 0",
            ));
        }
        let ticks = Arc::new(AtomicU64::new(0));
        ticker::count(&data.engine, interval, &ticks)?;
        data.recorder = Some(Box::new(Self {
            ticks,
            seen: 0,
            owed: 0,
            late: 0,
            depth,
            max_samples,
            found: Vec::new(),
            places: HashMap::new(),
            stacks: Vec::new(),
            known: HashMap::new(),
            samples: Vec::new(),
            dropped: 0,
            start: SystemTime::now(),
            started: now(),
            interval,
        }));
        // From now on each call that begins tells the recorder.
        control.set_pending(PROFILED, true);
        Ok(())
    }

    /// Ends the profile of the store.
    pub(crate) fn stop(guard: &mut Guard) -> Result<Profile> {
        let Some(recorder) = guard.context().data_mut().recorder.take() else {
            return Err(Error::new(ErrorKind::NOT_FOUND, "no profile of `store` is recorded"));
        };
        if let Some(control) = control_of(guard.store()) {
            control.set_pending(PROFILED, false);
        }
        let duration = now() - recorder.started;
        let frames = Place::frames(recorder.found, &guard.context().data().codes);
        Ok(Profile {
            frames: Frames::new(frames),
            stacks: recorder.stacks,
            samples: recorder.samples,
            start: recorder.start,
            interval: recorder.interval,
            duration,
            dropped: recorder.dropped,
        })
    }

    /// For a call that begins. The intervals before an outermost call belong to nothing.
    pub(crate) fn begin_call(&mut self, is_outermost: bool) {
        let passed = self.take_ticks();
        self.owed = if is_outermost { 0 } else { self.owed + passed };
    }

    /// For a call that ends. Without a loop or another function wasm may not have checked since it began, so
    /// these intervals belong to the next sample.
    pub(crate) fn end_call(&mut self) {
        self.late += self.take_ticks();
    }

    fn take_ticks(&mut self) -> u64 {
        let ticks = self.ticks.load(Ordering::Relaxed);
        ticks - std::mem::replace(&mut self.seen, ticks)
    }

    /// Keeps a sample with this weight, of a stack that has these frames, innermost first.
    fn keep(&mut self, found: &[FrameInfo], weight: u64, is_in_host: bool) {
        if self.try_keep(found, weight, is_in_host).is_none() {
            self.dropped += weight;
        }
    }

    fn try_keep(&mut self, found: &[FrameInfo], weight: u64, is_in_host: bool) -> Option<()> {
        let mut stack = Vec::with_capacity(found.len() + 2);
        stack.extend(is_in_host.then_some(HOST));
        for frame in found.iter().filter(|frame| !loops::is_own(frame)) {
            stack.push(self.place(frame)?);
        }
        stack.extend((found.len() >= self.depth).then_some(OUTER));
        let stack_len = stack.len();
        let stack = match self.known.get(&stack[..]) {
            Some(start) => *start,
            None => {
                let start = self.stacks.len();
                if start + stack_len > self.max_samples.saturating_mul(FRAMES_PER_SAMPLE) {
                    return None;
                }
                self.stacks.extend_from_slice(&stack);
                self.known.insert(stack.into(), start);
                start
            }
        };
        let time = now() - self.started;
        self.samples.push(safewasm_sample_t { time, weight, stack, stack_len });
        Some(())
    }

    /// The index of a frame, unless there are too many.
    fn place(&mut self, frame: &FrameInfo) -> Option<u32> {
        let module = frame.module().image_range().start.addr();
        let place = (module, frame.func_index(), frame.module_offset());
        if let Some(known) = self.places.get(&place) {
            return Some(*known);
        }
        if self.found.len() == MOST_FRAMES {
            return None;
        }
        let index = OUTER + 1 + self.found.len() as u32;
        self.found.push(Place::of(frame)?);
        self.places.insert(place, index);
        Some(index)
    }
}

/// Takes a sample if a profile of the store is recorded and an interval has passed. `is_in_host` is whether a host
/// function returns.
pub(crate) fn sample(mut context: impl AsContextMut<Data = StoreData>, is_in_host: bool) {
    let mut context = context.as_context_mut();
    let Some(recorder) = &mut context.data_mut().recorder else { return };
    let mut weight = recorder.take_ticks() + std::mem::take(&mut recorder.late);
    if is_in_host {
        weight += std::mem::take(&mut recorder.owed);
    }
    if weight == 0 {
        return;
    }
    if recorder.samples.len() == recorder.max_samples {
        recorder.dropped += weight;
        return;
    }
    let backtrace = WasmBacktrace::force_capture(&context);
    if let Some(recorder) = &mut context.data_mut().recorder {
        recorder.keep(backtrace.frames(), weight, is_in_host);
    }
}
