//! Who is inside a store: one thread at a time.
//!
//! A store belongs to the thread that made it. That thread says, in a place of its own, that it enters
//! the store, and then looks whether the store is still its own: a write and a read, which needn't wait
//! for anything. When another thread comes to enter the store or to free it, it first takes the store
//! from its owner, for good, and waits for a heavy fence: after that either the owner sees that, or its
//! stay is seen. Such a store, and one that never belonged to anybody, is entered by a compare-and-swap,
//! which waits until all earlier writes of its thread are done.

use super::owner::{OWN, Owner};
use super::slots::Slots;
use super::{Handle, INDEX_BITS, INDEX_MASK, tag};
use crate::sync::{AtomicU64, MAX_OWN_CLAIMS, Ordering, has_heavy_fence, heavy_fence};
use std::ptr;

/// What is added to a store's tag where it was left in a panic.
const POISONED: u64 = 1;

/// Takes the place of [`OWN`] once the store was taken from its owner, which may still be inside.
const TAKEN: u64 = 1 << 61;

/// A store's handle while nobody is inside, so that a stale handle never enters the slot's next store, not
/// even for a moment. Else the store's tag, and with it
///
/// - nothing: a thread is inside that came by a compare-and-swap;
/// - a visitor's index, and [`OWN`] or [`TAKEN`]: that thread is inside if it says so;
/// - [`POISONED`].
///
/// Where there is no store, a tag without a kind.
pub(super) struct Entry(AtomicU64);

/// Where a thread that is inside puts the store's handle when it leaves.
#[derive(Clone, Copy)]
pub(super) struct Claim<'t>(&'t AtomicU64);

/// Why a store can't be entered.
pub(super) enum Closed {
    Vacant,
    Poisoned,
    /// A thread is inside, which may be the calling one.
    Held,
}

pub(super) enum Vacated {
    ByMe,
    ByAnother,
    /// A thread is inside.
    Not,
}

impl Entry {
    /// The entry of a slot whose next store will have this generation.
    pub(super) fn vacant(generation: u32) -> Self {
        Self(AtomicU64::new(tag(0, generation)))
    }

    pub(super) fn generation(&self) -> u32 {
        (self.0.load(Ordering::Relaxed) >> INDEX_BITS) as u32
    }

    /// Lets threads into a store that was just made, by `visitor` if it is known.
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

    /// Enters the store if it is the visitor's own, and there is room to say so.
    #[inline(always)]
    fn claim_own<'t>(&self, store: Handle, current: &'t Owner, room: usize) -> Option<Claim<'t>> {
        let place = current.announce(store, room)?;
        // What was done in the store before was done by this thread, or before it became this visitor.
        if self.0.load(Ordering::Relaxed) == store.tag() | current.mark() {
            return Some(Claim(place));
        }
        Claim(place).leave(store);
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
            let Some(left) = self.left(found, store, current, owners) else {
                return Err(Closed::Held);
            };
            if let Some(current) = current
                && found == store.tag() | current.mark()
                && let Some(claim) =
                    (1..MAX_OWN_CLAIMS).find_map(|room| self.claim_own(store, current, room))
            {
                return Ok(claim);
            }
            match self.exchange(left, store.tag()) {
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
            let Some(left) = self.left(found, store, current, owners) else {
                return Vacated::Not;
            };
            match self.exchange(left, tag(0, store.generation())) {
                Ok(_) => return Vacated::ByMe,
                Err(changed) => found = changed,
            }
        }
    }

    /// Leaves the store for nobody to enter it again.
    pub(super) fn poison(&self, store: Handle, claim: Claim) {
        self.0.store(store.tag() | POISONED, Ordering::Release);
        if !ptr::eq(claim.0, &self.0) {
            claim.leave(store);
        }
    }

    /// The word that the entry of a store has while nobody is inside, when `found` was found in it. `None` if
    /// a thread is inside. Who exchanges that word for another has the store to itself.
    ///
    /// Takes the store from its owner, if it has one that isn't `visitor`.
    fn left(
        &self,
        found: u64,
        store: Handle,
        current: Option<&Owner>,
        owners: &Slots<Owner>,
    ) -> Option<u64> {
        if found & (OWN | TAKEN) == 0 {
            return (found != store.tag()).then_some(found);
        }
        let index = found & INDEX_MASK;
        let owner = owners.get(index as u32)?;
        // Asked first, so that who asks in vain takes nothing.
        if owner.is_in(store) {
            return None;
        }
        if current.is_some_and(|current| ptr::eq(current, owner)) {
            return Some(found);
        }
        let taken = store.tag() | TAKEN | index;
        // Where that fails, another thread took the store, or more; then the entry has this word, or none
        // that the caller can exchange.
        let _ = self.exchange(found, taken);
        (heavy_fence() && !owner.is_in(store)).then_some(taken)
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

/// Whether a word in an entry is about this store.
fn is_of(word: u64, store: Handle) -> bool {
    word & !(OWN | TAKEN | INDEX_MASK) == store.tag()
}
