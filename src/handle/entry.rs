//! Entering a store: a lock that is biased towards the thread that made the store.
//!
//! A store belongs to its owner thread, the one that made it. To enter, the owner announces the store in
//! a word of its own and then checks that the store is still its own: a write and a read, neither of
//! which waits for anything. Another thread that wants to enter or free the store first revokes the
//! ownership, for good, and runs a heavy fence. After the fence either the owner sees the revocation, or
//! the other thread sees the announcement. A store that was revoked, or never had an owner, is entered
//! by a compare-and-swap, which waits until all earlier writes of its thread are done.

use super::owner::{OWN, Owner};
use super::slots::Slots;
use super::{Handle, INDEX_BITS, INDEX_MASK, tag};
use crate::sync::{AtomicU64, MAX_OWN_CLAIMS, Ordering, has_heavy_fence, heavy_fence};
use std::ptr;

/// Added to the tag of a store that a thread left in a panic.
const POISONED: u64 = 1;

/// Replaces [`OWN`] once the store was revoked from its owner, which may still be inside.
const REVOKED: u64 = 1 << 61;

/// The word of a store's slot that says how the store is entered. It is one of these:
///
/// - the store's handle: nobody is inside, and a compare-and-swap enters. A stale handle never enters the
///   next store of the slot, since that store's handle differs;
/// - the store's tag: a thread is inside that entered by a compare-and-swap;
/// - the store's tag with an owner's index and [`OWN`] or [`REVOKED`]: the owner is inside if it has
///   announced so;
/// - the store's tag with [`POISONED`];
/// - a tag without a kind: the slot has no store.
pub(super) struct Entry(AtomicU64);

/// The right of one thread to use a store: the word that gets the store's handle when the thread leaves.
#[derive(Clone, Copy)]
pub(super) struct Claim<'t>(&'t AtomicU64);

/// Why a store can't be entered.
pub(super) enum Closed {
    /// The slot has no store, or another one.
    Vacant,
    /// The store is poisoned.
    Poisoned,
    /// A thread is inside, perhaps the calling one.
    InUse,
}

/// Whether a store was ended.
pub(super) enum Vacated {
    /// The calling thread ended it, and must free it.
    ByMe,
    /// Another thread ended it earlier.
    ByAnother,
    /// No: a thread is inside.
    InUse,
}

impl Entry {
    /// The entry of a slot whose next store will have this generation.
    pub(super) fn vacant(generation: u32) -> Self {
        Self(AtomicU64::new(tag(0, generation)))
    }

    pub(super) fn generation(&self) -> u32 {
        (self.0.load(Ordering::Relaxed) >> INDEX_BITS) as u32
    }

    /// Lets threads enter a store that was just made. It belongs to `current`, the calling thread's owner
    /// record, if there is one.
    pub(super) fn open(&self, store: Handle, current: Option<&Owner>) {
        let word = match current {
            Some(current) if has_heavy_fence() => store.tag() | current.mark(),
            _ => store.bits(),
        };
        self.0.store(word, Ordering::Release);
    }

