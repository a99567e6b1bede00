//! Objects that belong to a store: instances, functions, memories and so on.
//!
//! An object's slot names its store, so an object's handle is enough to enter the store. The
//! object's own generation is checked again inside. Deleting an object never enters its store: it
//! marks the slot dead and queues it on the store, and the thread that enters the store next, or is
//! inside, frees the queued slots. So an object that was checked inside a store stays valid there.

use super::entry::Claim;
use super::slots::Slot;
use super::store::{Guard, Payload, StoreSlot};
use super::{Handle, INDEX_BITS, Refused, Table, tag};
use crate::sync::{AtomicPtr, AtomicU32, AtomicU64, Ordering, UnsafeCell};
use std::ptr;

const DEAD: u64 = 1;

#[repr(align(64))]
pub(super) struct ObjectSlot<P, O> {
    /// Kind and generation as in a handle, and [`DEAD`].
    state: AtomicU64,
    /// The handle of the store that the object belongs to.
    store: AtomicU64,
    /// The slot of that store; null if this slot never had an object.
    store_slot: AtomicPtr<StoreSlot<P>>,
    link: AtomicU32,
    /// The slot's position in its store's list of objects. Used only inside the store.
    position: AtomicU32,
    object: UnsafeCell<Option<O>>,
}

// SAFETY: `object` is written only by a thread with exclusive access to the slot (before its state says
// that it is alive, or once it is dead), and is read only inside the object's store, by one thread at a
// time.
unsafe impl<P: Send, O: Send> Sync for ObjectSlot<P, O> {}
// SAFETY: the slot owns its object.
unsafe impl<P: Send, O: Send> Send for ObjectSlot<P, O> {}

impl<P, O> Slot for ObjectSlot<P, O> {
    fn vacant(generation: u32) -> Self {
        Self {
            state: AtomicU64::new(tag(0, generation) | DEAD),
            store: AtomicU64::new(0),
            store_slot: AtomicPtr::new(ptr::null_mut()),
            link: AtomicU32::new(0),
            position: AtomicU32::new(0),
            object: UnsafeCell::new(None),
        }
    }

    fn link(&self) -> &AtomicU32 {
        &self.link
    }
}

impl<P, O: Clone> ObjectSlot<P, O> {
    /// Refuses any handle but that of the slot's living object.
    #[inline(always)]
    fn check(&self, object: Handle) -> Result<(), Refused> {
        if self.state.load(Ordering::Acquire) == object.tag() {
            Ok(())
        } else {
            Err(Refused::Invalid)
        }
    }

    /// The store of the slot's living object. The state changes before the slot gets its next object,
    /// so a store that is read between two checks of an unchanged state belongs to this object.
    #[inline(always)]
    fn store_of(&self, object: Handle) -> Result<Handle, Refused> {
        self.check(object)?;
        let store = self.store.load(Ordering::Acquire);
        self.check(object)?;
        Ok(Handle::from_bits(store))
    }

    /// The store of the slot's living object, and the slot of that store.
    #[inline(always)]
    fn store_and_slot_of(&self, object: Handle) -> Result<(Handle, *mut StoreSlot<P>), Refused> {
        self.check(object)?;
        let store = self.store.load(Ordering::Acquire);
        let slot = self.store_slot.load(Ordering::Acquire);
        self.check(object)?;
        Ok((Handle::from_bits(store), slot))
    }

    /// Reads the object. The caller is inside its store, and saw there that the object is alive.
    #[inline(always)]
    fn read(&self) -> Result<O, Refused> {
        // SAFETY: the caller is inside the object's store and saw the slot alive there; only the
        // thread inside that store frees it.
        self.object.with(|cell| unsafe { (*cell).clone() }).ok_or(Refused::Invalid)
    }
}

