//! The `env` of an external reference.

use super::payload::StorePayload;
use crate::handle::store::Location;
use crate::process::finalizer::{self, Env};
use std::ffi::c_void;
use std::mem::ManuallyDrop;

/// An `env` that wasm's collector drops, perhaps in the middle of a call.
pub(crate) struct CollectedEnv {
    env: ManuallyDrop<Env>,
    location: Location<'static, StorePayload>,
}

impl CollectedEnv {
    /// Takes over an `env` for as long as wasm in the store can reach it.
    pub(crate) fn new(env: Env, location: Location<'static, StorePayload>) -> Self {
        Self { env: ManuallyDrop::new(env), location }
    }

    pub(crate) fn data(&self) -> *mut c_void {
        self.env.data()
    }
}

impl Drop for CollectedEnv {
    fn drop(&mut self) {
        if let Some(finalizer) = self.env.finalizer {
            finalizer::enqueue((finalizer, self.env.data()));
            self.location.note_due();
        }
    }
}
