//! The library's data in a Wasmtime store.

use super::component::{Active, Ended};
use super::func::Funcs;
use super::instance::Instances;
use super::limits::Limits;
use super::payload::StorePayload;
use super::recorder::Recorder;
use super::rowloops::RowLoops;
#[cfg(feature = "wasi")]
use super::wasi::Wasi;
use crate::engine::Engine;
use crate::engine::code::Codes;
use crate::handle::store::Location;
use crate::process::finalizer::Env;
use crate::types::signature::Signatures;
#[cfg(feature = "wasi")]
use std::collections::HashSet;
use std::sync::Arc;

/// The data that Wasmtime keeps for the library in a store.
pub(crate) struct StoreData {
    /// The store's location in the handle table.
    pub(crate) location: Location<'static, StorePayload>,
    pub(crate) engine: Arc<Engine>,
    /// The pointer that the program attached to the store.
    pub(crate) attached: Env,
    pub(crate) limits: Limits,
    /// All the fuel that the store was given since it was set.
    pub(crate) fuel_given: u128,
    /// The time limit of the store's sandbox, or 0.
    pub(crate) sandbox_timeout: u64,
    pub(crate) funcs: Funcs,
    pub(crate) instances: Instances,
    pub(crate) signatures: Signatures,
    pub(crate) loops: RowLoops,
    /// The profile that is recorded. It keeps modules, and is dropped before `codes`.
    pub(crate) recorder: Option<Box<Recorder>>,
    pub(crate) codes: Codes,
    pub(crate) ended: Ended,
    pub(crate) active: Active,
    /// `None` while a WASI function runs, too.
    #[cfg(feature = "wasi")]
    pub(crate) wasi: Option<Box<Wasi>>,
    /// The functions `_initialize` that were called, as Wasmtime knows them.
    #[cfg(feature = "wasi")]
    pub(crate) initialized: HashSet<usize>,
}
