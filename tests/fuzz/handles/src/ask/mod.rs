//! Objects are asked. Each question is a method that is given a choice of the object and an index.

mod components;
mod errors;
mod heaptypes;
mod instances;
mod linkers;
mod memories;
mod modules;
mod references;
mod stores;
mod types;

use crate::model::*;
use crate::modules::{MODULES, Module};
use crate::ops::Sel;
use crate::world::{Arg, World};
use safewasm::abi::safewasm_extern_t;
use safewasm::abi::safewasm_functype_t;
use safewasm::abi::safewasm_heaptype_t;
use safewasm::abi::safewasm_text_t;
use safewasm::abi::safewasm_valtype_t;
use safewasm::abi::{safewasm_error_kind_t as ErrorKind, safewasm_error_t};
use safewasm::abi::{safewasm_externtype_t, safewasm_memorytype_t, safewasm_tabletype_t};
use safewasm_capi::Kind;

/// Calls a function and compares its result. `$wanted` is the wanted result; `$out` is what the function
/// wrote, from which `$found` makes something to compare.
macro_rules! answer {
    (
        $self:ident,
        $function:ident($arg:expr $(, $more:expr)*),
        $wanted:expr,
        |$out:ident: $ty:ty| $found:expr $(,)?
    ) => {{
        let wanted = $wanted;
        let name = stringify!($function);
        // SAFETY: any handle is accepted, and there is room for the result.
        let answer = $self.ask::<$ty, _>(name, wanted, |out| unsafe {
            $function($arg.ptr() $(, $more)*, out)
        });
        if let Some(($out, wanted)) = answer {
            let found = $found;
            $self.same(name, found, wanted);
        }
    }};
}
use answer;

/// Stands for the number of a calling instance that the model doesn't know.
pub const UNKNOWN: usize = usize::MAX - 1;

/// Stands for a component that calls a host function.
pub const COMPONENT: usize = usize::MAX - 2;

/// Copies a text of the library; "none" for no text.
pub fn text(text: safewasm_text_t) -> String {
    if text.data.is_null() {
        return "none".to_owned();
    }
    // SAFETY: a text is as long as it says, and a NUL follows it.
    let bytes = unsafe { std::slice::from_raw_parts(text.data.cast::<u8>(), text.len + 1) };
    let (last, bytes) = bytes.split_last().expect("there is a NUL");
    let text = String::from_utf8_lossy(bytes).into_owned();
    if *last == 0 { text } else { format!("{text}, without a NUL") }
}

/// A memory type as a tuple: least and greatest size, page size, and the three flags.
type MemoryParts = (u64, u64, u64, bool, bool, bool);

fn memory_parts(min: u64, max: Option<u64>, is_shared: bool) -> MemoryParts {
    (min, max.unwrap_or(0), 0x1_0000, max.is_some(), false, is_shared)
}

fn parts_of_memory(ty: safewasm_memorytype_t) -> MemoryParts {
    (ty.min, ty.max, ty.page_size, ty.has_max.get(), ty.is_64.get(), ty.is_shared.get())
}

/// A table type as a tuple: least and greatest size, the two flags, and the type of elements.
type TableParts = (u64, u64, bool, bool, safewasm_valtype_t);

fn table_parts(min: u64, max: Option<u64>, ty: Ty) -> TableParts {
    (min, max.unwrap_or(0), max.is_some(), false, ty.raw())
}

fn parts_of_table(ty: safewasm_tabletype_t) -> TableParts {
    (ty.min, ty.max, ty.has_max.get(), ty.is_64.get(), ty.element)
}

/// The item at an index, or the error if there is none.
fn at<T: Clone>(items: &[T], index: u64) -> Want<T> {
    let found = usize::try_from(index).ok().and_then(|index| items.get(index));
    found.cloned().map_or_else(|| refuse(ErrorKind::NOT_FOUND, "index"), Ok)
}

/// Two results of a function, one after the other.
#[derive(Clone, Copy)]
#[repr(C)]
struct Two<A, B>(A, B);

/// Three results of a function, one after another.
#[derive(Clone, Copy)]
#[repr(C)]
struct Three<A, B, C>(A, B, C);

impl World {
    /// Chooses an object, and gives its number or the error for a handle that isn't right.
    fn asked(&self, sel: Sel, kind: Kind, name: &str) -> (Arg, Want<usize>) {
        let arg = self.pick(sel, kind);
        (arg, self.need(arg, kind, name))
    }

    /// Like `asked`, for a function that enters the object's store.
    fn asked_in(&self, sel: Sel, kind: Kind, name: &str) -> (Arg, Want<usize>) {
        let arg = self.pick(sel, kind);
        (arg, self.enter(arg, kind, name))
    }

    /// Asks for the length of a list of an object.
    fn ask_len(
        &mut self,
        name: &str,
        wanted: Want<usize>,
        call: impl FnOnce(*mut usize) -> *mut safewasm_error_t,
    ) {
        if let Some((len, wanted)) = self.ask(name, wanted, call) {
            self.same(name, len, wanted);
        }
    }

    pub fn module(&self, of: usize) -> &'static Module {
        &MODULES[self.modules[of].1]
    }

    /// Adds the handle of an import or export.
    pub fn add_extern(&mut self, item: safewasm_extern_t, kind: Kind, of: usize, store: usize) {
        self.same("kind of extern", item.kind, ExternKind::of(kind).number);
        // SAFETY: every member is a pointer.
        let handle = unsafe { item.of.func };
        self.add(kind, handle, Some(store).filter(|_| kind != Kind::SharedMemory), of);
    }

    /// Adds the handle of a function type.
    pub fn add_functype(&mut self, made: *mut safewasm_functype_t, engine: usize, sig: Sig) {
        self.functypes.push((engine, sig));
        self.add(Kind::FuncType, made, None, self.functypes.len() - 1);
    }

    /// Adds the handle of a heap type.
    pub fn add_heaptype(&mut self, made: *mut safewasm_heaptype_t, engine: usize, ty: usize) {
        self.heaptypes.push((engine, ty));
        self.add(Kind::HeapType, made, None, self.heaptypes.len() - 1);
    }

    /// Adds the handle of an extern type.
    fn add_externtype(&mut self, made: *mut safewasm_externtype_t, engine: usize, item: Item) {
        self.externtypes.push((engine, item));
        self.add(Kind::ExternType, made, None, self.externtypes.len() - 1);
    }
}
