//! Checks the functions that take the text of a module: `safewasm_wat2wasm` must agree with the crate `wat`,
//! and `safewasm_module_new_text` with `safewasm_module_new` of the converted bytes.

use crate::ask::ask;
use crate::binary;
use crate::call::{BYTES, MODULE, Owned, Refusal, Verdict, done, ensure};
use crate::engine::Engine;
use crate::run::escaped;
use safewasm::abi::safewasm_error_kind_t as Kind;
use safewasm::abi::safewasm_module_t;
use safewasm_capi::*;
use std::ptr::null;

/// Passes bytes to the functions that take text. Returns the module, or the error of the library.
pub fn check(engine: &Engine, text: &[u8]) -> Verdict<Result<binary::Module, Refusal>> {
    let wasm = to_wasm(text)?;
    let ours = compile(engine, text)?;
    let (wasm, ours) = match (wasm, ours) {
        (Err(refusal), Err(same)) => {
            let said = (refusal.kind, &refusal.message) == (same.kind, &same.message);
            ensure!(said, "wat2wasm: {refusal:?}, but new_text: {same:?}");
            return Ok(Err(refusal));
        }
        (Err(refusal), Ok(_)) => return Err(format!("new_text accepts it: {refusal:?}")),
        (Ok(wasm), ours) => (wasm, ours),
    };
    match (binary::check(engine, &wasm)?, ours) {
        (Ok(module), Ok(ours)) => {
            ask(&ours, &wasm, &module.theirs)?;
            ours.end()?;
            Ok(Ok(module))
        }
        (Err(refusal), Err(of_text)) => {
            let is_invalid = of_text.kind == Kind::INVALID_MODULE;
            let same = of_text.kind == refusal.kind
                && is_invalid == of_text.message.starts_with("Invalid module: ");
            ensure!(same, "new: {refusal:?}, but new_text: {of_text:?}");
            Ok(Err(refusal))
        }
        (Ok(_), Err(refusal)) => Err(format!("only new_text refuses: {refusal:?}")),
        (Err(refusal), Ok(_)) => Err(format!("new_text accepts it: {refusal:?}")),
    }
}

fn compile(engine: &Engine, text: &[u8]) -> Verdict<Result<Owned<safewasm_module_t>, Refusal>> {
    // SAFETY: the text has that length, and there is room for a handle.
    Owned::new(MODULE, "safewasm_module_new_text", |out| unsafe {
        safewasm_module_new_text(engine.ours.handle, text.as_ptr().cast(), text.len(), out)
    })
}

/// Converts a text to bytes. The library and `wat` must agree.
fn to_wasm(text: &[u8]) -> Verdict<Result<Vec<u8>, Refusal>> {
    // SAFETY: the text has that length, and there is room for a handle.
    let bytes = Owned::new(BYTES, "safewasm_wat2wasm", |out| unsafe {
        safewasm_wat2wasm(text.as_ptr().cast(), text.len(), out)
    })?;
    let utf8 = match std::str::from_utf8(text) {
        Ok(utf8) => utf8,
        Err(error) => {
            let at = error.valid_up_to();
            let Err(refusal) = bytes else {
                return Err("text that isn't UTF-8 is accepted".into());
            };
            is_no_utf8("text", at, &refusal)?;
            return Ok(Err(refusal));
        }
    };
    match (bytes, wat::parse_str(utf8)) {
        (Ok(bytes), Ok(theirs)) => {
            let (mut data, mut len) = (null(), 0);
            // SAFETY: there is room for the results.
            let error = unsafe { safewasm_bytes_data(bytes.handle, &mut data, &mut len) };
            done("safewasm_bytes_data", error)?;
            // SAFETY: the object that owns the bytes is still there.
            let ours = unsafe { std::slice::from_raw_parts(data, len) }.to_vec();
            ensure!(ours == theirs, "wat2wasm gives {ours:?}, and wat {theirs:?}");
            bytes.end()?;
            Ok(Ok(ours))
        }
        (Err(refusal), Err(error)) => {
            ensure!(refusal.kind == Kind::INVALID_TEXT, "{refusal:?}, and wat: {error}");
            let expected = escaped(&with_words(&format!("Invalid text: {error}")), "\n\t");
            // The library leaves out long lines.
            let is_short = expected.lines().all(|line| line.len() <= 1000);
            let same = refusal.message == expected
                || !is_short && expected.starts_with(&refusal.message)
                || utf8.contains("component") && refusal.message.contains("it is a component");
            ensure!(same, "{refusal:?}, and wat: {error}");
            has_place(utf8, &refusal.message)?;
            Ok(Err(refusal))
        }
        (Ok(_), Err(error)) => Err(format!("only wat refuses: {error}")),
        (Err(refusal), Ok(_)) => Err(format!("wat accepts it: {refusal:?}")),
    }
}

/// Checks that an error says at which byte the argument `name` isn't UTF-8.
pub fn is_no_utf8(name: &str, at: usize, refusal: &Refusal) -> Verdict {
    let expected = format!("`{name}` is not UTF-8: no character starts at byte {at}");
    let said = refusal.kind == Kind::INVALID_ARGUMENT && refusal.message == expected;
    ensure!(said, "{refusal:?}, and not: {expected}");
    Ok(())
}

/// The message of the parser with the library's words for the position, which is in one of the first two lines.
fn with_words(message: &str) -> String {
    let words = |(index, line): (usize, &str)| match line.rsplit_once("<anon>:") {
        Some((before, position)) if index < 2 => {
            format!("{before}line {}", position.replacen(':', ", column ", 1))
        }
        _ => line.to_owned(),
    };
    message.split('\n').enumerate().map(words).collect::<Vec<_>>().join("\n")
}

/// Checks that the line and column in a message are in the text, or directly after it.
fn has_place(text: &str, message: &str) -> Verdict {
    let place = message.lines().take(2).find_map(|said| {
        let (line, column) = said.rsplit_once("line ")?.1.split_once(", column ")?;
        Some((line.parse::<usize>().ok()?, column.parse::<usize>().ok()?))
    });
    let Some((line, column)) = place else { return Err(format!("no place: {message}")) };
    // Unlike `str::lines`, this has an empty last line if the text ends with a newline.
    let lines: Vec<_> = text.split('\n').collect();
    let found = line.checked_sub(1).and_then(|line| lines.get(line));
    let inside = found.is_some_and(|line| (1..=line.len() + 1).contains(&column));
    ensure!(inside, "no such place in {} lines: {message}", lines.len());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_must_be_in_the_text() {
        let text = "(module\n  (fun))";
        assert!(has_place(text, "no\n     --> line 2, column 4\n").is_ok());
        assert!(has_place(text, "no at line 2, column 9").is_ok());
        assert!(has_place(text, "no\n --> line 2, column 10").is_err());
        assert!(has_place(text, "no\n --> line 3, column 1").is_err());
        assert!(has_place(text, "no\n --> line 0, column 1").is_err());
        assert!(has_place(text, "no\n --> line 1, column 0").is_err());
        assert!(has_place(text, "no").is_err());
    }

    #[test]
    fn only_the_place_is_in_other_words() {
        let said = with_words("no\n --> <anon>:2:4\n1 | <anon>:1:1");
        assert_eq!(said, "no\n --> line 2, column 4\n1 | <anon>:1:1");
        assert_eq!(with_words("no at <anon>:2:4"), "no at line 2, column 4");
        assert_eq!(with_words("no"), "no");
    }
}
