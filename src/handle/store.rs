//! Stores: entered by one thread at a time, deleted by any.
//!
//! `entry` describes how a thread enters. Leaving is a release store and a plain load of the dead mark.
//! The load may miss a mark that another thread sets at the same moment, while that thread still sees the
//! store as entered. So a thread that marks a store and can't free it at once also puts it into the list of
//! deferred stores, which every later insertion and deletion of a store goes through. An atomic swap on
//! leaving would need no list, and would cost 5 ns more on every call.

use super::entry::{Claim, Closed, Entry, Vacated};
use super::owner::Owner;
use super::slots::Slot;
use super::{Handle, INDEX_MASK, Refused, Table, tag};
use crate::sync::{AtomicU32, AtomicU64, Ordering, UnsafeCell};
use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::ptr;

// Flags in the state of a store's slot. A state without flags needs no attention.

/// The store was deleted.
const DEAD: u64 = 1;
/// Objects of the store were deleted, and are queued.
const GARBAGE: u64 = 2;
/// [`Payload::leaving`] was requested.
const LEAVE_HOOK: u64 = 4;
/// A panic happened in the store.
const POISONED: u64 = 8;
/// See [`Location::note_due`].
const DUE: u64 = 16;

/// The content of a store's slot.
pub trait Payload: Send {
    /// The calling thread's number. It is never 0, and no other thread ever has it, even after this one
    /// has ended.
    fn thread() -> u32;

    /// The calling thread's owner record, if it has one from [`Table::register_owner`].
    fn owner() -> Option<&'static Owner>;

    /// The leave hook: called inside the store just before a thread leaves it, if
    /// [`Location::request_leave_hook`] was called. It is called again each time until it returns false.
    fn leaving(&mut self) -> bool;

    /// Called just after a thread has left a store for which [`Payload::leaving`] was called.
    fn left();

    /// Called in place of [`Payload::leaving`] when a panic happened in the store, which nobody can
    /// enter any more. Must not panic.
    fn poisoned(&mut self);
}

#[repr(align(64))]
pub(super) struct StoreSlot<P> {
    entry: Entry,
    /// The store's tag, and flags in the bits of the index.
    state: AtomicU64,
    /// Deleted objects of this store: a list through their links, which the thread inside empties.
    /// A late element may belong to an earlier store of the slot, which does no harm.
    pub(super) garbage: AtomicU32,
    link: AtomicU32,
    /// The number of the thread that is inside and may enter again, else 0; see
    /// [`Location::allow_reentry`].
    reentrant: AtomicU32,
    payload: UnsafeCell<Option<P>>,
    /// The slots of the objects that belong to the store.
    pub(super) objects: UnsafeCell<Vec<u32>>,
}

// SAFETY: `payload` and `objects` are used only by the thread that `entry` let in: any thread, but one
// after another, with release and acquire between them.
unsafe impl<P: Send> Sync for StoreSlot<P> {}
// SAFETY: the slot owns its payload.
unsafe impl<P: Send> Send for StoreSlot<P> {}

impl<P> Slot for StoreSlot<P> {
    fn vacant(generation: u32) -> Self {
        Self {
            entry: Entry::vacant(generation),
            state: AtomicU64::new(tag(0, generation) | DEAD),
            garbage: AtomicU32::new(0),
            link: AtomicU32::new(0),
            reentrant: AtomicU32::new(0),
            payload: UnsafeCell::new(None),
            objects: UnsafeCell::new(Vec::new()),
        }
    }

    fn link(&self) -> &AtomicU32 {
        &self.link
    }
}

impl<P> StoreSlot<P> {
    /// Marks the store as dead. False if the slot has another store, or the store is dead already.
    fn mark_dead(&self, store: Handle) -> bool {
        let mut state = self.state.load(Ordering::Relaxed);
        while state & (!INDEX_MASK | DEAD) == store.tag() {
            match self.state.compare_exchange_weak(
                state,
                state | DEAD,
                Ordering::AcqRel,
                Ordering::Relaxed,
            ) {
                Ok(_) => return true,
                Err(found) => state = found,
            }
        }
        false
    }

