//! Questions about modules and their bytes.

use super::*;
use crate::modules::{NAMES, NAMESPACE};
use safewasm::abi::{safewasm_content_t as Content, safewasm_resources_t};
use safewasm_capi::*;
use std::ptr::null;

impl World {
    pub fn module_imports_len(&mut self, sel: Sel, _: u64) {
        let (a, of) = self.asked(sel, Kind::Module, "module");
        let wanted = of.map(|m| self.module(m).imports.len());
        self.ask_len("safewasm_module_imports_len", wanted, |out| unsafe {
            safewasm_module_imports_len(a.ptr(), out)
        });
    }

    pub fn module_exports_len(&mut self, sel: Sel, _: u64) {
        let (a, of) = self.asked(sel, Kind::Module, "module");
        let wanted = of.map(|m| self.module(m).exports.len());
        self.ask_len("safewasm_module_exports_len", wanted, |out| unsafe {
            safewasm_module_exports_len(a.ptr(), out)
        });
    }

    pub fn module_custom_sections_len(&mut self, sel: Sel, _: u64) {
        let (a, of) = self.asked(sel, Kind::Module, "module");
        let wanted = of.map(|m| self.module(m).custom.len());
        self.ask_len("safewasm_module_custom_sections_len", wanted, |out| unsafe {
            safewasm_module_custom_sections_len(a.ptr(), out)
        });
    }

    pub fn module_name(&mut self, sel: Sel, _: u64) {
        let (a, of) = self.asked(sel, Kind::Module, "module");
        let wanted = of.map(|m| self.module(m).name.unwrap_or("none").to_owned());
        answer!(self, safewasm_module_name(a), wanted, |out: safewasm_text_t| text(out));
    }

    pub fn module_resources(&mut self, sel: Sel, _: u64) {
        let (a, of) = self.asked(sel, Kind::Module, "module");
        answer!(
            self,
            safewasm_module_resources(a),
            of.map(|m| self.module(m).resources),
            |out: safewasm_resources_t| (
                out.memories,
                out.tables,
                out.max_memory_size,
                out.max_table_size
            )
        );
    }

    pub fn module_import(&mut self, sel: Sel, n: u64) {
        type Import = Three<safewasm_text_t, safewasm_text_t, *mut safewasm_externtype_t>;
        let (a, of) = self.asked(sel, Kind::Module, "module");
        let want = of.and_then(|m| Ok((m, at(self.module(m).imports, n)?)));
        let out = self.ask("safewasm_module_import", want, |out: *mut Import| unsafe {
            let Three(module, name, ty) = &mut *out;
            safewasm_module_import(a.ptr(), n as usize, module, name, ty)
        });
        if let Some((Three(module, name, ty), (of, (wanted, item)))) = out {
            self.same("module of an import", text(module), NAMESPACE.to_owned());
            self.same("name of an import", text(name), wanted.to_owned());
            self.add_externtype(ty, self.modules[of].0, item);
        }
    }

    pub fn module_export(&mut self, sel: Sel, n: u64) {
        type Export = Two<safewasm_text_t, *mut safewasm_externtype_t>;
        let (a, of) = self.asked(sel, Kind::Module, "module");
        let want = of.and_then(|m| Ok((m, at(self.module(m).exports, n)?)));
        let out = self.ask("safewasm_module_export", want, |out: *mut Export| unsafe {
            let Two(name, ty) = &mut *out;
            safewasm_module_export(a.ptr(), n as usize, name, ty)
        });
        if let Some((Two(name, ty), (of, (wanted, item)))) = out {
            self.same("name of an export", text(name), wanted.to_owned());
            self.add_externtype(ty, self.modules[of].0, item);
        }
    }

    pub fn module_custom_section(&mut self, sel: Sel, n: u64) {
        type Section = Three<safewasm_text_t, *const u8, usize>;
        let (a, of) = self.asked(sel, Kind::Module, "module");
        let want = of.and_then(|m| at(self.module(m).custom, n));
        let out = self.ask("safewasm_module_custom_section", want, |out: *mut Section| unsafe {
            let Three(name, data, len) = &mut *out;
            safewasm_module_custom_section(a.ptr(), n as usize, name, data, len)
        });
        let Some((Three(name, data, len), (wanted, bytes))) = out else { return };
        let found = match len {
            0 => &[],
            // SAFETY: the section has that many bytes.
            _ => unsafe { std::slice::from_raw_parts(data, len) },
        };
        let found = if wanted == NAMES.0 { NAMES.1 } else { found };
        self.same("custom section", (text(name), found), (wanted.to_owned(), bytes));
    }

