//! Forks of a process whose threads use the library. A child has only the thread that forked, and would wait
//! for ever for a lock that another thread held. So a thread that forks first takes all locks of the library.

use std::cell::{Cell, RefCell};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{
    Arc, Condvar, LockResult, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard,
    RwLockWriteGuard,
};

/// Locked for reading while a thread compiles or parses, and for writing by a thread that forks. A lock of its
/// own: a fork that waits for it doesn't block threads that need only [`SHORT`].
static LONG: RwLock<()> = RwLock::new(());

/// Locked for reading while a thread holds a lock that a fork doesn't take itself, and for writing by a thread
/// that forks.
static SHORT: RwLock<()> = RwLock::new(());

thread_local! {
    /// How many [`ForkDelay`]s this thread has.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

/// While it lives, a thread that forks waits.
pub(crate) struct ForkDelay {
    _lock: Option<RwLockReadGuard<'static, ()>>,
}

/// Delays forks for a moment, in which the caller holds the lock of an object or of Wasmtime's and calls no
/// function of the program. The caller holds none of the locks that a fork takes (`startup`).
pub(crate) fn delay() -> ForkDelay {
    delay_by(&SHORT)
}

/// [`delay`] for work that may take long.
pub(crate) fn delay_for_long() -> ForkDelay {
    delay_by(&LONG)
}

/// For a thread on which another one does a part of its work, and waits for it: the other one delays forks for both.
pub(crate) fn delayed_already() -> ForkDelay {
    let _ = DEPTH.try_with(|depth| depth.set(depth.get() + 1));
    ForkDelay { _lock: None }
}

fn delay_by(lock: &'static RwLock<()>) -> ForkDelay {
    // Only the outermost delay of a thread takes the lock. A thread that is ending has no depth any more.
    let depth = DEPTH.try_with(|depth| depth.replace(depth.get() + 1)).unwrap_or(0);
    ForkDelay { _lock: (depth == 0).then(|| lock.read().unwrap_or_else(PoisonError::into_inner)) }
}

impl Drop for ForkDelay {
    fn drop(&mut self) {
        let _ = DEPTH.try_with(|depth| depth.set(depth.get() - 1));
    }
}

/// The jobs that unwind and delay no forks otherwise. The unwinder of libgcc holds a lock for moments, which a child
/// would wait for when it compiles.
static UNWINDING: Mutex<Unwinders> = Mutex::new(Unwinders { jobs: 0, forks: 0 });

/// Tells that a job has ended to unwind, or a fork to wait.
static CHANGED: Condvar = Condvar::new();

struct Unwinders {
    jobs: usize,
    /// How many forks wait until no job unwinds. Meanwhile no job begins to.
    forks: usize,
}

/// Delays forks from the first panic on one of a job's threads until the job has caught it. The job waits for all
/// of its threads before.
#[derive(Default)]
pub(crate) struct Unwinding(AtomicBool);

thread_local! {
    /// The job of this thread.
    static JOB: RefCell<Option<Arc<Unwinding>>> = const { RefCell::new(None) };
}

impl Unwinding {
    /// Makes the calling thread one of the job's.
    pub(crate) fn join(job: &Arc<Self>) {
        JOB.set(Some(Arc::clone(job)));
    }

    /// Makes the calling thread no thread of a job.
    pub(crate) fn leave() {
        JOB.set(None);
    }

    /// The calling thread is about to unwind. Nothing happens if it is no thread of a job, or delays forks already.
    pub(crate) fn begins() {
        let Some(job) = Self::of_thread() else { return };
        if DEPTH.get() != 0 {
            return;
        }
        let state = unwinding();
        let others = |state: &mut Unwinders| state.forks > 0 && !job.0.load(Ordering::Relaxed);
        let mut state = CHANGED.wait_while(state, others).unwrap_or_else(PoisonError::into_inner);
        if !job.0.swap(true, Ordering::Relaxed) {
            state.jobs += 1;
        }
    }

    /// The calling thread has caught the panic of its job, if there was one.
    pub(crate) fn has_ended() {
        let Some(job) = Self::of_thread() else { return };
        let mut state = unwinding();
        if job.0.swap(false, Ordering::Relaxed) {
            state.jobs -= 1;
            CHANGED.notify_all();
        }
    }

    fn of_thread() -> Option<Arc<Self>> {
        JOB.try_with(|job| job.borrow().clone()).ok().flatten()
    }
}

fn unwinding() -> MutexGuard<'static, Unwinders> {
    UNWINDING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits until no job unwinds. While the guard lives none begins to.
fn no_unwinding() -> MutexGuard<'static, Unwinders> {
    let mut state = unwinding();
    state.forks += 1;
    let jobs = |state: &mut Unwinders| state.jobs > 0;
    let mut state = CHANGED.wait_while(state, jobs).unwrap_or_else(PoisonError::into_inner);
    state.forks -= 1;
    CHANGED.notify_all();
    state
}

