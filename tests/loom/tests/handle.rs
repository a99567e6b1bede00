//! Threads use, enter and delete the same stores and objects, and slots are used again, in each interleaving
//! with up to three preemptions.

use loom::sync::Arc;
use loom::sync::atomic::{AtomicUsize, Ordering};
use loom::thread;
use safewasm_loom::handle::owner::Owner;
use safewasm_loom::handle::store::Payload;
use safewasm_loom::handle::{Handle, Refused, Table};
use std::cell::Cell;
use std::sync::atomic::AtomicU32;

const STORE: u8 = 1;
const OBJECT: u8 = 2;
const SHARED: u8 = 3;

/// The payload of a store. It counts how often it is dropped and how often it is used.
struct Counted {
    drops: Arc<AtomicUsize>,
    visits: usize,
}

loom::thread_local! {
    static NUMBER: u32 = NUMBERS.fetch_add(1, Ordering::Relaxed);
    static OWNER: Cell<Option<&'static Owner>> = Cell::new(None);
}

static NUMBERS: AtomicU32 = AtomicU32::new(1);

impl Payload for Counted {
    fn thread() -> u32 {
        NUMBER.with(|number| *number)
    }

    fn owner() -> Option<&'static Owner> {
        OWNER.with(Cell::get)
    }

    fn leaving(&mut self) -> bool {
        false
    }

    fn left() {}

    fn poisoned(&mut self) {}
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.drops.fetch_add(1, Ordering::Relaxed);
    }
}

/// A shared value that counts its clones.
struct Value(Arc<AtomicUsize>);

impl Value {
    fn new(living: &Arc<AtomicUsize>) -> Self {
        living.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(living))
    }
}

impl Clone for Value {
    fn clone(&self) -> Self {
        Self::new(&self.0)
    }
}

impl Drop for Value {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

type TestTable = Table<Counted, u32, Value>;

/// Registers the calling thread as an owner: stores that it makes from now on are its own.
fn register_owner(table: &Arc<TestTable>) -> &'static Owner {
    let owner: *const Owner = table.register_owner().unwrap();
    // SAFETY: each thread of a test keeps the table until it ends.
    let owner = unsafe { &*owner };
    OWNER.with(|cell| cell.set(Some(owner)));
    owner
}

fn retire_owner(table: &TestTable, owner: &Owner) {
    OWNER.with(|cell| cell.set(None));
    table.retire_owner(owner);
}

fn new_store(table: &TestTable) -> (Handle, Arc<AtomicUsize>) {
    let drops = Arc::new(AtomicUsize::new(0));
    let payload = Counted { drops: Arc::clone(&drops), visits: 0 };
    (table.insert_store(STORE, |_| Ok::<_, Refused>(payload)).unwrap(), drops)
}

/// Enters a store and writes to its payload. Loom reports it if another thread might do so at the same time.
fn visit(table: &TestTable, store: Handle) -> Result<usize, Refused> {
    let mut guard = table.enter(store)?;
    // SAFETY: the closure only counts.
    Ok(unsafe {
        guard.payload(|payload| {
            payload.visits += 1;
            payload.visits
        })
    })
}

/// Runs a test in each interleaving: once with stores that the testing thread owns, once with stores that no
/// thread owns.
fn model(test: impl Fn(Arc<TestTable>) + Send + Sync + 'static) {
    let test = std::sync::Arc::new(test);
    for known in [true, false] {
        let test = std::sync::Arc::clone(&test);
        let mut builder = loom::model::Builder::new();
        // Enough to find mistakes that need two switches at unlucky moments. The search takes seconds.
        builder.preemption_bound = Some(3);
        builder.check(move || {
            let table = Arc::new(Table::new(7));
            if known {
                register_owner(&table);
            }
            test(table);
        });
    }
}

#[test]
fn two_threads_never_enter_a_store_at_once() {
    model(|table| {
        let (store, _drops) = new_store(&table);
        let there = {
            let table = Arc::clone(&table);
            thread::spawn(move || visit(&table, store))
        };
        let here = visit(&table, store);
        let there = there.join().unwrap();
        for result in [here, there] {
            assert!(matches!(result, Ok(_) | Err(Refused::Busy)), "{result:?}");
        }
        assert!(here.is_ok() || there.is_ok());
        assert!(visit(&table, store).is_ok());
    });
}

