//! Engines, stores, modules, functions, memories, tables and globals are made.

use crate::calls::{slots_callback, values_callback};
use crate::model::*;
use crate::modules::MODULES;
use crate::ops::Value;
use crate::queries::valtype;
use crate::world::{Arg, World, finalize};
use safewasm::bytes::safewasm_bytes_t;
use safewasm::config::safewasm_config_t;
use safewasm::error::safewasm_error_kind_t as ErrorKind;
use safewasm::externtype::{safewasm_globaltype_t, safewasm_memorytype_t, safewasm_tabletype_t};
use safewasm::functype::safewasm_functype_t;
use safewasm_capi::*;
use std::ptr::{null, null_mut};

/// Whether traps may rest on signals, which valgrind doesn't like.
pub fn signals() -> bool {
    std::env::var_os("SAFEWASM_TEST_NO_SIGNALS").is_none()
}

impl World {
    /// A config that allows what the bits say, and an engine of it.
    pub fn new_engine(&mut self, bits: u8) -> usize {
        let config =
            self.ask::<*mut safewasm_config_t>("safewasm_config_new", &Ok(()), |out| unsafe {
                safewasm_config_new(out)
            });
        let Some(config) = config else { return 0 };
        self.configs.push([bits & 1 > 0, bits & 2 > 0, bits & 4 > 0, true]);
        let id = self.add(Kind::Config, config, None, self.configs.len() - 1);
        // SAFETY: any handle is accepted.
        unsafe {
            self.tell("fuel", &Ok(()), || safewasm_config_set_consume_fuel(config, bits & 1 > 0));
            self.tell("epochs", &Ok(()), || {
                safewasm_config_set_epoch_interruption(config, bits & 2 > 0)
            });
            self.tell("shared", &Ok(()), || {
                safewasm_config_set_shared_memory(config, bits & 4 > 0)
            });
            self.tell("signals", &Ok(()), || {
                safewasm_config_set_signals_based_traps(config, signals())
            });
            self.tell("level", &Ok(()), || safewasm_config_set_opt_level(config, 0));
        }
        self.make_engine(Arg { bits: config.addr() as u64, id: Some(id) })
    }

    pub fn make_engine(&mut self, config: Arg) -> usize {
        let of = match config.bits {
            0 => Ok(usize::MAX),
            _ => self.need(config, Kind::Config, "config"),
        };
        let want = of.clone().map(|_| ());
        let engine = self.ask("safewasm_engine_new", &want, |out| unsafe {
            safewasm_engine_new(config.ptr(), out)
        });
        if let (Some(engine), Ok(of)) = (engine, of) {
            let [fuel, epochs, shared, _] = self.configs.get(of).copied().unwrap_or_default();
            self.engines.push(Engine { fuel, epochs, shared, epoch: 0 });
            let of = self.engines.len() - 1;
            self.add::<safewasm::engine::safewasm_engine_t>(Kind::Engine, engine, None, of);
            if let Some(id) = config.id {
                self.forget(id);
            }
        }
        self.engines.len().saturating_sub(1)
    }

    pub fn make_store(&mut self, engine: Arg) {
        let of = self.need(engine, Kind::Engine, "engine");
        let want = of.clone().map(|_| ());
        let store = self.ask("safewasm_store_new", &want, |out| unsafe {
            safewasm_store_new(engine.ptr(), out)
        });
        if let (Some(store), Ok(engine)) = (store, of) {
            self.add_store(store, engine);
        }
    }

    pub fn add_store(&mut self, store: *mut safewasm::store::safewasm_store_t, engine: usize) {
        self.stores.push(Store {
            engine,
            deleted: false,
            poisoned: false,
            instances: (0, 10_000),
            elements: (0, u64::MAX),
            tight: false,
            fuel: 0,
            fuel_is_exact: true,
            fuel_given: 0,
            interrupted: false,
            epoch_deadline: u64::MAX,
            is_late: false,
            timeouts: Vec::new(),
        });
        self.add(Kind::Store, store, None, self.stores.len() - 1);
    }

