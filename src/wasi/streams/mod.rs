//! The standard streams of a guest.

pub(crate) mod buffer;
pub(crate) mod bytes;
pub(crate) mod callback;
pub(crate) mod descriptor;
pub(crate) mod file;
mod incoming;
pub(super) mod memory;
mod outgoing;
mod readiness;
#[cfg(test)]
mod tests;

use crate::error::hostfailure::HostFailure;
use crate::error::{Error, ErrorKind, Result};
use buffer::OutputBuffer;
use bytes::GivenBytes;
use callback::{ReadCallback, WriteCallback};
use descriptor::{Descriptor, Direction};
use outgoing::Outgoing;
use readiness::Readiness;
use std::future::poll_fn;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;
use wasmtime_wasi::p2::StreamError;
use wasmtime_wasi::{I32Exit, WasiCtxBuilder};

/// A standard stream of a WASI program.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum safewasm_wasi_stream_t {
    /// Standard input.
    STDIN = 0,
    /// Standard output.
    STDOUT = 1,
    /// Standard error.
    STDERR = 2,
}

pub(crate) use safewasm_wasi_stream_t as Stream;

const STREAMS: [Stream; 3] = [Stream::STDIN, Stream::STDOUT, Stream::STDERR];

impl Stream {
    /// The stream with a number that the program passed as `stream`.
    pub(crate) fn of(number: u32) -> Result<Self> {
        STREAMS.get(number as usize).copied().ok_or_else(|| {
            Error::new(
                ErrorKind::INVALID_ARGUMENT,
                format!("`stream` is {number}, which is no `safewasm_wasi_stream_t`"),
            )
        })
    }

    /// [`Self::of`] for a stream that must be standard output or standard error.
    pub(crate) fn output_of(number: u32) -> Result<Self> {
        match Self::of(number)? {
            Self::STDIN => Err(Error::new(
                ErrorKind::INVALID_ARGUMENT,
                "`stream` is stdin, but must be stdout or stderr",
            )),
            stream => Ok(stream),
        }
    }

    fn direction(self) -> Direction {
        match self {
            Self::STDIN => Direction::Read,
            Self::STDOUT | Self::STDERR => Direction::Write,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::STDIN => "stdin",
            Self::STDOUT => "stdout",
            Self::STDERR => "stderr",
        }
    }
}

/// What a guest reads.
#[derive(Default)]
pub(crate) enum Input {
    #[default]
    Empty,
    Descriptor(Descriptor),
    Bytes(GivenBytes),
    Callback(ReadCallback),
}

/// Where a guest's bytes go.
#[derive(Default)]
pub(crate) enum Output {
    #[default]
    Discarded,
    Descriptor(Descriptor),
    Buffer(Arc<OutputBuffer>),
    Callback(WriteCallback),
}

/// The standard streams of a guest, and the limit of what it writes to them.
pub(crate) struct Streams {
    stdin: Arc<Input>,
    stdout: Arc<Output>,
    stderr: Arc<Output>,
    /// The guest's file descriptors of the three streams.
    fds: [Option<u32>; 3],
    allowance: Arc<Allowance>,
}

/// How much a guest may write to its standard output and standard error together.
struct Allowance {
    limit: u64,
    /// How many bytes it has written.
    written: AtomicU64,
}

impl Default for Streams {
    /// An empty standard input; output that is discarded, without a limit.
    fn default() -> Self {
        let (stdin, stdout, stderr) = Default::default();
        let fds = STREAMS.map(|stream| Some(stream as u32));
        Self { stdin, stdout, stderr, fds, allowance: Arc::new(Allowance::new(u64::MAX)) }
    }
}

/// Why a guest couldn't read or write.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The system's error, whose number the guest gets.
    Io(io::Error),
    /// The call of wasm ends with this error.
    End(wasmtime::Error),
}

/// The status of a program that writes to a pipe that nobody reads: as shells report one that SIGPIPE ended.
const READER_HAS_LEFT: i32 = 128 + 13;

