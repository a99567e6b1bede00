//! Forks of a process whose threads use the library: a child has only the thread that forked, and would wait
//! for ever for a lock that another one held. So whoever forks takes all locks of the library first.

use crate::interrupt::{self, Controls};
use crate::panics::{self, Unreported};
use crate::threadpool::{self, Pool};
use crate::ticker::{self, Ticker};
use crate::view::{self, FreeCells};
use crate::{fault, registry, sync};
use std::cell::{Cell, RefCell};
use std::sync::{LockResult, Mutex, MutexGuard, Once, PoisonError, RwLock};
use std::sync::{RwLockReadGuard, RwLockWriteGuard};

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

/// All locks, in the order in which they are taken. Who holds one takes only later ones.
struct Locks {
    _long: RwLockWriteGuard<'static, ()>,
    _others: RwLockWriteGuard<'static, ()>,
    _traps: fault::NoTraps,
    _installing: MutexGuard<'static, ()>,
    pool: MutexGuard<'static, Option<Pool>>,
    controls: MutexGuard<'static, Controls>,
    ticker: MutexGuard<'static, Ticker>,
    _cells: MutexGuard<'static, FreeCells>,
    _unreported: MutexGuard<'static, Unreported>,
}

thread_local! {
    /// Those that this thread, which forks, has taken.
    static TAKEN: RefCell<Option<Locks>> = const { RefCell::new(None) };
}

/// Has the locks taken whenever the process forks.
pub(crate) fn prepare() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // What is made once is made now.
        interrupt::now();
        registry::prepare();
        sync::has_heavy_fence();
        // SAFETY: the functions stay, as the library does.
        unsafe { libc::pthread_atfork(Some(before), Some(in_parent), Some(in_child)) };
    });
}

unsafe extern "C" fn before() {
    // A signal handler that forks in the middle of the library: its child may have to do without.
    if DEPTH.try_with(Cell::get) != Ok(0) {
        return;
    }
    let locks = Locks {
        _long: LONG.write().unwrap_or_else(PoisonError::into_inner),
        _others: OTHERS.write().unwrap_or_else(PoisonError::into_inner),
        _traps: fault::no_traps(),
        _installing: fault::installing(),
        pool: threadpool::pool(),
        controls: interrupt::controls(),
        ticker: ticker::ticker(),
        _cells: view::free_cells(),
        _unreported: panics::unreported(),
    };
    let _ = TAKEN.try_with(|taken| taken.replace(Some(locks)));
}

unsafe extern "C" fn in_parent() {
    drop(taken());
}

unsafe extern "C" fn in_child() {
    let Some(mut locks) = taken() else { return };
    fault::begin_in_child();
    threadpool::begin_in_child(&mut locks.pool);
    interrupt::begin_in_child(&locks.controls);
    let unwatched = locks.ticker.begin_in_child();
    // The last owner of an engine puts forks off.
    drop(locks);
    drop(unwatched);
}

fn taken() -> Option<Locks> {
    TAKEN.try_with(RefCell::take).ok().flatten()
}
