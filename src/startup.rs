//! Prepares the process for the first engine, and takes the library's locks at a fork.

use crate::call::activation::Activation;
#[cfg(feature = "wasi")]
use crate::engine::parked::{self, Parked};
use crate::engine::ticker::{self, Ticker};
use crate::process::forks::{self, NoDelays};
use crate::process::panics::{self, Unreported};
use crate::process::threadpool::{self, Pool};
use crate::process::workers::{self, Worker};
use crate::process::{clock, fault, finalizer};
use crate::store::interrupt::{self, Controls};
use crate::store::view::{self, FreeCells};
#[cfg(feature = "wasi")]
use crate::wasi::runtime;
use crate::{registry, sync};
use std::cell::{Cell, RefCell};
use std::sync::{MutexGuard, Once};
#[cfg(feature = "wasi")]
use tokio::runtime::Runtime;

/// All locks, in the order in which they are taken. A thread that holds one takes only later ones.
struct Locks {
    no_delays: NoDelays,
    _traps: fault::NoTraps,
    _installing: MutexGuard<'static, ()>,
    pool: MutexGuard<'static, Option<Pool>>,
    workers: MutexGuard<'static, Vec<Worker>>,
    #[cfg(feature = "wasi")]
    runtime: MutexGuard<'static, Option<Runtime>>,
    controls: MutexGuard<'static, Controls>,
    ticker: MutexGuard<'static, Ticker>,
    #[cfg(feature = "wasi")]
    _parked: MutexGuard<'static, Parked>,
    _cells: MutexGuard<'static, FreeCells>,
    _unreported: MutexGuard<'static, Unreported>,
}

thread_local! {
    /// The locks that this thread has taken for a fork.
    static TAKEN: RefCell<Option<Locks>> = const { RefCell::new(None) };

    /// How many forks of this thread have begun and not ended: more than one if a signal handler forks that
    /// interrupted a fork.
    static FORKS: Cell<usize> = const { Cell::new(0) };
}

/// Prepares the process for the first engine.
pub(crate) fn prepare() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // Values that are made once are made now, and not in a call.
        clock::now();
        registry::prepare();
        sync::has_heavy_fence();
        finalizer::on_left_over(|| Activation::stores().into_iter().for_each(registry::note_due));
        forks::at_fork(before, in_parent, in_child);
    });
}

unsafe extern "C" fn before() {
    // A fork in a signal handler that interrupted the library, or another fork, takes no locks.
    if FORKS.try_with(|forks| forks.replace(forks.get() + 1)) != Ok(0) {
        return;
    }
    let Some(no_delays) = forks::no_delays() else { return };
    let locks = Locks {
        no_delays,
        _traps: fault::no_traps(),
        _installing: fault::installing(),
        pool: threadpool::pool(),
        workers: workers::idle(),
        #[cfg(feature = "wasi")]
        runtime: runtime::runtime(),
        controls: interrupt::controls(),
        ticker: ticker::ticker(),
        #[cfg(feature = "wasi")]
        _parked: parked::parked(),
        _cells: view::free_cells(),
        _unreported: panics::unreported(),
    };
    let _ = TAKEN.try_with(|taken| taken.replace(Some(locks)));
}

unsafe extern "C" fn in_parent() {
    drop(taken());
}

unsafe extern "C" fn in_child() {
    forks::begin_in_child();
    let Some(mut locks) = taken() else { return };
    locks.no_delays.begin_in_child();
    fault::begin_in_child();
    workers::begin_in_child(&mut locks.workers);
    threadpool::begin_in_child(&mut locks.pool);
    #[cfg(feature = "wasi")]
    runtime::begin_in_child(&mut locks.runtime);
    interrupt::begin_in_child(&locks.controls);
    let unwatched = locks.ticker.begin_in_child();
    // Unlocked before the engines are dropped: dropping the last reference to an engine delays forks.
    drop(locks);
    drop(unwatched);
}

/// The locks of this thread's fork, which has ended.
fn taken() -> Option<Locks> {
    let others = FORKS.try_with(|forks| {
        forks.set(forks.get() - 1);
        forks.get()
    });
    if others == Ok(0) { TAKEN.try_with(RefCell::take).ok().flatten() } else { None }
}