impl Failure {
    pub(crate) fn end(failure: impl Into<HostFailure>) -> Self {
        Self::End(wasmtime::Error::new(failure.into()))
    }

    fn reader_has_left() -> Self {
        Self::End(wasmtime::Error::new(I32Exit(READER_HAS_LEFT)))
    }
}

impl From<rustix::io::Errno> for Failure {
    fn from(error: rustix::io::Errno) -> Self {
        Self::Io(error.into())
    }
}

impl From<Failure> for StreamError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Io(error) => Self::LastOperationFailed(wasmtime::Error::new(error)),
            Failure::End(error) => Self::Trap(error),
        }
    }
}

/// The most bytes that a stream reads or writes before the call is asked whether it must end.
const AT_ONCE: usize = 1 << 20;

impl Streams {
    pub(crate) fn set_input(&mut self, input: Input) {
        self.stdin = Arc::new(input);
    }

    /// Sets standard output or standard error.
    pub(crate) fn set_output(&mut self, stream: Stream, output: Output) {
        *self.output(stream) = Arc::new(output);
    }

    pub(crate) fn set_descriptor(&mut self, stream: Stream, descriptor: Descriptor) {
        match stream.direction() {
            Direction::Read => self.set_input(Input::Descriptor(descriptor)),
            Direction::Write => self.set_output(stream, Output::Descriptor(descriptor)),
        }
    }

    pub(crate) fn set_limit(&mut self, limit: u64) {
        self.allowance = Arc::new(Allowance::new(limit));
    }

    /// The stream that the guest has at a file descriptor of its own.
    pub(crate) fn at(&self, fd: u32) -> Option<Stream> {
        STREAMS.into_iter().find(|&stream| self.fds[stream as usize] == Some(fd))
    }

    /// The guest has closed its file descriptor. A file descriptor of the process is closed too.
    pub(crate) fn close(&mut self, fd: u32) {
        let Some(stream) = self.at(fd) else { return };
        self.fds[stream as usize] = None;
        match stream.direction() {
            Direction::Read if matches!(*self.stdin, Input::Descriptor(_)) => {
                self.set_input(Input::default());
            }
            Direction::Write if matches!(**self.output(stream), Output::Descriptor(_)) => {
                self.set_output(stream, Output::default());
            }
            // The finalizer of a callback may not run now.
            _ => {}
        }
    }

    /// The guest's file descriptor `from` has become `to`, which is closed.
    pub(crate) fn renumber(&mut self, from: u32, to: u32) {
        if from == to {
            return;
        }
        self.close(to);
        if let Some(stream) = self.at(from) {
            self.fds[stream as usize] = Some(to);
        }
    }

    /// Whether one of them calls a function of the program.
    pub(crate) fn call_out(&self) -> bool {
        let calls_out = |output: &Output| matches!(output, Output::Callback(_));
        matches!(*self.stdin, Input::Callback(_))
            || calls_out(&self.stdout)
            || calls_out(&self.stderr)
    }

    /// Has the functions of `wasmtime-wasi` use these streams.
    pub(crate) fn show_to(&self, builder: &mut WasiCtxBuilder) {
        let outgoing =
            |output, stream| Outgoing::new(Readiness::of(output), stream, &self.allowance);
        builder
            .stdin(Readiness::of(&self.stdin))
            .stdout(outgoing(&self.stdout, Stream::STDOUT))
            .stderr(outgoing(&self.stderr, Stream::STDERR));
    }

    /// Reads from standard input: at least one byte, or none at the end. A read without room reads none.
    async fn read(&self, bytes: &mut [u8]) -> Result<usize, Failure> {
        let len = bytes.len().min(AT_ONCE);
        if len == 0 {
            return Ok(0);
        }
        self.stdin.read(&mut bytes[..len]).await
    }

    /// [`Output::write_all`] of standard output or standard error.
    async fn write(&mut self, stream: Stream, bytes: &[u8]) -> Result<usize, Failure> {
        let allowance = Arc::clone(&self.allowance);
        self.output(stream).write_all(bytes, stream, &allowance).await
    }

