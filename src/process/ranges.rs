//! The addresses of compiled code, for the handler of faults. Looking an address up takes no lock, allocates
//! nothing and uses no thread-local data.

use std::ops::Range;
use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

const CHUNK: usize = 64;

/// A range of addresses, or a free entry for one.
pub(crate) struct Entry {
    /// 0 in a free entry.
    start: AtomicUsize,
    /// 0 in an entry that has no range, or not yet.
    end: AtomicUsize,
}

/// Entries, and the next chunk. A chunk is never freed. The entries of ranges that were removed are used again.
struct Chunk {
    entries: [Entry; CHUNK],
    next: AtomicPtr<Chunk>,
}

static FIRST: Chunk = Chunk::new();

impl Entry {
    const fn new() -> Self {
        Self { start: AtomicUsize::new(0), end: AtomicUsize::new(0) }
    }

    /// Puts the range into the entry; false if the entry isn't free.
    fn take(&self, range: &Range<usize>) -> bool {
        let (expected, new) = (0, range.start);
        if self.start.compare_exchange(expected, new, Ordering::Acquire, Ordering::Relaxed).is_err()
        {
            return false;
        }
        self.end.store(range.end, Ordering::Release);
        true
    }

    pub(crate) fn remove(&self) {
        self.end.store(0, Ordering::Relaxed);
        self.start.store(0, Ordering::Release);
    }

    fn contains(&self, address: usize) -> bool {
        let end = self.end.load(Ordering::Acquire);
        let start = self.start.load(Ordering::Acquire);
        // If the end is unchanged, `start` belongs to the same range.
        start != 0 && (start..end).contains(&address) && self.end.load(Ordering::Relaxed) == end
    }
}

impl Chunk {
    const fn new() -> Self {
        Self { entries: [const { Entry::new() }; CHUNK], next: AtomicPtr::new(ptr::null_mut()) }
    }

    fn next(&self) -> Option<&'static Self> {
        // SAFETY: null, or a chunk that is never freed.
        unsafe { self.next.load(Ordering::Acquire).as_ref() }
    }

    /// The next chunk. It is made if there is none.
    fn next_or_new(&self) -> &'static Self {
        if let Some(next) = self.next() {
            return next;
        }
        let new = Box::into_raw(Box::new(Self::new()));
        let (none, order) = (ptr::null_mut(), Ordering::AcqRel);
        match self.next.compare_exchange(none, new, order, Ordering::Acquire) {
            // SAFETY: just made, and never freed.
            Ok(_) => unsafe { &*new },
            Err(made) => {
                // SAFETY: nobody else knows of it.
                drop(unsafe { Box::from_raw(new) });
                // SAFETY: another thread made it, and nobody frees it.
                unsafe { &*made }
            }
        }
    }
}

/// Adds a range, and returns its entry, by which it is removed.
pub(crate) fn add(range: Range<usize>) -> &'static Entry {
    let mut chunk = &FIRST;
    loop {
        if let Some(taken) = chunk.entries.iter().find(|entry| entry.take(&range)) {
            return taken;
        }
        chunk = chunk.next_or_new();
    }
}

/// Whether an address lies in a range that was added.
pub(crate) fn contains(address: usize) -> bool {
    let mut next = Some(&FIRST);
    while let Some(chunk) = next {
        if chunk.entries.iter().any(|entry| entry.contains(address)) {
            return true;
        }
        next = chunk.next();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An address that no code of this process has.
    const BASE: usize = 1 << 62;

    #[test]
    fn an_address_is_found_from_when_its_range_is_added_until_it_is_removed() {
        let range = BASE..BASE + 10;
        assert!(!contains(BASE));
        let entry = add(range);
        assert!(contains(BASE) && contains(BASE + 9));
        assert!(!contains(BASE - 1) && !contains(BASE + 10) && !contains(0));
        entry.remove();
        assert!(!contains(BASE) && !contains(0));
    }

    #[test]
    fn there_is_room_for_any_number_of_ranges_and_entries_are_used_again() {
        let start = |index: usize| BASE + (index + 1) * 100;
        let fill = || -> Vec<_> {
            (0..10 * CHUNK).map(|index| add(start(index)..start(index) + 50)).collect()
        };
        let chunks = || std::iter::successors(Some(&FIRST), |chunk| chunk.next()).count();
        let entries = fill();
        assert!((0..10 * CHUNK).all(|index| contains(start(index) + 49)));
        assert!((0..10 * CHUNK).all(|index| !contains(start(index) + 50)));
        entries.iter().for_each(|entry| entry.remove());
        let before = chunks();
        fill().iter().for_each(|entry| entry.remove());
        assert_eq!(chunks(), before);
    }

    #[test]
    fn a_reader_never_sees_halves_of_two_ranges() {
        // Two ranges take turns in one entry. An address between them is in neither.
        static ENTRY: Entry = Entry::new();
        let (low, high) = (BASE..BASE + 1000, BASE + 5000..BASE + 6000);
        std::thread::scope(|scope| {
            let writer = scope.spawn(|| {
                for _ in 0..200_000 {
                    for range in [&low, &high] {
                        assert!(ENTRY.take(range));
                        ENTRY.remove();
                    }
                }
            });
            while !writer.is_finished() {
                assert!(!ENTRY.contains(BASE + 3000) && !ENTRY.contains(BASE - 1));
            }
        });
    }
}