impl<P: Payload, O: Clone, S> Table<P, O, S> {
    /// Enters the store that an object belongs to, and returns the object.
    pub fn enter_with(&self, object: Handle) -> Result<(Guard<'_, P, O, S>, O), Refused> {
        let (slot, store_slot, store, claim) = self.claim_with(object)?;
        let guard = self.guard(store_slot, store, claim);
        slot.check(object)?;
        let object = slot.read()?;
        Ok((guard, object))
    }

    /// Runs `body` in the store that an object belongs to, with a `part` of the object. Calls use this
    /// in place of [`Table::enter_with`]: returning the guard and the whole object would double the cost
    /// of entering.
    #[inline(always)]
    pub fn within<'t, V: Clone, R>(
        &'t self,
        object: Handle,
        part: impl FnOnce(&O) -> Option<&V>,
        body: impl FnOnce(&mut Guard<'t, P, O, S>, V) -> R,
    ) -> Result<R, Refused> {
        let (slot, store_slot, store, claim) = self.claim_with(object)?;
        let mut guard = self.guard(store_slot, store, claim);
        slot.check(object)?;
        // SAFETY: as in `read`; the part is cloned before anything else happens.
        let part = slot.object.with(|cell| unsafe { (*cell).as_ref().and_then(part) });
        // Not `ok_or`: a `Result` with an error of one byte is copied bytewise, which stalls.
        match part {
            Some(part) => {
                let part = part.clone();
                let result = body(&mut guard, part);
                guard.end();
                Ok(result)
            }
            None => Err(Refused::Invalid),
        }
    }

    /// Claims the store that an object belongs to.
    #[inline(always)]
    #[allow(clippy::type_complexity, reason = "the parts of a guard, which its two callers make")]
    fn claim_with(
        &self,
        object: Handle,
    ) -> Result<(&ObjectSlot<P, O>, &StoreSlot<P>, Handle, Option<Claim<'_>>), Refused> {
        // First, since it may be a function call, across which few values should be live.
        let current = P::owner();
        let slot = self.objects.get(object.index()).ok_or(Refused::Invalid)?;
        // The pointer and not the store's index: that saves a load before the store can be claimed.
        let (store, store_slot) = slot.store_and_slot_of(object)?;
        // SAFETY: the pointer of a slot was set before the slot became alive. It points to a slot of this
        // table, which lives as long as the table.
        let store_slot = unsafe { &*store_slot };
        let claim = self.claim(store_slot, store, current)?;
        Ok((slot, store_slot, store, claim))
    }

    /// Deletes an object; false if there was none.
    pub fn delete_object(&self, object: Handle) -> bool {
        let Some(slot) = self.objects.get(object.index()) else {
            return false;
        };
        if slot
            .state
            .compare_exchange(
                object.tag(),
                object.tag() | DEAD,
                Ordering::AcqRel,
                Ordering::Relaxed,
            )
            .is_err()
        {
            return false;
        }
        // The slot is dead but not freed: only the thread that takes it from the queue frees it, so
        // it still names its store.
        let store = Handle::from_bits(slot.store.load(Ordering::Relaxed));
        let Some(store) = self.stores.get(store.index()) else {
            return true;
        };
        let mut head = store.garbage.load(Ordering::Relaxed);
        loop {
            slot.link.store(head, Ordering::Relaxed);
            match store.garbage.compare_exchange_weak(
                head,
                object.index() + 1,
                Ordering::AcqRel,
                Ordering::Relaxed,
            ) {
                Ok(_) => break,
                Err(found) => head = found,
            }
        }
        store.flag_garbage();
        true
    }

    /// Whether the handle stands for a living object of a living store.
    pub fn object_is_valid(&self, object: Handle) -> bool {
        self.objects
            .get(object.index())
            .and_then(|slot| slot.store_of(object).ok())
            .is_some_and(|store| self.store_is_valid(store))
    }

