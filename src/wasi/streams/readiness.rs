//! The streams as `wasmtime-wasi` knows them: whether they are ready, and whether they are terminals. Guests read
//! and write by `Streams`, which needs no copy for each 4,096 bytes.

use super::descriptor::{Descriptor, Direction};
use super::{Input, Output};
use bytes::Bytes;
use std::sync::{Arc, Weak};
use tokio::io::{AsyncRead, AsyncWrite, empty, sink};
use wasmtime_wasi::async_trait;
use wasmtime_wasi::cli::{IsTerminal, StdinStream, StdoutStream};
use wasmtime_wasi::p2::{InputStream, OutputStream, Pollable, StreamError, StreamResult};

/// A stream that the guest may have closed.
pub(super) struct Readiness<T>(Weak<T>);

/// A stream of either direction.
pub(super) trait Stream: Send + Sync + 'static {
    const DIRECTION: Direction;

    /// The file descriptor. Streams without one never wait; only a call can tell about a callback.
    fn descriptor(&self) -> Option<&Descriptor>;
}

impl Stream for Input {
    const DIRECTION: Direction = Direction::Read;

    fn descriptor(&self) -> Option<&Descriptor> {
        if let Self::Descriptor(descriptor) = self { Some(descriptor) } else { None }
    }
}

impl Stream for Output {
    const DIRECTION: Direction = Direction::Write;

    fn descriptor(&self) -> Option<&Descriptor> {
        if let Self::Descriptor(descriptor) = self { Some(descriptor) } else { None }
    }
}

impl<T> Readiness<T> {
    pub(super) fn of(stream: &Arc<T>) -> Self {
        Self(Arc::downgrade(stream))
    }
}

impl<T> Clone for Readiness<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: Stream> IsTerminal for Readiness<T> {
    fn is_terminal(&self) -> bool {
        let stream = self.0.upgrade();
        stream.is_some_and(|stream| stream.descriptor().is_some_and(Descriptor::is_terminal))
    }
}

#[async_trait]
impl<T: Stream> Pollable for Readiness<T> {
    async fn ready(&mut self) {
        if let Some(stream) = self.0.upgrade()
            && let Some(descriptor) = stream.descriptor()
        {
            descriptor.ready(T::DIRECTION).await;
        }
    }
}

impl StdinStream for Readiness<Input> {
    fn async_stream(&self) -> Box<dyn AsyncRead + Send + Sync> {
        Box::new(empty())
    }

    fn p2_stream(&self) -> Box<dyn InputStream> {
        Box::new(self.clone())
    }
}

impl StdoutStream for Readiness<Output> {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(sink())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}

impl InputStream for Readiness<Input> {
    fn read(&mut self, _: usize) -> StreamResult<Bytes> {
        Err(StreamError::Closed)
    }
}

impl OutputStream for Readiness<Output> {
    fn write(&mut self, _: Bytes) -> StreamResult<()> {
        Err(StreamError::Closed)
    }

    fn flush(&mut self) -> StreamResult<()> {
        Err(StreamError::Closed)
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Err(StreamError::Closed)
    }
}
