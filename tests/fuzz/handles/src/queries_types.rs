//! Questions about modules, bytes and types.

use crate::model::*;
use crate::modules::{NAMES, NAMESPACE};
use crate::world::World;
use safewasm::error::safewasm_error_kind_t as ErrorKind;
use safewasm::externtype::{
    safewasm_externtype_t, safewasm_globaltype_t, safewasm_memorytype_t, safewasm_tabletype_t,
};
use safewasm::module::safewasm_resources_t;
use safewasm::text::safewasm_text_t;
use safewasm::value::safewasm_valtype_t;
use safewasm_capi::*;

use crate::queries::*;

impl World {
    pub fn ask_of_types(&mut self, what: u8, sel: crate::ops::Sel, n: u64) {
        let index = n as usize;
        match what {
            4 => {
                let (a, of) = of!(self, sel, Module, "module");
                answer!(
                    self,
                    safewasm_module_imports_len(a),
                    of.map(|m| self.module(m).imports.len()),
                    |out: usize| out
                )
            }
            5 => {
                let (a, of) = of!(self, sel, Module, "module");
                answer!(
                    self,
                    safewasm_module_exports_len(a),
                    of.map(|m| self.module(m).exports.len()),
                    |out: usize| out
                )
            }
            6 => {
                let (a, of) = of!(self, sel, Module, "module");
                answer!(
                    self,
                    safewasm_module_custom_sections_len(a),
                    of.map(|m| self.module(m).custom.len()),
                    |out: usize| out
                )
            }
            7 => {
                let (a, of) = of!(self, sel, Module, "module");
                answer!(
                    self,
                    safewasm_module_name(a),
                    of.map(|m| self.module(m).name.unwrap_or("none").to_owned()),
                    |out: safewasm_text_t| text(out)
                )
            }
            8 => {
                let (a, of) = of!(self, sel, Module, "module");
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
            9 | 10 => {
                let (a, of) = of!(self, sel, Module, "module");
                let is_import = what == 9;
                let of = of.and_then(|m| {
                    let module = self.module(m);
                    Ok((m, at(if is_import { module.imports } else { module.exports }, n)?))
                });
                let want = of.clone().map(|_| ());
                let out = if is_import {
                    self.ask(
                        "safewasm_module_import",
                        &want,
                        |out: *mut Three<
                            safewasm_text_t,
                            safewasm_text_t,
                            *mut safewasm_externtype_t,
                        >| unsafe {
                            safewasm_module_import(
                                a.ptr(),
                                index,
                                &raw mut (*out).0,
                                &raw mut (*out).1,
                                &raw mut (*out).2,
                            )
                        },
                    )
                    .map(|Three(module, name, ty)| (Some(text(module)), text(name), ty))
                } else {
                    self.ask(
                        "safewasm_module_export",
                        &want,
                        |out: *mut Pair<safewasm_text_t, *mut safewasm_externtype_t>| unsafe {
                            safewasm_module_export(
                                a.ptr(),
                                index,
                                &raw mut (*out).0,
                                &raw mut (*out).1,
                            )
                        },
                    )
                    .map(|(name, ty)| (None, text(name), ty))
                };
                if let (Some((module, name, ty)), Ok((of, (wanted, item)))) = (out, of) {
                    self.same(
                        "module and name",
                        (module, name),
                        (is_import.then(|| NAMESPACE.to_owned()), wanted.to_owned()),
                    );
                    self.externtypes.push((self.modules[of].0, item));
                    self.add(Kind::ExternType, ty, None, self.externtypes.len() - 1);
                }
            }
            11 => {
                let (a, of) = of!(self, sel, Module, "module");
                let of = of.and_then(|m| at(self.module(m).custom, n));
                let want = of.clone().map(|_| ());
                let out = self.ask(
                    "safewasm_module_custom_section",
                    &want,
                    |out: *mut Three<safewasm_text_t, *const u8, usize>| unsafe {
                        safewasm_module_custom_section(
                            a.ptr(),
                            index,
                            &raw mut (*out).0,
                            &raw mut (*out).1,
                            &raw mut (*out).2,
                        )
                    },
                );
                if let (Some(Three(name, data, len)), Ok((wanted, bytes))) = (out, of) {
                    // SAFETY: so many bytes are there.
                    let found = if len == 0 {
                        &[]
                    } else {
                        unsafe { std::slice::from_raw_parts(data, len) }
                    };
                    let found = if wanted == NAMES.0 { NAMES.1 } else { found };
                    self.same("custom section", (text(name), found), (wanted.to_owned(), bytes));
                }
            }
            12 => {
                let (a, of) = of!(self, sel, Bytes, "bytes");
                let want = of.map(|_| ());
                let out = self.ask(
                    "safewasm_bytes_data",
                    &want,
                    |out: *mut Pair<*const u8, usize>| unsafe {
                        safewasm_bytes_data(a.ptr(), &raw mut (*out).0, &raw mut (*out).1)
                    },
                );
                if let Some((data, len)) = out {
                    // SAFETY: so many bytes are there.
                    let bytes = unsafe { std::slice::from_raw_parts(data, len) };
                    self.check(bytes.starts_with(b"\0asm\x01\0\0\0"), || {
                        "bytes: no module".to_owned()
                    });
                }
            }
            13 => {
                let (a, of) = of!(self, sel, FuncType, "functype");
                answer!(
                    self,
                    safewasm_functype_params_len(a),
                    of.map(|f| self.functypes[f].1.0.len()),
                    |out: usize| out
                )
            }
            14 => {
                let (a, of) = of!(self, sel, FuncType, "functype");
                answer!(
                    self,
                    safewasm_functype_results_len(a),
                    of.map(|f| self.functypes[f].1.1.len()),
                    |out: usize| out
                )
            }
            15 => {
                let (a, of) = of!(self, sel, FuncType, "functype");
                answer!(
                    self,
                    safewasm_functype_param(a, index),
                    of.and_then(|f| at(self.functypes[f].1.0, n)).map(valtype),
                    |out: safewasm_valtype_t| out
                )
            }
            16 => {
                let (a, of) = of!(self, sel, FuncType, "functype");
                answer!(
                    self,
                    safewasm_functype_result(a, index),
                    of.and_then(|f| at(self.functypes[f].1.1, n)).map(valtype),
                    |out: safewasm_valtype_t| out
                )
            }
            17 => {
                let (a, of) = of!(self, sel, FuncType, "functype");
                answer!(
                    self,
                    safewasm_functype_text(a),
                    of.map(|f| sig_text(self.functypes[f].1)),
                    |out: safewasm_text_t| text(out)
                )
            }
            18 => {
                let (a, of) = of!(self, sel, ExternType, "externtype");
                answer!(
                    self,
                    safewasm_externtype_kind(a),
                    of.map(|e| self.externtypes[e].1.kind()).map(|k| if k == 6 { 2 } else { k }),
                    |out: u32| if out == 6 { 2 } else { out }
                )
            }
            19 => {
                let (a, of) = of!(self, sel, ExternType, "externtype");
                answer!(
                    self,
                    safewasm_externtype_text(a),
                    of.map(|e| self.externtypes[e].1.text()),
                    |out: safewasm_text_t| text(out)
                )
            }
            20 => {
                let a = self.pick_where(sel, Kind::ExternType, |h| {
                    matches!(self.externtypes[h.of].1, Item::Func(_) | Item::Tag(_))
                });
                let of = self.need(a, Kind::ExternType, "externtype");
                let of = of.and_then(|e| match self.externtypes[e] {
                    (engine, Item::Func(sig) | Item::Tag(sig)) => Ok((engine, sig)),
                    _ => refuse(ErrorKind::TYPE_MISMATCH, "externtype"),
                });
                let want = of.clone().map(|_| ());
                if let (Some(out), Ok(of)) = (
                    self.ask("safewasm_externtype_functype", &want, |out| unsafe {
                        safewasm_externtype_functype(a.ptr(), out)
                    }),
                    of,
                ) {
                    self.functypes.push(of);
                    self.add::<safewasm::functype::safewasm_functype_t>(
                        Kind::FuncType,
                        out,
                        None,
                        self.functypes.len() - 1,
                    );
                }
            }
            21 => {
                let a = self.pick_where(sel, Kind::ExternType, |h| {
                    matches!(self.externtypes[h.of].1, Item::Memory(..) | Item::Shared(..))
                });
                let of = self.need(a, Kind::ExternType, "externtype");
                answer!(
                    self,
                    safewasm_externtype_memorytype(a),
                    of.and_then(|e| match self.externtypes[e].1 {
                        Item::Memory(min, max) => Ok(memorytype(min, max, false)),
                        Item::Shared(min, max) => Ok(memorytype(min, Some(max), true)),
                        _ => refuse(ErrorKind::TYPE_MISMATCH, "externtype"),
                    }),
                    |out: safewasm_memorytype_t| parts(out)
                );
            }
            22 => {
                let a = self.pick_where(sel, Kind::ExternType, |h| {
                    matches!(self.externtypes[h.of].1, Item::Table(..))
                });
                let of = self.need(a, Kind::ExternType, "externtype");
                answer!(
                    self,
                    safewasm_externtype_tabletype(a),
                    of.and_then(|e| match self.externtypes[e].1 {
                        Item::Table(min, max, ty) =>
                            Ok((min, max.unwrap_or(0), max.is_some(), false, valtype(ty))),
                        _ => refuse(ErrorKind::TYPE_MISMATCH, "externtype"),
                    }),
                    |out: safewasm_tabletype_t| table_parts(out)
                );
            }
            23 => {
                let a = self.pick_where(sel, Kind::ExternType, |h| {
                    matches!(self.externtypes[h.of].1, Item::Global(..))
                });
                let of = self.need(a, Kind::ExternType, "externtype");
                answer!(
                    self,
                    safewasm_externtype_globaltype(a),
                    of.and_then(|e| match self.externtypes[e].1 {
                        Item::Global(ty, is_mutable) => Ok((valtype(ty), is_mutable)),
                        _ => refuse(ErrorKind::TYPE_MISMATCH, "externtype"),
                    }),
                    |out: safewasm_globaltype_t| (out.content, out.is_mutable.get())
                );
            }
            _ => {}
        }
    }
}