    fn output(&mut self, stream: Stream) -> &mut Arc<Output> {
        if stream == Stream::STDERR { &mut self.stderr } else { &mut self.stdout }
    }
}

impl Allowance {
    fn new(limit: u64) -> Self {
        Self { limit, written: AtomicU64::new(0) }
    }

    /// The first of `bytes`, as many as may be written, and at least one.
    fn first<'a>(&self, bytes: &'a [u8], stream: Stream) -> Result<&'a [u8], Failure> {
        // Only the thread in the guest's store writes.
        let left = self.limit - self.written.load(Ordering::Relaxed);
        match bytes.len().min(usize::try_from(left).unwrap_or(usize::MAX)) {
            0 => Err(self.is_passed(stream)),
            len => Ok(&bytes[..len]),
        }
    }

    fn charge(&self, len: usize) {
        self.written.fetch_add(len as u64, Ordering::Relaxed);
    }

    #[cold]
    fn is_passed(&self, stream: Stream) -> Failure {
        Failure::end(Error::new(
            ErrorKind::LIMIT,
            format!(
                "the program wrote to {} beyond the limit of {} bytes for stdout and stderr together",
                stream.name(),
                self.limit
            ),
        ))
    }
}

impl Input {
    /// Reads at least one byte, or none at the end.
    async fn read(&self, bytes: &mut [u8]) -> Result<usize, Failure> {
        match self {
            Self::Empty => Ok(0),
            Self::Descriptor(descriptor) => descriptor.read(bytes).await,
            Self::Bytes(given) => Ok(given.read(bytes)),
            Self::Callback(callback) => callback.read(bytes),
        }
    }

    /// [`Self::read`] that returns `None` if it would wait.
    fn try_read(&self, bytes: &mut [u8]) -> Result<Option<usize>, Failure> {
        match self {
            Self::Empty => Ok(Some(0)),
            Self::Descriptor(descriptor) => descriptor.try_read(bytes),
            Self::Bytes(given) => Ok(Some(given.read(bytes))),
            Self::Callback(callback) => callback.read(bytes).map(Some),
        }
    }
}

impl Output {
    /// Writes all of `bytes`. If that fails after some of them, only those are written; the next write fails then.
    async fn write_all(
        &self,
        bytes: &[u8],
        stream: Stream,
        allowance: &Allowance,
    ) -> Result<usize, Failure> {
        let mut done = 0;
        while done < bytes.len() {
            let end = bytes.len().min(done + AT_ONCE);
            let part = allowance.first(&bytes[done..end], stream)?;
            match self.write(part, stream).await {
                Ok(len) => {
                    allowance.charge(len);
                    let pieces = done / AT_ONCE;
                    done += len;
                    if done / AT_ONCE > pieces {
                        let_others_run().await;
                    }
                }
                Err(Failure::Io(_)) if done > 0 => break,
                Err(failure) => return Err(failure),
            }
        }
        Ok(done)
    }

    /// Writes at least one byte.
    async fn write(&self, bytes: &[u8], stream: Stream) -> Result<usize, Failure> {
        match self {
            Self::Discarded => Ok(bytes.len()),
            Self::Descriptor(descriptor) => descriptor.write(bytes).await,
            Self::Buffer(buffer) => buffer.write(bytes, stream.name()).map_err(Failure::end),
            Self::Callback(callback) => callback.write(bytes),
        }
    }

    /// [`Self::write`] that returns `None` if it would wait.
    fn try_write(&self, bytes: &[u8], stream: Stream) -> Result<Option<usize>, Failure> {
        match self {
            Self::Discarded => Ok(Some(bytes.len())),
            Self::Descriptor(descriptor) => descriptor.try_write(bytes),
            Self::Buffer(buffer) => {
                buffer.write(bytes, stream.name()).map(Some).map_err(Failure::end)
            }
            Self::Callback(callback) => callback.write(bytes).map(Some),
        }
    }
}

/// Gives the thread that polls a chance to end the call.
async fn let_others_run() {
    let mut has_paused = false;
    poll_fn(|context| {
        if std::mem::replace(&mut has_paused, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
