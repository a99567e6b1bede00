//! Loops in wasm that call a function for each row of a memory: from wasm to wasm a call costs a fraction of
//! what it costs to enter wasm.

use crate::code::Code;
use crate::forks::{self, ObjectGuard, ObjectLock};
use crate::registry::Guard;
use crate::signature::{Signature, SignatureId};
use crate::store::{Entered, StoreData};
use crate::threadpool;
use crate::value::safewasm_valkind_t;
use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::fmt::Write;
use std::hash::BuildHasher;
use std::sync::{Arc, LazyLock, PoisonError};
use wasmtime::{Engine, Instance, Memory, MemoryType, Module, StoreContextMut, ValRaw};

/// The name of these modules, whose frames no backtrace shows, and of their function, which no caller gets:
/// one that nobody else has.
static NAME: LazyLock<String> =
    LazyLock::new(|| format!("safewasm: calls for rows {:016x}", RandomState::new().hash_one(0)));

/// From so many calls on a loop is used, and from so many one is made, which takes as long as thousands of
/// calls.
pub(crate) const MIN_ROWS_TO_USE: usize = 32;
const MIN_ROWS_TO_COMPILE: usize = 1024;

/// Where the rows begin. Before them is the address of the first row whose call hasn't ended well.
const FIRST: usize = 16;
const PAGE: usize = 64 << 10;

/// The size of a slot: a row has one for each parameter, in which the results are put.
pub(crate) const SLOT: usize = 16;

/// The modules with loops of an engine, by signature; none where the engine can't have one.
#[derive(Default)]
pub(crate) struct Modules(ObjectLock<HashMap<Signature, Option<Arc<Code>>>>);

impl Modules {
    fn get(&self, engine: &Engine, signature: &Signature) -> Option<Arc<Code>> {
        if let Some(known) = self.known().get(signature) {
            return known.clone();
        }
        // Nobody waits meanwhile; two may make the same.
        let wasm = wat::parse_str(text(signature)).ok()?;
        // Without what it needs, which the engine's config may have turned off, there is no loop.
        let made = threadpool::run(|| Module::from_binary(engine, &wasm).ok()).ok()?;
        self.known()
            .entry(signature.clone())
            .or_insert(made.map(|made| Code::new(made, None)))
            .clone()
    }

