//! The typed face of the process's handle table: turns a caller's pointer into the object that it stands
//! for, and enters stores. It names no kind of object; `kinds` lists them.

use crate::error::{Error, ErrorKind, Report, Result};
use crate::handle::store::Location;
use crate::handle::{Handle, Refused, Table};
use crate::kinds::{Kind, Opaque, Shared, SharedKind, pointer, safewasm_error_t, safewasm_store_t};
use crate::process::{finalizer, forks, thread};
use crate::store::entered::Guard;
use crate::store::interrupt::Control;
use crate::store::object::{Object, StoreKind, full};
use crate::store::payload::StorePayload;
use std::collections::hash_map::RandomState;
use std::ffi::CStr;
use std::fmt::Display;
use std::hash::BuildHasher;
use std::sync::{Arc, LazyLock};

static TABLE: LazyLock<Table<StorePayload, Object, Shared>> =
    LazyLock::new(|| Table::new(RandomState::new().hash_one(std::process::id())));

/// The error that a caller gets when no handle is left for another one.
pub(crate) const OUT_OF_MEMORY: *mut safewasm_error_t =
    std::ptr::without_provenance_mut(Kind::Error.first_bits() | 0xff_ffff);

/// Its message.
pub(crate) const OUT_OF_MEMORY_MESSAGE: &CStr =
    c"no memory or handle was left for an error that says more";

/// Makes the table now, before threads and forks need it.
pub(crate) fn prepare() {
    LazyLock::force(&TABLE);
}

/// Adds an object that belongs to no store.
pub(crate) fn insert<T: SharedKind>(object: impl Into<Arc<T::Object>>) -> Result<*mut T> {
    let shared: Shared = object.into();
    TABLE.insert_shared(T::KIND.byte(), shared).map(pointer).map_err(full)
}

/// The handle of an error. Never fails: without memory or a handle it is [`OUT_OF_MEMORY`].
#[cold]
pub(crate) fn insert_error(error: Error) -> *mut safewasm_error_t {
    insert(Arc::<Report>::from(error)).unwrap_or(OUT_OF_MEMORY)
}

