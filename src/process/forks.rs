//! Forks of a process whose threads use the library: a child has only the thread that forked, and would wait
//! for ever for a lock that another one held. So whoever forks takes all locks of the library first.

use std::cell::Cell;
use std::sync::{
    LockResult, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
};

/// Read by who compiles or parses, written by who forks: a fork waits for that, but nobody else does who has
/// to put a fork off for a moment.
static LONG: RwLock<()> = RwLock::new(());

/// Read by who has something locked for a moment that isn't in [`Locks`], written by who forks.
static OTHERS: RwLock<()> = RwLock::new(());

thread_local! {
    /// How often this thread has put a fork off.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

/// Until it is dropped, a thread that forks waits.
pub(crate) struct ForkDelay {
    _lock: Option<RwLockReadGuard<'static, ()>>,
}

/// Puts forks off: for what takes the lock of an object, or one of Wasmtime's, for a moment, and calls nothing
/// of the program's. Who calls this has none of [`Locks`].
pub(crate) fn delay() -> ForkDelay {
    delay_by(&OTHERS)
}

/// [`put_off`] for what may take long.
pub(crate) fn delay_for_long() -> ForkDelay {
    delay_by(&LONG)
}

fn delay_by(lock: &'static RwLock<()>) -> ForkDelay {
    // A thread that is ending has no depth any more. Of several locks one is enough.
    let depth = DEPTH.try_with(|depth| depth.replace(depth.get() + 1)).unwrap_or(0);
    ForkDelay { _lock: (depth == 0).then(|| lock.read().unwrap_or_else(PoisonError::into_inner)) }
}

impl Drop for ForkDelay {
    fn drop(&mut self) {
        let _ = DEPTH.try_with(|depth| depth.set(depth.get() - 1));
    }
}

/// No thread delays a fork while this lives.
pub(crate) struct NoDelays {
    _long: RwLockWriteGuard<'static, ()>,
    _others: RwLockWriteGuard<'static, ()>,
}

/// For a thread that forks: waits until no other thread delays that. `None` if the thread itself does, which
/// is then in a signal handler that interrupted the library.
pub(crate) fn no_delays() -> Option<NoDelays> {
    if DEPTH.try_with(Cell::get) != Ok(0) {
        return None;
    }
    Some(NoDelays {
        _long: LONG.write().unwrap_or_else(PoisonError::into_inner),
        _others: OTHERS.write().unwrap_or_else(PoisonError::into_inner),
    })
}

/// Has the system call these functions whenever the process forks: one before, and then one in the parent and
/// one in the child.
pub(crate) fn at_fork(
    before: unsafe extern "C" fn(),
    in_parent: unsafe extern "C" fn(),
    in_child: unsafe extern "C" fn(),
) {
    // SAFETY: the functions stay, as the library does.
    unsafe { libc::pthread_atfork(Some(before), Some(in_parent), Some(in_child)) };
}

/// The lock of an object.
pub(crate) struct ObjectLock<T>(Mutex<T>);

/// What [`ObjectLock::lock`] gives. The members are dropped in this order.
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
