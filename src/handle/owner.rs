//! Threads that make stores, as the table knows them.

use super::slots::Slot;
use super::{Handle, INDEX_MASK, Table};
use crate::sync::{AtomicU32, AtomicU64, MAX_OWN_CLAIMS, Ordering, light_fence};

/// In the entry of a store that belongs to a visitor: with its index, and the store's tag.
pub(super) const OWN: u64 = 1 << 63;

const ENTERED: u64 = 1 << 63;

/// A thread that makes stores, and the place where it says which of its own it is inside.
///
/// Others only read that, so that saying it costs the thread next to nothing. The place outlives the
/// thread; another one may get it later, and its stores with it.
#[repr(align(64))]
pub struct Owner {
    /// [`OWN`], and the visitor's index.
    mark: AtomicU64,
    link: AtomicU32,
    /// Handles of stores, with [`INSIDE`] or left.
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
    /// What an entry is that belongs to this visitor, but for the tag.
    #[inline(always)]
    pub(super) fn mark(&self) -> u64 {
        self.mark.load(Ordering::Relaxed)
    }

    /// Says that this thread enters a store, if there is room to say so. It then looks whether the store
    /// is its own: whoever takes that away from it, and looks here after a heavy fence, is seen by this
    /// thread or sees it.
    #[inline(always)]
    pub(super) fn announce(&self, store: Handle, room: usize) -> Option<&AtomicU64> {
        let claim = &self.claims[room];
        if claim.load(Ordering::Relaxed) & ENTERED != 0 {
            return None;
        }
        // Release, here and on leaving: who sees it sees all that earlier stays have done.
        claim.store(store.bits() | ENTERED, Ordering::Release);
        light_fence();
        Some(claim)
    }

    /// Whether the thread has said that it is inside the store.
    pub(super) fn is_in(&self, store: Handle) -> bool {
        self.claims.iter().any(|claim| claim.load(Ordering::Acquire) == store.bits() | ENTERED)
    }

    fn is_anywhere(&self) -> bool {
        self.claims.iter().any(|claim| claim.load(Ordering::Relaxed) & ENTERED != 0)
    }
}

impl<P, O, S> Table<P, O, S> {
    /// Makes the calling thread known: `None` if there are too many, or no memory is left. Nobody else uses
    /// what this gives, which is dismissed when the thread ends.
    pub fn register_owner(&self) -> Option<&Owner> {
        let (index, owner) = self.owners.take()?;
        owner.mark.store(OWN | u64::from(index), Ordering::Relaxed);
        Some(owner)
    }

    /// Says that the thread is ending. If it is inside a store of its own, it stays there for ever.
    pub fn retire_owner(&self, owner: &Owner) {
        if !owner.is_anywhere() {
            self.owners.put_back((owner.mark() & INDEX_MASK) as u32, owner);
        }
    }
}