    /// Frees the objects that are queued on a store's slot. The caller has the slot to itself, and
    /// `current` is the store in it. Objects that an earlier store of the slot left are freed as well.
    pub(super) fn drain(&self, store: &StoreSlot<P>, current: Handle) {
        // Releases too: a thread that queues an object afterwards sees the store's new state before it
        // flags the store.
        let mut next = store.garbage.swap(0, Ordering::AcqRel);
        while let Some(index) = next.checked_sub(1) {
            let Some(slot) = self.objects.get(index) else {
                return;
            };
            next = slot.link.load(Ordering::Relaxed);
            if slot.store.load(Ordering::Relaxed) == current.bits() {
                // SAFETY: `current` is a store only when the caller is inside it.
                store.objects.with_mut(|objects| unsafe {
                    self.unlist(&mut *objects, slot);
                });
            }
            self.free_object(index, slot);
        }
    }

    fn unlist(&self, objects: &mut Vec<u32>, slot: &ObjectSlot<P, O>) {
        let position = slot.position.load(Ordering::Relaxed);
        objects.swap_remove(position as usize);
        if let Some(moved) =
            objects.get(position as usize).and_then(|&index| self.objects.get(index))
        {
            moved.position.store(position, Ordering::Relaxed);
        }
    }

    /// Frees an object of a store that is being freed. An object that is queued is left to the thread
    /// that empties the queue.
    pub(super) fn free_with_store(&self, index: u32) {
        let Some(slot) = self.objects.get(index) else {
            return;
        };
        let state = slot.state.load(Ordering::Acquire);
        if state & DEAD == 0
            && slot
                .state
                .compare_exchange(state, state | DEAD, Ordering::AcqRel, Ordering::Relaxed)
                .is_ok()
        {
            self.free_object(index, slot);
        }
    }

    fn free_object(&self, index: u32, slot: &ObjectSlot<P, O>) {
        // SAFETY: nobody reads a dead object, and only the caller frees it.
        let object = slot.object.with_mut(|cell| unsafe { (*cell).take() });
        let state = slot.state.load(Ordering::Relaxed);
        let generation = ((state >> INDEX_BITS) as u32).wrapping_add(1);
        slot.state.store(tag(0, generation) | DEAD, Ordering::Release);
        self.objects.free(index, slot, generation);
        drop(object);
    }
}

impl<P: Payload, O: Clone, S> Guard<'_, P, O, S> {
    /// Adds an object to the store and hands out its handle.
    pub fn insert(&mut self, kind: u8, object: O) -> Result<Handle, Refused> {
        self.table.collect(self.slot, self.store());
        // SAFETY: the list is used only inside the store, and `insert` borrows it once.
        let (index, slot) = self.slot.objects.with_mut(|objects| unsafe {
            let objects = &mut *objects;
            objects.try_reserve(1).map_err(|_| Refused::Full)?;
            let (index, slot) = self.table.objects.allocate().ok_or(Refused::Full)?;
            slot.position.store(objects.len() as u32, Ordering::Relaxed);
            objects.push(index);
            Ok((index, slot))
        })?;
        let generation = (slot.state.load(Ordering::Relaxed) >> INDEX_BITS) as u32;
        slot.store.store(self.store().bits(), Ordering::Release);
        slot.store_slot.store(ptr::from_ref(self.slot).cast_mut(), Ordering::Release);
        // SAFETY: a slot that was just allocated is this thread's alone until its state says that it is
        // alive.
        slot.object.with_mut(|cell| unsafe { *cell = Some(object) });
        slot.state.store(tag(kind, generation), Ordering::Release);
        Ok(Handle::new(kind, generation, index))
    }

    /// The object, if it belongs to this store.
    pub fn get(&self, object: Handle) -> Result<O, Refused> {
        let slot = self.table.objects.get(object.index()).ok_or(Refused::Invalid)?;
        let store = slot.store_of(object)?;
        if store != self.store() {
            return if self.table.store_is_valid(store) {
                Err(Refused::Foreign)
            } else {
                Err(Refused::Invalid)
            };
        }
        slot.read()
    }
}
