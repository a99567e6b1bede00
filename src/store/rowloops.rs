//! The row loops of a store.

use crate::types::signature::SignatureId;
use std::collections::HashMap;
use wasmtime::{Func, Memory};

/// The row loops of a store.
#[derive(Default)]
pub(crate) struct RowLoops {
    pub(crate) made: HashMap<SignatureId, Func>,
    /// The memory in which the loops have their rows.
    pub(crate) rows: Option<Memory>,
    /// Whether a loop runs, and uses the memory.
    pub(crate) busy: bool,
}
