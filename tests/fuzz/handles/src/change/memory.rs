//! Memories are grown, read and written.

use crate::change::range;
use crate::model::*;
use crate::ops::{Sel, Value};
use crate::world::World;
use safewasm::abi::{safewasm_error_kind_t as ErrorKind, safewasm_error_t};
use safewasm_capi::*;
use std::ops::Range;

/// The size in pages up to which every machine has room.
const PLENTY: u64 = 64;

/// A read or a write of `len` bytes.
struct Access {
    write: bool,
    len: u64,
    /// The byte that is written, or that the buffer of a read is full of before.
    byte: u8,
}

impl World {
    pub fn grow_memory(&mut self, sel: Sel, pages: u64) {
        let arg = self.pick(sel, Kind::Memory);
        let want = self.enter(arg, Kind::Memory, "memory").and_then(|of| {
            let (memory, tight) = (&self.memories[of], self.stores[self.store_of(arg)].tight);
            let most = memory.max.unwrap_or(0x1_0000);
            match memory.size.checked_add(pages) {
                Some(size) if size <= most && (pages == 0 || !tight) => Ok((of, size)),
                _ => refuse(ErrorKind::LIMIT, "memory"),
            }
        });
        if want.as_ref().is_ok_and(|(_, size)| *size > PLENTY) {
            return;
        }
        let grown = self.ask("safewasm_memory_grow", want, |out| unsafe {
            safewasm_memory_grow(arg.ptr(), pages, out)
        });
        if let Some((before, (of, size))) = grown {
            let wanted = std::mem::replace(&mut self.memories[of].size, size);
            self.same("size before", before, wanted);
        }
    }

    pub fn grow_sharedmemory(&mut self, sel: Sel, pages: u64) {
        let arg = self.pick(sel, Kind::SharedMemory);
        let want = self.need(arg, Kind::SharedMemory, "sharedmemory").and_then(|of| {
            let Memory { size, max, .. } = self.shareds[of].memory;
            match size.checked_add(pages) {
                Some(size) if max.is_some_and(|max| size <= max) => Ok((of, size)),
                _ => refuse(ErrorKind::LIMIT, "sharedmemory"),
            }
        });
        if want.as_ref().is_ok_and(|(_, size)| *size > PLENTY) {
            return;
        }
        let grown = self.ask("safewasm_sharedmemory_grow", want, |out| unsafe {
            safewasm_sharedmemory_grow(arg.ptr(), pages, out)
        });
        if let Some((before, (of, size))) = grown {
            let wanted = std::mem::replace(&mut self.shareds[of].memory.size, size);
            self.same("size before", before, wanted);
        }
    }

    pub fn access_memory(&mut self, sel: Sel, write: bool, address: u64, len: u64, value: Value) {
        let arg = self.pick(sel, Kind::Memory);
        let want = self.enter(arg, Kind::Memory, "memory").and_then(|of| {
            let range = range(address, len, self.memories[of].size << 16, "address")?;
            Ok((range, of))
        });
        let access = Access { write, len, byte: value.number as u8 };
        self.access(
            &access,
            want,
            |world, of| &mut world.memories[of],
            |data, len| unsafe {
                if write {
                    safewasm_memory_write(arg.ptr(), address, data, len)
                } else {
                    safewasm_memory_read(arg.ptr(), address, data, len)
                }
            },
        );
    }

    pub fn access_sharedmemory(&mut self, sel: Sel, address: u64, len: u64, value: Value) {
        let arg = self.pick(sel, Kind::SharedMemory);
        let want = self.need(arg, Kind::SharedMemory, "sharedmemory").and_then(|of| {
            let range = range(address, len, self.shareds[of].memory.size << 16, "address")?;
            Ok((range, of))
        });
        let write = value.null;
        let access = Access { write, len, byte: value.number as u8 };
        self.access(
            &access,
            want,
            |world, of| &mut world.shareds[of].memory,
            |data, len| unsafe {
                if write {
                    safewasm_sharedmemory_write(arg.ptr(), address, data, len)
                } else {
                    safewasm_sharedmemory_read(arg.ptr(), address, data, len)
                }
            },
        );
    }

    /// Reads or writes a range of the memory that `memory` finds, and compares what was read.
    fn access(
        &mut self,
        &Access { write, len, byte }: &Access,
        want: Want<(Range<u64>, usize)>,
        memory: fn(&mut Self, usize) -> &mut Memory,
        call: impl FnOnce(*mut u8, usize) -> *mut safewasm_error_t,
    ) {
        // A buffer of that length might not exist.
        if len > 0x1_0000 {
            return;
        }
        let mut data = vec![byte; len as usize];
        let done = self.tell("access to a memory", want, || call(data.as_mut_ptr(), data.len()));
        match done {
            Some((range, of)) if write => {
                memory(self, of).bytes.extend(range.map(|address| (address, byte)));
            }
            Some((range, of)) => {
                for (address, found) in range.zip(data) {
                    let wanted = memory(self, of).bytes.get(&address).copied().unwrap_or(0);
                    self.same("a byte", found, wanted);
                }
            }
            None if write => {}
            None => self.check(data.iter().all(|&other| other == byte), || {
                "access to a memory: read in spite of an error".to_owned()
            }),
        }
    }
}
