//! Shared memories, which several threads use at once, each with a store of its own.

use crate::error::{Error, ErrorKind, Result};
use crate::kinds::{SharedKind, safewasm_sharedmemory_t};
use std::sync::atomic::AtomicU8;

/// The object behind the handle of a shared memory.
pub(crate) struct SharedMemory {
    pub(crate) memory: wasmtime::SharedMemory,
    engine: wasmtime::Engine,
}

impl SharedKind for safewasm_sharedmemory_t {
    type Object = SharedMemory;
}

impl SharedMemory {
    pub(crate) fn new(memory: wasmtime::SharedMemory, engine: &wasmtime::Engine) -> Self {
        Self { memory, engine: engine.clone() }
    }

    /// The memory, if it belongs to that engine.
    pub(crate) fn of_engine(
        &self,
        engine: &wasmtime::Engine,
        name: &str,
    ) -> Result<wasmtime::SharedMemory> {
        if wasmtime::Engine::same(&self.engine, engine) {
            return Ok(self.memory.clone());
        }
        Err(Error::new(
            ErrorKind::WRONG_ENGINE,
            format!(
                "`{name}` belongs to another engine than the store; make both with the same engine"
            ),
        ))
    }
}

/// The bytes of a memory. Other threads may write them at the same time.
pub(crate) fn bytes(memory: &SharedMemory) -> &[AtomicU8] {
    let data = memory.memory.data();
    // SAFETY: the same bytes with the same lifetime, which may be written through a shared reference; the
    // memory never moves.
    unsafe { &*(std::ptr::from_ref(data) as *const [AtomicU8]) }
}
