//! The modules of row loops. A row loop is a loop in wasm that calls a function for each row of a memory: a
//! call from wasm to wasm costs a fraction of entering wasm.

use super::code::{Code, Wasm};
use crate::process::forks::{ObjectGuard, ObjectLock};
use crate::process::threadpool;
use crate::types::signature::Signature;
use crate::types::valtype::safewasm_valkind_t;
use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::fmt::Write;
use std::hash::BuildHasher;
use std::sync::{Arc, LazyLock, PoisonError};
use wasmtime::{Engine, Module};

/// The name of these modules and of their exported function. It is random, so that no other module has it.
/// Backtraces don't show the frames of a module of this name, and host functions don't see it as a caller.
pub(crate) static NAME: LazyLock<String> =
    LazyLock::new(|| format!("safewasm: calls for rows {:016x}", RandomState::new().hash_one(0)));

/// The fewest rows for which a row loop is used that exists already.
pub(crate) const MIN_ROWS_TO_USE: usize = 32;

/// The fewest rows for which a row loop is compiled, which costs as much as thousands of calls.
pub(crate) const MIN_ROWS_TO_COMPILE: usize = 1024;

/// The address of the first row. The memory begins with the address of the first row whose call hasn't
/// succeeded.
pub(crate) const FIRST_ROW: usize = 16;

/// The size of a page of memory, in bytes.
pub(crate) const PAGE: usize = 64 << 10;

/// The size of a value slot. A row has enough slots for the parameters, and for the results that replace
/// them.
pub(crate) const SLOT: usize = 16;

/// The row loops of an engine, by signature; `None` for a signature whose loop the engine can't compile.
#[derive(Default)]
pub(crate) struct Modules(ObjectLock<HashMap<Signature, Option<Arc<Code>>>>);

impl Modules {
    pub(crate) fn get(&self, engine: &Engine, signature: &Signature) -> Option<Arc<Code>> {
        if let Some(known) = self.known().get(signature) {
            return known.clone();
        }
        // Compiled without the lock, so that no other thread waits; two threads may compile the same loop.
        let wasm = wat::parse_str(text(signature)).ok()?;
        // The engine's config may have turned off a proposal that the loop needs.
        let made = threadpool::run(|| Module::from_binary(engine, &wasm).ok()).ok()?;
        self.known()
            .entry(signature.clone())
            .or_insert(made.map(|made| Code::new(made.into(), Wasm::Own(Vec::new()), false)))
            .clone()
    }

    fn known(&self) -> ObjectGuard<'_, HashMap<Signature, Option<Arc<Code>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a frame belongs to a row loop.
pub(crate) fn is_own(frame: &wasmtime::FrameInfo) -> bool {
    frame.module().name() == Some(&NAME)
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

/// The text of the module of a row loop.
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
        // The last result is on top of the stack.
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
