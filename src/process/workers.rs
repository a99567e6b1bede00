//! Threads of the library that run one job at a time. Some wait for their next job, since starting a thread
//! costs more than a short job.

use super::signals::without_signals;
use super::{Failure, cancellation};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many threads wait for a job at most.
const MAX_IDLE: usize = 4;

/// The largest stack of a thread that waits for its next job.
const MAX_IDLE_STACK: usize = 16 << 20;

type Job = Box<dyn FnOnce() + Send>;

/// A thread that waits for its next job.
pub(crate) struct Worker {
    stack: usize,
    jobs: Sender<Job>,
}

/// The threads that wait, the one that waits longest first.
static IDLE: Mutex<Vec<Worker>> = Mutex::new(Vec::new());

pub(crate) fn idle() -> MutexGuard<'static, Vec<Worker>> {
    IDLE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// For a forked child, which has none of these threads.
pub(crate) fn begin_in_child(idle: &mut Vec<Worker>) {
    // A channel in use at the fork can't be dropped.
    std::mem::forget(std::mem::take(idle));
}

/// Runs `job`, which doesn't panic, on another thread with a stack of at least `stack` bytes. All signals are
/// blocked there, and the thread can't be cancelled.
pub(crate) fn start(stack: usize, job: impl FnOnce() + Send + 'static) -> Result<(), Failure> {
    let job: Job = Box::new(job);
    let Some(worker) = take_idle(stack) else { return start_thread(stack, job) };
    // The thread keeps the other end until it ends, which it doesn't while it waits.
    let _ = worker.jobs.send(job);
    Ok(())
}

/// The thread that has waited shortest among those with a stack of that size.
fn take_idle(stack: usize) -> Option<Worker> {
    let mut idle = idle();
    let index = idle.iter().rposition(|worker| worker.stack >= stack)?;
    Some(idle.remove(index))
}

fn start_thread(stack: usize, first: Job) -> Result<(), Failure> {
    let builder = std::thread::Builder::new().name("safewasm-process".to_owned());
    let started = without_signals(|| builder.stack_size(stack).spawn(move || run(stack, first)));
    match started {
        Ok(_) => Ok(()),
        Err(error) => {
            Err(Failure::Limit(format!("no thread could be started for the process: {error}")))
        }
    }
}

fn run(stack: usize, first: Job) {
    cancellation::disable();
    let (sender, jobs) = channel();
    first();
    while wait(Worker { stack, jobs: sender.clone() })
        && let Ok(job) = jobs.recv()
    {
        job();
    }
}

/// Puts the calling thread among those that wait. False if it isn't needed there.
fn wait(worker: Worker) -> bool {
    let mut idle = idle();
    let waits = idle.len() < MAX_IDLE && worker.stack <= MAX_IDLE_STACK;
    if waits {
        idle.push(worker);
    }
    waits
}
