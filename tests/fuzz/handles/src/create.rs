//! Objects are made, the smaller ones here.

use crate::model::*;
use crate::modules::MODULES;
use crate::ops::{Num, Sel, Value};
use crate::world::{Arg, World, finalize};
use safewasm::bytes::safewasm_bytes_t;
use safewasm::config::safewasm_config_t;
use safewasm::error::{safewasm_error_kind_t as ErrorKind, safewasm_error_t};
use safewasm_capi::*;

use crate::make::signals;

impl World {
    pub fn create(&mut self, what: u8, a: Sel, b: Sel, n: Num, value: Value) {
        let n = n.0;
        let store = self.pick(a, Kind::Store);
        let engine = self.pick(a, Kind::Engine);
        match what {
            0 => {
                let made = self.ask::<*mut safewasm_config_t>(
                    "safewasm_config_new",
                    &Ok(()),
                    |out| unsafe { safewasm_config_new(out) },
                );
                if let Some(made) = made {
                    self.configs.push([false, false, false, true]);
                    self.add(Kind::Config, made, None, self.configs.len() - 1);
                    if !signals() {
                        self.tell("signals", &Ok(()), || unsafe {
                            safewasm_config_set_signals_based_traps(made, false)
                        });
                    }
                }
            }
            1 => {
                let config = self.pick(a, Kind::Config);
                if config.bits != 0 || signals() {
                    self.make_engine(config);
                }
            }
            2 => self.make_store(engine),
            3 | 4 => self.make_module(engine, n as usize % MODULES.len(), 0),
            5 => self.make_module(engine, n as usize % MODULES.len(), 1),
            6 => self.make_module(engine, n as usize % MODULES.len(), 2 + (value.number & 1) as u8),
            7 => {
                let text = MODULES[n as usize % MODULES.len()].text;
                let (text, want) = if value.null {
                    ("(module", refuse(ErrorKind::INVALID_TEXT, ""))
                } else {
                    (text, Ok(()))
                };
                let made = self.ask("safewasm_wat2wasm", &want, |out| unsafe {
                    safewasm_wat2wasm(text.as_ptr().cast(), text.len(), out)
                });
                if let Some(made) = made {
                    self.texts.push(0);
                    self.add::<safewasm_bytes_t>(Kind::Bytes, made, None, self.texts.len() - 1);
                }
            }
            8 => self.make_functype(engine, SIGS[n as usize % SIGS.len()]),
            9 | 10 => {
                let engine = store
                    .id
                    .filter(|id| self.handles[*id].kind == Kind::Store)
                    .map(|id| self.stores[self.handles[id].of].engine);
                let functype =
                    self.pick_where(b, Kind::FuncType, |h| Some(self.functypes[h.of].0) == engine);
                self.make_func(store, functype, what == 10);
            }
            11 | 12 => self.make_memory(store, n, value.null),
            13 => {
                let of = self.need(engine, Kind::Engine, "engine");
                let (ty, want) = self.memory_type(n, true, value.null);
                let want = of.clone().and_then(|of| {
                    want.and_then(|type_of| {
                        if self.engines[of].shared {
                            Ok(type_of)
                        } else {
                            refuse(ErrorKind::UNSUPPORTED, "engine")
                        }
                    })
                });
                let empty = want.clone().map(|_| ());
                let made = self.ask("safewasm_sharedmemory_new", &empty, |out| unsafe {
                    safewasm_sharedmemory_new(engine.ptr(), &ty, out)
                });
                if let (Some(made), Ok(engine), Ok((size, max))) = (made, of, want) {
                    self.shareds.push(Shared {
                        engine,
                        memory: Memory { size, max, bytes: Default::default() },
                    });
                    self.add::<safewasm::sharedmemory::safewasm_sharedmemory_t>(
                        Kind::SharedMemory,
                        made,
                        None,
                        self.shareds.len() - 1,
                    );
                }
            }
            14 => self.make_table(store, n, value),
            15 | 16 => self.make_global(store, n, value),
            17 => {
                let functype =
                    self.pick_where(b, Kind::FuncType, |h| self.functypes[h.of].1.1.is_empty());
                let of = self.typed(store, functype).and_then(|(store, sig)| {
                    if sig.1.is_empty() {
                        Ok((store, sig))
                    } else {
                        refuse(ErrorKind::TYPE_MISMATCH, "functype")
                    }
                });
                let want = of.clone().map(|_| ());
                let made = self.ask("safewasm_tag_new", &want, |out| unsafe {
                    safewasm_tag_new(store.ptr(), functype.ptr(), out)
                });
                if let (Some(made), Ok((store, sig))) = (made, of) {
                    self.tags.push(sig);
                    self.add::<safewasm::tag::safewasm_tag_t>(
                        Kind::Tag,
                        made,
                        Some(store),
                        self.tags.len() - 1,
                    );
                }
            }
            18 => self.make_extern(store),
            19 => {
                let of = self.enter(store, Kind::Store, "store");
                let want = of.clone().map(|_| ());
                let number = value.number.cast_unsigned();
                let made = self.ask("safewasm_ref_new_i31", &want, |out| unsafe {
                    safewasm_ref_new_i31(store.ptr(), number, out)
                });
                if let (Some(made), Ok(store)) = (made, of) {
                    self.add_ref(made, store, Ref::I31(number & 0x7fff_ffff));
                }
            }
            20 => {
                let tag = self.pick(a, Kind::Tag);
                let of = self.enter(tag, Kind::Tag, "tag");
                let store = of.is_ok().then(|| self.store_of(tag));
                if store.is_some_and(|store| self.stores[store].tight) {
                    return;
                }
                let given = self.give(value, store);
                let want = of.and_then(|tag| {
                    let params = self.tags[tag].0;
                    let [ty] = params else {
                        return if params.is_empty() || params.len() > 1 {
                            refuse(ErrorKind::TYPE_MISMATCH, "fields_len")
                        } else {
                            Ok((tag, Val::Null(0)))
                        };
                    };
                    self.accept(given, *ty, store.unwrap_or(0), "fields[0]").map(|val| (tag, val))
                });
                // Where the place is all that is named, it is in quotes by itself.
                let empty = want.clone().map(|_| ());
                let made = self.ask("safewasm_ref_new_exception", &empty, |out| unsafe {
                    safewasm_ref_new_exception(tag.ptr(), &given.raw, 1, out)
                });
                if let (Some(made), Ok((tag, val)), Some(store)) = (made, want, store) {
                    self.add_ref(made, store, Ref::Exn(tag, vec![val]));
                }
            }
            21 => {
                let of = self.need(engine, Kind::Engine, "engine");
                let want = of.clone().map(|_| ());
                let made = self.ask("safewasm_linker_new", &want, |out| unsafe {
                    safewasm_linker_new(engine.ptr(), out)
                });
                if let (Some(made), Ok(engine)) = (made, of) {
                    self.linkers.push(Linker {
                        engine,
                        store: None,
                        shadowing: false,
                        definitions: Vec::new(),
                    });
                    self.add::<safewasm::linker::safewasm_linker_t>(
                        Kind::Linker,
                        made,
                        None,
                        self.linkers.len() - 1,
                    );
                }
            }
            22 => {
                let (message, want): (&[u8], Want) = if value.null {
                    (b"\xff", refuse(ErrorKind::INVALID_ARGUMENT, "message"))
                } else {
                    (b"said", Ok(()))
                };
                let env = self.env(if value.null { Owner::Nobody } else { Owner::Errors });
                let made =
                    self.ask::<*mut safewasm_error_t>("safewasm_error_new", &want, |out| unsafe {
                        safewasm_error_new(
                            message.as_ptr().cast(),
                            message.len(),
                            std::ptr::without_provenance_mut(env),
                            Some(finalize),
                            out,
                        )
                    });
                if let Some(made) = made {
                    self.add_error(made, ErrorKind::HOST, "said", Some(env), None);
                }
            }
            _ => {
                let reference = self.pick(a, Kind::Ref);
                let of = self.enter(reference, Kind::Ref, "exception").and_then(|of| {
                    match self.refs[of].1 {
                        Ref::Exn(..) => Ok(of),
                        _ => refuse(ErrorKind::TYPE_MISMATCH, "exception"),
                    }
                });
                let want = of.clone().map(|_| ());
                let made = self.ask::<*mut safewasm_error_t>(
                    "safewasm_error_new_exception",
                    &want,
                    |out| unsafe { safewasm_error_new_exception(reference.ptr(), out) },
                );
                if let (Some(made), Ok(of)) = (made, of) {
                    self.add_error(
                        made,
                        ErrorKind::EXCEPTION,
                        "a host function threw an exception of wasm's",
                        None,
                        Some(of),
                    );
                }
            }
        }
    }

