//! The system's random numbers.

use std::io;

/// Fills `bytes` with random numbers that are fit for keys.
pub(crate) fn fill(bytes: &mut [u8]) -> io::Result<()> {
    // The system gives at most so many at once.
    for chunk in bytes.chunks_mut(256) {
        // SAFETY: the chunk is writable.
        if unsafe { libc::getentropy(chunk.as_mut_ptr().cast(), chunk.len()) } != 0 {
            return Err(io::Error::last_os_error());
        }
    }
    Ok(())
}
