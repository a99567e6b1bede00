//! The streams as `wasmtime-wasi` knows them: whether they are ready, and whether they are terminals. For WASI
//! preview 1, which reads and writes by `Streams`, that is all; it needs no copy for each 4,096 bytes.

use super::descriptor::{Descriptor, Direction};
use super::{Input, Output};
use std::sync::{Arc, Weak};
use wasmtime_wasi::async_trait;
use wasmtime_wasi::cli::IsTerminal;
use wasmtime_wasi::p2::Pollable;

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

    /// The stream, unless the guest has closed it.
    pub(super) fn stream(&self) -> Option<Arc<T>> {
        self.0.upgrade()
    }
}

impl<T> Clone for Readiness<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: Stream> IsTerminal for Readiness<T> {
    fn is_terminal(&self) -> bool {
        let stream = self.stream();
        stream.is_some_and(|stream| stream.descriptor().is_some_and(Descriptor::is_terminal))
    }
}

#[async_trait]
impl<T: Stream> Pollable for Readiness<T> {
    async fn ready(&mut self) {
        if let Some(stream) = self.stream()
            && let Some(descriptor) = stream.descriptor()
        {
            descriptor.ready(T::DIRECTION).await;
        }
    }
}
