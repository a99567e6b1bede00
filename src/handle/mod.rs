//! The handle table: the one place that knows whether a handle means a living object.
//!
//! A [`Handle`] is 64 bits: the kind of object in the top byte (never 0, so that no ordinary
//! pointer or small number is a handle, and a store's without two bits that `entry` needs), the
//! generation of its slot, and the slot's index. Slots are never freed, so reading any of them is
//! always safe, and a slot's generation changes with each object in it, so a stale handle is always
//! recognised. Generations start at a random value,
//! so a made-up handle, or one of another copy of this library in the same process, is recognised
//! but for about one chance in 2^32. A slot whose generations are used up is retired.
//!
//! There are three classes of object, one file each:
//!
//! - [`store`]: a store is *entered* by one thread at a time, as `entry` says.
//! - [`object`]: what belongs to a store is looked at only inside that store.
//! - [`shared`]: everything else is pinned for the moment that it takes to clone it.
//!
//! Deleting never waits and never fails, whichever thread does it: it marks the slot, and who next
//! has the slot to itself frees it.
//!
//! The table knows nothing of WebAssembly. What it holds is generic, and its atomics come from
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
use store::{Grave, StoreSlot};

const INDEX_BITS: u32 = 24;
const INDEX_MASK: u64 = (1 << INDEX_BITS) - 1;
const KIND_SHIFT: u32 = 56;

/// What a caller holds in place of a pointer: kind, generation and slot index in 64 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handle(u64);

impl Handle {
    /// Reads any 64 bits as a handle; whether it means anything is for the table to say.
    pub const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// The bits that a caller holds.
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// The kind of object that the handle claims to mean.
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

    /// The handle's kind and generation in their places, the index bits 0: the state of the slot
    /// of a living object of this handle.
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
    /// The store is in use: on another thread, or on this one at a point where it can't be entered.
    Busy,
    /// A panic happened inside the store; nothing but deleting it is safe.
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
    /// Stores that were deleted while a thread was inside; see [`Table::delete_store`].
    graveyard: AtomicPtr<Grave>,
    owners: Slots<Owner>,
}

impl<P, O, S> Table<P, O, S> {
    /// An empty table. `seed` decides where generations start.
    pub fn new(seed: u64) -> Self {
        Self {
            stores: Slots::new(seed),
            objects: Slots::new(seed.rotate_left(21)),
            shared: Slots::new(seed.rotate_left(42)),
            graveyard: AtomicPtr::new(std::ptr::null_mut()),
            owners: Slots::new(0),
        }
    }
}
