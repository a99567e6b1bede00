//! Settings of WASI configs from arbitrary bytes: arguments, variables, folders, files and input.

use crate::call::{Owned, Refusal, Verdict, WASI, answer, ensure};
use crate::mutate::name;
use crate::text::is_no_utf8;
use fastrand::Rng;
use safewasm::abi::safewasm_error_kind_t as Kind;
use safewasm_capi::*;
use std::ptr::null;

/// Paths that exist, and a name.
const KNOWN: [&[u8]; 3] = [b"/dev/null", b"/", b"NAME"];

/// Sets each to one of two texts.
pub fn check(rng: &mut Rng) -> Verdict {
    let known = KNOWN.map(<[u8]>::to_vec);
    let (text, other) = (name::name(rng, &known), name::name(rng, &known));
    // SAFETY: there is room for a handle.
    let wasi = Owned::made(WASI, "safewasm_wasi_new", |out| unsafe { safewasm_wasi_new(out) })?;
    let handle = wasi.handle;
    let call = |param, text: &[u8]| {
        let (data, len, slash) = (text.as_ptr().cast(), text.len(), "/".as_ptr().cast());
        // SAFETY: the texts have those lengths.
        let (function, error) = unsafe {
            match param {
                "arg" => ("safewasm_wasi_add_arg", safewasm_wasi_add_arg(handle, data, len)),
                "name" => {
                    let error = safewasm_wasi_add_env(handle, data, len, slash, 1);
                    ("safewasm_wasi_add_env", error)
                }
                "value" => {
                    let error = safewasm_wasi_add_env(handle, slash, 1, data, len);
                    ("safewasm_wasi_add_env", error)
                }
                "host" => {
                    let error = safewasm_wasi_add_dir(handle, data, len, slash, 1, false);
                    ("safewasm_wasi_add_dir", error)
                }
                "guest" => {
                    let error = safewasm_wasi_add_dir(handle, slash, 1, data, len, false);
                    ("safewasm_wasi_add_dir", error)
                }
                _ => {
                    let error = safewasm_wasi_set_stream_file(handle, 0, data, len, false);
                    ("safewasm_wasi_set_stream_file", error)
                }
            }
        };
        judge(param, text, answer(function, error)?)
    };
    for param in ["arg", "name", "guest", "path"] {
        call(param, &text)?;
    }
    call("value", &other)?;
    call("host", &other)?;
    input(handle, &text)?;
    wasi.end()
}

/// Whether the outcome for a text is right.
fn judge(param: &str, text: &[u8], result: Result<(), Refusal>) -> Verdict {
    match (std::str::from_utf8(text), result) {
        (Err(error), Err(refusal)) => is_no_utf8(param, error.valid_up_to(), &refusal),
        (Err(_), Ok(())) => Err(format!("`{param}` isn't UTF-8, but was accepted: {text:?}")),
        (Ok(text), result) if text.contains('\0') => {
            let kind = result.err().map(|refusal| refusal.kind);
            ensure!(kind == Some(Kind::INVALID_ARGUMENT), "`{param}` with a NUL: {kind:?}");
            Ok(())
        }
        (Ok(_), Ok(())) => Ok(()),
        (Ok(text), Err(refusal)) => {
            let is_known = matches!(refusal.kind, Kind::INVALID_ARGUMENT | Kind::IO);
            ensure!(is_known, "{param} = {text:?}: {refusal:?}");
            Ok(())
        }
    }
}

/// Gives any bytes as standard input, and no bytes with a length.
fn input(wasi: *mut safewasm::abi::safewasm_wasi_t, bytes: &[u8]) -> Verdict {
    let function = "safewasm_wasi_set_stdin_bytes";
    // SAFETY: the bytes have that length.
    let error = unsafe { safewasm_wasi_set_stdin_bytes(wasi, bytes.as_ptr(), bytes.len()) };
    ensure!(answer(function, error)?.is_ok(), "{function} failed");
    // SAFETY: the library doesn't read from NULL.
    let error = unsafe { safewasm_wasi_set_stdin_bytes(wasi, null(), 1) };
    let kind = answer(function, error)?.err().map(|refusal| refusal.kind);
    ensure!(kind == Some(Kind::NULL_POINTER), "{function} without bytes: {kind:?}");
    Ok(())
}