#[test]
fn a_store_deleted_while_a_thread_uses_it_is_freed_once() {
    model(|table| {
        let (store, drops) = new_store(&table);
        let there = {
            let table = Arc::clone(&table);
            thread::spawn(move || assert!(table.delete_store(store)))
        };
        let here = visit(&table, store);
        assert!(matches!(here, Ok(1) | Err(Refused::Invalid)), "{here:?}");
        there.join().unwrap();
        assert!(!table.store_is_valid(store));
        assert_eq!(visit(&table, store), Err(Refused::Invalid));
        // Each thread may have left the store for the other one to free. It is then in the list of deferred stores.
        table.free_deferred();
        assert_eq!(drops.load(Ordering::Relaxed), 1);
    });
}

#[test]
fn a_store_is_taken_by_one_thread_and_used_by_no_other() {
    model(|table| {
        let (store, drops) = new_store(&table);
        let object = table.enter(store).unwrap().insert(OBJECT, 1).unwrap();
        let there = {
            let table = Arc::clone(&table);
            thread::spawn(move || {
                let visited = visit(&table, store);
                let taken = table.enter(store).ok().and_then(|guard| guard.take());
                (visited.is_ok(), taken)
            })
        };
        let here = table.enter(store).ok().and_then(|guard| guard.take());
        let was_taken = here.is_some();
        let moved = here.map(|payload| table.insert_store(STORE, |_| Ok::<_, Refused>(payload)));
        let (visited, there) = there.join().unwrap();
        assert!(!(was_taken && there.is_some()));
        if let Some(Ok(new)) = moved {
            assert_eq!(visit(&table, store), Err(Refused::Invalid));
            assert_eq!(visit(&table, new), Ok(1 + usize::from(visited)));
            assert!(table.delete_store(new));
        } else if there.is_none() {
            // The two were in each other's way.
            assert!(table.delete_store(store));
        }
        drop(there);
        assert!(!table.store_is_valid(store) && !table.object_is_valid(object));
        assert_eq!(drops.load(Ordering::Relaxed), 1);
    });
}

#[test]
fn a_store_is_either_taken_or_deleted() {
    model(|table| {
        let (store, drops) = new_store(&table);
        let there = {
            let table = Arc::clone(&table);
            thread::spawn(move || table.delete_store(store))
        };
        let taken = table.enter(store).ok().and_then(|guard| guard.take());
        assert!(taken.is_some() ^ there.join().unwrap());
        assert!(!table.store_is_valid(store));
        drop(taken);
        table.free_deferred();
        assert_eq!(drops.load(Ordering::Relaxed), 1);
    });
}

#[test]
fn one_of_two_deletions_succeeds() {
    model(|table| {
        let (store, drops) = new_store(&table);
        let there = {
            let table = Arc::clone(&table);
            thread::spawn(move || table.delete_store(store))
        };
        let here = table.delete_store(store);
        assert!(here ^ there.join().unwrap());
        table.free_deferred();
        assert_eq!(drops.load(Ordering::Relaxed), 1);
    });
}

#[test]
fn a_stale_handle_never_enters_the_next_store_of_the_slot() {
    model(|table| {
        let (old, _drops) = new_store(&table);
        let there = {
            let table = Arc::clone(&table);
            thread::spawn(move || {
                table.delete_store(old);
                let (new, drops) = new_store(&table);
                // No other thread has this handle, so no other thread can have entered the store.
                let visited = visit(&table, new);
                (new, drops, visited)
            })
        };
        let _ = visit(&table, old);
        let (new, _new_drops, visited) = there.join().unwrap();
        assert_eq!(visited, Ok(1));
        assert_eq!(visit(&table, old), Err(Refused::Invalid));
        assert_eq!(visit(&table, new), Ok(2));
    });
}

#[test]
fn an_object_deleted_during_its_use_is_kept_until_the_guard_is_dropped() {
    model(|table| {
        let (store, _drops) = new_store(&table);
        let object = table.enter(store).unwrap().insert(OBJECT, 41).unwrap();
        let there = {
            let table = Arc::clone(&table);
            thread::spawn(move || assert!(table.delete_object(object)))
        };
        match table.enter_with(object) {
            Ok((mut guard, value)) => {
                assert_eq!(value, 41);
                // The handle must not mean an object that is added now.
                let next = guard.insert(OBJECT, 42).unwrap();
                assert!(matches!(guard.get(object), Ok(41) | Err(Refused::Invalid)));
                assert_eq!(guard.get(next), Ok(42));
            }
            Err(refused) => assert_eq!(refused, Refused::Invalid),
        }
        there.join().unwrap();
        assert!(table.enter_with(object).is_err());
        assert!(!table.object_is_valid(object));
    });
}

