//! Stores: entered by one thread at a time, deleted by any.
//!
//! How a thread enters is in `entry`. Leaving is a release store and a plain load of the dead mark. That load may miss a mark that another thread sets at the same instant (while
//! that thread still sees the store as entered), so who marks a store that it can't free at once
//! also puts it into the graveyard, which every later insertion and deletion of a store goes
//! through. An atomic swap on leaving would need no graveyard, and costs 5 ns more on every call.

use super::entry::{Claim, Closed, Entry, Vacated};
use super::owner::Owner;
use super::slots::Slot;
use super::{Handle, INDEX_MASK, Refused, Table, tag};
use crate::sync::{AtomicU32, AtomicU64, Ordering, UnsafeCell};
use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::ptr;

/// Flags in a store slot's state. Without any, nothing needs attention.
const DEAD: u64 = 1;
const GARBAGE: u64 = 2;
const LEAVE_HOOK: u64 = 4;
const POISONED: u64 = 8;
const DUE: u64 = 16;

/// What a store slot holds.
pub trait Payload: Send {
    /// The calling thread's number: never 0, and never that of another thread, not even of one that has
    /// ended.
    fn thread() -> u32;

    /// The calling thread, if [`Table::register_owner`] made it known.
    fn owner() -> Option<&'static Owner>;

    /// The number of the thread that is inside, and about to be in a host function.
    fn entered_thread(&self) -> u32;

    /// Called inside the store just before a thread leaves it, once [`Location::request_leave_hook`] asked for it
    /// and for as long as it returns true.
    fn leaving(&mut self) -> bool;

    /// Called just after a thread has left a store for which [`Payload::leaving`] was called.
    fn left();

    /// Called in its place when a panic happened inside the store, which nobody enters any more.
    /// Must not panic.
    fn poisoned(&mut self);
}

#[repr(align(64))]
pub(super) struct StoreSlot<P> {
    entry: Entry,
    /// The store's tag, and flags in the bits of the index.
    state: AtomicU64,
    /// Objects of this store that were deleted: a list through their links, emptied by whoever is
    /// inside. A late entry may belong to an earlier store of the slot, which does no harm.
    pub(super) garbage: AtomicU32,
    link: AtomicU32,
    /// The number of the thread that is inside and may enter again, else 0; see [`Location::allow_reentry`].
    open: AtomicU32,
    payload: UnsafeCell<Option<P>>,
    /// The slots of the objects that belong to the store.
    pub(super) objects: UnsafeCell<Vec<u32>>,
}

// SAFETY: `payload` and `objects` are touched only by the thread that `entry` let in, which may be any,
// one after another, with release and acquire between them.
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
            open: AtomicU32::new(0),
            payload: UnsafeCell::new(None),
            objects: UnsafeCell::new(Vec::new()),
        }
    }

    fn link(&self) -> &AtomicU32 {
        &self.link
    }
}

impl<P> StoreSlot<P> {
    /// Makes whoever next enters or leaves look at the garbage list.
    pub(super) fn flag_garbage(&self) {
        self.state.fetch_or(GARBAGE, Ordering::Release);
    }
}

/// A thread's stay inside a store. Leaves when dropped, and poisons the store if that is in a panic.
pub struct Guard<'t, P: Payload, O: Clone, S> {
    pub(super) table: &'t Table<P, O, S>,
    pub(super) slot: &'t StoreSlot<P>,
    store: Handle,
    /// `None` if the thread was inside before.
    claim: Option<Claim<'t>>,
    /// The stay is the thread's own.
    not_send: PhantomData<*mut ()>,
}

/// A store, and the slot that it is in.
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

/// Lets the thread inside a store enter it again; see [`Location::allow_reentry`].
pub struct ReentryGuard<'t, P> {
    slot: &'t StoreSlot<P>,
    store: Handle,
}

/// A deleted store that a thread was still inside.
pub(super) struct Grave {
    store: Handle,
    next: *mut Grave,
}

enum Reaped {
    Freed,
    InUse,
}