    pub fn add_error(
        &mut self,
        made: *mut safewasm_error_t,
        kind: ErrorKind,
        message: &str,
        env: Option<usize>,
        exception: Option<usize>,
    ) {
        let (message, trap) =
            (message.to_owned(), safewasm::error::safewasm_trap_code_t::NOT_A_TRAP);
        self.errors.push(Report { kind, message, trap, env, exception, frames: Some(false) });
        self.add(Kind::Error, made, None, self.errors.len() - 1);
    }

    pub fn add_ref(
        &mut self,
        made: *mut safewasm::reference::safewasm_ref_t,
        store: usize,
        reference: Ref,
    ) {
        self.refs.push((store, reference));
        self.add(Kind::Ref, made, Some(store), self.refs.len() - 1);
    }

    pub fn make_extern(&mut self, store: Arg) {
        let of = self.enter(store, Kind::Store, "store");
        if of.as_ref().is_ok_and(|&of| self.stores[of].tight) {
            return;
        }
        let number = self.refs.len();
        let env = self.env(of.as_ref().map_or(Owner::Nobody, |&of| Owner::Ref(of, number)));
        let want = of.clone().map(|_| ());
        let made = self.ask("safewasm_ref_new_extern", &want, |out| unsafe {
            safewasm_ref_new_extern(
                store.ptr(),
                std::ptr::without_provenance_mut(env),
                Some(finalize),
                out,
            )
        });
        if let (Some(made), Ok(store)) = (made, of) {
            self.add_ref(made, store, Ref::Extern(env));
        }
    }
}