    /// Makes the next thread that enters or leaves the store empty the list of deleted objects.
    pub(super) fn flag_garbage(&self) {
        self.state.fetch_or(GARBAGE, Ordering::Release);
    }
}

/// Keeps a store entered. When it is dropped the store is left; if that happens in a panic, the store is
/// poisoned.
pub struct Guard<'t, P: Payload, O: Clone, S> {
    pub(super) table: &'t Table<P, O, S>,
    pub(super) slot: &'t StoreSlot<P>,
    store: Handle,
    /// `None` if the thread was inside before this guard.
    claim: Option<Claim<'t>>,
    /// A guard stays on its thread.
    not_send: PhantomData<*mut ()>,
}

/// A store and its slot.
pub struct Location<'t, P> {
    slot: &'t StoreSlot<P>,
    store: Handle,
}

impl<P> Clone for Location<'_, P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P> Copy for Location<'_, P> {}

/// While it lives, the thread inside a store may enter it again; see [`Location::allow_reentry`].
pub struct ReentryGuard<'t, P> {
    slot: &'t StoreSlot<P>,
}

/// An element of the list of deferred stores: a store that was deleted while a thread was inside.
pub(super) struct Deferred {
    store: Handle,
    next: *mut Deferred,
}

impl<P: Payload, O: Clone, S> Table<P, O, S> {
    /// Adds the store that `make` makes for a location, and returns its handle.
    pub fn insert_store<'t, E: From<Refused>>(
        &'t self,
        kind: u8,
        make: impl FnOnce(Location<'t, P>) -> Result<P, E>,
    ) -> Result<Handle, E> {
        self.free_deferred();
        let (index, slot) = self.stores.allocate().ok_or(Refused::Full)?;
        let generation = slot.entry.generation();
        let handle = Handle::new(kind, generation, index);
        let payload = match make(Location { slot, store: handle }) {
            Ok(payload) => payload,
            Err(error) => {
                self.free_store(slot, handle);
                return Err(error);
            }
        };
        // SAFETY: a slot that was just allocated is this thread's alone until its entry is open.
        slot.payload.with_mut(|cell| unsafe { *cell = Some(payload) });
        slot.state.store(handle.tag(), Ordering::Relaxed);
        self.drain(slot, Handle::from_bits(0));
        slot.entry.open(handle, P::owner());
        Ok(handle)
    }

