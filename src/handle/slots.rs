//! Slots in chunks that are never freed, and the list of the free slots.

use crate::sync::{AtomicPtr, AtomicU32, AtomicU64, FIRST_CHUNK_LOG, Ordering};
use std::ptr;

/// The lowest index of a slot. An index has [`super::INDEX_BITS`] bits: its highest bit that is set gives
/// the chunk, the bits below that give the position in the chunk. The chunks for lower indexes don't exist.
const FIRST: u32 = 1 << FIRST_CHUNK_LOG;
const END: u32 = 1 << super::INDEX_BITS;

/// One chunk for each bit of a `u32`, so that the number of a chunk needs no bounds check.
const CHUNKS: usize = 32;

pub(super) trait Slot {
    /// An empty slot, whose first object will have this generation.
    fn vacant(generation: u32) -> Self;

    /// The link to the next slot of a list that this one is in: its index plus 1, or 0.
    fn link(&self) -> &AtomicU32;
}

pub(super) struct Slots<T> {
    /// Chunk `k` has the `1 << k` slots from index `1 << k` on. It is null until one of them is needed.
    chunks: [AtomicPtr<T>; CHUNKS],
    /// The lowest index that was never handed out.
    unused: AtomicU32,
    /// The free list's head: index plus 1, and in the upper half a count that changes with every
    /// pop. The count tells a head that was popped and pushed again from the old one.
    free_list: AtomicU64,
    seed: u64,
}

impl<T: Slot> Slots<T> {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            chunks: std::array::from_fn(|_| AtomicPtr::new(ptr::null_mut())),
            unused: AtomicU32::new(FIRST),
            free_list: AtomicU64::new(0),
            seed,
        }
    }

    /// The slot of that index, if it exists already.
    #[inline(always)]
    pub(super) fn get(&self, index: u32) -> Option<&T> {
        let chunk = chunk_of(index);
        let slots = self.chunks[chunk].load(Ordering::Acquire);
        if slots.is_null() {
            return None;
        }
        // SAFETY: a chunk that isn't null has initialised slots for all its indexes, of which this is one,
        // and chunks live as long as `self`.
        Some(unsafe { &*slots.add((index & !(1 << chunk)) as usize) })
    }

    /// A slot for the caller alone, or `None` when all are in use or no memory is left.
    pub(super) fn allocate(&self) -> Option<(u32, &T)> {
        let mut head = self.free_list.load(Ordering::Acquire);
        while let Some(index) = (head as u32).checked_sub(1) {
            let slot = self.get(index)?;
            let next = u64::from(slot.link().load(Ordering::Relaxed));
            let popped = (head >> 32).wrapping_add(1) << 32 | next;
            match self.free_list.compare_exchange_weak(
                head,
                popped,
                Ordering::Acquire,
                Ordering::Acquire,
            ) {
                Ok(_) => return Some((index, slot)),
                Err(found) => head = found,
            }
        }
        self.allocate_new()
    }

    /// Frees a slot, whose next generation is `generation`. A slot that is back at its first generation is
    /// never used again.
    pub(super) fn free(&self, index: u32, slot: &T, generation: u32) {
        if generation != self.first_generation(index) {
            self.push_free(index, slot);
        }
    }

    /// Puts a slot into the free list.
    pub(super) fn push_free(&self, index: u32, slot: &T) {
        let mut head = self.free_list.load(Ordering::Relaxed);
        loop {
            slot.link().store(head as u32, Ordering::Relaxed);
            let pushed = head & !u64::from(u32::MAX) | u64::from(index + 1);
            match self.free_list.compare_exchange_weak(
                head,
                pushed,
                Ordering::Release,
                Ordering::Relaxed,
            ) {
                Ok(_) => return,
                Err(found) => head = found,
            }
        }
    }

    fn allocate_new(&self) -> Option<(u32, &T)> {
        let mut index = self.unused.load(Ordering::Relaxed);
        loop {
            if index == END || !self.ensure_chunk(chunk_of(index)) {
                return None;
            }
            match self.unused.compare_exchange_weak(
                index,
                index + 1,
                Ordering::Relaxed,
                Ordering::Relaxed,
            ) {
                Ok(_) => return Some((index, self.get(index)?)),
                Err(found) => index = found,
            }
        }
    }

    fn ensure_chunk(&self, chunk: usize) -> bool {
        if !self.chunks[chunk].load(Ordering::Acquire).is_null() {
            return true;
        }
        let first = 1 << chunk;
        let mut slots = Vec::new();
        if slots.try_reserve_exact(first).is_err() {
            return false;
        }
        slots.extend((first..2 * first).map(|i| T::vacant(self.first_generation(i as u32))));
        let slots = Box::into_raw(slots.into_boxed_slice()).cast::<T>();
        if self.chunks[chunk]
            .compare_exchange(ptr::null_mut(), slots, Ordering::AcqRel, Ordering::Acquire)
            .is_err()
        {
            // SAFETY: another thread's chunk was first, and nobody has seen this one.
            unsafe { free_chunk(slots, chunk) };
        }
        true
    }

    /// The first generation of a slot: a hash of its index and the table's seed.
    fn first_generation(&self, index: u32) -> u32 {
        let mut mixed = self.seed ^ u64::from(index).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (mixed ^ mixed >> 27) as u32
    }
}

/// The table of the process is never dropped; the tables of tests are.
impl<T> Drop for Slots<T> {
    fn drop(&mut self) {
        for (chunk, slots) in self.chunks.iter().enumerate() {
            let slots = slots.load(Ordering::Relaxed);
            if !slots.is_null() {
                // SAFETY: the table is being dropped, so nothing refers to its slots any more.
                unsafe { free_chunk(slots, chunk) };
            }
        }
    }
}

/// The chunk of an index. For index 0 it is chunk 0, which never exists.
#[inline(always)]
fn chunk_of(index: u32) -> usize {
    (index | 1).ilog2() as usize
}

/// # Safety
///
/// `slots` was made by `ensure_chunk` for that chunk, and nothing refers to it.
unsafe fn free_chunk<T>(slots: *mut T, chunk: usize) {
    let slots = ptr::slice_from_raw_parts_mut(slots, 1 << chunk);
    // SAFETY: `ensure_chunk` made it from a boxed slice of that length.
    drop(unsafe { Box::from_raw(slots) });
}
