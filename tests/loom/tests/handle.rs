//! Use against deletion, entry against entry, and reuse of slots, in each interleaving of up to
//! three preemptions.

use loom::sync::Arc;
use loom::sync::atomic::{AtomicUsize, Ordering};
use loom::thread;
use safewasm_loom::handle::store::{FIRST_THREAD, Payload};
use safewasm_loom::handle::{Handle, Refused, Table};

const STORE: u8 = 1;
const OBJECT: u8 = 2;
const SHARED: u8 = 3;
const ME: u32 = FIRST_THREAD;
const OTHER: u32 = FIRST_THREAD + 1;

/// A store's payload: counts how often it is dropped, and shows if two threads are inside at once.
struct Counted {
    drops: Arc<AtomicUsize>,
    visits: usize,
}

impl Payload for Counted {
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

/// A shared value that counts its living clones.
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

fn new_table() -> Arc<TestTable> {
    Arc::new(Table::new(7))
}

fn new_store(table: &TestTable) -> (Handle, Arc<AtomicUsize>) {
    let drops = Arc::new(AtomicUsize::new(0));
    let payload = Counted { drops: Arc::clone(&drops), visits: 0 };
    (table.insert_store(STORE, |_| Ok::<_, Refused>(payload)).unwrap(), drops)
}

/// Writes to the payload, which Loom reports if another thread may do so at the same time.
fn visit(table: &TestTable, store: Handle, thread: u32) -> Result<usize, Refused> {
    let mut inside = table.enter(store, thread)?;
    // SAFETY: the closure only counts.
    Ok(unsafe {
        inside.payload(|payload| {
            payload.visits += 1;
            payload.visits
        })
    })
}

fn model(test: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    // Enough to find what depends on two switches at unlucky moments, in seconds.
    builder.preemption_bound = Some(3);
    builder.check(test);
}

#[test]
fn two_threads_are_never_inside_at_once() {
    model(|| {
        let table = new_table();
        let (store, _drops) = new_store(&table);
        let there = {
            let table = Arc::clone(&table);
            thread::spawn(move || visit(&table, store, OTHER))
        };
        let here = visit(&table, store, ME);
        let there = there.join().unwrap();
        for result in [here, there] {
            assert!(matches!(result, Ok(_) | Err(Refused::Busy)), "{result:?}");
        }
        assert!(here.is_ok() || there.is_ok());
        assert!(visit(&table, store, ME).is_ok());
    });
}

#[test]
fn a_store_deleted_while_a_thread_is_inside_is_freed_once() {
    model(|| {
        let table = new_table();
        let (store, drops) = new_store(&table);
        let there = {
            let table = Arc::clone(&table);
            thread::spawn(move || assert!(table.delete_store(store)))
        };
        let here = visit(&table, store, ME);
        assert!(matches!(here, Ok(1) | Err(Refused::Invalid)), "{here:?}");
        there.join().unwrap();
        assert!(!table.store_is_valid(store));
        assert_eq!(visit(&table, store, ME), Err(Refused::Invalid));
        // Whoever missed the other's mark left the store to the next one who looks.
        table.sweep();
        assert_eq!(drops.load(Ordering::Relaxed), 1);
    });
}

#[test]
fn of_two_deletions_one_counts() {
    model(|| {
        let table = new_table();
        let (store, drops) = new_store(&table);
        let there = {
            let table = Arc::clone(&table);
            thread::spawn(move || table.delete_store(store))
        };
        let here = table.delete_store(store);
        assert!(here ^ there.join().unwrap());
        table.sweep();
        assert_eq!(drops.load(Ordering::Relaxed), 1);
    });
}

#[test]
fn a_stale_handle_never_enters_the_next_store_of_the_slot() {
    model(|| {
        let table = new_table();
        let (old, _drops) = new_store(&table);
        let there = {
            let table = Arc::clone(&table);
            thread::spawn(move || {
                table.delete_store(old);
                let (new, drops) = new_store(&table);
                // Nobody else has this handle, so nobody else can be inside.
                let visited = visit(&table, new, OTHER);
                (new, drops, visited)
            })
        };
        let _ = visit(&table, old, ME);
        let (new, _new_drops, visited) = there.join().unwrap();
        assert_eq!(visited, Ok(1));
        assert_eq!(visit(&table, old, ME), Err(Refused::Invalid));
        assert_eq!(visit(&table, new, ME), Ok(2));
    });
}

#[test]
fn an_object_deleted_during_its_use_stays_until_the_stay_ends() {
    model(|| {
        let table = new_table();
        let (store, _drops) = new_store(&table);
        let object = table.enter(store, ME).unwrap().insert(OBJECT, 41).unwrap();
        let there = {
            let table = Arc::clone(&table);
            thread::spawn(move || assert!(table.delete_object(object)))
        };
        match table.enter_with(object, ME) {
            Ok((mut inside, value)) => {
                assert_eq!(value, 41);
                // Whatever is put into the store now is not what the handle means.
                let next = inside.insert(OBJECT, 42).unwrap();
                assert!(matches!(inside.get(object), Ok(41) | Err(Refused::Invalid)));
                assert_eq!(inside.get(next), Ok(42));
            }
            Err(refused) => assert_eq!(refused, Refused::Invalid),
        }
        there.join().unwrap();
        assert!(table.enter_with(object, ME).is_err());
        assert!(!table.object_is_valid(object));
    });
}

#[test]
fn a_call_never_fails_while_another_thread_deletes_other_objects() {
    model(|| {
        let table = new_table();
        let (store, _drops) = new_store(&table);
        let (used, dropped) = {
            let mut inside = table.enter(store, ME).unwrap();
            (inside.insert(OBJECT, 1).unwrap(), inside.insert(OBJECT, 2).unwrap())
        };
        let there = {
            let table = Arc::clone(&table);
            thread::spawn(move || table.delete_object(dropped))
        };
        for _ in 0..2 {
            let (inside, value) = table.enter_with(used, ME).map_err(drop).unwrap();
            assert_eq!(value, 1);
            drop(inside);
        }
        assert!(there.join().unwrap());
        assert!(table.enter_with(used, ME).is_ok());
    });
}

#[test]
fn an_object_deleted_while_its_store_goes_is_freed_by_one_of_them() {
    model(|| {
        let table = new_table();
        let (store, drops) = new_store(&table);
        let object = table.enter(store, ME).unwrap().insert(OBJECT, 1).unwrap();
        let there = {
            let table = Arc::clone(&table);
            thread::spawn(move || table.delete_object(object))
        };
        table.delete_store(store);
        there.join().unwrap();
        table.sweep();
        assert_eq!(drops.load(Ordering::Relaxed), 1);
        assert!(!table.object_is_valid(object));
        // The slots serve new objects; no slot serves two of them.
        let (next, _drops) = new_store(&table);
        let mut inside = table.enter(next, ME).unwrap();
        let (first, second) =
            (inside.insert(OBJECT, 10).unwrap(), inside.insert(OBJECT, 20).unwrap());
        assert_eq!((inside.get(first), inside.get(second)), (Ok(10), Ok(20)));
        assert_eq!(inside.get(object), Err(Refused::Invalid));
    });
}

#[test]
fn a_shared_value_deleted_during_its_use_is_freed_once() {
    model(|| {
        let table = new_table();
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
    model(|| {
        let table = new_table();
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
    model(|| {
        let table = new_table();
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
fn a_thread_enters_its_own_store_again_only_where_that_was_opened() {
    model(|| {
        let table = new_table();
        let (store, drops) = new_store(&table);
        let outer = table.enter(store, ME).unwrap();
        assert!(matches!(table.enter(store, ME), Err(Refused::Busy)));
        {
            // SAFETY: nothing is borrowed from the payload.
            let open = unsafe { table.place(store).unwrap().reopen() };
            // SAFETY: no second stay is under way.
            assert_eq!(unsafe { open.payload(|payload| payload.visits) }, 0);
            assert!(!open.is_poisoned());
            let inner = table.enter(store, ME).unwrap();
            assert!(matches!(table.enter(store, ME), Err(Refused::Busy)));
            drop(inner);
            assert!(table.enter(store, ME).is_ok());
            // Deleted from within: invalid at once, freed when the outermost stay ends.
            assert!(table.delete_store(store));
            assert!(matches!(table.enter(store, ME), Err(Refused::Invalid)));
        }
        assert_eq!(drops.load(Ordering::Relaxed), 0);
        drop(outer);
        assert_eq!(drops.load(Ordering::Relaxed), 1);
    });
}
