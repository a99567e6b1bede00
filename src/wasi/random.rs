//! The random numbers of a guest.

use super::types::{Errno, Error};
use crate::process::random::fill;
use wiggle::{GuestMemory, GuestPtr};

/// The most random bytes of one call. A call can't be interrupted.
const MAX_LEN: u32 = 64 << 20;

/// Where a guest's random numbers come from.
pub(super) enum Random {
    System,
    /// A function of the seed: SplitMix64, of which this is the state.
    Seeded(u64),
}

impl Random {
    pub(super) fn new(seed: Option<u64>) -> Self {
        seed.map_or(Self::System, Self::Seeded)
    }

    /// Fills the guest's memory.
    pub(super) fn fill(
        &mut self,
        memory: &mut GuestMemory<'_>,
        buf: GuestPtr<[u8]>,
    ) -> Result<(), Error> {
        if buf.len() > MAX_LEN {
            return Err(Errno::Inval.into());
        }
        if let Some(bytes) = memory.as_slice_mut(buf)? {
            return Ok(self.bytes(bytes)?);
        }
        // A shared memory, whose bytes other threads may write.
        let mut chunk = [0; 256];
        let mut start = 0;
        while start < buf.len() {
            let end = buf.len().min(start + chunk.len() as u32);
            let bytes = &mut chunk[..(end - start) as usize];
            self.bytes(bytes)?;
            let part = buf.get_range(start..end).ok_or(Errno::Fault)?;
            memory.copy_from_slice(bytes, part)?;
            start = end;
        }
        Ok(())
    }

    /// `len` random bytes.
    pub(super) fn take(&mut self, len: u64) -> wasmtime::Result<Vec<u8>> {
        match u32::try_from(len) {
            Ok(len) if len <= MAX_LEN => {
                let mut bytes = vec![0; len as usize];
                self.bytes(&mut bytes)?;
                Ok(bytes)
            }
            _ => {
                wasmtime::bail!("{len} random bytes are more than {MAX_LEN}, the most of one call")
            }
        }
    }

    /// A random number.
    pub(super) fn number(&mut self) -> wasmtime::Result<u64> {
        let mut bytes = [0; 8];
        self.bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn bytes(&mut self, bytes: &mut [u8]) -> Result<(), Errno> {
        match self {
            Self::System => fill(bytes).map_err(|_| Errno::Io),
            Self::Seeded(state) => {
                for chunk in bytes.chunks_mut(8) {
                    chunk.copy_from_slice(&next(state).to_le_bytes()[..chunk.len()]);
                }
                Ok(())
            }
        }
    }
}

/// The next number of SplitMix64.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_numbers_are_a_function_of_the_seed() {
        let bytes = |seed| {
            let mut bytes = [0; 20];
            Random::new(Some(seed)).bytes(&mut bytes).unwrap();
            bytes
        };
        assert_eq!(bytes(7), bytes(7));
        assert_ne!(bytes(7), bytes(8));
        // The first number for the seed 0, by the definition of SplitMix64.
        assert_eq!(bytes(0)[..8], 0xe220_a839_7b1d_cdaf_u64.to_le_bytes());
    }
}