    pub fn make_module(&mut self, engine: Arg, index: usize, how: u8) {
        let text = MODULES[index].text;
        let of = self.need(engine, Kind::Engine, "engine");
        let want = of.clone().map(|_| ());
        // SAFETY: the text is there, and room for the results.
        let module = unsafe {
            let mut bytes: *mut safewasm_bytes_t = null_mut();
            let (mut data, mut len) = (null(), 0);
            if how > 0 {
                let made = check(safewasm_wat2wasm(text.as_ptr().cast(), text.len(), &mut bytes));
                self.check(made.is_ok(), || format!("safewasm_wat2wasm: {made:?}"));
                let made = check(safewasm_bytes_data(bytes, &mut data, &mut len));
                self.check(made.is_ok(), || format!("safewasm_bytes_data: {made:?}"));
            }
            let module = match how {
                0 => self.ask("safewasm_module_new_text", &want, |out| {
                    safewasm_module_new_text(engine.ptr(), text.as_ptr().cast(), text.len(), out)
                }),
                1 => self.ask("safewasm_module_new", &want, |out| {
                    safewasm_module_new(engine.ptr(), data, len, out)
                }),
                2 => {
                    self.tell("safewasm_module_validate", &want, || {
                        safewasm_module_validate(engine.ptr(), data, len)
                    });
                    None
                }
                _ => {
                    let want = want.and(refuse(ErrorKind::IO, ""));
                    let path = "/there/is/no/such.wasm";
                    self.ask("safewasm_module_new_file", &want, |out| {
                        safewasm_module_new_file(
                            engine.ptr(),
                            path.as_ptr().cast(),
                            path.len(),
                            out,
                        )
                    })
                }
            };
            safewasm_bytes_delete(bytes);
            module
        };
        if let (Some(module), Ok(engine)) = (module, of) {
            self.modules.push((engine, index));
            self.add(Kind::Module, module, None, self.modules.len() - 1);
        }
    }

    pub fn make_functype(&mut self, engine: Arg, sig: Sig) {
        let of = self.need(engine, Kind::Engine, "engine");
        let want = of.clone().map(|_| ());
        let (params, results): (Vec<_>, Vec<_>) = (
            sig.0.iter().map(|&ty| valtype(ty)).collect(),
            sig.1.iter().map(|&ty| valtype(ty)).collect(),
        );
        let made = self.ask("safewasm_functype_new", &want, |out| unsafe {
            safewasm_functype_new(
                engine.ptr(),
                params.as_ptr(),
                params.len(),
                results.as_ptr(),
                results.len(),
                out,
            )
        });
        if let (Some(made), Ok(engine)) = (made, of) {
            self.functypes.push((engine, sig));
            self.add::<safewasm_functype_t>(Kind::FuncType, made, None, self.functypes.len() - 1);
        }
    }

    /// A function type, and a store, of one engine.
    pub fn typed(&self, store: Arg, functype: Arg) -> Want<(usize, Sig)> {
        let ty = self.need(functype, Kind::FuncType, "functype")?;
        let store = self.enter(store, Kind::Store, "store")?;
        let (engine, sig) = self.functypes[ty];
        if engine != self.stores[store].engine {
            return refuse(ErrorKind::WRONG_ENGINE, "functype");
        }
        Ok((store, sig))
    }

    pub fn make_func(&mut self, store: Arg, functype: Arg, slots: bool) {
        let of = self.typed(store, functype).and_then(|(store, sig)| {
            let references = sig.0.iter().chain(sig.1).any(|ty| ty.is_ref());
            if slots && references {
                refuse(ErrorKind::UNSUPPORTED, "functype")
            } else {
                Ok((store, sig))
            }
        });
        let env = self.env(of.as_ref().map_or(Owner::Nobody, |of| Owner::Func(of.0)));
        let want = of.clone().map(|_| ());
        let data = std::ptr::without_provenance_mut(env);
        let made = self.ask("safewasm_func_new", &want, |out| unsafe {
            if slots {
                safewasm_func_new_slots(
                    store.ptr(),
                    functype.ptr(),
                    Some(slots_callback),
                    data,
                    Some(finalize),
                    out,
                )
            } else {
                safewasm_func_new(
                    store.ptr(),
                    functype.ptr(),
                    Some(values_callback),
                    data,
                    Some(finalize),
                    out,
                )
            }
        });
        if let (Some(made), Ok((store, sig))) = (made, of) {
            self.funcs.push(Func { sig, does: Does::Host, is_vague: false });
            self.add::<safewasm::func::safewasm_func_t>(
                Kind::Func,
                made,
                Some(store),
                self.funcs.len() - 1,
            );
        }
    }

