//! Objects are created.

mod compilations;
mod componentinstances;
mod components;
mod engines;
mod errors;
mod modules;
mod objects;
mod references;

pub use engines::signals;

use crate::components::RUNNABLE;
use crate::model::*;
use crate::ops::{End, New, Script, Sel, Value};
use crate::world::World;
use safewasm_capi::Kind;

impl World {
    pub fn create(&mut self, what: New, a: Sel, b: Sel, n: u64, value: Value) {
        let store = self.pick(a, Kind::Store);
        let engine = self.pick(a, Kind::Engine);
        match what {
            New::Config => self.new_config(),
            New::Engine => self.new_engine(a),
            New::Store => self.new_store(engine),
            New::ModuleFromText => self.new_module_from_text(engine, n),
            New::Module => self.new_module(engine, n),
            New::ModuleWithProgress => self.new_module_with_progress(engine, n, value.null),
            New::Compilation => self.new_compilation(engine, n, value.null),
            New::ComponentFromText => self.new_component_from_text(engine, n),
            New::Component if value.number & 1 == 0 => self.new_component(engine, n),
            New::Component => self.new_component_with_progress(engine, n, value.null),
            New::ComponentFromArtifact => {
                self.new_component_from_artifact(engine, n, value.number);
            }
            New::ComponentInstance => {
                let engine = self.object(store, Kind::Store).map(|store| self.stores[store].engine);
                let is_fit = |h: &Handle| {
                    let (of, component) = self.components[h.of];
                    Some(of) == engine && component == RUNNABLE
                };
                let component = self.pick_where(b, Kind::Component, is_fit);
                self.new_componentinstance(store, component);
            }
            New::Values => {
                let script = Script { steps: Vec::new(), end: End::Return };
                self.call_component(a, value, &script);
            }
            New::ModuleFromArtifact => self.new_module_from_artifact(engine, n, value.number),
            New::ModuleValidated if value.number & 1 == 0 => self.validate_module(engine, n),
            New::ModuleValidated => self.new_module_from_missing_file(engine),
            New::Wat => self.wat2wasm(n, value.null),
            New::FuncType => self.new_functype(engine, SIGS[n as usize % SIGS.len()]),
            New::FuncTypeFromText => {
                self.new_functype_from_text(engine, SIGS[n as usize % SIGS.len()], value.null);
            }
            New::Func | New::FuncOfSlots => {
                let engine = self.object(store, Kind::Store).map(|store| self.stores[store].engine);
                let functype =
                    self.pick_where(b, Kind::FuncType, |h| Some(self.functypes[h.of].0) == engine);
                self.new_func(store, functype, what == New::FuncOfSlots);
            }
            New::Memory => self.new_memory(store, n, value.null),
            New::SharedMemory => self.new_sharedmemory(engine, n, value.null),
            New::Table => self.new_table(store, n, value),
            New::Global => self.new_global(store, n, value),
            New::Tag => self.new_tag(store, b),
            New::ExternRef => self.new_extern(store),
            New::I31Ref => self.new_i31(store, value.number.cast_unsigned()),
            New::ExceptionRef => self.new_exception(a, value),
            New::Wasi => self.new_wasi(),
            New::HeapType => self.new_heaptype(engine, n),
            New::Struct | New::Array | New::ArrayFilled => {
                let engine = self.object(store, Kind::Store).map(|store| self.stores[store].engine);
                let is_fit = |h: &Handle| {
                    let (of, ty) = self.heaptypes[h.of];
                    Some(of) == engine && HEAP_TYPES[ty].is_array == (what != New::Struct)
                };
                let heaptype = self.pick_where(b, Kind::HeapType, is_fit);
                self.new_object(store, heaptype, what, n, value);
            }
            New::Buffer => self.new_buffer(),
            New::Linker => self.new_linker(engine),
            New::Error => self.new_error(value.null),
            New::ErrorOfException => self.new_error_of_exception(a),
        }
    }
}
