//! Components. `n` chooses one of `COMPONENTS`.

use super::compilations::progress;
use crate::components::COMPONENTS;
use crate::model::*;
use crate::world::{Arg, World};
use safewasm::abi::safewasm_component_t;
use safewasm::abi::safewasm_error_kind_t as ErrorKind;
use safewasm_capi::*;

type Out = *mut safewasm_component_t;

/// The index of the component that `n` chooses.
pub fn chosen_component(n: u64) -> usize {
    n as usize % COMPONENTS.len()
}

impl World {
    pub fn new_component_from_text(&mut self, engine: Arg, n: u64) {
        let text = COMPONENTS[chosen_component(n)].text;
        let want = self.need(engine, Kind::Engine, "engine");
        let made = self.ask("safewasm_component_new_text", want, |out| unsafe {
            safewasm_component_new_text(engine.ptr(), text.as_ptr().cast(), text.len(), out)
        });
        self.add_component(made, n);
    }

    pub fn new_component(&mut self, engine: Arg, n: u64) {
        let want = self.need(engine, Kind::Engine, "engine");
        let made = self.with_component(n, |world, data, len| {
            world.ask("safewasm_component_new", want, |out| unsafe {
                safewasm_component_new(engine.ptr(), data, len, out)
            })
        });
        self.add_component(made, n);
    }

    pub fn new_component_with_progress(&mut self, engine: Arg, n: u64, gives_up: bool) {
        let want = self.need(engine, Kind::Engine, "engine");
        let want =
            want.and_then(|engine| if gives_up { refuse(ErrorKind::HOST, "") } else { Ok(engine) });
        let env = std::ptr::without_provenance_mut(usize::from(gives_up));
        let made = self.with_component(n, |world, data, len| {
            world.ask("safewasm_component_new_with_progress", want, |out| unsafe {
                let progress = Some(progress as _);
                safewasm_component_new_with_progress(engine.ptr(), data, len, progress, env, out)
            })
        });
        self.add_component(made, n);
    }

    /// Compiles an artifact and loads it, or tries to load bytes or a file that are none.
    pub fn new_component_from_artifact(&mut self, engine: Arg, n: u64, which: i32) {
        const PATH: &str = "/there/is/no/such.artifact";
        let want = self.need(engine, Kind::Engine, "engine");
        match which & 7 {
            0 => {
                let want: Want = want.and_then(|_| refuse(ErrorKind::INVALID_ARTIFACT, "bytes"));
                self.with_component(n, |world, data, len| {
                    world.ask::<Out, _>("safewasm_component_deserialize", want, |out| unsafe {
                        safewasm_component_deserialize(engine.ptr(), data, len, out)
                    });
                });
            }
            1 => {
                let want: Want = want.and_then(|_| refuse(ErrorKind::IO, ""));
                self.ask::<Out, _>("safewasm_component_deserialize_file", want, |out| unsafe {
                    let path = PATH.as_ptr().cast();
                    safewasm_component_deserialize_file(engine.ptr(), path, PATH.len(), out)
                });
            }
            2 => {
                let want: Want = want.and_then(|_| refuse(ErrorKind::IO, ""));
                self.ask::<Out, _>("safewasm_component_new_file", want, |out| unsafe {
                    let path = PATH.as_ptr().cast();
                    safewasm_component_new_file(engine.ptr(), path, PATH.len(), out)
                });
            }
            _ => {
                let compiled = self.with_component(n, |world, data, len| {
                    world.ask("safewasm_component_precompile", want, |out| unsafe {
                        safewasm_component_precompile(engine.ptr(), data, len, out)
                    })
                });
                let Some((artifact, of)) = compiled else { return };
                let made = self.with_bytes(artifact, |world, data, len| {
                    world.ask("safewasm_component_deserialize", Ok(of), |out| unsafe {
                        safewasm_component_deserialize(engine.ptr(), data, len, out)
                    })
                });
                self.add_component(made, n);
            }
        }
    }

    pub fn add_component(&mut self, made: Option<(Out, usize)>, n: u64) {
        let Some((made, engine)) = made else { return };
        self.components.push((engine, chosen_component(n)));
        self.add(Kind::Component, made, None, self.components.len() - 1);
    }

    /// Calls `with` with the bytes of a component.
    pub fn with_component<T>(
        &mut self,
        n: u64,
        with: impl FnOnce(&mut Self, *const u8, usize) -> T,
    ) -> T {
        self.with_wasm_of(COMPONENTS[chosen_component(n)].text, with)
    }
}
