//! Questions about instances, and about what they export.

use crate::model::*;
use crate::modules::MODULES;
use crate::world::World;
use safewasm::error::safewasm_error_kind_t as ErrorKind;
use safewasm::external::safewasm_extern_t;
use safewasm::externtype::{safewasm_globaltype_t, safewasm_memorytype_t, safewasm_tabletype_t};
use safewasm::value::safewasm_val_t;
use safewasm_capi::*;

use crate::queries::*;
use crate::values::counting;

impl World {
    pub fn ask_of_objects(&mut self, what: u8, sel: crate::ops::Sel, n: u64) {
        let index = n as usize;
        match what {
            24 => {
                let (a, of) = of!(self, sel, in Instance, "instance");
                answer!(
                    self,
                    safewasm_instance_exports_len(a),
                    of.map(|i| self.instances[i].exports.len()),
                    |out: usize| out
                )
            }
            25 | 26 => {
                let (a, of) = of!(self, sel, in Instance, "instance");
                let (name, of) = if what == 25 {
                    ("", of.and_then(|i| at(&self.instances[i].exports, n)))
                } else {
                    let name = MODULES[0].exports.get(index).map_or("absent", |export| export.0);
                    (
                        name,
                        of.and_then(|i| {
                            let found =
                                self.instances[i].exports.iter().find(|export| export.0 == name);
                            found.copied().map_or_else(|| refuse(ErrorKind::NOT_FOUND, name), Ok)
                        }),
                    )
                };
                let want = of.clone().map(|_| ());
                let out = if what == 25 {
                    self.ask(
                        "safewasm_instance_export_at",
                        &want,
                        |out: *mut safewasm_extern_t| unsafe {
                            safewasm_instance_export_at(a.ptr(), index, out)
                        },
                    )
                } else {
                    self.ask(
                        "safewasm_instance_export",
                        &want,
                        |out: *mut safewasm_extern_t| unsafe {
                            safewasm_instance_export(a.ptr(), name.as_ptr().cast(), name.len(), out)
                        },
                    )
                };
                if let (Some(out), Ok((_, kind, of))) = (out, of) {
                    let store = self.store_of(a);
                    self.add_extern(out, kind, of, store);
                }
            }
            27 => {
                let (a, of) = of!(self, sel, in Instance, "instance");
                let want = of.clone().map(|_| ());
                if let (Some(out), Ok(of)) = (
                    self.ask("safewasm_instance_module", &want, |out| unsafe {
                        safewasm_instance_module(a.ptr(), out)
                    }),
                    of,
                ) {
                    let module = self.instances[of].module;
                    self.add::<safewasm::module::safewasm_module_t>(
                        Kind::Module,
                        out,
                        None,
                        module,
                    );
                }
            }
            28 | 29 => {
                let is_func = what == 28;
                let kind = if is_func { Kind::Func } else { Kind::Tag };
                let a = self.pick(sel, kind);
                let of = self.enter(a, kind, if is_func { "func" } else { "tag" });
                let want = of.clone().map(|_| ());
                let out = self.ask(
                    if is_func { "safewasm_func_type" } else { "safewasm_tag_type" },
                    &want,
                    |out| unsafe {
                        if is_func {
                            safewasm_func_type(a.ptr(), out)
                        } else {
                            safewasm_tag_type(a.ptr(), out)
                        }
                    },
                );
                if let (Some(out), Ok(of)) = (out, of) {
                    let sig = if is_func { self.funcs[of].sig } else { self.tags[of] };
                    self.functypes.push((self.stores[self.store_of(a)].engine, sig));
                    self.add::<safewasm::functype::safewasm_functype_t>(
                        Kind::FuncType,
                        out,
                        None,
                        self.functypes.len() - 1,
                    );
                }
            }
            30 => {
                let (a, of) = of!(self, sel, in Func, "func");
                let want = of.clone().map(|_| ());
                if let (Some(out), Ok(of)) = (
                    self.ask("safewasm_func_clone", &want, |out| unsafe {
                        safewasm_func_clone(a.ptr(), out)
                    }),
                    of,
                ) {
                    let store = self.store_of(a);
                    self.add::<safewasm::func::safewasm_func_t>(Kind::Func, out, Some(store), of);
                }
            }
            31 => {
                let (a, of) = of!(self, sel, in Memory, "memory");
                answer!(
                    self,
                    safewasm_memory_type(a),
                    of.map(|m| memorytype(self.memories[m].size, self.memories[m].max, false)),
                    |out: safewasm_memorytype_t| parts(out)
                )
            }
            32 => {
                let (a, of) = of!(self, sel, in Memory, "memory");
                answer!(
                    self,
                    safewasm_memory_len(a),
                    of.map(|m| self.memories[m].size << 16),
                    |out: usize| out as u64
                )
            }
            33 | 34 => {
                let (a, of) = of!(self, sel, in Memory, "memory");
                let want = of.clone().map(|_| ());
                let out = self.ask(
                    "safewasm_memory_view",
                    &want,
                    |out: *mut Pair<_, *const safewasm::view::safewasm_cell_t>| unsafe {
                        safewasm_memory_view(a.ptr(), &raw mut (*out).0, &raw mut (*out).1)
                    },
                );
                if let (Some((view, cell)), Ok(memory)) = (out, of) {
                    // SAFETY: a cell is always there.
                    let generation = unsafe { (*cell).generation };
                    let store = self.store_of(a);
                    self.views.push(View { store, memory, cell: cell.addr(), generation });
                    self.add::<safewasm::view::safewasm_view_t>(
                        Kind::View,
                        view,
                        None,
                        self.views.len() - 1,
                    );
                }
            }
            35 => {
                let (a, of) = of!(self, sel, SharedMemory, "sharedmemory");
                answer!(
                    self,
                    safewasm_sharedmemory_type(a),
                    of.map(|m| memorytype(
                        self.shareds[m].memory.size,
                        self.shareds[m].memory.max,
                        true
                    )),
                    |out: safewasm_memorytype_t| parts(out)
                )
            }
            36 => {
                let (a, of) = of!(self, sel, SharedMemory, "sharedmemory");
                let want = of.clone().map(|_| ());
                let out = self.ask(
                    "safewasm_sharedmemory_data",
                    &want,
                    |out: *mut Pair<*mut u8, usize>| unsafe {
                        safewasm_sharedmemory_data(a.ptr(), &raw mut (*out).0, &raw mut (*out).1)
                    },
                );
                if let (Some((_, len)), Ok(of)) = (out, of) {
                    self.same("shared length", len as u64, self.shareds[of].memory.size << 16);
                }
            }
            37 => {
                let (a, of) = of!(self, sel, in Table, "table");
                answer!(
                    self,
                    safewasm_table_size(a),
                    of.map(|t| self.tables[t].elements.len()),
                    |out: u64| out as usize
                )
            }
            38 => {
                let (a, of) = of!(self, sel, in Table, "table");
                answer!(
                    self,
                    safewasm_table_type(a),
                    of.map(|t| {
                        let table = &self.tables[t];
                        (
                            table.elements.len() as u64,
                            table.max.unwrap_or(0),
                            table.max.is_some(),
                            false,
                            valtype(table.ty),
                        )
                    }),
                    |out: safewasm_tabletype_t| table_parts(out)
                );
            }
            39..=43 => {
                let (a, of) = of!(self, sel, in Table, "table");
                let want = of.and_then(|t| {
                    let elements = &self.tables[t].elements;
                    usize::try_from(n)
                        .ok()
                        .and_then(|i| elements.get(i))
                        .copied()
                        .map_or_else(|| refuse(ErrorKind::OUT_OF_BOUNDS, "index"), Ok)
                });
                let empty = want.clone().map(|_| ());
                let out =
                    self.ask("safewasm_table_get", &empty, |out: *mut safewasm_val_t| unsafe {
                        safewasm_table_get(a.ptr(), n, out)
                    });
                self.take_value("an element", a, out, want);
            }
            44 => {
                let (a, of) = of!(self, sel, in Global, "global");
                answer!(
                    self,
                    safewasm_global_type(a),
                    of.map(|g| (valtype(self.globals[g].ty), self.globals[g].is_mutable)),
                    |out: safewasm_globaltype_t| (out.content, out.is_mutable.get())
                )
            }
            45..=48 => {
                let (a, of) = of!(self, sel, in Global, "global");
                let empty = of.clone().map(|_| ());
                let out =
                    self.ask("safewasm_global_get", &empty, |out: *mut safewasm_val_t| unsafe {
                        safewasm_global_get(a.ptr(), out)
                    });
                if let (Some(out), Ok(of), true) = (&out, &of, self.is_open(&of)) {
                    self.globals[*of].val = Val::Number(1, counting(out));
                    self.globals[*of].is_open = false;
                }
                let want = of.map(|of| self.globals[of].val);
                self.take_value("a global", a, out, want);
            }
            _ => {}
        }
    }

    /// Whether the value of a global has to be looked at to be known.
    fn is_open(&self, global: &Want<usize>) -> bool {
        global.as_ref().is_ok_and(|&of| self.globals[of].is_open)
    }
}
