//! Streams of components over files. They read and write at once, on the calling thread, and never wait.

use super::files::{Budget, Opened};
use crate::process::writes::without_signals_of_writes;
use bytes::Bytes;
use rustix::io::{Errno, ReadWriteFlags, pwritev2, retry_on_intr};
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use wasmtime_wasi::async_trait;
use wasmtime_wasi::p2::{InputStream, OutputStream, Pollable, StreamError, StreamResult};

/// The most bytes of one read or write.
const MOST: usize = 1 << 16;

/// A stream that reads a file.
pub(super) struct FileReader {
    pub(super) file: Arc<File>,
    pub(super) position: u64,
    /// The file counts as open as long as this is there.
    #[expect(dead_code, reason = "it counts")]
    pub(super) opened: Option<Opened>,
}

/// A stream that writes a file.
pub(super) struct FileWriter {
    pub(super) file: Arc<File>,
    /// `None` to append.
    pub(super) position: Option<u64>,
    /// As for a reader.
    #[expect(dead_code, reason = "it counts")]
    pub(super) opened: Option<Opened>,
    pub(super) budget: Budget,
    pub(super) is_closed: bool,
}

/// The bytes that a write of `len` bytes at `start`, or at the end of the file, costs.
pub(super) fn cost_of_write(file: &File, start: Option<u64>, len: usize) -> io::Result<u64> {
    let len = len as u64;
    Ok(match start {
        // A gap between the end of the file and the write counts too.
        Some(start) => len.max(start.saturating_add(len).saturating_sub(file.metadata()?.len())),
        None => len,
    })
}

#[async_trait]
impl Pollable for FileReader {
    async fn ready(&mut self) {}
}

#[async_trait]
impl InputStream for FileReader {
    fn read(&mut self, size: usize) -> StreamResult<Bytes> {
        if size == 0 {
            return Ok(Bytes::new());
        }
        let mut bytes = vec![0; size.min(MOST)];
        let len = loop {
            match self.file.read_at(&mut bytes, self.position) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => break result.map_err(failed)?,
            }
        };
        if len == 0 {
            return Err(StreamError::Closed);
        }
        self.position += len as u64;
        bytes.truncate(len);
        Ok(bytes.into())
    }
}

impl FileWriter {
    fn check_open(&self) -> StreamResult<()> {
        if self.is_closed { Err(StreamError::Closed) } else { Ok(()) }
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        let cost = cost_of_write(&self.file, self.position, bytes.len())?;
        if !self.budget.has(cost) {
            return Err(Errno::NOSPC.into());
        }
        without_signals_of_writes(|| match &mut self.position {
            Some(position) => {
                self.file.write_all_at(bytes, *position)?;
                *position += bytes.len() as u64;
                Ok(())
            }
            None => append(&self.file, bytes),
        })?;
        self.budget.charge(cost);
        Ok(())
    }
}

/// Writes all of `bytes` to the end of a file.
fn append(file: &File, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        let slices = [io::IoSlice::new(bytes)];
        // The system ignores the offset.
        match retry_on_intr(|| pwritev2(file, &slices, 0, ReadWriteFlags::APPEND))? {
            0 => return Err(io::ErrorKind::WriteZero.into()),
            len => bytes = &bytes[len..],
        }
    }
    Ok(())
}

fn failed(error: io::Error) -> StreamError {
    StreamError::LastOperationFailed(wasmtime::Error::new(error))
}

#[async_trait]
impl Pollable for FileWriter {
    async fn ready(&mut self) {}
}

#[async_trait]
impl OutputStream for FileWriter {
    fn check_write(&mut self) -> StreamResult<usize> {
        self.check_open().map(|()| MOST)
    }

    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.check_open()?;
        if bytes.len() > MOST {
            return Err(StreamError::trap("a write is longer than `check-write` has permitted"));
        }
        self.write_all(&bytes).map_err(|error| {
            self.is_closed = true;
            failed(error)
        })
    }

    fn flush(&mut self) -> StreamResult<()> {
        self.check_open()
    }
}
