//! Modules, and the bytes of modules. `n` chooses one of `MODULES`.

use crate::model::*;
use crate::modules::MODULES;
use crate::world::{Arg, World};
use safewasm::abi::safewasm_error_kind_t as ErrorKind;
use safewasm::abi::{safewasm_bytes_t, safewasm_module_t};
use safewasm_capi::*;
use std::ptr::{null, null_mut};

/// The index of the module that `n` chooses.
pub fn chosen(n: u64) -> usize {
    n as usize % MODULES.len()
}

impl World {
    pub fn new_module_from_text(&mut self, engine: Arg, n: u64) {
        let text = MODULES[chosen(n)].text;
        let want = self.need(engine, Kind::Engine, "engine");
        let made = self.ask("safewasm_module_new_text", want, |out| unsafe {
            safewasm_module_new_text(engine.ptr(), text.as_ptr().cast(), text.len(), out)
        });
        self.add_module(made, n);
    }

    pub fn new_module(&mut self, engine: Arg, n: u64) {
        let want = self.need(engine, Kind::Engine, "engine");
        let made = self.with_wasm(n, |world, data, len| {
            world.ask("safewasm_module_new", want, |out| unsafe {
                safewasm_module_new(engine.ptr(), data, len, out)
            })
        });
        self.add_module(made, n);
    }

    pub fn validate_module(&mut self, engine: Arg, n: u64) {
        let want = self.need(engine, Kind::Engine, "engine");
        self.with_wasm(n, |world, data, len| {
            world.tell("safewasm_module_validate", want, || unsafe {
                safewasm_module_validate(engine.ptr(), data, len)
            })
        });
    }

    pub fn new_module_from_missing_file(&mut self, engine: Arg) {
        const PATH: &str = "/there/is/no/such.wasm";
        let want = self.need(engine, Kind::Engine, "engine");
        let want: Want = want.and_then(|_| refuse(ErrorKind::IO, ""));
        self.ask::<*mut safewasm_module_t, _>("safewasm_module_new_file", want, |out| unsafe {
            safewasm_module_new_file(engine.ptr(), PATH.as_ptr().cast(), PATH.len(), out)
        });
    }

    /// Compiles an artifact and loads it, or tries to load bytes or a file that are none.
    pub fn new_module_from_artifact(&mut self, engine: Arg, n: u64, which: i32) {
        const PATH: &str = "/there/is/no/such.artifact";
        type Out = *mut safewasm_module_t;
        let want = self.need(engine, Kind::Engine, "engine");
        match which & 3 {
            0 => {
                let want: Want = want.and_then(|_| refuse(ErrorKind::INVALID_ARTIFACT, "bytes"));
                self.with_wasm(n, |world, data, len| {
                    world.ask::<Out, _>("safewasm_module_deserialize", want, |out| unsafe {
                        safewasm_module_deserialize(engine.ptr(), data, len, out)
                    });
                });
            }
            1 => {
                let want: Want = want.and_then(|_| refuse(ErrorKind::IO, ""));
                self.ask::<Out, _>("safewasm_module_deserialize_file", want, |out| unsafe {
                    let path = PATH.as_ptr().cast();
                    safewasm_module_deserialize_file(engine.ptr(), path, PATH.len(), out)
                });
            }
            _ => {
                let compiled = self.with_wasm(n, |world, data, len| {
                    world.ask("safewasm_module_precompile", want, |out| unsafe {
                        safewasm_module_precompile(engine.ptr(), data, len, out)
                    })
                });
                let Some((artifact, of)) = compiled else { return };
                let made = self.with_bytes(artifact, |world, data, len| {
                    world.ask("safewasm_module_deserialize", Ok(of), |out| unsafe {
                        safewasm_module_deserialize(engine.ptr(), data, len, out)
                    })
                });
                self.add_module(made, n);
            }
        }
    }

    pub fn add_module(&mut self, made: Option<(*mut safewasm_module_t, usize)>, n: u64) {
        let Some((made, engine)) = made else { return };
        self.modules.push((engine, chosen(n)));
        self.add(Kind::Module, made, None, self.modules.len() - 1);
    }

    /// Calls `with` with the bytes of a module.
    pub fn with_wasm<T>(
        &mut self,
        n: u64,
        with: impl FnOnce(&mut Self, *const u8, usize) -> T,
    ) -> T {
        self.with_wasm_of(MODULES[chosen(n)].text, with)
    }

    /// Calls `with` with the bytes of a text.
    pub fn with_wasm_of<T>(
        &mut self,
        text: &str,
        with: impl FnOnce(&mut Self, *const u8, usize) -> T,
    ) -> T {
        let mut bytes = null_mut();
        // SAFETY: the text and the place for the result are there.
        let made =
            check(unsafe { safewasm_wat2wasm(text.as_ptr().cast(), text.len(), &mut bytes) });
        self.check(made.is_ok(), || format!("safewasm_wat2wasm: {made:?}"));
        self.with_bytes(bytes, with)
    }

    /// Calls `with` with bytes, and deletes them.
    pub fn with_bytes<T>(
        &mut self,
        bytes: *mut safewasm_bytes_t,
        with: impl FnOnce(&mut Self, *const u8, usize) -> T,
    ) -> T {
        let (mut data, mut len) = (null(), 0);
        // SAFETY: the places for the results are there.
        let made = check(unsafe { safewasm_bytes_data(bytes, &mut data, &mut len) });
        self.check(made.is_ok(), || format!("safewasm_bytes_data: {made:?}"));
        let result = with(self, data, len);
        // SAFETY: the bytes are this program's.
        unsafe { safewasm_bytes_delete(bytes) };
        result
    }

    /// Converts the text of a module, or text that is cut short.
    pub fn wat2wasm(&mut self, n: u64, is_bad: bool) {
        let (text, want) = if is_bad {
            ("(module", refuse(ErrorKind::INVALID_TEXT, ""))
        } else {
            (MODULES[chosen(n)].text, Ok(()))
        };
        let made = self.ask("safewasm_wat2wasm", want, |out| unsafe {
            safewasm_wat2wasm(text.as_ptr().cast(), text.len(), out)
        });
        if let Some((made, ())) = made {
            self.bytes += 1;
            self.add(Kind::Bytes, made, None, self.bytes - 1);
        }
    }
}
