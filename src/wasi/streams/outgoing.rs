//! Standard output and standard error as components have them: streams that are written with and without waiting.

use super::descriptor::{Descriptor, Direction};
use super::readiness::{Readiness, Stream as _};
use super::{Allowance, Failure, Output, Stream};
use bytes::Bytes;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::io::{AsyncWrite, sink};
use wasmtime_wasi::async_trait;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamError, StreamResult};

/// The most bytes of one write that doesn't wait.
const MOST: usize = 1 << 16;

/// The most bytes that wait until they can be written.
const MOST_WAITING: usize = 1 << 20;

/// A stream of a component.
pub(super) struct Outgoing {
    output: Readiness<Output>,
    stream: Stream,
    allowance: Arc<Allowance>,
    /// What was written without waiting and had no room. All streams over the output share it, so that their bytes
    /// keep their order, and the guest can't fill the memory.
    backlog: Arc<Mutex<Vec<u8>>>,
    state: State,
}

enum State {
    Open,
    /// The next operation fails with this.
    Failed(Failure),
    Closed,
}

impl Outgoing {
    pub(super) fn new(
        output: Readiness<Output>,
        stream: Stream,
        allowance: &Arc<Allowance>,
    ) -> Self {
        let allowance = Arc::clone(allowance);
        Self { output, stream, allowance, backlog: Arc::default(), state: State::Open }
    }

    /// Another stream over the same output.
    fn another(&self) -> Self {
        let (output, allowance) = (self.output.clone(), Arc::clone(&self.allowance));
        let backlog = Arc::clone(&self.backlog);
        Self { output, stream: self.stream, allowance, backlog, state: State::Open }
    }

    fn open(&mut self) -> StreamResult<Arc<Output>> {
        match mem::replace(&mut self.state, State::Closed) {
            State::Open => {
                self.state = State::Open;
                self.output.stream().ok_or(StreamError::Closed)
            }
            State::Failed(failure) => Err(failure.into()),
            State::Closed => Err(StreamError::Closed),
        }
    }

    /// Closes the stream after a failure.
    fn checked<R>(&mut self, result: Result<R, Failure>) -> StreamResult<R> {
        result.map_err(|failure| {
            self.state = State::Closed;
            failure.into()
        })
    }

    fn backlog(&self) -> MutexGuard<'_, Vec<u8>> {
        // No panic leaves the bytes half written.
        self.backlog.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes the first of `bytes`, as many as the output takes without waiting.
    fn write_some(&self, output: &Output, bytes: &[u8]) -> Result<usize, Failure> {
        let mut done = 0;
        while done < bytes.len() {
            let part = self.allowance.first(&bytes[done..], self.stream)?;
            let Some(len) = output.try_write(part, self.stream)? else { break };
            self.allowance.charge(len);
            done += len;
        }
        Ok(done)
    }

    /// Writes what waits, as far as that needs no waiting. Whether nothing waits any more.
    fn drain(&self, output: &Output) -> Result<bool, Failure> {
        let mut backlog = self.backlog();
        match self.write_some(output, &backlog) {
            Ok(len) => {
                backlog.drain(..len);
                Ok(backlog.is_empty())
            }
            Err(failure) => {
                backlog.clear();
                Err(failure)
            }
        }
    }

    /// Writes all that waits.
    async fn finish(&self, output: &Output) -> Result<(), Failure> {
        while !self.drain(output)? {
            if let Some(descriptor) = output.descriptor() {
                descriptor.wait(Direction::Write).await?;
            }
        }
        Ok(())
    }

    fn write_without_waiting(&self, output: &Output, bytes: &[u8]) -> Result<(), Failure> {
        let done = if self.drain(output)? { self.write_some(output, bytes)? } else { 0 };
        let (rest, mut backlog) = (&bytes[done..], self.backlog());
        if backlog.len() + rest.len() > MOST_WAITING {
            return Err(not_permitted());
        }
        backlog.extend_from_slice(rest);
        Ok(())
    }

    async fn write_all(&self, output: &Output, bytes: &[u8]) -> Result<(), Failure> {
        self.finish(output).await?;
        let mut done = 0;
        while done < bytes.len() {
            done += output.write_all(&bytes[done..], self.stream, &self.allowance).await?;
        }
        Ok(())
    }
}

/// The trap for a write of more than `check-write` has permitted.
#[cold]
fn not_permitted() -> Failure {
    Failure::End(wasmtime::Error::msg("a write is longer than `check-write` has permitted"))
}

impl IsTerminal for Outgoing {
    fn is_terminal(&self) -> bool {
        self.output.is_terminal()
    }
}

impl StdoutStream for Outgoing {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(sink())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.another())
    }
}

#[async_trait]
impl Pollable for Outgoing {
    async fn ready(&mut self) {
        if let State::Open = self.state
            && let Some(output) = self.output.stream()
        {
            match self.finish(&output).await {
                Ok(()) => self.output.ready().await,
                Err(failure) => self.state = State::Failed(failure),
            }
        }
    }
}

#[async_trait]
impl OutputStream for Outgoing {
    fn check_write(&mut self) -> StreamResult<usize> {
        let output = self.open()?;
        let drained = self.drain(&output);
        let is_drained = self.checked(drained)?;
        let would_wait = |descriptor: &Descriptor| descriptor.would_wait(Direction::Write);
        Ok(if is_drained && !output.descriptor().is_some_and(would_wait) { MOST } else { 0 })
    }

    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        let output = self.open()?;
        if bytes.len() > MOST {
            return Err(not_permitted().into());
        }
        let written = self.write_without_waiting(&output, &bytes);
        self.checked(written)
    }

    fn flush(&mut self) -> StreamResult<()> {
        let output = self.open()?;
        let drained = self.drain(&output);
        self.checked(drained).map(drop)
    }

    async fn write_ready(&mut self) -> StreamResult<usize> {
        loop {
            self.ready().await;
            match self.check_write()? {
                0 => {}
                len => return Ok(len),
            }
        }
    }

    async fn blocking_write_and_flush(&mut self, bytes: Bytes) -> StreamResult<()> {
        let output = self.open()?;
        let written = self.write_all(&output, &bytes).await;
        self.checked(written)
    }

    /// The guest drops the stream. What it has written still goes out.
    async fn cancel(&mut self) {
        if let Ok(output) = self.open() {
            // Nobody is there to get an error.
            let _ = self.finish(&output).await;
        }
    }
}
