//! WASI configs are set.

use crate::model::*;
use crate::ops::{Sel, SetWasi};
use crate::world::World;
use safewasm::abi::safewasm_error_kind_t as ErrorKind;
use safewasm::abi::safewasm_error_t;
use safewasm_capi::*;
use std::ffi::c_void;

impl World {
    /// Changes a setting, with a right argument if `n` is odd and with a wrong one else.
    pub fn set_wasi(&mut self, what: SetWasi, sel: Sel, n: u64) {
        let (wasi, is_right) = (self.pick(sel, Kind::Wasi), n % 2 == 1);
        let want = self.need(wasi, Kind::Wasi, "wasi").and_then(|_| match what {
            SetWasi::Arg if !is_right => refuse(ErrorKind::INVALID_ARGUMENT, "arg"),
            SetWasi::Env if !is_right => refuse(ErrorKind::INVALID_ARGUMENT, "name"),
            _ => Ok(()),
        });
        self.tell("safewasm_wasi", want, || call(what, wasi.ptr(), is_right));
    }
}

/// Calls the function that changes a setting.
fn call(what: SetWasi, wasi: *mut c_void, is_right: bool) -> *mut safewasm_error_t {
    let wasi = wasi.cast();
    // SAFETY: any handle is accepted, and the texts are there.
    unsafe {
        match what {
            SetWasi::Arg => {
                let arg = if is_right { "arg" } else { "a\0b" };
                safewasm_wasi_add_arg(wasi, arg.as_ptr().cast(), arg.len())
            }
            SetWasi::Env => {
                let name = if is_right { "name" } else { "a=b" };
                let name = (name.as_ptr().cast(), name.len());
                safewasm_wasi_add_env(wasi, name.0, name.1, name.0, name.1)
            }
        }
    }
}