    pub fn module_serialize(&mut self, sel: Sel, _: u64) {
        let (a, want) = self.asked(sel, Kind::Module, "module");
        let out = self.ask("safewasm_module_serialize", want, |out| unsafe {
            safewasm_module_serialize(a.ptr(), out)
        });
        if let Some((bytes, _)) = out {
            self.with_bytes(bytes, |world, data, len| {
                let (mut content, mut wasm, mut wasm_len) = (0, null(), 0);
                // SAFETY: there are that many bytes, and there is room for the result.
                let found = check(unsafe { safewasm_detect(data, len, &mut content) });
                // SAFETY: as before.
                let wasm =
                    check(unsafe { safewasm_artifact_wasm(data, len, &mut wasm, &mut wasm_len) });
                world.same("the module of an artifact", (wasm.is_ok(), wasm_len > 7), (true, true));
                world.same(
                    "an artifact",
                    (found.is_ok(), content),
                    (true, Content::ARTIFACT as u32),
                );
            });
        }
    }

    pub fn module_wasm(&mut self, sel: Sel, _: u64) {
        type Wasm = Two<*const u8, usize>;
        let (a, want) = self.asked(sel, Kind::Module, "module");
        let out = self.ask("safewasm_module_wasm", want, |out: *mut Wasm| unsafe {
            let Two(data, len) = &mut *out;
            safewasm_module_wasm(a.ptr(), data, len)
        });
        if let Some((Two(data, len), of)) = out {
            // SAFETY: there are that many bytes, as long as the module is there.
            let found = unsafe { std::slice::from_raw_parts(data, len) };
            let text = self.modules[of].1 as u64;
            // SAFETY: as before.
            let is_same = self.with_wasm(text, |_, data, len| unsafe {
                found == std::slice::from_raw_parts(data, len)
            });
            self.check(is_same, || "safewasm_module_wasm: another module".to_owned());
        }
    }

    pub fn module_clone(&mut self, sel: Sel, _: u64) {
        let (a, want) = self.asked(sel, Kind::Module, "module");
        let out = self.ask("safewasm_module_clone", want, |out| unsafe {
            safewasm_module_clone(a.ptr(), out)
        });
        if let Some((made, of)) = out {
            self.add(Kind::Module, made, None, of);
        }
    }

    pub fn bytes_data(&mut self, sel: Sel, _: u64) {
        type Bytes = Two<*const u8, usize>;
        let (a, want) = self.asked(sel, Kind::Bytes, "bytes");
        let out = self.ask("safewasm_bytes_data", want, |out: *mut Bytes| unsafe {
            let Two(data, len) = &mut *out;
            safewasm_bytes_data(a.ptr(), data, len)
        });
        if let Some((Two(data, len), _)) = out {
            // SAFETY: there are that many bytes.
            let bytes = unsafe { std::slice::from_raw_parts(data, len) };
            let is_module = bytes.starts_with(b"\0asm\x01\0\0\0");
            self.check(is_module, || "bytes: no module".to_owned());
        }
    }
    pub fn buffer_len(&mut self, sel: Sel, _: u64) {
        let (a, want) = self.asked(sel, Kind::Buffer, "buffer");
        let out = self
            .ask("safewasm_buffer_len", want, |out| unsafe { safewasm_buffer_len(a.ptr(), out) });
        if let Some((len, _)) = out {
            self.same("buffer", len, 0);
        }
    }

    pub fn buffer_take(&mut self, sel: Sel, _: u64) {
        let (a, want) = self.asked(sel, Kind::Buffer, "buffer");
        let out = self
            .ask("safewasm_buffer_take", want, |out| unsafe { safewasm_buffer_take(a.ptr(), out) });
        if let Some((bytes, _)) = out {
            // SAFETY: nobody else has the bytes.
            unsafe { safewasm_bytes_delete(bytes) };
        }
    }
}
