//! Reading into and writing from the memory of a guest.

use super::super::types::{CiovecArray, Errno, Error, IovecArray, Size};
use super::{Failure, Stream, Streams};
use wasmtime_wasi::p2::StreamError;
use wiggle::{GuestMemory, GuestPtr};

/// The most parts of one read or write, as in Linux.
const MAX_PARTS: u32 = 1024;

/// The most bytes that are copied at once, where other threads may change the memory.
const MAX_COPY: u32 = 1 << 16;

type Part = GuestPtr<[u8]>;

impl Streams {
    /// `fd_read` of a stream. As in `wasmtime-wasi`, only the first part that isn't empty is read.
    pub(crate) async fn fd_read(
        &self,
        stream: Stream,
        memory: &mut GuestMemory<'_>,
        parts: IovecArray,
    ) -> Result<Size, Error> {
        if stream != Stream::STDIN {
            return Err(Errno::Badf.into());
        }
        check_parts(parts.len())?;
        let mut first = None;
        for part in parts.iter() {
            let part = memory.read(part?)?;
            if part.buf_len > 0 {
                first = Some(part.buf.as_array(part.buf_len));
                break;
            }
        }
        let Some(part) = first else { return Ok(0) };
        if let Some(bytes) = memory.as_slice_mut(part)? {
            return size(self.read(bytes).await);
        }
        let mut bytes = vec![0; part.len().min(MAX_COPY) as usize];
        let len = size(self.read(&mut bytes).await)?;
        memory.copy_from_slice(&bytes[..len as usize], start_of(part, len))?;
        Ok(len)
    }

    /// `fd_write` to a stream. As in `wasmtime-wasi`, only the first part that isn't empty is written.
    pub(crate) async fn fd_write(
        &mut self,
        stream: Stream,
        memory: &GuestMemory<'_>,
        parts: CiovecArray,
    ) -> Result<Size, Error> {
        if stream == Stream::STDIN {
            return Err(Errno::Badf.into());
        }
        check_parts(parts.len())?;
        let mut first = None;
        for part in parts.iter() {
            let part = memory.read(part?)?;
            if part.buf_len > 0 {
                first = Some(part.buf.as_array(part.buf_len));
                break;
            }
        }
        let Some(part) = first else { return Ok(0) };
        // Of a shared memory, each piece is copied.
        let most = if matches!(memory, GuestMemory::Shared(_)) { MAX_COPY } else { u32::MAX };
        let mut done = 0;
        while done < part.len() {
            let end = part.len().min(done.saturating_add(most));
            let piece = part.get_range(done..end).unwrap_or(part);
            match self.write(stream, &memory.as_cow(piece)?).await {
                Ok(len) => done += Size::try_from(len)?,
                Err(Failure::Io(_)) if done > 0 => break,
                Err(failure) => return size(Err(failure)),
            }
            if done < end {
                break;
            }
        }
        Ok(done)
    }
}

pub(in crate::wasi) fn check_parts(parts: u32) -> Result<(), Error> {
    if parts > MAX_PARTS { Err(Errno::Inval.into()) } else { Ok(()) }
}

/// The first `len` bytes of a part that has at least so many.
fn start_of(part: Part, len: u32) -> Part {
    part.get_range(0..len).unwrap_or(part)
}

fn size(result: Result<usize, Failure>) -> Result<Size, Error> {
    match result {
        Ok(len) => Ok(Size::try_from(len)?),
        Err(failure) => Err(StreamError::from(failure).into()),
    }
}