    /// Enters a store.
    #[inline(always)]
    pub fn enter(&self, store: Handle) -> Result<Guard<'_, P, O, S>, Refused> {
        let slot = self.stores.get(store.index()).ok_or(Refused::Invalid)?;
        let claim = self.claim(slot, store, P::owner())?;
        Ok(self.guard(slot, store, claim))
    }

    #[inline(always)]
    pub(super) fn claim<'t>(
        &self,
        slot: &'t StoreSlot<P>,
        store: Handle,
        current: Option<&'t Owner>,
    ) -> Result<Option<Claim<'t>>, Refused> {
        let claim = match slot.entry.claim(store, current, &self.owners) {
            Ok(claim) => Some(claim),
            Err(closed) => {
                self.claim_closed(slot, store, closed)?;
                return Ok(None);
            }
        };
        if slot.state.load(Ordering::Relaxed) != store.tag() {
            self.check_claimed(slot, store, claim)?;
        }
        Ok(claim)
    }

    #[inline(always)]
    pub(super) fn guard<'t>(
        &'t self,
        slot: &'t StoreSlot<P>,
        store: Handle,
        claim: Option<Claim<'t>>,
    ) -> Guard<'t, P, O, S> {
        Guard { table: self, slot, store, claim, not_send: PhantomData }
    }

    /// Enters a store whose entry is closed: allowed only if this thread is inside and may reenter.
    #[cold]
    #[inline(never)]
    fn claim_closed(
        &self,
        slot: &StoreSlot<P>,
        store: Handle,
        closed: Closed,
    ) -> Result<(), Refused> {
        if !self.store_is_valid(store) {
            return Err(Refused::Invalid);
        }
        match closed {
            Closed::Vacant => return Err(Refused::Invalid),
            Closed::Poisoned => return Err(Refused::Poisoned),
            Closed::InUse => {}
        }
        // Only the thread that is inside can find its own number here: it alone writes it.
        if slot.reentrant.load(Ordering::Relaxed) != P::thread() {
            return Err(Refused::Busy);
        }
        slot.reentrant.store(0, Ordering::Relaxed);
        self.check_claimed(slot, store, None)
    }

    /// Handles the flags of a store that was just claimed. Leaves the store if it can't be used.
    #[cold]
    #[inline(never)]
    fn check_claimed(
        &self,
        slot: &StoreSlot<P>,
        store: Handle,
        claim: Option<Claim>,
    ) -> Result<(), Refused> {
        let state = slot.state.load(Ordering::Acquire);
        if state & (DEAD | POISONED) != 0 {
            self.leave_slowly(slot, store, claim, false);
            return Err(if state & DEAD != 0 { Refused::Invalid } else { Refused::Poisoned });
        }
        self.collect(slot, store);
        Ok(())
    }

    /// Frees the store's deleted objects, if there are any. The caller is inside the store.
    pub(super) fn collect(&self, slot: &StoreSlot<P>, store: Handle) {
        if slot.state.load(Ordering::Relaxed) & GARBAGE != 0 {
            slot.state.fetch_and(!GARBAGE, Ordering::Acquire);
            self.drain(slot, store);
        }
    }

    /// The location of a store.
    pub fn locate(&self, store: Handle) -> Option<Location<'_, P>> {
        Some(Location { slot: self.stores.get(store.index())?, store })
    }

    /// Deletes a store: its handle is invalid from now on, on every thread. The store is freed at once
    /// if no thread is inside, else when that thread leaves. False if there was no such store.
    pub fn delete_store(&self, store: Handle) -> bool {
        let Some(slot) = self.stores.get(store.index()) else {
            return false;
        };
        if !slot.mark_dead(store) {
            return false;
        }
        if !self.try_free(store) {
            self.defer(Box::into_raw(Box::new(Deferred { store, next: ptr::null_mut() })));
        }
        self.free_deferred();
        true
    }

    /// Whether the handle stands for a store.
    pub fn store_is_valid(&self, store: Handle) -> bool {
        self.stores.get(store.index()).is_some_and(|slot| {
            let state = slot.state.load(Ordering::Acquire);
            state & (!INDEX_MASK | DEAD) == store.tag()
        })
    }

    /// Leaves a store in the cases that are rare: its state has flags, the thread stays inside by an outer
    /// guard, or a panic is under way.
    #[cold]
    #[inline(never)]
    fn leave_slowly(
        &self,
        slot: &StoreSlot<P>,
        store: Handle,
        claim: Option<Claim>,
        panicking: bool,
    ) {
        let Some(claim) = claim else {
            if panicking {
                slot.state.fetch_or(POISONED, Ordering::Relaxed);
            } else if slot.state.load(Ordering::Relaxed) & (LEAVE_HOOK | POISONED) == LEAVE_HOOK {
                // SAFETY: this thread is inside, and no other use of the payload is under way.
                slot.payload.with_mut(|cell| unsafe { (*cell).as_mut().map(P::leaving) });
            }
            slot.reentrant.store(P::thread(), Ordering::Relaxed);
            return;
        };
        let state = slot.state.load(Ordering::Acquire);
        let poisoned = panicking || state & POISONED != 0;
        let has_leave_hook = state & LEAVE_HOOK != 0;
        if poisoned {
            // SAFETY: this thread is inside, and the code that the panic interrupted isn't resumed.
            slot.payload.with_mut(|cell| unsafe { (*cell).as_mut().map(P::poisoned) });
        } else if has_leave_hook && state & DEAD == 0 {
            // SAFETY: this thread is inside, and no other use of the payload is under way.
            let again = slot.payload.with_mut(|cell| unsafe { (*cell).as_mut().map(P::leaving) });
            let done = if again == Some(true) { DUE } else { DUE | LEAVE_HOOK };
            slot.state.fetch_and(!done, Ordering::Relaxed);
        }
        if poisoned {
            slot.entry.poison(store, claim);
        } else {
            claim.leave(store);
        }
        if slot.state.load(Ordering::Relaxed) & DEAD != 0 {
            self.try_free_after_leaving(store);
        }
        if has_leave_hook {
            P::left();
        }
    }

    /// Frees a store that was deleted while this thread was inside.
    #[cold]
    #[inline(never)]
    fn try_free_after_leaving(&self, store: Handle) {
        self.try_free(store);
    }

    /// Frees a dead store, unless another thread did. False if a thread is inside it.
    fn try_free(&self, store: Handle) -> bool {
        let Some(slot) = self.stores.get(store.index()) else {
            return true;
        };
        match slot.entry.vacate(store, P::owner(), &self.owners) {
            Vacated::ByMe => {
                self.free_store(slot, store);
                true
            }
            Vacated::ByAnother => true,
            Vacated::InUse => false,
        }
    }

    /// Frees a store whose entry this thread has made vacant.
    fn free_store(&self, slot: &StoreSlot<P>, store: Handle) {
        drop(self.free_slot(slot, store));
    }

    /// Frees the slot of a store whose entry this thread has made vacant, and the store's objects. Returns the
    /// payload.
    fn free_slot(&self, slot: &StoreSlot<P>, store: Handle) -> Option<P> {
        // SAFETY: nobody enters a vacant entry, so the contents of the slot are this thread's.
        let (payload, objects) = unsafe {
            (
                slot.payload.with_mut(|cell| (*cell).take()),
                slot.objects.with_mut(|objects| std::mem::take(&mut *objects)),
            )
        };
        for index in objects {
            self.free_with_store(index);
        }
        self.drain(slot, Handle::from_bits(0));
        let generation = store.generation().wrapping_add(1);
        slot.reentrant.store(0, Ordering::Relaxed);
        slot.state.store(tag(0, generation) | DEAD, Ordering::Relaxed);
        slot.entry.renew(generation);
        self.stores.free(store.index(), slot, generation);
        payload
    }

    /// Puts an element into the list of deferred stores.
    fn defer(&self, element: *mut Deferred) {
        let mut head = self.deferred.load(Ordering::Relaxed);
        loop {
            // SAFETY: the element is this thread's until it is in the list.
            unsafe { (*element).next = head };
            match self.deferred.compare_exchange_weak(
                head,
                element,
                Ordering::Release,
                Ordering::Relaxed,
            ) {
                Ok(_) => return,
                Err(found) => head = found,
            }
        }
    }

    /// Frees the deferred stores that no thread is inside any more.
    pub fn free_deferred(&self) {
        if self.deferred.load(Ordering::Relaxed).is_null() {
            return;
        }
        let mut element = self.deferred.swap(ptr::null_mut(), Ordering::Acquire);
        while !element.is_null() {
            // SAFETY: the swap took the whole list, and its elements are boxes.
            let next = unsafe { (*element).next };
            // SAFETY: as above.
            if self.try_free(unsafe { (*element).store }) {
                // SAFETY: as above.
                drop(unsafe { Box::from_raw(element) });
            } else {
                self.defer(element);
            }
            element = next;
        }
    }
}

