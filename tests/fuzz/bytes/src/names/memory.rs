//! Writes bytes to memories and reads them, and compares the contents with a copy.

use crate::call::{Owned, SHAREDMEMORY, Verdict, answer, done, ensure};
use crate::engine::Engine;
use crate::mutate::{bytes, pick};
use crate::run::lookup;
use fastrand::Rng;
use safewasm::abi::safewasm_instance_t;
use safewasm::abi::safewasm_memorytype_t;
use safewasm::abi::{safewasm_error_kind_t as Kind, safewasm_error_t};
use safewasm_capi::*;

const PAGE: usize = 1 << 16;

/// Checks a memory of the instance, and a shared memory.
pub fn check(engine: &Engine, rng: &mut Rng, instance: &Owned<safewasm_instance_t>) -> Verdict {
    let mut item =
        lookup(instance, b"memory")?.map_err(|refusal| format!("memory: {refusal:?}"))?;
    // SAFETY: the item is a memory.
    let memory = unsafe { item.of.memory };
    // SAFETY: the bytes are as many as passed, here and below.
    let write = |address, data: &[u8]| unsafe {
        safewasm_memory_write(memory, address, data.as_ptr(), data.len())
    };
    let read = |address, data: &mut [u8]| unsafe {
        safewasm_memory_read(memory, address, data.as_mut_ptr(), data.len())
    };
    fill(rng, ("safewasm_memory_write", write), ("safewasm_memory_read", read))?;
    // SAFETY: it points to an extern.
    unsafe { safewasm_extern_delete(&mut item) };

    let ty = safewasm_memorytype_t {
        min: 1,
        max: 1,
        page_size: PAGE as u64,
        has_max: true.into(),
        is_64: false.into(),
        is_shared: true.into(),
    };
    // SAFETY: there is room for a handle.
    let memory = Owned::made(SHAREDMEMORY, "safewasm_sharedmemory_new", |out| unsafe {
        safewasm_sharedmemory_new(engine.ours.handle, &ty, out)
    })?;
    // SAFETY: as above.
    let write = |address, data: &[u8]| unsafe {
        safewasm_sharedmemory_write(memory.handle, address, data.as_ptr(), data.len())
    };
    let read = |address, data: &mut [u8]| unsafe {
        safewasm_sharedmemory_read(memory.handle, address, data.as_mut_ptr(), data.len())
    };
    fill(rng, ("safewasm_sharedmemory_write", write), ("safewasm_sharedmemory_read", read))?;
    memory.end()
}

/// Writes to and reads from a memory of one page, which is all zeros, a few times.
fn fill(
    rng: &mut Rng,
    write: (&str, impl Fn(u64, &[u8]) -> *mut safewasm_error_t),
    read: (&str, impl Fn(u64, &mut [u8]) -> *mut safewasm_error_t),
) -> Verdict {
    let mut copy = vec![0; PAGE];
    for _ in 0..3 {
        let most = *pick(rng, &[0, 1, 100, PAGE + 1]);
        let data = bytes::random(rng, most);
        let address = match rng.u8(..4) {
            0 => rng.u64(..PAGE as u64),
            // The data ends at the end of the memory, or just before or after it.
            1 => (PAGE + rng.usize(..3)).wrapping_sub(data.len() + 1) as u64,
            2 => *pick(rng, &[0, PAGE as u64 - 1, PAGE as u64, u64::MAX, 1 << 32, 1 << 63]),
            _ => rng.u64(..),
        };
        let place = usize::try_from(address).ok().and_then(|from| {
            let to = from.checked_add(data.len()).filter(|to| *to <= PAGE)?;
            Some(from..to)
        });
        match (answer(write.0, write.1(address, &data))?, place.clone()) {
            (Ok(()), Some(place)) => copy[place].copy_from_slice(&data),
            (Err(refusal), None) if refusal.kind == Kind::OUT_OF_BOUNDS => {}
            (answer, _) => {
                return Err(format!("{}: {} at {address}: {answer:?}", write.0, data.len()));
            }
        }
        let mut found = vec![1; PAGE];
        done(read.0, read.1(0, &mut found))?;
        ensure!(found == copy, "{} wrote something else than {data:?} at {address}", write.0);
        let mut part = vec![1; data.len()];
        match (answer(read.0, read.1(address, &mut part))?, place) {
            (Ok(()), Some(_)) => ensure!(part == data, "{} reads something else", read.0),
            (Err(refusal), None) if refusal.kind == Kind::OUT_OF_BOUNDS => {
                ensure!(part.iter().all(|byte| *byte == 1), "{} failed, but wrote", read.0);
            }
            (answer, _) => {
                return Err(format!("{}: {} at {address}: {answer:?}", read.0, data.len()));
            }
        }
    }
    Ok(())
}
