//! Room for the values of calls: a store keeps it, so that calls that need it allocate no more once it is
//! there.

use crate::types::value::safewasm_val_t;
use std::mem;
use wasmtime::{Val, ValRaw};

/// What calls in a store have had for their values.
#[derive(Default)]
pub(crate) struct Scratch {
    pub(crate) slots: Vec<ValRaw>,
    pub(crate) vals: Vec<Val>,
    pub(crate) values: Vec<safewasm_val_t>,
}

/// Which of them: that for a kind of value.
pub(crate) type Which<T> = fn(&mut Scratch) -> &mut Vec<T>;

impl Scratch {
    /// An empty vector. A call within the call that has it gets another.
    pub(crate) fn take<T>(&mut self, which: Which<T>) -> Vec<T> {
        mem::take(which(self))
    }

    /// Takes it back, with what it had.
    pub(crate) fn give_back<T>(&mut self, which: Which<T>, mut vec: Vec<T>) {
        vec.clear();
        *which(self) = vec;
    }
}