#[test]
fn a_call_never_fails_while_another_thread_deletes_other_objects() {
    model(|table| {
        let (store, _drops) = new_store(&table);
        let (used, dropped) = {
            let mut guard = table.enter(store).unwrap();
            (guard.insert(OBJECT, 1).unwrap(), guard.insert(OBJECT, 2).unwrap())
        };
        let there = {
            let table = Arc::clone(&table);
            thread::spawn(move || table.delete_object(dropped))
        };
        for _ in 0..2 {
            let (guard, value) = table.enter_with(used).map_err(drop).unwrap();
            assert_eq!(value, 1);
            drop(guard);
        }
        assert!(there.join().unwrap());
        assert!(table.enter_with(used).is_ok());
    });
}

#[test]
fn an_object_deleted_while_its_store_is_deleted_is_freed_once() {
    model(|table| {
        let (store, drops) = new_store(&table);
        let object = table.enter(store).unwrap().insert(OBJECT, 1).unwrap();
        let there = {
            let table = Arc::clone(&table);
            thread::spawn(move || table.delete_object(object))
        };
        table.delete_store(store);
        there.join().unwrap();
        table.free_deferred();
        assert_eq!(drops.load(Ordering::Relaxed), 1);
        assert!(!table.object_is_valid(object));
        // The slots are used again, each for one object.
        let (next, _drops) = new_store(&table);
        let mut guard = table.enter(next).unwrap();
        let (first, second) =
            (guard.insert(OBJECT, 10).unwrap(), guard.insert(OBJECT, 20).unwrap());
        assert_eq!((guard.get(first), guard.get(second)), (Ok(10), Ok(20)));
        assert_eq!(guard.get(object), Err(Refused::Invalid));
    });
}

#[test]
fn a_shared_value_deleted_during_its_use_is_freed_once() {
    model(|table| {
        let living = Arc::new(AtomicUsize::new(0));
        let handle = table.insert_shared(SHARED, Value::new(&living)).unwrap();
        let there = {
            let table = Arc::clone(&table);
            thread::spawn(move || table.delete_shared(handle))
        };
        match table.shared(handle) {
            Ok(value) => assert!(value.0.load(Ordering::Relaxed) >= 1),
            Err(refused) => assert_eq!(refused, Refused::Invalid),
        }
        assert!(there.join().unwrap());
        assert!(table.shared(handle).is_err());
        assert_eq!(living.load(Ordering::Relaxed), 0);
    });
}

#[test]
fn a_stale_shared_handle_never_means_the_next_value_of_the_slot() {
    model(|table| {
        let (first, second) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let old = table.insert_shared(SHARED, Value::new(&first)).unwrap();
        let there = {
            let (table, second) = (Arc::clone(&table), Arc::clone(&second));
            thread::spawn(move || {
                table.delete_shared(old);
                table.insert_shared(SHARED, Value::new(&second)).unwrap()
            })
        };
        if let Ok(value) = table.shared(old) {
            assert!(Arc::ptr_eq(&value.0, &first));
        }
        let new = there.join().unwrap();
        assert!(table.shared(old).is_err());
        assert!(Arc::ptr_eq(&table.shared(new).unwrap().0, &second));
        assert_eq!(first.load(Ordering::Relaxed), 0);
    });
}

#[test]
fn two_threads_that_make_objects_get_slots_of_their_own() {
    model(|table| {
        let living = Arc::new(AtomicUsize::new(0));
        let make = |table: &TestTable, living: &Arc<AtomicUsize>| {
            let handle = table.insert_shared(SHARED, Value::new(living)).unwrap();
            table.delete_shared(handle);
            table.insert_shared(SHARED, Value::new(living)).unwrap()
        };
        let there = {
            let (table, living) = (Arc::clone(&table), Arc::clone(&living));
            thread::spawn(move || make(&table, &living))
        };
        let here = make(&table, &living);
        let there = there.join().unwrap();
        assert_ne!(here.bits(), there.bits());
        assert!(table.shared(here).is_ok() && table.shared(there).is_ok());
        assert_eq!(living.load(Ordering::Relaxed), 2);
    });
}

