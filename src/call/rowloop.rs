//! Calls by row loops, whose modules are in `engine::loops`.

use crate::engine::loops::{FIRST_ROW, MIN_ROWS_TO_COMPILE, NAME, PAGE, SLOT};
use crate::process::forks;
use crate::store::data::StoreData;
use crate::store::entered::{Entered, Guard};
use crate::types::signature::{Signature, SignatureId};
use std::sync::Arc;
use wasmtime::{Instance, Memory, MemoryType, StoreContextMut, ValRaw};

/// A row loop of a store, ready to call a function.
#[derive(Clone, Copy)]
pub(crate) struct RowLoop {
    run: wasmtime::Func,
    callee: ValRaw,
    rows: Memory,
    /// The size of a row, in bytes.
    pub(crate) row: usize,
}

impl RowLoop {
    /// A row loop for `count` calls of `func`, whose signature is `id`. `None` if there can't be one now, or
    /// if it would cost more than it saves.
    pub(crate) fn begin(
        guard: &mut Guard,
        func: wasmtime::Func,
        id: SignatureId,
        count: usize,
    ) -> Option<Self> {
        let mut context = guard.context();
        let data = context.data_mut();
        // The instructions of the loop itself would consume fuel.
        if data.loops.busy || data.engine.settings().fuel {
            return None;
        }
        let signature = Arc::clone(data.signatures.get(id));
        let run = match data.loops.made.get(&id) {
            Some(made) => *made,
            None if count < MIN_ROWS_TO_COMPILE => return None,
            None => {
                let made = make(guard, &signature)?;
                guard.context().data_mut().loops.made.insert(id, made);
                made
            }
        };
        let mut context = guard.context();
        // The loop calls functions of exactly this type. A function whose type isn't final, or is a subtype,
        // has another type with the same signature.
        let matches = {
            let _no_fork = forks::delay();
            func.matches_ty(&context, &signature.ty(context.engine()))
        };
        if !matches {
            return None;
        }
        let callee = ValRaw::funcref(func.to_raw(&mut context));
        let loops = &mut context.data_mut().loops;
        let rows = loops.rows?;
        loops.busy = true;
        Some(Self { run, callee, rows, row: SLOT * signature.slots().max(1) })
    }

    /// How many rows fit into the memory.
    pub(crate) fn capacity(&self) -> usize {
        (PAGE - FIRST_ROW) / self.row
    }

    /// The bytes of the rows.
    pub(crate) fn rows<'a>(&self, context: &'a mut StoreContextMut<'_, StoreData>) -> &'a mut [u8] {
        &mut self.rows.data_mut(context)[FIRST_ROW..]
    }

    /// Calls the function for the first `count` rows, at most [`Self::capacity`]. Returns how many calls
    /// succeeded, and the result of the last one that was made.
    pub(crate) fn call(
        &self,
        context: &mut StoreContextMut<'_, StoreData>,
        count: usize,
    ) -> (usize, wasmtime::Result<()>) {
        self.rows.data_mut(&mut *context)[..4].copy_from_slice(&(FIRST_ROW as u32).to_le_bytes());
        let end = FIRST_ROW + count * self.row;
        let mut args = [self.callee, ValRaw::i32(FIRST_ROW as i32), ValRaw::i32(end as i32)];
        // SAFETY: the arguments are a function of the type that the loop calls, and two addresses.
        let result = unsafe { self.run.call_unchecked(&mut *context, &raw mut args) };
        if result.is_ok() {
            return (count, result);
        }
        let bytes = &self.rows.data(&*context)[..4];
        let at = u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]) as usize;
        ((at.saturating_sub(FIRST_ROW) / self.row).min(count), result)
    }

    /// Allows the next row loop in the store.
    pub(crate) fn end(self, guard: &mut Guard) {
        guard.context().data_mut().loops.busy = false;
    }
}

/// Makes a row loop for a signature in the entered store.
pub(crate) fn make(guard: &mut Guard, signature: &Signature) -> Option<wasmtime::Func> {
    let engine = Arc::clone(&guard.context().data().engine);
    let code = engine.loops().get(engine.wasmtime(), signature)?;
    let _no_fork = forks::delay();
    let used = guard.context().data_mut().limits.begin();
    let made = (|| {
        let rows = match guard.context().data().loops.rows {
            Some(rows) => rows,
            None => Memory::new(guard.context(), MemoryType::new(1, Some(1))).ok()?,
        };
        guard.context().data_mut().loops.rows = Some(rows);
        guard.context().data_mut().codes.keep(&code);
        let instance = Instance::new(guard.context(), code.module(), &[rows.into()]).ok()?;
        instance.get_func(guard.context(), &NAME)
    })();
    // The memory and the instance of the loop don't count against the store's limits.
    guard.context().data_mut().limits.refund(used);
    made
}
