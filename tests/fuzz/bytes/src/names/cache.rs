//! Folders of caches from arbitrary bytes.

use crate::call::{CONFIG, Owned, Verdict, answer, ensure};
use crate::mutate::name;
use crate::text::is_no_utf8;
use fastrand::Rng;
use safewasm::abi::safewasm_error_kind_t as Kind;
use safewasm_capi::*;

/// Sets a folder, which only an engine would make.
pub fn check(rng: &mut Rng) -> Verdict {
    const FUNCTION: &str = "safewasm_config_set_cache";
    let folder = name::name(rng, &[b"a folder".to_vec(), b"/a/folder".to_vec()]);
    // SAFETY: there is room for a handle.
    let config =
        Owned::made(CONFIG, "safewasm_config_new", |out| unsafe { safewasm_config_new(out) })?;
    let (text, len) = (folder.as_ptr().cast(), folder.len());
    // SAFETY: the path has that length.
    let error = unsafe { safewasm_config_set_cache(config.handle, text, len, 1 << 20) };
    match (answer(FUNCTION, error)?, std::str::from_utf8(&folder)) {
        (answer, Ok(folder)) => {
            let is_path = !folder.is_empty() && !folder.contains('\0');
            let expected = match &answer {
                Ok(()) => is_path,
                Err(refusal) => !is_path && refusal.kind == Kind::INVALID_ARGUMENT,
            };
            ensure!(expected, "{folder:?}: {answer:?}");
        }
        (Err(refusal), Err(error)) => is_no_utf8("folder", error.valid_up_to(), &refusal)?,
        (Ok(()), Err(_)) => return Err(format!("{folder:?} isn't UTF-8, but is a folder")),
    }
    config.end()
}
