//! Questions about one object each, and how they are put.

use crate::model::*;
use crate::world::World;
use safewasm::error::safewasm_error_kind_t as ErrorKind;
use safewasm::external::safewasm_extern_t;
use safewasm::externtype::{safewasm_externtype_t, safewasm_memorytype_t, safewasm_tabletype_t};
use safewasm::text::safewasm_text_t;
use safewasm::value::{safewasm_val_t, safewasm_valtype_t};
use safewasm_capi::*;
use std::ffi::c_void;

/// The handle that a question is about, and what it must mean.
macro_rules! of {
    ($self:ident, $sel:expr, $kind:ident, $name:expr) => {{
        let arg = $self.pick($sel, Kind::$kind);
        (arg, $self.need(arg, Kind::$kind, $name))
    }};
    ($self:ident, $sel:expr, in $kind:ident, $name:expr) => {{
        let arg = $self.pick($sel, Kind::$kind);
        (arg, $self.enter(arg, Kind::$kind, $name))
    }};
    ($self:ident, $sel:expr, rather $wanted:pat => $name:expr) => {{
        let arg = $self.pick_where($sel, Kind::Ref, |h| matches!($self.refs[h.of].1, $wanted));
        (arg, $self.enter(arg, Kind::Ref, $name))
    }};
}
pub(crate) use of;

/// Asks, and compares the answer.
macro_rules! answer {
    ($self:ident, $function:ident($arg:expr $(, $more:expr)*), $want:expr, |$out:ident: $ty:ty| $found:expr $(,)?) => {{
        let want = $want;
        let empty = want.as_ref().map(|_| ()).map_err(Refusal::clone);
        let name = stringify!($function);
        // SAFETY: any handle is accepted, and there is room for the answer.
        let out = $self.ask::<$ty>(name, &empty, |out| unsafe {
            $function($arg.ptr() $(, $more)*, out)
        });
        if let (Some($out), Ok(want)) = (out, want) {
            let found = $found;
            $self.same(name, found, want);
        }
    }};
}
pub(crate) use answer;

/// In place of a calling instance: one that isn't known.
pub const UNKNOWN: usize = usize::MAX - 1;

/// What a text of the library's says.
pub fn text(text: safewasm_text_t) -> String {
    if text.data.is_null() {
        return "none".to_owned();
    }
    // SAFETY: a text is as long as it says, and has a NUL at its end.
    let bytes = unsafe { std::slice::from_raw_parts(text.data.cast::<u8>(), text.len + 1) };
    String::from_utf8_lossy(&bytes[..text.len]).into_owned()
        + if bytes[text.len] == 0 { "" } else { "!" }
}

pub fn valtype(ty: Ty) -> safewasm_valtype_t {
    let (kind, heap) = ty.parts();
    safewasm_valtype_t { kind, heap, nullable: ty.is_ref().into() }
}

pub fn memorytype(
    min: u64,
    max: Option<u64>,
    is_shared: bool,
) -> (u64, u64, u64, bool, bool, bool) {
    (min, max.unwrap_or(0), 0x1_0000, max.is_some(), false, is_shared)
}

pub fn parts(ty: safewasm_memorytype_t) -> (u64, u64, u64, bool, bool, bool) {
    (ty.min, ty.max, ty.page_size, ty.has_max.get(), ty.is_64.get(), ty.is_shared.get())
}

pub fn table_parts(ty: safewasm_tabletype_t) -> (u64, u64, bool, bool, safewasm_valtype_t) {
    (ty.min, ty.max, ty.has_max.get(), ty.is_64.get(), ty.element)
}

/// Nothing at that index, or what is there.
pub fn at<T: Copy>(items: &[T], index: u64) -> Want<T> {
    usize::try_from(index)
        .ok()
        .and_then(|index| items.get(index).copied())
        .map_or_else(|| refuse(ErrorKind::NOT_FOUND, "index"), Ok)
}

pub type Pair<A, B> = (A, B);

/// The results of a function with several, one after another.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Three<A, B, C>(pub A, pub B, pub C);

