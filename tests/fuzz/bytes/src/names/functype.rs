//! Function types from arbitrary bytes.

use crate::call::{FUNCTYPE, NO_TEXT, Owned, Refusal, Verdict, done, ensure, string};
use crate::engine::Engine;
use crate::mutate::{name, pick};
use crate::text::is_no_utf8;
use fastrand::Rng;
use safewasm::abi::safewasm_error_kind_t as Kind;
use safewasm::abi::safewasm_functype_t;
use safewasm_capi::*;

/// Texts of function types, as the library writes them.
const TYPES: [&str; 6] = [
    "() -> ()",
    "(i32, i64) -> f64",
    "(v128) -> (f32, externref)",
    "(funcref, (ref func)) -> (ref extern)",
    "((ref eq), nullref) -> ((ref i31), exnref)",
    "(anyref, structref, arrayref) -> ()",
];

/// Makes a function type from one of the texts, from a mutated one, or from arbitrary bytes.
pub fn check(engine: &Engine, rng: &mut Rng) -> Verdict {
    let text = match rng.u8(..4) {
        0 => pick(rng, &TYPES).as_bytes().to_vec(),
        _ => name::name(rng, &TYPES.map(|text| text.as_bytes().to_vec())),
    };
    match (new(engine, &text)?, std::str::from_utf8(&text)) {
        (Ok(functype), Ok(text)) => {
            let written = written(&functype)?;
            functype.end()?;
            let is_type = TYPES.contains(&text);
            ensure!(!is_type || text == written, "{text:?} is written as {written:?}");
            let again = new(engine, written.as_bytes())?;
            let again = again.map_err(|refusal| format!("{written:?}: {refusal:?}"))?;
            let same = self::written(&again)?;
            ensure!(same == written, "{written:?} is written as {same:?}");
            again.end()
        }
        (Err(refusal), Err(error)) => is_no_utf8("text", error.valid_up_to(), &refusal),
        (Err(refusal), Ok(text)) => {
            let said = refusal.kind == Kind::INVALID_ARGUMENT
                && refusal.message.starts_with("`text` is no function type: ");
            ensure!(said && !TYPES.contains(&text), "{text:?}: {refusal:?}");
            Ok(())
        }
        (Ok(_), Err(_)) => Err(format!("{text:?} isn't UTF-8, but was accepted")),
    }
}

fn new(engine: &Engine, text: &[u8]) -> Verdict<Result<Owned<safewasm_functype_t>, Refusal>> {
    // SAFETY: the text has that length, and there is room for a handle.
    Owned::new(FUNCTYPE, "safewasm_functype_new_text", |out| unsafe {
        safewasm_functype_new_text(engine.ours.handle, text.as_ptr().cast(), text.len(), out)
    })
}

fn written(functype: &Owned<safewasm_functype_t>) -> Verdict<String> {
    let mut text = NO_TEXT;
    // SAFETY: there is room for a text.
    let error = unsafe { safewasm_functype_text(functype.handle, &mut text) };
    done("safewasm_functype_text", error)?;
    string(&text)?.ok_or_else(|| "a function type has no text".to_owned())
}
