//! Errors and cells, and what questions have in common.

use crate::model::*;
use crate::modules::MODULES;
use crate::world::{Arg, World};
use safewasm::error::safewasm_error_kind_t as ErrorKind;
use safewasm::error::{safewasm_error_t, safewasm_trap_code_t as TrapCode};
use safewasm::external::safewasm_extern_t;
use safewasm_capi::*;

impl World {
    pub fn module(&self, of: usize) -> &'static crate::modules::Module {
        &MODULES[self.modules[of].1]
    }

    /// Takes an item into the model.
    pub fn add_extern(&mut self, item: safewasm_extern_t, kind: Kind, of: usize, store: usize) {
        let number =
            EXTERNS.iter().position(|&other| other == kind).map_or(0, |place| place as u32 + 1);
        self.same("kind of extern", item.kind, number);
        // SAFETY: every member is a pointer, of which every bit pattern is one.
        let handle = unsafe { item.of.func };
        self.add(kind, handle, Some(store).filter(|_| kind != Kind::SharedMemory), of);
    }

    /// What can be asked of an error, none of which can fail.
    pub fn ask_error(&mut self, sel: crate::ops::Sel, index: usize) {
        let arg: Arg = self.pick(sel, Kind::Error);
        let of = self.need(arg, Kind::Error, "error").ok();
        let error: *mut safewasm_error_t = arg.ptr();
        let mut len = 0;
        // SAFETY: any handle is accepted, and there is room for what is written.
        let (kind, trap, message, os, frames, env, frame, frame_out) = unsafe {
            let mut frame_out = std::mem::zeroed();
            let message = std::ffi::CStr::from_ptr(safewasm_error_message(error, &mut len));
            let frame = safewasm_error_frame(error, index, &mut frame_out);
            (
                safewasm_error_kind(error),
                safewasm_error_trap_code(error),
                message.to_string_lossy().into_owned(),
                safewasm_error_os_code(error),
                safewasm_error_frames_len(error),
                safewasm_error_env(error).addr(),
                frame,
                frame_out,
            )
        };
        self.same("error length", len, message.len());
        self.same("error frame", frame, index < frames);
        self.check(frame || frame_out.module_name.data.is_null(), || {
            "the frame is not cleared".to_owned()
        });
        let Some(of) = of else {
            self.check(message.starts_with("invalid error"), || format!("no error says {message}"));
            return self.same(
                "no error",
                (kind, trap, os, frames, env),
                (ErrorKind::INVALID_HANDLE, TrapCode::NOT_A_TRAP, 0, 0, 0),
            );
        };
        let report = &self.errors[of];
        let wanted = (
            report.kind,
            report.trap,
            report.message.clone(),
            report.env.unwrap_or(0),
            report.frames.unwrap_or(false),
        );
        self.same("an error", (kind, trap, message, env, frames > 0), wanted);
        self.check(os == 0 || kind == ErrorKind::IO, || format!("an error has the number {os}"));
    }

    /// Compares the cells of living views with their memories.
    pub fn check_cells(&mut self) {
        for id in 0..self.handles.len() {
            let handle = &self.handles[id];
            if handle.kind != Kind::View || handle.deleted {
                continue;
            }
            let view = &self.views[handle.of];
            let (store, memory) = (view.store, view.memory);
            // SAFETY: a cell is always there.
            let cell = unsafe {
                std::ptr::with_exposed_provenance::<safewasm::view::safewasm_cell_t>(view.cell)
                    .read()
            };
            let generation = view.generation;
            self.same("generation of a cell", cell.generation, generation);
            let is_gone = self.stores[store].deleted && !self.is_inside(store)
                || self.stores[store].poisoned && !self.is_inside(store);
            let len = if is_gone { 0 } else { self.memories[memory].size << 16 };
            self.same("a cell", (cell.data.is_null(), cell.len as u64), (is_gone, len));
            if !is_gone && len > 0 && self.wrong.is_none() {
                // SAFETY: the memory is there, and no wasm runs.
                let first = unsafe { cell.data.read() };
                let wanted = self.memories[memory].bytes.get(&0).copied().unwrap_or(0);
                self.same("the first byte in a view", first, wanted);
            }
        }
    }
}