impl<P: Payload, O: Clone, S> Table<P, O, S> {
    /// Adds the store that `make` makes, given its location, and hands out its handle.
    pub fn insert_store<'t, E: From<Refused>>(
        &'t self,
        kind: u8,
        make: impl FnOnce(Location<'t, P>) -> Result<P, E>,
    ) -> Result<Handle, E> {
        self.sweep();
        let (index, slot) = self.stores.take().ok_or(Refused::Full)?;
        let generation = slot.entry.generation();
        let handle = Handle::new(kind, generation, index);
        let payload = match make(Location { slot, store: handle }) {
            Ok(payload) => payload,
            Err(error) => {
                self.free_store(slot, handle);
                return Err(error);
            }
        };
        // SAFETY: a slot just taken is this thread's alone until its entry is open.
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

    /// Enters a store that the thread is inside already, if it may.
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
            Closed::Held => {}
        }
        // Only the thread that is inside finds its own number, as it alone writes that.
        if slot.open.load(Ordering::Relaxed) != P::thread() {
            return Err(Refused::Busy);
        }
        slot.open.store(0, Ordering::Relaxed);
        self.check_claimed(slot, store, None)
    }

    /// Looks at the flags of a store that was just claimed, and leaves it if it can't be used.
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

    /// Frees the slots of the store's deleted objects, if there are any. The caller is inside.
    pub(super) fn collect(&self, slot: &StoreSlot<P>, store: Handle) {
        if slot.state.load(Ordering::Relaxed) & GARBAGE != 0 {
            slot.state.fetch_and(!GARBAGE, Ordering::Acquire);
            self.drain(slot, store);
        }
    }

    /// Where a store is.
    pub fn locate(&self, store: Handle) -> Option<Location<'_, P>> {
        Some(Location { slot: self.stores.get(store.index())?, store })
    }

    /// Deletes a store: its handle is invalid from now on, everywhere. It is freed at once if no
    /// thread is inside, else when that thread leaves. False if there was no such store.
    pub fn delete_store(&self, store: Handle) -> bool {
        let Some(slot) = self.stores.get(store.index()) else {
            return false;
        };
        let mut state = slot.state.load(Ordering::Relaxed);
        loop {
            if state & (!INDEX_MASK | DEAD) != store.tag() {
                return false;
            }
            match slot.state.compare_exchange_weak(
                state,
                state | DEAD,
                Ordering::AcqRel,
                Ordering::Relaxed,
            ) {
                Ok(_) => break,
                Err(found) => state = found,
            }
        }
        if let Reaped::InUse = self.reap(store) {
            self.bury(Box::into_raw(Box::new(Grave { store, next: ptr::null_mut() })));
        }
        self.sweep();
        true
    }

    /// Whether the handle means a store.
    pub fn store_is_valid(&self, store: Handle) -> bool {
        self.stores.get(store.index()).is_some_and(|slot| {
            let state = slot.state.load(Ordering::Acquire);
            state & (!INDEX_MASK | DEAD) == store.tag()
        })
    }

    /// Leaves a store that needs more than to be left, or that is left in a panic.
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
            slot.open.store(P::thread(), Ordering::Relaxed);
            return;
        };
        let state = slot.state.load(Ordering::Acquire);
        let poisoned = panicking || state & POISONED != 0;
        let has_leave_hook = state & LEAVE_HOOK != 0;
        if poisoned {
            // SAFETY: this thread is inside, and what the panic interrupted isn't resumed.
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
            self.reap_left(store);
        }
        if has_leave_hook {
            P::left();
        }
    }

    /// Frees a store that turned out to be dead when it was left.
    #[cold]
    #[inline(never)]
    fn reap_left(&self, store: Handle) {
        self.reap(store);
    }

    /// Frees a dead store unless a thread is inside it.
    fn reap(&self, store: Handle) -> Reaped {
        let Some(slot) = self.stores.get(store.index()) else {
            return Reaped::Freed;
        };
        match slot.entry.vacate(store, P::owner(), &self.owners) {
            Vacated::ByMe => {
                self.free_store(slot, store);
                Reaped::Freed
            }
            Vacated::ByAnother => Reaped::Freed,
            Vacated::Not => Reaped::InUse,
        }
    }

    /// Frees a store that this thread alone has, as its entry is vacant.
    fn free_store(&self, slot: &StoreSlot<P>, store: Handle) {
        // SAFETY: nobody enters a vacant entry, so what is in the slot is this thread's.
        let (payload, objects) = unsafe {
            (
                slot.payload.with_mut(|cell| (*cell).take()),
                slot.objects.with_mut(|objects| std::mem::take(&mut *objects)),
            )
        };
        for index in objects {
            self.retire_object(index);
        }
        self.drain(slot, Handle::from_bits(0));
        let generation = store.generation().wrapping_add(1);
        slot.open.store(0, Ordering::Relaxed);
        slot.state.store(tag(0, generation) | DEAD, Ordering::Relaxed);
        slot.entry.renew(generation);
        self.stores.give_back(store.index(), slot, generation);
        drop(payload);
    }

    fn bury(&self, grave: *mut Grave) {
        let mut head = self.graveyard.load(Ordering::Relaxed);
        loop {
            // SAFETY: the grave is this thread's until it is in the list.
            unsafe { (*grave).next = head };
            match self.graveyard.compare_exchange_weak(
                head,
                grave,
                Ordering::Release,
                Ordering::Relaxed,
            ) {
                Ok(_) => return,
                Err(found) => head = found,
            }
        }
    }

    /// Frees the stores in the graveyard that nobody is inside any more.
    pub fn sweep(&self) {
        if self.graveyard.load(Ordering::Relaxed).is_null() {
            return;
        }
        let mut grave = self.graveyard.swap(ptr::null_mut(), Ordering::Acquire);
        while !grave.is_null() {
            // SAFETY: the swap took the whole list, and `bury` was given boxes.
            let next = unsafe { (*grave).next };
            // SAFETY: as above.
            match self.reap(unsafe { (*grave).store }) {
                Reaped::InUse => self.bury(grave),
                // SAFETY: as above.
                Reaped::Freed => drop(unsafe { Box::from_raw(grave) }),
            }
            grave = next;
        }
    }
}

