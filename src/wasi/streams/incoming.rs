//! Standard input as components have it: a stream that is read with and without waiting.

use super::Input;
use super::readiness::Readiness;
use bytes::Bytes;
use std::sync::Arc;
use tokio::io::{AsyncRead, empty};
use wasmtime_wasi::async_trait;
use wasmtime_wasi::cli::StdinStream;
use wasmtime_wasi::p2::{InputStream, StreamError, StreamResult};

/// The most bytes of one read.
const MOST: usize = 1 << 16;

impl StdinStream for Readiness<Input> {
    fn async_stream(&self) -> Box<dyn AsyncRead + Send + Sync> {
        Box::new(empty())
    }

    fn p2_stream(&self) -> Box<dyn InputStream> {
        Box::new(self.clone())
    }
}

impl Readiness<Input> {
    fn open(&self) -> StreamResult<Arc<Input>> {
        self.stream().ok_or(StreamError::Closed)
    }
}

#[async_trait]
impl InputStream for Readiness<Input> {
    fn read(&mut self, size: usize) -> StreamResult<Bytes> {
        let input = self.open()?;
        if size == 0 {
            return Ok(Bytes::new());
        }
        let mut bytes = vec![0; size.min(MOST)];
        match input.try_read(&mut bytes)? {
            Some(len) => read(bytes, len),
            None => Ok(Bytes::new()),
        }
    }

    async fn blocking_read(&mut self, size: usize) -> StreamResult<Bytes> {
        let input = self.open()?;
        if size == 0 {
            return Ok(Bytes::new());
        }
        let mut bytes = vec![0; size.min(MOST)];
        let len = input.read(&mut bytes).await?;
        read(bytes, len)
    }
}

/// The first `len` bytes; none are the end.
fn read(mut bytes: Vec<u8>, len: usize) -> StreamResult<Bytes> {
    if len == 0 {
        return Err(StreamError::Closed);
    }
    bytes.truncate(len);
    Ok(bytes.into())
}