impl World {
    /// Asks something of an object; the numbers of the questions mean nothing.
    pub fn query(&mut self, what: u8, sel: crate::ops::Sel, n: u64) {
        let index = n as usize;
        match what {
            4..=23 => self.ask_of_types(what, sel, n),
            24..=48 => self.ask_of_objects(what, sel, n),
            0 => {
                let (arg, of) = of!(self, sel, in Store, "store");
                let want = of.clone().map(|_| ());
                // SAFETY: as in `answer`, here and below.
                if let (Some(engine), Ok(of)) = (
                    self.ask("safewasm_store_engine", &want, |out| unsafe {
                        safewasm_store_engine(arg.ptr(), out)
                    }),
                    of,
                ) {
                    let engine_of = self.stores[of].engine;
                    self.add::<safewasm::engine::safewasm_engine_t>(
                        Kind::Engine,
                        engine,
                        None,
                        engine_of,
                    );
                }
            }
            1 => {
                let (arg, of) = of!(self, sel, in Store, "store");
                self.tell("safewasm_store_collect", &of.map(|_| ()), || unsafe {
                    safewasm_store_collect(arg.ptr())
                });
            }
            2 | 3 => {
                let (arg, of) = of!(self, sel, in Store, "store");
                let of = of.and_then(|of| {
                    if self.engines[self.stores[of].engine].fuel {
                        Ok(of)
                    } else {
                        refuse(ErrorKind::UNSUPPORTED, "store")
                    }
                });
                let want = of.clone().map(|_| ());
                let left = self.ask::<u64>("safewasm_store_fuel", &want, |out| unsafe {
                    safewasm_store_fuel(arg.ptr(), out)
                });
                let used = self.ask::<u64>("safewasm_store_fuel_consumed", &want, |out| unsafe {
                    safewasm_store_fuel_consumed(arg.ptr(), out)
                });
                if let (Some(left), Some(used), Ok(of)) = (left, used, of) {
                    let store = &self.stores[of];
                    let (exact, most, given) = (store.fuel_is_exact, store.fuel, store.fuel_given);
                    self.check(if exact { left == most } else { left <= most }, || {
                        format!("fuel: {left} left of {most}")
                    });
                    let consumed = u64::try_from(given - u128::from(left)).unwrap_or(u64::MAX);
                    self.same("fuel consumed", used, consumed);
                }
            }
            49 => {
                let (a, of) = of!(self, sel, in Ref, "reference");
                answer!(
                    self,
                    safewasm_ref_env(a),
                    of.and_then(|r| match self.refs[r].1 {
                        Ref::Extern(env) => Ok(env),
                        _ => refuse(ErrorKind::TYPE_MISMATCH, "reference"),
                    }),
                    |out: *mut c_void| out.addr()
                );
            }
            50 => {
                let (a, of) = of!(self, sel, rather Ref::I31(_) => "reference");
                answer!(
                    self,
                    safewasm_ref_i31(a),
                    of.and_then(|r| match self.refs[r].1 {
                        Ref::I31(value) => Ok(value),
                        _ => refuse(ErrorKind::TYPE_MISMATCH, "reference"),
                    }),
                    |out: u32| out
                );
            }
            51 => {
                let (a, of) = of!(self, sel, rather Ref::Exn(..) => "reference");
                let of = of.and_then(|r| match self.refs[r].1 {
                    Ref::Exn(tag, _) => Ok(tag),
                    _ => refuse(ErrorKind::TYPE_MISMATCH, "reference"),
                });
                let want = of.clone().map(|_| ());
                if let (Some(out), Ok(tag)) = (
                    self.ask("safewasm_ref_tag", &want, |out| unsafe {
                        safewasm_ref_tag(a.ptr(), out)
                    }),
                    of,
                ) {
                    let store = self.store_of(a);
                    self.add::<safewasm::tag::safewasm_tag_t>(Kind::Tag, out, Some(store), tag);
                }
            }
            52 => {
                let (a, of) = of!(self, sel, in Ref, "reference");
                answer!(
                    self,
                    safewasm_ref_fields_len(a),
                    of.map(|r| match &self.refs[r].1 {
                        Ref::Exn(_, fields) => fields.len(),
                        _ => 0,
                    }),
                    |out: usize| out
                );
            }
            53 | 54 => {
                let (a, of) = of!(self, sel, rather Ref::Exn(..) => "reference");
                let want = of.and_then(|r| match &self.refs[r].1 {
                    Ref::Exn(_, fields) => at(fields, n),
                    _ => refuse(ErrorKind::NOT_FOUND, "index"),
                });
                let empty = want.clone().map(|_| ());
                let out =
                    self.ask("safewasm_ref_field", &empty, |out: *mut safewasm_val_t| unsafe {
                        safewasm_ref_field(a.ptr(), index, out)
                    });
                self.take_value("a field", a, out, want);
            }
            55 => {
                let (a, of) = of!(self, sel, in Ref, "reference");
                answer!(
                    self,
                    safewasm_ref_type(a),
                    of.map(|r| match self.refs[r].1 {
                        Ref::Extern(_) => 2,
                        Ref::I31(_) => 5,
                        Ref::Exn(..) => 18,
                    }),
                    |out: safewasm_valtype_t| out.heap
                );
            }
            56 => {
                let (a, of) = of!(self, sel, in Ref, "reference");
                let want = of.clone().map(|_| ());
                if let (Some(out), Ok(of)) = (
                    self.ask("safewasm_ref_clone", &want, |out| unsafe {
                        safewasm_ref_clone(a.ptr(), out)
                    }),
                    of,
                ) {
                    let store = self.store_of(a);
                    self.add::<safewasm::reference::safewasm_ref_t>(
                        Kind::Ref,
                        out,
                        Some(store),
                        of,
                    );
                }
            }
            57 => {
                let (a, of) = of!(self, sel, Linker, "linker");
                answer!(
                    self,
                    safewasm_linker_len(a),
                    of.map(|l| self.linkers[l].definitions.len()),
                    |out: usize| out
                )
            }
            58 => {
                let (a, of) = of!(self, sel, Linker, "linker");
                let of = of.and_then(|l| {
                    let found =
                        usize::try_from(n).ok().and_then(|i| self.linkers[l].definitions.get(i));
                    found.cloned().map_or_else(
                        || refuse(ErrorKind::NOT_FOUND, "index"),
                        |found| Ok((self.linkers[l].engine, found)),
                    )
                });
                let want = of.as_ref().map(|_| ()).map_err(Clone::clone);
                let out = self.ask(
                    "safewasm_linker_definition",
                    &want,
                    |out: *mut Three<
                        safewasm_text_t,
                        safewasm_text_t,
                        *mut safewasm_externtype_t,
                    >| unsafe {
                        safewasm_linker_definition(
                            a.ptr(),
                            index,
                            &raw mut (*out).0,
                            &raw mut (*out).1,
                            &raw mut (*out).2,
                        )
                    },
                );
                if let (Some(Three(module, name, ty)), Ok((engine, found))) = (out, of) {
                    self.same("definition", (text(module), text(name)), (found.module, found.name));
                    // Of a memory or table, the size is that of some moment since.
                    if matches!(found.ty, Item::Memory(..) | Item::Table(..)) {
                        // SAFETY: the type is this program's.
                        unsafe { safewasm_externtype_delete(ty) };
                    } else {
                        self.externtypes.push((engine, found.ty));
                        self.add(Kind::ExternType, ty, None, self.externtypes.len() - 1);
                    }
                }
            }
            59..=61 => self.ask_error(sel, index),
            62 => {
                let a =
                    self.pick_where(sel, Kind::Error, |h| self.errors[h.of].exception.is_some());
                let of = self.need(a, Kind::Error, "error");
                let of = of.and_then(|e| match self.errors[e].exception {
                    None => refuse(ErrorKind::NOT_FOUND, "error"),
                    Some(exception) => {
                        let store = self.refs[exception].0;
                        if self.stores[store].deleted {
                            return refuse(ErrorKind::INVALID_HANDLE, "error");
                        }
                        self.may_enter(store, "error").map(|()| (store, exception))
                    }
                });
                let want = of.clone().map(|_| ());
                if let (Some(out), Ok((store, exception))) = (
                    self.ask("safewasm_error_exception", &want, |out| unsafe {
                        safewasm_error_exception(a.ptr(), out)
                    }),
                    of,
                ) {
                    self.add::<safewasm::reference::safewasm_ref_t>(
                        Kind::Ref,
                        out,
                        Some(store),
                        exception,
                    );
                }
            }
            63..=65 => {
                let (a, of) = of!(self, sel, Caller, "caller");
                let of = of.map(|_| self.handles[a.id.unwrap_or(0)].store.unwrap_or(0));
                let wanted = of.map(|store| {
                    let stores = self.handles.iter();
                    let mut stores = stores.filter(|h| h.kind == Kind::Store && h.of == store);
                    stores.next().map_or(0, |h| h.bits)
                });
                answer!(
                    self,
                    safewasm_caller_store(a),
                    wanted,
                    |out: *mut safewasm::store::safewasm_store_t| out.addr() as u64
                );
            }
            _ => self.ask_caller(sel, index),
        }
    }