    /// Enters the store.
    #[inline(always)]
    pub(super) fn claim<'t>(
        &'t self,
        store: Handle,
        current: Option<&'t Owner>,
        owners: &Slots<Owner>,
    ) -> Result<Claim<'t>, Closed> {
        if let Some(current) = current
            && let Some(claim) = self.claim_own(store, current, 0)
        {
            return Ok(claim);
        }
        self.claim_slowly(store, current, owners)
    }

    /// Enters the store if it belongs to the calling thread and the thread's claim `index` is free.
    #[inline(always)]
    fn claim_own<'t>(&self, store: Handle, current: &'t Owner, index: usize) -> Option<Claim<'t>> {
        let claim = Claim(current.announce(store, index)?);
        // Relaxed is enough: earlier uses of the store were on this thread, or on the thread that had
        // the owner record before it.
        if self.0.load(Ordering::Relaxed) == store.tag() | current.mark() {
            return Some(claim);
        }
        claim.leave(store);
        None
    }

    #[cold]
    #[inline(never)]
    fn claim_slowly<'t>(
        &'t self,
        store: Handle,
        current: Option<&'t Owner>,
        owners: &Slots<Owner>,
    ) -> Result<Claim<'t>, Closed> {
        let mut found = self.0.load(Ordering::Relaxed);
        loop {
            if !is_of(found, store) {
                return Err(Closed::Vacant);
            }
            if found == store.tag() | POISONED {
                return Err(Closed::Poisoned);
            }
            let Some(idle) = self.idle_word(found, store, current, owners) else {
                return Err(Closed::InUse);
            };
            if let Some(current) = current
                && found == store.tag() | current.mark()
                && let Some(claim) =
                    (1..MAX_OWN_CLAIMS).find_map(|index| self.claim_own(store, current, index))
            {
                return Ok(claim);
            }
            match self.exchange(idle, store.tag()) {
                Ok(_) => return Ok(Claim(&self.0)),
                Err(changed) => found = changed,
            }
        }
    }

    /// Makes the entry vacant, for a store of `generation` and later ones.
    pub(super) fn renew(&self, generation: u32) {
        self.0.store(tag(0, generation), Ordering::Release);
    }

    /// Ends the store, unless a thread is inside.
    pub(super) fn vacate(
        &self,
        store: Handle,
        current: Option<&Owner>,
        owners: &Slots<Owner>,
    ) -> Vacated {
        let mut found = self.0.load(Ordering::Relaxed);
        loop {
            if !is_of(found, store) {
                return Vacated::ByAnother;
            }
            let Some(idle) = self.idle_word(found, store, current, owners) else {
                return Vacated::InUse;
            };
            match self.exchange(idle, tag(0, store.generation())) {
                Ok(_) => return Vacated::ByMe,
                Err(changed) => found = changed,
            }
        }
    }

    /// Leaves the store so that nobody can enter it again.
    pub(super) fn poison(&self, store: Handle, claim: Claim) {
        self.0.store(store.tag() | POISONED, Ordering::Release);
        self.leave_own(store, claim);
    }

    /// Ends the store, which the calling thread is inside.
    pub(super) fn vacate_entered(&self, store: Handle, claim: Claim) {
        // A swap, since another thread may be about to revoke the store.
        self.0.swap(tag(0, store.generation()), Ordering::AcqRel);
        self.leave_own(store, claim);
    }

    /// Leaves a store whose entry nobody enters any more, if the claim is in the owner's record.
    fn leave_own(&self, store: Handle, claim: Claim) {
        if !ptr::eq(claim.0, &self.0) {
            claim.leave(store);
        }
    }

    /// The word that the entry has while nobody is inside, given that it had the word `found`. `None` if a
    /// thread is inside. A thread that exchanges the idle word for another has the store to itself.
    ///
    /// Revokes the store if it belongs to another thread than `current`.
    fn idle_word(
        &self,
        found: u64,
        store: Handle,
        current: Option<&Owner>,
        owners: &Slots<Owner>,
    ) -> Option<u64> {
        if found & (OWN | REVOKED) == 0 {
            return (found != store.tag()).then_some(found);
        }
        let index = found & INDEX_MASK;
        let owner = owners.get(index as u32)?;
        // Checked before the revocation, so that a thread that finds the store in use doesn't revoke it.
        if owner.has_announced(store) {
            return None;
        }
        if current.is_some_and(|current| ptr::eq(current, owner)) {
            return Some(found);
        }
        let revoked = store.tag() | REVOKED | index;
        // A failure means that another thread revoked the store first. The entry then has this word, or
        // one that the caller's own exchange finds changed.
        let _ = self.exchange(found, revoked);
        (heavy_fence() && !owner.has_announced(store)).then_some(revoked)
    }

    fn exchange(&self, found: u64, new: u64) -> Result<u64, u64> {
        self.0.compare_exchange(found, new, Ordering::Acquire, Ordering::Relaxed)
    }
}

impl Claim<'_> {
    #[inline(always)]
    pub(super) fn leave(self, store: Handle) {
        self.0.store(store.bits(), Ordering::Release);
    }
}

/// Whether a word of an entry belongs to this store.
fn is_of(word: u64, store: Handle) -> bool {
    word & !(OWN | REVOKED | INDEX_MASK) == store.tag()
}