impl<P: Payload, O: Clone, S> Guard<'_, P, O, S> {
    /// The store's handle.
    pub fn store(&self) -> Handle {
        self.store
    }

    /// Whether the thread was outside of the store before this stay.
    #[inline(always)]
    pub fn is_outermost(&self) -> bool {
        self.claim.is_some()
    }

    /// Borrows the payload for `body`, which must not lead to another stay in this store.
    ///
    /// # Safety
    ///
    /// Nothing that `body` calls uses the payload in another way, as a host function may.
    #[inline(always)]
    pub unsafe fn payload<R>(&mut self, body: impl FnOnce(&mut P) -> R) -> R {
        // SAFETY: this thread is inside, so the store's payload is there; the caller vouches for `body`.
        self.slot.payload.with_mut(|cell| unsafe { body((*cell).as_mut().unwrap_unchecked()) })
    }

    /// Leaves the store.
    // Small, so that it is compiled into its callers: a stay whose address is taken would be copied
    // around on each call.
    #[inline(always)]
    fn leave(&self, panicking: bool) {
        if let Some(claim) = self.claim
            && self.slot.state.load(Ordering::Relaxed) == self.store.tag()
            && !panicking
        {
            claim.leave(self.store);
            if self.slot.state.load(Ordering::Relaxed) & DEAD != 0 {
                self.table.reap_left(self.store);
            }
        } else {
            self.table.leave_slowly(self.slot, self.store, self.claim, panicking);
        }
    }

    /// Leaves the store where no panic can be under way, which is faster than to find that out.
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

    /// Asks for [`Payload::leaving`] when the thread that is in the store leaves it.
    pub fn request_leave_hook(&self) {
        self.slot.state.fetch_or(LEAVE_HOOK, Ordering::Relaxed);
    }

    /// Notes that something waits for the next host function in the store, or for its thread to leave it.
    pub fn note_due(&self) {
        self.slot.state.fetch_or(LEAVE_HOOK | DUE, Ordering::Relaxed);
    }

    /// Lets the thread that is inside the store enter it again until the guard is dropped: for the
    /// length of a host function.
    ///
    /// # Safety
    ///
    /// The calling thread is inside the store, and until the guard is dropped the payload is in a
    /// state that a second stay may use: nothing that the first one borrowed from it is used.
    #[inline(always)]
    pub unsafe fn allow_reentry(&self) -> ReentryGuard<'t, P> {
        let reentry = ReentryGuard { slot: self.slot, store: self.store };
        // SAFETY: as the caller vouches.
        let thread = unsafe { reentry.payload(|payload| payload.entered_thread()) };
        self.slot.open.store(thread, Ordering::Relaxed);
        reentry
    }
}

impl<P> ReentryGuard<'_, P> {
    /// The store's handle.
    #[inline(always)]
    pub fn store(&self) -> Handle {
        self.store
    }

    /// Borrows the payload for `body`, outside of any second stay.
    ///
    /// # Safety
    ///
    /// As for [`Guard::payload`], and no second stay is under way.
    #[inline(always)]
    pub unsafe fn payload<R>(&self, body: impl FnOnce(&mut P) -> R) -> R {
        // SAFETY: the thread that called `allow_reentry` is inside, so the store's payload is there; the caller
        // vouches for the rest.
        self.slot.payload.with_mut(|cell| unsafe { body((*cell).as_mut().unwrap_unchecked()) })
    }

    /// Whether [`Location::note_due`] was called for the store, which is then forgotten.
    #[inline(always)]
    pub fn take_due(&self) -> bool {
        self.slot.state.load(Ordering::Relaxed) & DUE != 0 && self.forget_due()
    }

    #[cold]
    fn forget_due(&self) -> bool {
        self.slot.state.fetch_and(!DUE, Ordering::Relaxed);
        true
    }

    /// Whether a panic happened in the store.
    #[inline(always)]
    pub fn is_poisoned(&self) -> bool {
        self.slot.state.load(Ordering::Relaxed) & POISONED != 0
    }
}

impl<P> Drop for ReentryGuard<'_, P> {
    fn drop(&mut self) {
        self.slot.open.store(0, Ordering::Relaxed);
    }
}