    fn known(&self) -> ObjectGuard<'_, HashMap<Signature, Option<Arc<Code>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The loops of a store.
#[derive(Default)]
pub(crate) struct RowLoops {
    made: HashMap<SignatureId, wasmtime::Func>,
    rows: Option<Memory>,
    /// Whether a loop runs, whose rows are in the memory.
    busy: bool,
}

/// The way to call a function for many rows.
#[derive(Clone, Copy)]
pub(crate) struct RowLoop {
    run: wasmtime::Func,
    callee: ValRaw,
    rows: Memory,
    /// The size of a row, in bytes.
    pub(crate) row: usize,
}

/// Whether the frame is one of a loop's.
pub(crate) fn is_own(frame: &wasmtime::FrameInfo) -> bool {
    frame.module().name() == Some(&NAME)
}

impl RowLoop {
    /// A loop for `func`, whose signature is that, and for so many calls; none where there can't be one now,
    /// or where it isn't worth the while.
    pub(crate) fn begin(
        guard: &mut Guard,
        func: wasmtime::Func,
        id: SignatureId,
        count: usize,
    ) -> Option<Self> {
        let mut context = guard.context();
        let data = context.data_mut();
        // What the loop itself does would use up fuel.
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
        // Wasm calls functions of a type with these parameters and results in one way, be it final or not.
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

    /// How many rows there is room for.
    pub(crate) fn capacity(&self) -> usize {
        (PAGE - FIRST) / self.row
    }

    /// The rows.
    pub(crate) fn rows<'a>(&self, context: &'a mut StoreContextMut<'_, StoreData>) -> &'a mut [u8] {
        &mut self.rows.data_mut(context)[FIRST..]
    }

    /// Calls the function for the first `count` rows, which are at most [`Self::capacity`]. Gives how many
    /// of the calls succeeded, and what became of the next.
    pub(crate) fn call(
        &self,
        context: &mut StoreContextMut<'_, StoreData>,
        count: usize,
    ) -> (usize, wasmtime::Result<()>) {
        self.rows.data_mut(&mut *context)[..4].copy_from_slice(&(FIRST as u32).to_le_bytes());
        let end = FIRST + count * self.row;
        let mut args = [self.callee, ValRaw::i32(FIRST as i32), ValRaw::i32(end as i32)];
        // SAFETY: these are a function of the type that the loop calls, and two addresses.
        let result = unsafe { self.run.call_unchecked(&mut *context, &raw mut args) };
        if result.is_ok() {
            return (count, result);
        }
        let cell = &self.rows.data(&*context)[..4];
        let at = u32::from_le_bytes([cell[0], cell[1], cell[2], cell[3]]) as usize;
        ((at.saturating_sub(FIRST) / self.row).min(count), result)
    }

    /// Ends what [`Self::begin`] began.
    pub(crate) fn end(self, guard: &mut Guard) {
        guard.context().data_mut().loops.busy = false;
    }
}

/// A loop for a signature, in this store.
fn make(guard: &mut Guard, signature: &Signature) -> Option<wasmtime::Func> {
    let engine = Arc::clone(&guard.context().data().engine);
    let code = engine.loops().get(engine.wasmtime(), signature)?;
    let _no_fork = forks::delay();
    let used = guard.context().data().limits.used();
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
    // It is none of what the store's program has.
    guard.context().data_mut().limits.refund(used);
    made
}

fn name(kind: safewasm_valkind_t) -> &'static str {
    match kind {
        safewasm_valkind_t::I32 => "i32",
        safewasm_valkind_t::I64 => "i64",
        safewasm_valkind_t::F32 => "f32",
        safewasm_valkind_t::F64 => "f64",
        _ => "v128",
    }
}

/// The module of a loop for a signature.
fn text(signature: &Signature) -> String {
    let names = |kinds: &[safewasm_valkind_t]| kinds.iter().map(|kind| name(*kind)).collect();
    let (params, results): (Vec<_>, Vec<_>) =
        (names(signature.params()), names(signature.results()));
    let (params_text, results_text) = (params.join(" "), results.join(" "));
    let row = SLOT * signature.slots().max(1);
    let mut loads = String::new();
    for (index, name) in params.iter().enumerate() {
        let _ = write!(loads, "({name}.load offset={} (local.get $at))", index * SLOT);
    }
    let (mut sets, mut stores) = (String::new(), String::new());
    for (index, name) in results.iter().enumerate() {
        // The last one is on top.
        sets.insert_str(0, &format!("(local.set $r{index})"));
        let to = index * SLOT;
        let _ = write!(stores, "({name}.store offset={to} (local.get $at) (local.get $r{index}))");
    }
    let locals = results.iter().enumerate().fold(String::new(), |mut locals, (index, name)| {
        let _ = write!(locals, "(local $r{index} {name})");
        locals
    });
    format!(
        r#"(module ${name:?}
            (type $f (func (param {params_text}) (result {results_text})))
            (import "" "" (memory 1))
            (func (export {name:?}) (param $f (ref $f)) (param $at i32) (param $end i32) {locals}
                (loop $next
                    {loads}
                    (call_ref $f (local.get $f))
                    {sets}
                    {stores}
                    (local.set $at (i32.add (local.get $at) (i32.const {row})))
                    (i32.store (i32.const 0) (local.get $at))
                    (br_if $next (i32.lt_u (local.get $at) (local.get $end))))))"#,
        name = *NAME,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasmtime::{FuncType, ValType};

    #[test]
    fn each_signature_has_a_module_of_that_name() {
        use ValType::{F32, F64, I32, I64, V128};
        let engine = Engine::default();
        for (params, results) in [
            (vec![], vec![]),
            (vec![I32, I32], vec![I32]),
            (vec![V128], vec![F32, F64, V128, I64]),
            (vec![I64; 40], vec![]),
        ] {
            let ty = FuncType::new(&engine, params, results);
            let signature = Signature::of(&ty).expect("of numbers");
            let code = Modules::default().get(&engine, &signature).expect("the features are on");
            assert_eq!(code.module().name(), Some(NAME.as_str()));
        }
    }
}
