//! Vectors for the values of calls. A store keeps them, so that later calls allocate nothing.

use crate::types::value::safewasm_val_t;
use std::mem;
use wasmtime::{Val, ValRaw};

/// The vectors of a store that no call uses now.
#[derive(Default)]
pub(crate) struct Scratch {
    pub(crate) slots: Vec<ValRaw>,
    pub(crate) vals: Vec<Val>,
    pub(crate) values: Vec<safewasm_val_t>,
}

/// Selects one of the vectors by the type of its elements.
pub(crate) type Which<T> = fn(&mut Scratch) -> &mut Vec<T>;

impl Scratch {
    /// Takes an empty vector. A nested call gets another one.
    pub(crate) fn take<T>(&mut self, which: Which<T>) -> Vec<T> {
        mem::take(which(self))
    }

    /// Keeps a vector for later calls, with its capacity.
    pub(crate) fn give_back<T>(&mut self, which: Which<T>, mut vec: Vec<T>) {
        vec.clear();
        *which(self) = vec;
    }
}
