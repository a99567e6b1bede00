//! The records of threads that own stores (biased locking).

use super::slots::Slot;
use super::{Handle, INDEX_MASK, Table};
use crate::sync::{AtomicU32, AtomicU64, MAX_OWN_CLAIMS, Ordering, light_fence};

/// Marks the entry of a store that belongs to an owner, with the owner's index and the store's tag.
pub(super) const OWN: u64 = 1 << 63;

/// Marks the claim of a store that the owner is inside.
const ENTERED: u64 = 1 << 63;

/// The record of a thread that owns stores: it announces there which of them it is inside.
///
/// Other threads only read the record, so an announcement costs its thread next to nothing. The record
/// outlives the thread. A later thread may get it, and with it the stores that belong to it.
#[repr(align(64))]
pub struct Owner {
    /// [`OWN`], and the index of this record.
    mark: AtomicU64,
    link: AtomicU32,
    /// Handles of stores: with [`ENTERED`] while the thread is inside, without it afterwards.
    claims: [AtomicU64; MAX_OWN_CLAIMS],
}

impl Slot for Owner {
    fn vacant(_generation: u32) -> Self {
        Self {
            mark: AtomicU64::new(0),
            link: AtomicU32::new(0),
            claims: std::array::from_fn(|_| AtomicU64::new(0)),
        }
    }

    fn link(&self) -> &AtomicU32 {
        &self.link
    }
}

impl Owner {
    /// The entry of a store that belongs to this owner, without the store's tag.
    #[inline(always)]
    pub(super) fn mark(&self) -> u64 {
        self.mark.load(Ordering::Relaxed)
    }

    /// Announces that this thread enters a store, in the claim `index` if that is free. The thread must
    /// then check that the store is still its own: either it sees the revocation by another thread, or
    /// that thread, after its heavy fence, sees the announcement.
    #[inline(always)]
    pub(super) fn announce(&self, store: Handle, index: usize) -> Option<&AtomicU64> {
        let claim = &self.claims[index];
        if claim.load(Ordering::Relaxed) & ENTERED != 0 {
            return None;
        }
        // Release, here and on leaving: a thread that reads the claim sees all earlier uses of the store.
        claim.store(store.bits() | ENTERED, Ordering::Release);
        light_fence();
        Some(claim)
    }

    /// Whether the thread has announced that it is inside the store.
    pub(super) fn has_announced(&self, store: Handle) -> bool {
        self.claims.iter().any(|claim| claim.load(Ordering::Acquire) == store.bits() | ENTERED)
    }

    /// Whether the thread has announced that it is inside any store.
    fn has_announced_any(&self) -> bool {
        self.claims.iter().any(|claim| claim.load(Ordering::Relaxed) & ENTERED != 0)
    }
}

impl<P, O, S> Table<P, O, S> {
    /// Makes an owner record for the calling thread: `None` if there are too many, or no memory is left.
    /// Only this thread may use it, and must pass it to [`Table::retire_owner`] when it ends.
    pub fn register_owner(&self) -> Option<&Owner> {
        let (index, owner) = self.owners.allocate()?;
        owner.mark.store(OWN | u64::from(index), Ordering::Relaxed);
        Some(owner)
    }

    /// Gives up the record of a thread that is ending. If the thread is inside a store of its own, the
    /// record is kept and the store stays in use for ever.
    pub fn retire_owner(&self, owner: &Owner) {
        if !owner.has_announced_any() {
            self.owners.push_free((owner.mark() & INDEX_MASK) as u32, owner);
        }
    }
}
