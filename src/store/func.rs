//! Funcs: functions in a store, with their interned signatures.

use super::data::StoreData;
use crate::process::forks;
use crate::types::signature::SignatureId;
use foldhash::fast::RandomState;
use std::collections::HashMap;
use wasmtime::StoreContextMut;

/// The object behind the handle of a func.
#[derive(Clone, Copy)]
pub(crate) struct Func {
    pub(crate) func: wasmtime::Func,
    /// Its signature; `None` if it has references.
    pub(crate) signature: Option<SignatureId>,
    /// How many value slots a slot call needs: the larger of the numbers of parameters and results. 0 if the
    /// function has references.
    pub(crate) slots: u32,
}

/// The functions of a store that the library has seen, by the address at which Wasmtime keeps them until the
/// store ends. The type of each is read once.
#[derive(Default)]
pub(crate) struct Funcs(HashMap<usize, Func, RandomState>);

impl Func {
    pub(crate) fn new(func: wasmtime::Func, mut context: StoreContextMut<'_, StoreData>) -> Self {
        let address = func.to_raw(&mut context) as usize;
        if let Some(known) = context.data().funcs.0.get(&address) {
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
            data.funcs.0.insert(address, new);
        }
        new
    }

    pub(crate) fn wasmtime(self) -> wasmtime::Func {
        self.func
    }

    /// Its signature; `None` if it has references.
    pub(crate) fn signature(self) -> Option<SignatureId> {
        self.signature
    }
}