    fn ask_caller(&mut self, sel: crate::ops::Sel, index: usize) {
        let (a, of) = of!(self, sel, Caller, "caller");
        if of == Ok(UNKNOWN) {
            return;
        }
        let name = ["via", "catch", "absent"][index % 3];
        let of = of.and_then(|instance| {
            let store = self.handles[a.id.unwrap_or(0)].store.unwrap_or(0);
            if self.stores[store].deleted {
                return refuse(ErrorKind::INVALID_HANDLE, "caller");
            }
            self.may_enter(store, "caller")?;
            let exports = self.instances.get(instance).map_or(&[][..], |of| &of.exports);
            let found = exports.iter().find(|export| export.0 == name);
            found.map_or_else(|| refuse(ErrorKind::NOT_FOUND, name), |export| Ok((store, *export)))
        });
        // None of them is a memory.
        let want = match &of {
            Ok(_) => refuse(ErrorKind::TYPE_MISMATCH, name),
            Err(refusal) => Err::<(), _>(refusal.clone()),
        };
        let mut len = 0;
        self.ask("safewasm_caller_memory", &want, |out: *mut *mut u8| unsafe {
            safewasm_caller_memory(a.ptr(), name.as_ptr().cast(), name.len(), out, &mut len)
        });
        let want = of.clone().map(|_| ());
        let out = self.ask("safewasm_caller_export", &want, |out: *mut safewasm_extern_t| unsafe {
            safewasm_caller_export(a.ptr(), name.as_ptr().cast(), name.len(), out)
        });
        if let (Some(out), Ok((store, (_, kind, of)))) = (out, of) {
            self.add_extern(out, kind, of, store);
        }
    }
}
