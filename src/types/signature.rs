//! Signatures: function types without references, in a form that calls can use without asking Wasmtime. Each
//! store interns the signatures of its functions.

use crate::process::forks;
use crate::types::valtype::{numeric_kind, numeric_type, safewasm_valkind_t};
use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::Arc;
use wasmtime::{Engine, FuncType};

/// The kinds of the parameters and results of a function without references.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Signature {
    /// The kinds of the parameters, then of the results.
    kinds: Box<[safewasm_valkind_t]>,
    params: usize,
}

impl Signature {
    /// The signature of a function type; `None` if it has references.
    pub(crate) fn of(ty: &FuncType) -> Option<Self> {
        let kinds = ty.params().chain(ty.results()).map(|ty| numeric_kind(&ty));
        Some(Self { kinds: kinds.collect::<Option<_>>()?, params: ty.params().len() })
    }

    pub(crate) fn params(&self) -> &[safewasm_valkind_t] {
        &self.kinds[..self.params]
    }

    pub(crate) fn results(&self) -> &[safewasm_valkind_t] {
        &self.kinds[self.params..]
    }

    /// The function type with this signature.
    pub(crate) fn ty(&self, engine: &Engine) -> FuncType {
        let types =
            |kinds: &[safewasm_valkind_t]| kinds.iter().copied().map(numeric_type).collect();
        let (params, results): (Vec<_>, Vec<_>) = (types(self.params()), types(self.results()));
        let _no_fork = forks::delay();
        FuncType::new(engine, params, results)
    }

    /// How many value slots a call needs: they first hold the parameters, then the results.
    pub(crate) fn slots(&self) -> usize {
        self.params.max(self.kinds.len() - self.params)
    }
}

/// The interned signatures of a store.
#[derive(Default)]
pub(crate) struct Signatures {
    interned: Vec<Arc<Signature>>,
    ids: HashMap<Arc<Signature>, SignatureId>,
}

/// The number of an interned signature in its store, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct SignatureId(NonZeroU32);

impl Signatures {
    /// Interns the signature of a function type; `None` if it has references.
    pub(crate) fn intern(&mut self, ty: &FuncType) -> Option<(SignatureId, &Signature)> {
        let signature = Signature::of(ty)?;
        let id = match self.ids.get(&signature) {
            Some(id) => *id,
            None => {
                let signature = Arc::new(signature);
                self.interned.push(Arc::clone(&signature));
                let id = SignatureId(NonZeroU32::new(u32::try_from(self.interned.len()).ok()?)?);
                self.ids.insert(signature, id);
                id
            }
        };
        Some((id, self.get(id)))
    }

    #[inline(always)]
    pub(crate) fn get(&self, id: SignatureId) -> &Arc<Signature> {
        &self.interned[id.0.get() as usize - 1]
    }
}
