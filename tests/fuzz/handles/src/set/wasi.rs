//! WASI configs are set, and given to stores.

use crate::model::*;
use crate::ops::{Sel, SetWasi};
use crate::world::World;
use safewasm::abi::{
    safewasm_error_kind_t as ErrorKind, safewasm_error_t, safewasm_wasi_stream_t as Stream,
    safewasm_wasi_t,
};
use safewasm_capi::*;
use std::ffi::c_void;
use std::fs::File;
use std::os::fd::AsRawFd;

use std::ptr::{null, null_mut};

impl World {
    /// Changes a setting, with a right argument if `n` is odd and with a wrong one else.
    pub fn set_wasi(&mut self, what: SetWasi, sel: Sel, n: u64) {
        let (wasi, is_right) = (self.pick(sel, Kind::Wasi), n % 2 == 1);
        let buffer = self.pick(sel, Kind::Buffer);
        let wrong = |kind, names: &str| if is_right { Ok(()) } else { refuse(kind, names) };
        let want = self.need(wasi, Kind::Wasi, "wasi").and_then(|_| match what {
            SetWasi::Arg => wrong(ErrorKind::INVALID_ARGUMENT, "arg"),
            SetWasi::Env => wrong(ErrorKind::INVALID_ARGUMENT, "name"),
            SetWasi::Dir => wrong(ErrorKind::INVALID_ARGUMENT, "guest"),
            SetWasi::InheritStream => wrong(ErrorKind::INVALID_ARGUMENT, "stream"),
            SetWasi::StreamFile => wrong(ErrorKind::IO, "/missing/file"),
            SetWasi::StreamFd => wrong(ErrorKind::IO, "fd"),
            SetWasi::StdinBytes => wrong(ErrorKind::NULL_POINTER, "bytes"),
            SetWasi::StdinCallback | SetWasi::StreamCallback => {
                wrong(ErrorKind::NULL_POINTER, "callback")
            }
            SetWasi::StreamBuffer => wrong(ErrorKind::INVALID_ARGUMENT, "stream")
                .and_then(|()| self.need(buffer, Kind::Buffer, "buffer").map(drop)),
            _ => Ok(()),
        });
        self.tell("safewasm_wasi", want, || match what {
            SetWasi::StreamBuffer => {
                // SAFETY: any handle is accepted.
                unsafe {
                    let stream = if is_right { STDOUT } else { STDIN };
                    safewasm_wasi_set_stream_buffer(wasi.ptr(), stream, buffer.ptr())
                }
            }
            _ => call(what, wasi.ptr(), is_right),
        });
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

const STDIN: u32 = Stream::STDIN as u32;
const STDOUT: u32 = Stream::STDOUT as u32;

unsafe extern "C-unwind" fn read_nothing(
    _: *mut c_void,
    _: *mut u8,
    _: usize,
    _: *mut usize,
) -> *mut safewasm_error_t {
    null_mut()
}

unsafe extern "C-unwind" fn write_nothing(
    _: *mut c_void,
    _: *const u8,
    _: usize,
) -> *mut safewasm_error_t {
    null_mut()
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
            SetWasi::InheritStream => {
                safewasm_wasi_inherit_stream(wasi, if is_right { STDOUT } else { 3 })
            }
            SetWasi::StreamFile => {
                let path = if is_right { "/dev/null" } else { "/missing/file" };
                safewasm_wasi_set_stream_file(wasi, STDIN, path.as_ptr().cast(), path.len(), false)
            }
            SetWasi::StreamFd => {
                let null = File::open("/dev/null").expect("a device");
                let fd = if is_right { null.as_raw_fd() } else { -1 };
                safewasm_wasi_set_stream_fd(wasi, STDIN, fd)
            }
            SetWasi::StdinBytes => {
                let bytes = if is_right { b"ab".as_ptr() } else { std::ptr::null() };
                safewasm_wasi_set_stdin_bytes(wasi, bytes, 2)
            }
            SetWasi::StdinCallback => {
                let callback = is_right.then_some(read_nothing as _);
                safewasm_wasi_set_stdin_callback(wasi, callback, null_mut(), None)
            }
            SetWasi::StreamCallback => {
                let callback = is_right.then_some(write_nothing as _);
                safewasm_wasi_set_stream_callback(wasi, STDOUT, callback, null_mut(), None)
            }
            SetWasi::OutputLimit => safewasm_wasi_set_output_limit(wasi, u64::from(is_right)),
            SetWasi::StreamBuffer => unreachable!("called with its buffer"),
            SetWasi::Sandbox => safewasm_wasi_set_sandbox(wasi, null()),
        }
    }
}