#[test]
fn a_thread_enters_its_store_again_only_where_the_guard_allows_reentry() {
    model(|table| {
        let (store, drops) = new_store(&table);
        let outer = table.enter(store).unwrap();
        assert!(matches!(table.enter(store), Err(Refused::Busy)));
        {
            // SAFETY: nothing is borrowed from the payload.
            let open = unsafe { table.locate(store).unwrap().allow_reentry(Counted::thread()) };
            // SAFETY: no second guard is open.
            assert_eq!(unsafe { open.payload(|payload| payload.visits) }, 0);
            assert!(!open.is_poisoned());
            let inner = table.enter(store).unwrap();
            assert!(matches!(table.enter(store), Err(Refused::Busy)));
            drop(inner);
            assert!(table.enter(store).is_ok());
            // The store is deleted by the thread that has entered it. It is invalid at once, and freed when the
            // outermost guard is dropped.
            assert!(table.delete_store(store));
            assert!(matches!(table.enter(store), Err(Refused::Invalid)));
        }
        assert_eq!(drops.load(Ordering::Relaxed), 0);
        drop(outer);
        assert_eq!(drops.load(Ordering::Relaxed), 1);
    });
}

#[test]
fn one_of_several_threads_enters_a_store_that_another_thread_owns() {
    model(|table| {
        let (store, drops) = new_store(&table);
        let others = [(); 2].map(|()| {
            let table = Arc::clone(&table);
            thread::spawn(move || visit(&table, store))
        });
        let mut visits = vec![visit(&table, store)];
        visits.extend(others.map(|other| other.join().unwrap()));
        assert!(visits.iter().all(|visit| matches!(visit, Ok(_) | Err(Refused::Busy))));
        let successes = visits.iter().filter(|visit| visit.is_ok()).count();
        assert!(successes >= 1);
        assert_eq!(visit(&table, store), Ok(successes + 1));
        table.delete_store(store);
        assert_eq!(drops.load(Ordering::Relaxed), 1);
    });
}

#[test]
fn a_thread_that_enters_more_stores_than_it_can_announce_excludes_others_from_each() {
    model(|table| {
        let stores = [(); 3].map(|()| new_store(&table).0);
        let guards = stores.map(|store| table.enter(store).map_err(drop).unwrap());
        let there = {
            let table = Arc::clone(&table);
            thread::spawn(move || stores.map(|store| visit(&table, store)))
        };
        assert_eq!(there.join().unwrap(), [Err(Refused::Busy); 3]);
        drop(guards);
        assert_eq!(stores.map(|store| visit(&table, store)), [Ok(1); 3]);
    });
}

#[test]
fn any_thread_enters_the_stores_of_a_thread_that_ended() {
    model(|table| {
        let stores = {
            let table = Arc::clone(&table);
            let there = thread::spawn(move || {
                let owner = register_owner(&table);
                let stores = [new_store(&table).0, new_store(&table).0];
                assert_eq!(stores.map(|store| visit(&table, store)), [Ok(1); 2]);
                retire_owner(&table, owner);
                stores
            });
            there.join().unwrap()
        };
        let there = {
            let table = Arc::clone(&table);
            thread::spawn(move || {
                // It may get the entry of the thread that ended.
                let owner = register_owner(&table);
                let visits = stores.map(|store| visit(&table, store));
                retire_owner(&table, owner);
                visits
            })
        };
        let here = stores.map(|store| visit(&table, store));
        let there = there.join().unwrap();
        for (here, there) in here.into_iter().zip(there) {
            assert!(here.is_ok() || there.is_ok());
            assert!(matches!(here, Ok(_) | Err(Refused::Busy)), "{here:?}");
            assert!(matches!(there, Ok(_) | Err(Refused::Busy)), "{there:?}");
        }
        assert!(stores.into_iter().all(|store| visit(&table, store).is_ok()));
    });
}

#[test]
fn a_store_that_its_thread_never_left_stays_busy() {
    model(|table| {
        let (store, record) = {
            let table = Arc::clone(&table);
            let there = thread::spawn(move || {
                let owner = register_owner(&table);
                let (store, _drops) = new_store(&table);
                std::mem::forget(table.enter(store));
                retire_owner(&table, owner);
                (store, std::ptr::from_ref(owner) as usize)
            });
            there.join().unwrap()
        };
        assert_ne!(std::ptr::from_ref(register_owner(&table)) as usize, record);
        assert_eq!(visit(&table, store), Err(Refused::Busy));
        assert!(table.delete_store(store));
        assert_eq!(visit(&table, store), Err(Refused::Invalid));
    });
}