impl<P: Payload, O: Clone, S> Guard<'_, P, O, S> {
    /// The store's handle.
    pub fn store(&self) -> Handle {
        self.store
    }

    /// Whether the thread entered the store by this guard, and wasn't inside before.
    #[inline(always)]
    pub fn is_outermost(&self) -> bool {
        self.claim.is_some()
    }

    /// Borrows the payload for `body`.
    ///
    /// # Safety
    ///
    /// `body` doesn't enter this store again and calls no host function: while it runs nothing else uses
    /// the payload.
    #[inline(always)]
    pub unsafe fn payload<R>(&mut self, body: impl FnOnce(&mut P) -> R) -> R {
        // SAFETY: this thread is inside, so the store's payload is there; the caller vouches for `body`.
        self.slot.payload.with_mut(|cell| unsafe { body((*cell).as_mut().unwrap_unchecked()) })
    }

    /// Deletes the store, and returns its payload in place of freeing it. `None` if the thread was inside
    /// before this guard, or if another thread has deleted the store.
    pub fn take(self) -> Option<P> {
        let claim = self.claim?;
        if !self.slot.mark_dead(self.store) {
            return None;
        }
        let guard = ManuallyDrop::new(self);
        guard.slot.entry.vacate_entered(guard.store, claim);
        guard.table.free_slot(guard.slot, guard.store)
    }

    /// Leaves the store.
    // Small, so that it is inlined: a guard whose address is taken would be copied to memory on each call.
    #[inline(always)]
    fn leave(&self, panicking: bool) {
        if let Some(claim) = self.claim
            && self.slot.state.load(Ordering::Relaxed) == self.store.tag()
            && !panicking
        {
            claim.leave(self.store);
            if self.slot.state.load(Ordering::Relaxed) & DEAD != 0 {
                self.table.try_free_after_leaving(self.store);
            }
        } else {
            self.table.leave_slowly(self.slot, self.store, self.claim, panicking);
        }
    }

    /// Leaves the store where no panic is under way. Faster than a drop, which has to check for one.
    #[inline(always)]
    pub(super) fn end(self) {
        ManuallyDrop::new(self).leave(false);
    }
}