/// Adds the store that `make` makes for a location.
pub(crate) fn insert_store(
    make: impl FnOnce(Location<'static, StorePayload>) -> Result<StorePayload>,
) -> Result<*mut safewasm_store_t> {
    register_thread();
    TABLE.insert_store(Kind::Store.byte(), make).map(pointer)
}

/// Registers the calling thread as one that owns stores.
fn register_thread() {
    thread::register_owner(|| TABLE.register_owner(), |owner| TABLE.retire_owner(owner));
}

/// Enters the store with that handle.
pub(crate) fn enter_handle(store: Handle, name: &str) -> Result<Guard> {
    enter_store(pointer(store), name)
}

/// Notes that finalizers are due at the next host function in a store, or when its thread leaves it.
pub(crate) fn note_due(store: Handle) {
    if let Some(location) = TABLE.locate(store) {
        location.note_due();
    }
}

/// Frees the stores that were deleted while a thread was inside, if it has left them since.
pub(crate) fn free_deferred_stores() {
    finalizer::run_after(|| TABLE.free_deferred());
}

/// An opaque pointer to a store.
pub(crate) trait AnyHandle: Sized {
    /// Deletes the object; false if there is none.
    fn delete(self) -> bool;

    /// Whether there is an object.
    fn is_valid(&self) -> bool;
}

impl AnyHandle for *mut safewasm_store_t {
    fn delete(self) -> bool {
        let store = handle(self);
        let delete = || {
            let deleted = TABLE.delete_store(store);
            if deleted {
                Control::end_deleted(store);
            }
            deleted
        };
        is_kind(self) && finalizer::run_after(delete)
    }

    fn is_valid(&self) -> bool {
        is_kind(*self) && TABLE.store_is_valid(handle(*self))
    }
}

/// An opaque pointer to an object that belongs to no store.
pub(crate) trait SharedHandle {
    type Value;

    /// The object. Errors call the argument `name`.
    fn get(self, name: &str) -> Result<Self::Value>;

    /// Deletes the object that the argument `name` means, and gives it. Of several threads one gets it.
    fn take(self, name: &str) -> Result<Self::Value>;

    /// Deletes the object; false if there is none.
    fn delete(self) -> bool;

    /// Whether there is an object.
    fn is_valid(&self) -> bool;
}

impl<T: SharedKind> SharedHandle for *mut T {
    type Value = Arc<T::Object>;

    fn get(self, name: &str) -> Result<Arc<T::Object>> {
        check_kind(self, name)?;
        let shared = TABLE.shared(handle(self)).map_err(|refused| refusal(self, name, refused))?;
        shared.downcast().map_err(|_| refusal(self, name, Refused::Invalid))
    }

    fn take(self, name: &str) -> Result<Arc<T::Object>> {
        let object = self.get(name)?;
        if self.delete() { Ok(object) } else { Err(refusal(self, name, Refused::Invalid)) }
    }

    fn delete(self) -> bool {
        let delete = || {
            // Dropping types and linkers takes locks of Wasmtime's.
            let _no_fork = forks::delay();
            TABLE.delete_shared(handle(self))
        };
        is_kind(self) && finalizer::run_after(delete)
    }

    fn is_valid(&self) -> bool {
        is_kind(*self) && TABLE.shared_is_valid(handle(*self))
    }
}

/// An opaque pointer to an object that belongs to a store. Errors call the argument `name`.
pub(crate) trait ObjectHandle {
    type Value;

    /// Enters the store of the object.
    fn enter(self, name: &str) -> Result<(Guard, Self::Value)>;

    /// Runs `body` in the store of the object; faster than `enter`.
    fn within<R>(
        self,
        name: &str,
        body: impl FnOnce(&mut Guard, Self::Value) -> Result<R>,
    ) -> Result<R>;

    /// Checks that the object is alive, without entering its store.
    fn check(self, name: &str) -> Result<()>;

    /// The object, which must belong to the store of `guard`.
    fn get_in(self, guard: &Guard, name: impl Display) -> Result<Self::Value>;

    /// Deletes the object; false if there is none.
    fn delete(self) -> bool;

    /// Whether there is an object.
    fn is_valid(&self) -> bool;
}

impl<T: StoreKind> ObjectHandle for *mut T {
    type Value = T::Value;

    #[inline(always)]
    fn within<R>(
        self,
        name: &str,
        body: impl FnOnce(&mut Guard, T::Value) -> Result<R>,
    ) -> Result<R> {
        check_kind(self, name)?;
        match TABLE.within(handle(self), T::value, body) {
            Ok(done) => done,
            Err(refused) => Err(refusal(self, name, refused)),
        }
    }

    fn enter(self, name: &str) -> Result<(Guard, T::Value)> {
        check_kind(self, name)?;
        let (guard, object) =
            TABLE.enter_with(handle(self)).map_err(|refused| refusal(self, name, refused))?;
        match T::value(&object) {
            Some(value) => Ok((guard, value.clone())),
            None => Err(refusal(self, name, Refused::Invalid)),
        }
    }

    fn check(self, name: &str) -> Result<()> {
        if self.is_valid() { Ok(()) } else { Err(refusal(self, name, Refused::Invalid)) }
    }

    fn get_in(self, guard: &Guard, name: impl Display) -> Result<T::Value> {
        // The name is formatted only for an error.
        let refuse = |refused| refusal(self, &name.to_string(), refused);
        if !is_kind(self) {
            return Err(refuse(Refused::Invalid));
        }
        let object = guard.get(handle(self)).map_err(refuse)?;
        T::value(&object).cloned().ok_or_else(|| refuse(Refused::Invalid))
    }

    fn delete(self) -> bool {
        is_kind(self) && TABLE.delete_object(handle(self))
    }

    fn is_valid(&self) -> bool {
        is_kind(*self) && TABLE.object_is_valid(handle(*self))
    }
}

/// The handle of a living store, which isn't entered. Errors call the argument `name`.
pub(crate) fn check_store(store: *mut safewasm_store_t, name: &str) -> Result<Handle> {
    if store.is_valid() { Ok(handle(store)) } else { Err(refusal(store, name, Refused::Invalid)) }
}

/// Enters a store. Errors call the argument `name`.
pub(crate) fn enter_store(store: *mut safewasm_store_t, name: &str) -> Result<Guard> {
    check_kind(store, name)?;
    TABLE.enter(handle(store)).map_err(|refused| refusal(store, name, refused))
}

#[inline(always)]
fn handle<T>(pointer: *mut T) -> Handle {
    Handle::from_bits(pointer as u64)
}

#[inline(always)]
fn is_kind<T: Opaque>(pointer: *mut T) -> bool {
    handle(pointer).kind() == T::KIND.byte()
}

#[inline(always)]
fn check_kind<T: Opaque>(pointer: *mut T, name: &str) -> Result<()> {
    if is_kind(pointer) { Ok(()) } else { Err(refusal(pointer, name, Refused::Invalid)) }
}

/// The error for a handle that the table refuses.
#[cold]
fn refusal<T: Opaque>(pointer: *mut T, name: &str, refused: Refused) -> Error {
    let (article, wanted) = T::KIND.name();
    let invalid = |kind, why: String| Error::new(kind, format!("Invalid {wanted}: `{name}` {why}"));
    match refused {
        Refused::Invalid if pointer.is_null() => {
            invalid(ErrorKind::NULL_POINTER, "is NULL".to_owned())
        }
        Refused::Invalid => {
            let byte = handle(pointer).kind();
            let why = match Kind::of_byte(byte) {
                Some(kind) if kind == T::KIND && kind.belongs_to_a_store() => {
                    "was deleted, or its store was, or it never existed".to_owned()
                }
                Some(Kind::Config) if T::KIND == Kind::Config => {
                    "was deleted, or used to make an engine, or never existed".to_owned()
                }
                Some(Kind::Wasi) if T::KIND == Kind::Wasi => {
                    "was deleted, or given to a store, or never existed".to_owned()
                }
                Some(kind) if kind == T::KIND => "was deleted, or never existed".to_owned(),
                Some(kind) => {
                    let (other_article, other) = kind.name();
                    format!("is {other_article} {other}, not {article} {wanted}")
                }
                None => "is not a handle of this library".to_owned(),
            };
            invalid(ErrorKind::INVALID_HANDLE, why)
        }
        Refused::Busy => Error::new(
            ErrorKind::STORE_BUSY,
            format!(
                "the store of `{name}` is in use, by another thread or by a call that can't be \
                 interrupted; one thread at a time may use a store"
            ),
        ),
        Refused::Poisoned => Error::new(
            ErrorKind::STORE_POISONED,
            format!(
                "an internal error happened in the store of `{name}` earlier; delete the store"
            ),
        ),
        Refused::Foreign => Error::new(
            ErrorKind::WRONG_STORE,
            format!(
                "Invalid {wanted}: `{name}` belongs to another store; an object is used with its own store only"
            ),
        ),
        Refused::Full => full(refused),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn a_thread_that_ended_leaves_its_owner_record_to_another() {
        let record = || {
            register_thread();
            std::ptr::from_ref(thread::owner().unwrap()) as usize
        };
        let records: HashSet<_> =
            (0..100).map(|_| std::thread::spawn(record).join().unwrap()).collect();
        assert!(records.len() < 50, "{} owner records for 100 threads", records.len());
    }
}