/// While it lives, no thread has a [`ForkDelay`], and no job unwinds.
pub(crate) struct NoDelays {
    unwinding: MutexGuard<'static, Unwinders>,
    _long: RwLockWriteGuard<'static, ()>,
    _short: RwLockWriteGuard<'static, ()>,
}

impl NoDelays {
    /// For a forked child, which has none of the threads that wait.
    pub(crate) fn begin_in_child(&mut self) {
        self.unwinding.forks = 0;
    }
}

/// For a thread that forks: waits until no other thread delays forks. `None` if the thread itself does: it is
/// then in a signal handler that interrupted the library.
pub(crate) fn no_delays() -> Option<NoDelays> {
    if DEPTH.try_with(Cell::get) != Ok(0) {
        return None;
    }
    Some(NoDelays {
        unwinding: no_unwinding(),
        _long: LONG.write().unwrap_or_else(PoisonError::into_inner),
        _short: SHORT.write().unwrap_or_else(PoisonError::into_inner),
    })
}

/// How many forks lie between the process that first used the library and this one.
static GENERATION: AtomicU32 = AtomicU32::new(0);

/// The number of this process among its forked ancestors, to recognise what a parent has left behind.
pub(crate) fn generation() -> u32 {
    GENERATION.load(Ordering::Relaxed)
}

/// For a forked child.
pub(crate) fn begin_in_child() {
    GENERATION.fetch_add(1, Ordering::Relaxed);
}

/// Registers functions that the system calls at each fork of the process: one before it, then one in the
/// parent and one in the child.
pub(crate) fn at_fork(
    before: unsafe extern "C" fn(),
    in_parent: unsafe extern "C" fn(),
    in_child: unsafe extern "C" fn(),
) {
    // SAFETY: the functions stay in memory, since the library is never unloaded.
    unsafe { libc::pthread_atfork(Some(before), Some(in_parent), Some(in_child)) };
}

/// The lock of an object. While it is held, forks wait.
pub(crate) struct ObjectLock<T>(Mutex<T>);

/// Holds an [`ObjectLock`]. The members are dropped in this order.
pub(crate) struct ObjectGuard<'a, T> {
    guard: MutexGuard<'a, T>,
    _no_fork: ForkDelay,
}

impl<T> ObjectLock<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(Mutex::new(value))
    }

    pub(crate) fn lock(&self) -> LockResult<ObjectGuard<'_, T>> {
        let no_fork = delay();
        match self.0.lock() {
            Ok(guard) => Ok(ObjectGuard { guard, _no_fork: no_fork }),
            Err(poisoned) => {
                let guard = poisoned.into_inner();
                Err(PoisonError::new(ObjectGuard { guard, _no_fork: no_fork }))
            }
        }
    }
}

impl<T: Default> Default for ObjectLock<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T> std::ops::Deref for ObjectGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.guard
    }
}

impl<T> std::ops::DerefMut for ObjectGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.guard
    }
}
