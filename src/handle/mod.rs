//! The handle table: it alone knows whether a handle stands for a living object.
//!
//! A [`Handle`] is 64 bits: the kind of object in the top byte, the generation of a slot, and the
//! slot's index. No kind is 0, so no ordinary pointer and no small number is a handle. The kind of
//! stores leaves two bits clear that `entry` needs. Slots are never freed, so any of them can be
//! read at any time. A slot's generation changes with each object in it, so a stale handle is always
//! recognised. Generations start at a random value: a made-up handle, or a handle of another copy
//! of this library in the same process, passes with a probability of about one in 2^32. A slot
//! whose generations are used up is never used again.
//!
//! There are three classes of object, one file each:
//!
//! - [`store`]: a store is *entered* by one thread at a time, as `entry` describes.
//! - [`object`]: an object of a store is read only by the thread that has entered the store.
//! - [`shared`]: any other value is pinned while it is cloned.
//!
//! Deleting never waits and never fails, whichever thread does it: it marks the slot as dead, and
//! the next thread that has exclusive access to the slot frees it.
//!
//! The table knows nothing of WebAssembly. It is generic in its payloads, and its atomics come from
//! `crate::sync`, so the Loom tests can run this source through its interleavings.

mod entry;
pub mod object;
pub mod owner;
pub mod shared;
mod slots;
pub mod store;

use crate::sync::AtomicPtr;
use object::ObjectSlot;
use owner::Owner;
use shared::SharedSlot;
use slots::Slots;
use store::{Deferred, StoreSlot};

const INDEX_BITS: u32 = 24;
const INDEX_MASK: u64 = (1 << INDEX_BITS) - 1;
const KIND_SHIFT: u32 = 56;

/// The number that a caller holds in place of a pointer: kind, generation and slot index in 64 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handle(u64);

impl Handle {
    /// Reads any 64 bits as a handle. Only the table knows whether an object belongs to it.
    pub const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// The bits that a caller holds.
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// The kind of object that the handle claims to stand for.
    pub const fn kind(self) -> u8 {
        (self.0 >> KIND_SHIFT) as u8
    }

    fn new(kind: u8, generation: u32, index: u32) -> Self {
        Self(tag(kind, generation) | u64::from(index))
    }

    fn generation(self) -> u32 {
        (self.0 >> INDEX_BITS) as u32
    }

    fn index(self) -> u32 {
        (self.0 & INDEX_MASK) as u32
    }

    /// The handle's kind and generation at their positions, with an index of 0. The state of a slot
    /// equals the tag of its living object's handle.
    fn tag(self) -> u64 {
        self.0 & !INDEX_MASK
    }
}

fn tag(kind: u8, generation: u32) -> u64 {
    u64::from(kind) << KIND_SHIFT | u64::from(generation) << INDEX_BITS
}

/// Why the table refuses a handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The object was deleted, or there never was one.
    Invalid,
    /// The store is in use, on another thread or on this one at a point where it can't be entered.
    Busy,
    /// A panic happened in the store. It can only be deleted.
    Poisoned,
    /// The object is alive but belongs to another store.
    Foreign,
    /// There is no room for another object.
    Full,
}

/// A table of stores with payload `P`, of objects `O` that belong to them, and of shared values `S`.
pub struct Table<P, O, S> {
    stores: Slots<StoreSlot<P>>,
    objects: Slots<ObjectSlot<P, O>>,
    shared: Slots<SharedSlot<S>>,
    /// Stores that were deleted while a thread was inside, and are not freed yet; see
    /// [`Table::delete_store`].
    deferred: AtomicPtr<Deferred>,
    owners: Slots<Owner>,
}

impl<P, O, S> Table<P, O, S> {
    /// An empty table. The generations of its slots start at values derived from `seed`.
    pub fn new(seed: u64) -> Self {
        Self {
            stores: Slots::new(seed),
            objects: Slots::new(seed.rotate_left(21)),
            shared: Slots::new(seed.rotate_left(42)),
            deferred: AtomicPtr::new(std::ptr::null_mut()),
            owners: Slots::new(0),
        }
    }
}
