//! Heap types from arbitrary bytes.

use crate::call::{HEAPTYPE, NO_TEXT, Owned, Refusal, Verdict, done, ensure, string};
use crate::engine::Engine;
use crate::mutate::{name, pick};
use crate::text::is_no_utf8;
use fastrand::Rng;
use safewasm::abi::safewasm_error_kind_t as Kind;
use safewasm::abi::safewasm_heaptype_t;
use safewasm_capi::*;

/// Texts of heap types, as the library writes them.
const TYPES: [&str; 4] = [
    "(struct)",
    "(struct (field i32) (field (mut f64)))",
    "(array (mut i8))",
    "(struct (field (mut i16)) (field externref) (field (ref i31)))",
];

/// Texts of other forms.
const OTHERS: [&str; 3] = [
    "(type $list (struct (field i32) (field (mut (ref null $list)))))",
    "(rec (type $a (struct (field (ref null $b)))) (type $b (array (ref null $a))))",
    "(sub final (array (mut anyref)))",
];

/// The kinds of the errors that a text may lead to.
const KINDS: [Kind; 5] = [
    Kind::INVALID_TEXT,
    Kind::INVALID_ARGUMENT,
    Kind::INVALID_MODULE,
    Kind::TYPE_MISMATCH,
    Kind::LIMIT,
];

/// Makes a heap type from one of the texts, from a mutated one, or from arbitrary bytes.
pub fn check(engine: &Engine, rng: &mut Rng) -> Verdict {
    let known: Vec<_> = TYPES.iter().chain(&OTHERS).map(|text| text.as_bytes().to_vec()).collect();
    let text = match rng.u8(..4) {
        0 => pick(rng, &known).clone(),
        _ => name::name(rng, &known),
    };
    match (new(engine, &text)?, std::str::from_utf8(&text)) {
        (Ok(heaptype), Ok(text)) => {
            let written = written(&heaptype)?;
            let is_type = TYPES.contains(&text);
            ensure!(!is_type || text == written, "{text:?} is written as {written:?}");
            heaptype.end()
        }
        (Err(refusal), Err(error)) => is_no_utf8("text", error.valid_up_to(), &refusal),
        // The engine may have turned off the proposal.
        (Err(refusal), Ok(text)) => {
            ensure!(KINDS.contains(&refusal.kind), "{text:?}: {refusal:?}");
            Ok(())
        }
        (Ok(_), Err(_)) => Err(format!("{text:?} isn't UTF-8, but was accepted")),
    }
}

fn new(engine: &Engine, text: &[u8]) -> Verdict<Result<Owned<safewasm_heaptype_t>, Refusal>> {
    // SAFETY: the text has that length, and there is room for a handle.
    Owned::new(HEAPTYPE, "safewasm_heaptype_new_text", |out| unsafe {
        safewasm_heaptype_new_text(engine.ours.handle, text.as_ptr().cast(), text.len(), out)
    })
}

fn written(heaptype: &Owned<safewasm_heaptype_t>) -> Verdict<String> {
    let mut text = NO_TEXT;
    // SAFETY: there is room for a text.
    let error = unsafe { safewasm_heaptype_text(heaptype.handle, &mut text) };
    done("safewasm_heaptype_text", error)?;
    string(&text)?.ok_or_else(|| "a heap type has no text".to_owned())
}
