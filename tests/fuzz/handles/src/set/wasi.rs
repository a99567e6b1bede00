//! WASI configs are set, and given to stores.

use crate::model::*;
use crate::ops::{Sel, SetWasi};
use crate::world::World;
use safewasm::abi::{safewasm_error_kind_t as ErrorKind, safewasm_error_t, safewasm_wasi_t};
use safewasm_capi::*;

impl World {
    /// Changes a setting, with a right argument if `n` is odd and with a wrong one else.
    pub fn set_wasi(&mut self, what: SetWasi, sel: Sel, n: u64) {
        let (wasi, is_right) = (self.pick(sel, Kind::Wasi), n % 2 == 1);
        let want = self.need(wasi, Kind::Wasi, "wasi").and_then(|_| match what {
            SetWasi::Arg if !is_right => refuse(ErrorKind::INVALID_ARGUMENT, "arg"),
            SetWasi::Env if !is_right => refuse(ErrorKind::INVALID_ARGUMENT, "name"),
            SetWasi::Dir if !is_right => refuse(ErrorKind::INVALID_ARGUMENT, "guest"),
            _ => Ok(()),
        });
        self.tell("safewasm_wasi", want, || call(what, wasi.ptr(), is_right));
    }

    /// Gives a WASI config to a store. The config is gone afterwards, whatever happens.
    pub fn give_wasi(&mut self, store: Sel, wasi: Sel) {
        let (store, wasi) = (self.pick(store, Kind::Store), self.pick(wasi, Kind::Wasi));
        let entered = self.enter(store, Kind::Store, "store");
        let config = self.need(wasi, Kind::Wasi, "wasi");
        let is_there = config.is_ok();
        let want = entered.and_then(|store| config.map(|_| store)).and_then(|store| {
            match self.stores[store].has_wasi {
                true => refuse(ErrorKind::INVALID_ARGUMENT, "store"),
                false => Ok(store),
            }
        });
        let given = self.tell("safewasm_store_set_wasi", want, || unsafe {
            safewasm_store_set_wasi(store.ptr(), wasi.ptr())
        });
        if let Some(store) = given {
            self.stores[store].has_wasi = true;
        }
        if let Some(id) = wasi.id.filter(|_| is_there) {
            self.forget(id);
        }
    }
}

/// Calls the function that changes a setting.
fn call(what: SetWasi, wasi: *mut safewasm_wasi_t, is_right: bool) -> *mut safewasm_error_t {
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
            SetWasi::InheritArgs => safewasm_wasi_inherit_args(wasi),
            SetWasi::InheritEnv => safewasm_wasi_inherit_env(wasi),
            SetWasi::Dir => {
                let path = "/".as_ptr().cast();
                safewasm_wasi_add_dir(wasi, path, 1, path, usize::from(is_right), is_right)
            }
            SetWasi::FixedClock => safewasm_wasi_set_fixed_clock(wasi, 5),
            SetWasi::Seed => safewasm_wasi_set_seed(wasi, 5),
            SetWasi::OpenLimit => safewasm_wasi_set_open_limit(wasi, 5),
            SetWasi::WrittenLimit => safewasm_wasi_set_written_limit(wasi, 5),
        }
    }
}
