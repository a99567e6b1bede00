//! Forks of a process whose threads use the library. A child has only the thread that forked, and would wait
//! for ever for a lock that another thread held. So a thread that forks first takes all locks of the library.

use std::cell::{Cell, OnceCell};
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

/// How many jobs unwind that delay no forks otherwise. The unwinder of libgcc holds a lock for moments, which a
/// child would wait for when it compiles.
static UNWINDING: Mutex<usize> = Mutex::new(0);

/// Tells a thread that forks that [`UNWINDING`] is 0.
static NONE_UNWINDS: Condvar = Condvar::new();

/// Delays forks from the first panic on one of a job's threads until the job has caught it. The job waits for all
/// of its threads before.
#[derive(Default)]
pub(crate) struct Unwinding(AtomicBool);

thread_local! {
    /// The job of this thread.
    static JOB: OnceCell<Arc<Unwinding>> = const { OnceCell::new() };
}

impl Unwinding {
    /// Makes the calling thread one of the job's.
    pub(crate) fn watch(self: &Arc<Self>) {
        JOB.with(|job| _ = job.set(Arc::clone(self)));
    }

    /// The calling thread is about to unwind. Nothing changes if it is no thread of a job.
    pub(crate) fn begins() {
        Self::set(true, |jobs| jobs + 1);
    }

    /// The calling thread has caught the panic of its job, if there was one.
    pub(crate) fn has_ended() {
        Self::set(false, |jobs| jobs - 1);
        NONE_UNWINDS.notify_all();
    }

    fn set(unwinds: bool, change: impl FnOnce(usize) -> usize) {
        let _ = JOB.try_with(|job| {
            let Some(Self(job)) = job.get().map(|job| &**job) else { return };
            let mut jobs = UNWINDING.lock().unwrap_or_else(PoisonError::into_inner);
            if job.swap(unwinds, Ordering::Relaxed) != unwinds {
                *jobs = change(*jobs);
            }
        });
    }
}

/// While it lives, no thread has a [`ForkDelay`], and no job unwinds.
pub(crate) struct NoDelays {
    _unwinding: MutexGuard<'static, usize>,
    _long: RwLockWriteGuard<'static, ()>,
    _short: RwLockWriteGuard<'static, ()>,
}

/// For a thread that forks: waits until no other thread delays forks. `None` if the thread itself does: it is
/// then in a signal handler that interrupted the library.
pub(crate) fn no_delays() -> Option<NoDelays> {
    if DEPTH.try_with(Cell::get) != Ok(0) {
        return None;
    }
    let unwinding = UNWINDING.lock().unwrap_or_else(PoisonError::into_inner);
    let none_unwinds = NONE_UNWINDS.wait_while(unwinding, |jobs| *jobs > 0);
    Some(NoDelays {
        _unwinding: none_unwinds.unwrap_or_else(PoisonError::into_inner),
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
