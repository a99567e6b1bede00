//! The loops for bulk calls that a store has.

use crate::types::signature::SignatureId;
use std::collections::HashMap;
use wasmtime::{Func, Memory};

/// The loops of a store.
#[derive(Default)]
pub(crate) struct RowLoops {
    pub(crate) made: HashMap<SignatureId, Func>,
    pub(crate) rows: Option<Memory>,
    /// Whether a loop runs, whose rows are in the memory.
    pub(crate) busy: bool,
}
