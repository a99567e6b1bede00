//! Compilations, and modules that are compiled with a function that is told the progress.

use super::components::chosen_component;
use super::modules::chosen;
use crate::model::*;
use crate::ops::Sel;
use crate::world::{Arg, World};
use safewasm::abi::safewasm_error_kind_t as ErrorKind;
use safewasm::abi::safewasm_error_t;
use safewasm_capi::*;
use std::ffi::c_void;
use std::ptr::null_mut;

/// The message of the error by which a compilation is given up.
const GIVEN_UP: &str = "that takes too long";

/// Gives up if `env` isn't NULL.
pub unsafe extern "C-unwind" fn progress(
    env: *mut c_void,
    _: usize,
    _: usize,
) -> *mut safewasm_error_t {
    let mut error = null_mut();
    if !env.is_null() {
        let (text, len) = (GIVEN_UP.as_ptr().cast(), GIVEN_UP.len());
        // SAFETY: the text and the place for the result are there.
        let failed =
            unsafe { safewasm_error_new(text, len, null_mut(), None, null_mut(), &mut error) };
        assert!(failed.is_null(), "an error is made");
    }
    error
}

impl World {
    /// Starts a compilation of a module or a component, for whose end nobody waits here.
    pub fn new_compilation(&mut self, engine: Arg, n: u64, is_component: bool) {
        let want = self.need(engine, Kind::Engine, "engine");
        let start = |world: &mut Self, data, len| {
            world.ask("safewasm_compilation_new", want, |out| unsafe {
                safewasm_compilation_new(engine.ptr(), data, len, None, null_mut(), None, out)
            })
        };
        let (made, unit) = if is_component {
            (self.with_component(n, start), Unit::Component(chosen_component(n)))
        } else {
            (self.with_wasm(n, start), Unit::Module(chosen(n)))
        };
        let Some((made, engine)) = made else { return };
        self.compilations.push((engine, unit));
        self.add(Kind::Compilation, made, None, self.compilations.len() - 1);
    }

    pub fn new_module_with_progress(&mut self, engine: Arg, n: u64, gives_up: bool) {
        let want = self.need(engine, Kind::Engine, "engine");
        let want =
            want.and_then(|engine| if gives_up { refuse(ErrorKind::HOST, "") } else { Ok(engine) });
        let env = std::ptr::without_provenance_mut(usize::from(gives_up));
        let made = self.with_wasm(n, |world, data, len| {
            world.ask("safewasm_module_new_with_progress", want, |out| unsafe {
                let progress = Some(progress as _);
                safewasm_module_new_with_progress(engine.ptr(), data, len, progress, env, out)
            })
        });
        self.add_module(made, n);
    }

    /// Waits for a compilation, asks how far it is, or takes its module or its component.
    pub fn compilation(&mut self, sel: Sel, n: u64) {
        let compilation = self.pick(sel, Kind::Compilation);
        let want = self.need(compilation, Kind::Compilation, "compilation");
        match n % 4 {
            0 => {
                self.ask("safewasm_compilation_wait", want, |out| unsafe {
                    safewasm_compilation_wait(compilation.ptr(), n, out)
                });
            }
            1 => {
                let mut total = 0;
                let done = self.ask("safewasm_compilation_progress", want, |out| unsafe {
                    safewasm_compilation_progress(compilation.ptr(), out, &mut total)
                });
                if let Some((done, _)) = done {
                    self.check(done <= total, || {
                        format!("{done} of {total} functions are compiled")
                    });
                }
            }
            2 => {
                let want = want.and_then(|of| match self.compilations[of] {
                    (engine, Unit::Module(index)) => Ok((engine, index)),
                    _ => refuse(ErrorKind::INVALID_ARGUMENT, "safewasm_compilation_component"),
                });
                let made = self.ask("safewasm_compilation_module", want, |out| unsafe {
                    safewasm_compilation_module(compilation.ptr(), out)
                });
                if let Some((made, (engine, index))) = made {
                    self.add_module(Some((made, engine)), index as u64);
                }
            }
            _ => {
                let want = want.and_then(|of| match self.compilations[of] {
                    (engine, Unit::Component(index)) => Ok((engine, index)),
                    _ => refuse(ErrorKind::INVALID_ARGUMENT, "safewasm_compilation_module"),
                });
                let made = self.ask("safewasm_compilation_component", want, |out| unsafe {
                    safewasm_compilation_component(compilation.ptr(), out)
                });
                if let Some((made, (engine, index))) = made {
                    self.add_component(Some((made, engine)), index as u64);
                }
            }
        }
    }
}