impl<P: Payload, O: Clone, S> Drop for Guard<'_, P, O, S> {
    #[inline(always)]
    fn drop(&mut self) {
        self.leave(std::thread::panicking());
    }
}

impl<'t, P: Payload> Location<'t, P> {
    /// The store's handle.
    #[inline(always)]
    pub fn store(&self) -> Handle {
        self.store
    }

    /// Requests a call of [`Payload::leaving`] when the thread that is inside leaves the store.
    pub fn request_leave_hook(&self) {
        self.slot.state.fetch_or(LEAVE_HOOK, Ordering::Relaxed);
    }

    /// Notes that work is due: it is done when the store's wasm next calls a host function, or when the
    /// thread leaves the store.
    pub fn note_due(&self) {
        self.slot.state.fetch_or(LEAVE_HOOK | DUE, Ordering::Relaxed);
    }

    /// Borrows the payload for `body`.
    ///
    /// # Safety
    ///
    /// The calling thread is inside the store, and as for [`Guard::payload`].
    #[inline(always)]
    pub unsafe fn payload<R>(&self, body: impl FnOnce(&mut P) -> R) -> R {
        // SAFETY: the calling thread is inside, so the store's payload is there; the caller vouches for the
        // rest.
        self.slot.payload.with_mut(|cell| unsafe { body((*cell).as_mut().unwrap_unchecked()) })
    }

    /// Lets the thread that is inside the store enter it again until the returned guard is dropped:
    /// while a host function runs.
    ///
    /// # Safety
    ///
    /// The calling thread, whose number is `thread`, is inside the store. Until the returned guard is dropped, nothing that was
    /// borrowed from the payload is used, so that an inner guard may borrow the payload.
    #[inline(always)]
    pub unsafe fn allow_reentry(&self, thread: u32) -> ReentryGuard<'t, P> {
        self.slot.reentrant.store(thread, Ordering::Relaxed);
        ReentryGuard { slot: self.slot }
    }
}

impl<P> ReentryGuard<'_, P> {
    /// Borrows the payload for `body`, while the store isn't entered again.
    ///
    /// # Safety
    ///
    /// As for [`Guard::payload`], and no guard of a reentry lives.
    #[inline(always)]
    pub unsafe fn payload<R>(&self, body: impl FnOnce(&mut P) -> R) -> R {
        // SAFETY: the thread that called `allow_reentry` is inside, so the store's payload is there; the
        // caller vouches for the rest.
        self.slot.payload.with_mut(|cell| unsafe { body((*cell).as_mut().unwrap_unchecked()) })
    }

    /// Whether work is due (see [`Location::note_due`]), and clears that note.
    #[inline(always)]
    pub fn take_due(&self) -> bool {
        self.slot.state.load(Ordering::Relaxed) & DUE != 0 && self.clear_due()
    }

    #[cold]
    fn clear_due(&self) -> bool {
        self.slot.state.fetch_and(!DUE, Ordering::Relaxed);
        true
    }

    /// Whether the store is poisoned.
    #[inline(always)]
    pub fn is_poisoned(&self) -> bool {
        self.slot.state.load(Ordering::Relaxed) & POISONED != 0
    }
}

impl<P> Drop for ReentryGuard<'_, P> {
    fn drop(&mut self) {
        self.slot.reentrant.store(0, Ordering::Relaxed);
    }
}