    pub fn memory_type(
        &self,
        n: u64,
        is_shared: bool,
        flip: bool,
    ) -> (safewasm_memorytype_t, Want<(u64, Option<u64>)>) {
        let (min, max) = (n % 4, n / 4);
        let has_max = is_shared || !n.is_multiple_of(3);
        let (min, max) = if n > 100 { (n, n) } else { (min, min.max(max % 5)) };
        let ty = safewasm_memorytype_t {
            min,
            max,
            page_size: 0,
            has_max: has_max.into(),
            is_64: false.into(),
            is_shared: (is_shared != flip).into(),
        };
        let want = if min > 0x1_0000 || flip {
            refuse(ErrorKind::INVALID_ARGUMENT, "")
        } else {
            Ok((min, has_max.then_some(max)))
        };
        (ty, want)
    }

    pub fn make_memory(&mut self, store: Arg, n: u64, flip: bool) {
        let (ty, want) = self.memory_type(n, false, flip);
        let want = want.and_then(|(min, max)| {
            let store = self.enter(store, Kind::Store, "store")?;
            let is_full = min > 0 && self.stores[store].tight || min > 8;
            if is_full { refuse(ErrorKind::LIMIT, "") } else { Ok((store, min, max)) }
        });
        // What only the machine's size decides is not asked.
        if n > 100 && n <= 0x1_0000 {
            return;
        }
        let empty = want.clone().map(|_| ());
        let made = self.ask("safewasm_memory_new", &empty, |out| unsafe {
            safewasm_memory_new(store.ptr(), &ty, out)
        });
        if let (Some(made), Ok((store, size, max))) = (made, want) {
            self.memories.push(Memory { size, max, bytes: Default::default() });
            self.add::<safewasm::memory::safewasm_memory_t>(
                Kind::Memory,
                made,
                Some(store),
                self.memories.len() - 1,
            );
        }
    }

    pub fn make_table(&mut self, store: Arg, n: u64, value: Value) {
        let (len, max, ty) = (n % 4, 4 + n % 5, [Ty::Func, Ty::Extern, Ty::Any][n as usize % 3]);
        let of = store
            .id
            .filter(|id| self.handles[*id].kind == Kind::Store)
            .map(|id| self.handles[id].of);
        let given = self.give(value, of);
        let raw = safewasm_tabletype_t {
            min: len,
            max,
            has_max: true.into(),
            is_64: false.into(),
            element: valtype(ty),
        };
        let want = self.enter(store, Kind::Store, "store").and_then(|store| {
            let val = self.accept(given, ty, store, "initial")?;
            let (used, most) = self.stores[store].elements;
            let is_full = len > 0 && used + len > most;
            if is_full { refuse(ErrorKind::LIMIT, "") } else { Ok((store, val)) }
        });
        let empty = want.clone().map(|_| ());
        let made = self.ask("safewasm_table_new", &empty, |out| unsafe {
            safewasm_table_new(store.ptr(), &raw, &given.raw, out)
        });
        if let (Some(made), Ok((store, val))) = (made, want) {
            self.stores[store].elements.0 += len;
            self.tables.push(Table { ty, elements: vec![val; len as usize], max: Some(max) });
            self.add::<safewasm::table::safewasm_table_t>(
                Kind::Table,
                made,
                Some(store),
                self.tables.len() - 1,
            );
        }
    }

    pub fn make_global(&mut self, store: Arg, n: u64, value: Value) {
        let all =
            [Ty::I32, Ty::I64, Ty::F32, Ty::F64, Ty::V128, Ty::Func, Ty::Extern, Ty::Any, Ty::Exn];
        let fitting =
            all.iter().filter(|ty| ty.parts().0 == value.kind).copied().collect::<Vec<_>>();
        let ty = fitting
            .get(n as usize % 3 % fitting.len().max(1))
            .copied()
            .unwrap_or(all[n as usize % all.len()]);
        let of = store
            .id
            .filter(|id| self.handles[*id].kind == Kind::Store)
            .map(|id| self.handles[id].of);
        let given = self.give(value, of);
        let is_mutable = n % 4 != 3;
        let raw = safewasm_globaltype_t { content: valtype(ty), is_mutable: is_mutable.into() };
        let want = self
            .enter(store, Kind::Store, "store")
            .and_then(|store| Ok((store, self.accept(given, ty, store, "initial")?)));
        let empty = want.clone().map(|_| ());
        let made = self.ask("safewasm_global_new", &empty, |out| unsafe {
            safewasm_global_new(store.ptr(), &raw, &given.raw, out)
        });
        if let (Some(made), Ok((store, val))) = (made, want) {
            self.globals.push(Global { ty, is_mutable, val, is_open: false });
            self.add::<safewasm::global::safewasm_global_t>(
                Kind::Global,
                made,
                Some(store),
                self.globals.len() - 1,
            );
        }
    }
}
