//! Values that belong to no store, such as engines, modules and errors.
//!
//! One atomic word holds the generation, a dead bit and the number of pins. A use pins the slot, clones
//! the value (an `Arc`) and unpins the slot. Deleting sets the dead bit, and the last unpin frees the
//! value.

use super::slots::Slot;
use super::{Handle, INDEX_BITS, INDEX_MASK, Refused, Table, tag};
use crate::sync::{AtomicU32, AtomicU64, Ordering, UnsafeCell};

const DEAD: u64 = 1 << (INDEX_BITS - 1);
const PINS: u64 = DEAD - 1;

pub(super) struct SharedSlot<S> {
    /// Kind and generation as in a handle, [`DEAD`], and the number of pins in the bits below.
    state: AtomicU64,
    link: AtomicU32,
    value: UnsafeCell<Option<S>>,
}

// SAFETY: `value` is written only by a thread with exclusive access to the slot (before its state says
// that it is alive, or once it is dead and unpinned), and is cloned only while pinned. Both may happen on
// any thread, which `S: Send + Sync` allows.
unsafe impl<S: Send + Sync> Sync for SharedSlot<S> {}
// SAFETY: the slot owns its value.
unsafe impl<S: Send> Send for SharedSlot<S> {}

impl<S> Slot for SharedSlot<S> {
    fn vacant(generation: u32) -> Self {
        Self {
            state: AtomicU64::new(tag(0, generation) | DEAD),
            link: AtomicU32::new(0),
            value: UnsafeCell::new(None),
        }
    }

    fn link(&self) -> &AtomicU32 {
        &self.link
    }
}

impl<P, O, S: Clone> Table<P, O, S> {
    /// Adds a value and hands out its handle.
    pub fn insert_shared(&self, kind: u8, value: S) -> Result<Handle, Refused> {
        let (index, slot) = self.shared.allocate().ok_or(Refused::Full)?;
        // SAFETY: a slot that was just allocated is this thread's alone until its state says that it is
        // alive.
        slot.value.with_mut(|cell| unsafe { *cell = Some(value) });
        let generation = (slot.state.load(Ordering::Relaxed) >> INDEX_BITS) as u32;
        slot.state.store(tag(kind, generation), Ordering::Release);
        Ok(Handle::new(kind, generation, index))
    }

    /// A clone of the value.
    pub fn shared(&self, handle: Handle) -> Result<S, Refused> {
        let slot = self.shared.get(handle.index()).ok_or(Refused::Invalid)?;
        let mut state = slot.state.load(Ordering::Relaxed);
        loop {
            if state & !PINS != handle.tag() {
                return Err(Refused::Invalid);
            }
            if state & PINS == PINS {
                return Err(Refused::Full);
            }
            match slot.state.compare_exchange_weak(
                state,
                state + 1,
                Ordering::Acquire,
                Ordering::Relaxed,
            ) {
                Ok(_) => break,
                Err(found) => state = found,
            }
        }
        // SAFETY: nobody writes or frees the value while it is pinned.
        let value = slot.value.with(|cell| unsafe { (*cell).clone() });
        let before = slot.state.fetch_sub(1, Ordering::AcqRel);
        if before & (DEAD | PINS) == DEAD | 1 {
            self.free_shared(handle, slot);
        }
        value.ok_or(Refused::Invalid)
    }

    /// Deletes the value; false if there was none. Clones of it live on.
    pub fn delete_shared(&self, handle: Handle) -> bool {
        let Some(slot) = self.shared.get(handle.index()) else {
            return false;
        };
        let mut state = slot.state.load(Ordering::Relaxed);
        loop {
            if state & !PINS != handle.tag() {
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
        if state & PINS == 0 {
            self.free_shared(handle, slot);
        }
        true
    }

    /// Whether the handle stands for a value.
    pub fn shared_is_valid(&self, handle: Handle) -> bool {
        self.shared
            .get(handle.index())
            .is_some_and(|slot| slot.state.load(Ordering::Acquire) & !PINS == handle.tag())
    }

    /// Frees a slot that the caller made both dead and unpinned.
    fn free_shared(&self, handle: Handle, slot: &SharedSlot<S>) {
        // SAFETY: a dead slot gets no new pins, and the last one is gone.
        let value = slot.value.with_mut(|cell| unsafe { (*cell).take() });
        let generation = handle.generation().wrapping_add(1);
        slot.state.store(tag(0, generation) | DEAD, Ordering::Release);
        self.shared.free((handle.bits() & INDEX_MASK) as u32, slot, generation);
        drop(value);
    }
}
