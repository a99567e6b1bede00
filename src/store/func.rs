//! Functions in a store, with what calls need to know of their types.

use super::data::StoreData;
use crate::process::forks;
use crate::types::signature::SignatureId;
use std::collections::HashMap;
use wasmtime::StoreContextMut;

/// What the handle of a func means.
#[derive(Clone, Copy)]
pub(crate) struct Func {
    pub(crate) func: wasmtime::Func,
    /// What it takes and gives, unless it has references.
    pub(crate) signature: Option<SignatureId>,
    /// How many slots a slot call takes, if it has no references: the larger number of parameters and
    /// results.
    pub(crate) slots: u32,
}

/// The functions that a store has met, by where Wasmtime keeps them until the store ends, so that the type of
/// each is asked for once.
#[derive(Default)]
pub(crate) struct Funcs(HashMap<usize, Func>);

impl Func {
    pub(crate) fn new(func: wasmtime::Func, mut context: StoreContextMut<'_, StoreData>) -> Self {
        let place = func.to_raw(&mut context) as usize;
        if let Some(known) = context.data().funcs.0.get(&place) {
            return *known;
        }
        let _no_fork = forks::delay();
        let ty = func.ty(&context);
        let data = context.data_mut();
        let new = match data.signatures.intern(&ty) {
            Some((id, signature)) => {
                Self { func, slots: signature.slots() as u32, signature: Some(id) }
            }
            None => Self { func, slots: 0, signature: None },
        };
        if data.funcs.0.try_reserve(1).is_ok() {
            data.funcs.0.insert(place, new);
        }
        new
    }

    pub(crate) fn wasmtime(self) -> wasmtime::Func {
        self.func
    }

    /// What it takes and gives, unless it has references.
    pub(crate) fn signature(self) -> Option<SignatureId> {
        self.signature
    }
}
