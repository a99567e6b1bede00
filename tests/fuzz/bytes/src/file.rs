//! Checks `safewasm_module_new_file`. It must agree with the functions for bytes and text about the contents of
//! a file; its message also has the path in front.

use crate::artifact;
use crate::ask::ask;
use crate::binary;
use crate::call::{MODULE, Owned, Refusal, Verdict, ensure};
use crate::engine::Engine;
use crate::mutate::name;
use crate::run::shown;
use crate::text;
use fastrand::Rng;
use safewasm::abi::safewasm_error_kind_t as Kind;
use safewasm::abi::safewasm_module_t;
use safewasm_capi::*;
use std::path::Path;

fn open(engine: &Engine, path: &[u8]) -> Verdict<Result<Owned<safewasm_module_t>, Refusal>> {
    // SAFETY: the path has that length, and there is room for a handle.
    Owned::new(MODULE, "safewasm_module_new_file", |out| unsafe {
        safewasm_module_new_file(engine.ours.handle, path.as_ptr().cast(), path.len(), out)
    })
}

/// Whether the library takes a text for a module in the text format.
fn may_be_wat(text: &str) -> bool {
    let text = text.trim_ascii_start();
    text.starts_with('(') || text.starts_with(";;")
}

/// Writes a file into the folder and opens it.
pub fn check(engine: &Engine, rng: &mut Rng, folder: &Path, contents: &[u8]) -> Verdict {
    let names = ["module.wasm", "a text.wat", "é\u{202e}\n", "%s`"];
    let path = folder.join(crate::mutate::pick(rng, &names));
    std::fs::write(&path, contents).map_err(|error| error.to_string())?;
    let path = path.to_str().ok_or("the folder's name is not UTF-8")?;
    let ours = open(engine, path.as_bytes())?;
    std::fs::remove_file(path).map_err(|error| error.to_string())?;
    let is_text = std::str::from_utf8(contents).is_ok_and(may_be_wat);
    let check = if is_text { text::check } else { binary::check };
    let expected = check(engine, contents)?;
    match (ours, expected) {
        (Ok(ours), Ok(module)) => {
            ask(&ours, &module.wasm, &module.theirs)?;
            module.ours.end()?;
            ours.end()
        }
        (Err(ours), Err(expected)) => {
            let said = ours.message.strip_prefix(path).and_then(|said| said.strip_prefix(": "));
            let Some(said) = said else { return Err(format!("no path: {ours:?}")) };
            // If several functions are invalid, any of their errors may be reported.
            let same = said == expected.message || binary::offset(&expected.message).is_some();
            let same = same && ours.kind == expected.kind;
            ensure!(same, "{ours:?}, and of its contents: {expected:?}");
            Ok(())
        }
        (Ok(_), Err(expected)) => Err(format!("only the file is accepted: {expected:?}")),
        (Err(ours), Ok(_)) => Err(format!("only the file is refused: {ours:?}")),
    }
}

/// Opens a path at which there is no file, or can't be one.
pub fn missing(engine: &Engine, rng: &mut Rng, folder: &Path) -> Verdict {
    let folder = folder.as_os_str().as_encoded_bytes();
    let known = [folder.to_vec(), b"none.wasm".to_vec()];
    let mut path = name::name(rng, &known);
    if rng.bool() {
        path = [folder, b"/", &path].concat();
    }
    artifact::missing(engine, &path)?;
    let Err(refusal) = open(engine, &path)? else {
        return Err(format!("there is a module {path:?}"));
    };
    let utf8 = match std::str::from_utf8(&path) {
        Ok(utf8) => utf8,
        Err(error) => return text::is_no_utf8("path", error.valid_up_to(), &refusal),
    };
    match std::fs::read(utf8) {
        Ok(contents) => Err(format!("{path:?} has {} bytes, and {refusal:?}", contents.len())),
        Err(error) => {
            if may_be_wat(utf8) || utf8.contains('\0') {
                ensure!(refusal.kind == Kind::INVALID_ARGUMENT, "for no path: {refusal:?}");
                return Ok(());
            }
            // Between these, the message may say more about the path.
            let start = format!("cannot read the file `{}`", shown(utf8));
            let said = refusal.kind == Kind::IO
                && refusal.message.starts_with(&start)
                && refusal.message.ends_with(&format!(": {error}"))
                && refusal.os_code == error.raw_os_error().unwrap_or(0);
            ensure!(said, "{refusal:?}, and the system: {error}");
            Ok(())
        }
    }
}
