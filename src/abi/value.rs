//! Values: what wasm computes with, and the types of values.
//!
//! Example: examples/hello.c

pub use crate::types::valtype::{safewasm_heapkind_t, safewasm_valkind_t, safewasm_valtype_t};
pub use crate::types::value::{safewasm_slot_t, safewasm_val_t};
