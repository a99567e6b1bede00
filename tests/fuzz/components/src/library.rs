//! Components through the C functions of the shared library.

use crate::guest::{Function, Signature};
use crate::nodes::{Draft, decode, encode};
use crate::types::{Type, size_of};
use crate::value::{Value, narrow};
use safewasm::abi::safewasm_caller_t;
use safewasm::abi::safewasm_component_t;
use safewasm::abi::safewasm_componentfunc_t;
use safewasm::abi::safewasm_componentinstance_t;
use safewasm::abi::safewasm_componentlinker_t;
use safewasm::abi::safewasm_engine_t;
use safewasm::abi::safewasm_error_t;
use safewasm::abi::safewasm_node_t as Node;
use safewasm::abi::safewasm_opt_level_t as OptLevel;
use safewasm::abi::safewasm_store_t;
use safewasm::abi::safewasm_text_t;
use safewasm::abi::safewasm_values_t;
use safewasm::abi::safewasm_witkind_t as Kind;
use safewasm::abi::{safewasm_column_t, safewasm_slot_t};
use safewasm_capi::*;
use std::cell::{Cell, RefCell};
use std::ffi::c_void;
use std::ptr::{null, null_mut};

/// A handle and the function that deletes its object.
struct Own<T> {
    handle: *mut T,
    delete: unsafe fn(*mut T),
}

impl<T> Own<T> {
    /// Takes the handle that `make` writes to its out-parameter.
    fn new(
        delete: unsafe fn(*mut T),
        make: impl FnOnce(*mut *mut T) -> *mut safewasm_error_t,
    ) -> Result<Self, Failure> {
        let mut handle = null_mut();
        let made = check(make(&mut handle));
        assert_eq!(
            made.is_err(),
            handle.is_null(),
            "a function returns either an error or an object"
        );
        made.map(|()| Self { handle, delete })
    }
}

impl<T> Drop for Own<T> {
    fn drop(&mut self) {
        // SAFETY: the function accepts any handle.
        unsafe { (self.delete)(self.handle) };
    }
}

pub struct Engine(Own<safewasm_engine_t>);

impl Engine {
    pub fn new() -> Result<Self, Failure> {
        // SAFETY: there is room for the handles.
        unsafe {
            let config = Own::new(safewasm_config_delete, |out| safewasm_config_new(out))?;
            check(safewasm_config_set_opt_level(config.handle, OptLevel::NONE as u32))?;
            Own::new(safewasm_engine_delete, |out| safewasm_engine_new(config.handle, out))
                .map(Self)
        }
    }
}

pub struct Component<'a> {
    engine: &'a Engine,
    signature: &'a Signature,
    component: Own<safewasm_component_t>,
    linker: Own<safewasm_componentlinker_t>,
    host: Box<Host>,
}

/// What the host function does, and has seen.
struct Host {
    params: Vec<Type>,
    /// The nodes that it returns.
    result: RefCell<Vec<Draft>>,
    /// The arguments of its last call.
    got: RefCell<Option<Vec<Value>>>,
}

/// The host function.
unsafe extern "C-unwind" fn host(
    env: *mut c_void,
    caller: *mut safewasm_caller_t,
    args: *const Node,
    args_len: usize,
) -> *mut safewasm_error_t {
    // SAFETY: the component, which outlives its instances, owns it.
    let host = unsafe { &*env.cast::<Host>() };
    let nodes = match args_len {
        0 => &[],
        // SAFETY: there are that many nodes.
        _ => unsafe { std::slice::from_raw_parts(args, args_len) },
    };
    let mut rest = nodes;
    // SAFETY: what the nodes point to is there.
    let value = |ty| unsafe { decode(ty, &mut rest) }.expect("an argument is a value of its type");
    let values: Vec<_> = host.params.iter().map(value).collect();
    assert!(rest.is_empty(), "there are no more nodes than the type says");
    let mut drafts = Vec::new();
    host.params.iter().zip(&values).for_each(|(ty, value)| encode(ty, value, &mut drafts));
    let same = drafts.iter().zip(nodes).all(|(draft, node)| draft.resembles(node));
    assert!(same, "the nodes of arguments are as the header says: {values:?}");
    *host.got.borrow_mut() = Some(values);
    let result: Vec<_> = host.result.borrow().iter().map(Draft::node).collect();
    // SAFETY: drafts own what the nodes point to.
    unsafe { safewasm_caller_return(caller, result.as_ptr(), result.len()) }
}

impl<'a> Component<'a> {
    pub fn new(engine: &'a Engine, signature: &'a Signature, wasm: &[u8]) -> Result<Self, Failure> {
        // SAFETY: the bytes are as many as passed, and there is room for a handle.
        let component = Own::new(safewasm_component_delete, |out| unsafe {
            safewasm_component_new(engine.0.handle, wasm.as_ptr(), wasm.len(), out)
        })?;
        // SAFETY: there is room for a handle.
        let linker = Own::new(safewasm_componentlinker_delete, |out| unsafe {
            safewasm_componentlinker_new(engine.0.handle, out)
        })?;
        let (mut imports, mut name) = (0, safewasm_text_t { data: null(), len: 0 });
        // SAFETY: there is room for the number.
        check(unsafe { safewasm_component_imports_len(component.handle, &mut imports) })?;
        // SAFETY: there is room for the name and a handle.
        let ty = Own::new(safewasm_wittype_delete, |out| unsafe {
            safewasm_component_import(component.handle, imports - 1, &mut name, out)
        })?;
        let host_of = Box::new(Host {
            params: signature.params.clone(),
            result: RefCell::default(),
            got: RefCell::default(),
        });
        let env = (&raw const *host_of).cast_mut().cast();
        // SAFETY: the name has that length, and the host lives as long as the component.
        check(unsafe {
            safewasm_componentlinker_define_func(
                linker.handle,
                null(),
                0,
                name.data,
                name.len,
                ty.handle,
                Some(host),
                env,
                None,
            )
        })?;
        Ok(Self { engine, signature, component, linker, host: host_of })
    }

    /// Sets what the host function returns.
    pub fn set_result(&self, drafts: Vec<Draft>) {
        *self.host.result.borrow_mut() = drafts;
    }

    /// The arguments of the host function's call, if it was called since the last time.
    pub fn take_got(&self) -> Option<Vec<Value>> {
        self.host.got.take()
    }
}

/// An instance in a store of its own.
pub struct Instance<'a> {
    component: &'a Component<'a>,
    funcs: Vec<Own<safewasm_componentfunc_t>>,
    _instance: Own<safewasm_componentinstance_t>,
    store: Own<safewasm_store_t>,
    /// How many calls with valid values were made.
    calls: Cell<usize>,
}

impl<'a> Instance<'a> {
    pub fn new(component: &'a Component<'a>) -> Result<Self, Failure> {
        let engine = component.engine.0.handle;
        // SAFETY: there is room for a handle.
        let store =
            Own::new(safewasm_store_delete, |out| unsafe { safewasm_store_new(engine, out) })?;
        let instance = instantiate(&store, component)?;
        let func = |function: Function| {
            let (name, len) = (function.name().as_ptr().cast(), function.name().len());
            // SAFETY: the name has that length, and there is room for a handle.
            Own::new(safewasm_componentfunc_delete, |out| unsafe {
                safewasm_componentinstance_func(instance.handle, null(), 0, name, len, out)
            })
        };
        let funcs = Function::ALL.into_iter().map(func).collect::<Result<_, _>>()?;
        Ok(Self { component, funcs, _instance: instance, store, calls: Cell::new(0) })
    }

    /// Makes another instance in the store.
    pub fn another(&self) -> Result<(), Failure> {
        instantiate(&self.store, self.component).map(drop)
    }

    /// Calls a function with values: with nodes, and by turns with slots and columns if it takes and returns numbers
    /// only.
    pub fn call(&self, function: Function, args: &[Value]) -> Result<Option<Value>, Failure> {
        let turn = self.calls.replace(self.calls.get() + 1) % 3;
        if turn > 0 && self.component.signature.is_of_numbers(function) {
            let bits = args.iter().map(|arg| match arg {
                Value::Bits(bits) => *bits,
                other => unreachable!("{other:?} is a number"),
            });
            let bits: Vec<_> = bits.collect();
            let call = if turn == 1 { Self::call_slots } else { Self::call_columns };
            return call(self, function, &bits);
        }
        let mut drafts = Vec::new();
        for (ty, arg) in self.component.signature.params(function).iter().zip(args) {
            encode(ty, arg, &mut drafts);
        }
        self.call_nodes(function, &drafts)
    }

    /// Calls a function with nodes, which may be invalid.
    pub fn call_nodes(
        &self,
        function: Function,
        drafts: &[Draft],
    ) -> Result<Option<Value>, Failure> {
        let nodes: Vec<_> = drafts.iter().map(Draft::node).collect();
        let func = self.funcs[function as usize].handle;
        let values = Own::new(safewasm_values_delete, |out| unsafe {
            // SAFETY: the nodes are as many as passed, and there is room for a handle. Where the library reads what
            // nodes point to, it is there.
            safewasm_componentfunc_call(func, nodes.as_ptr(), nodes.len(), out)
        })?;
        Ok(read(self.component.signature.result(function).as_ref(), &values))
    }

    /// Calls a function with slots, which may be invalid.
    pub fn call_slots(&self, function: Function, args: &[u64]) -> Result<Option<Value>, Failure> {
        let result = self.number(function);
        let unused = safewasm_slot_t { i64: 0x5555_5555_5555_5555 };
        let mut slots = vec![unused; args.len().max(usize::from(result.is_some()))];
        for ((slot, ty), bits) in
            slots.iter_mut().zip(self.component.signature.params(function)).zip(args)
        {
            match ty {
                Type::Prim(kind) if size_of(kind) == 8 => slot.i64 = bits.cast_signed(),
                _ => slot.i32 = *bits as i32,
            }
        }
        let func = self.funcs[function as usize].handle;
        // SAFETY: the slots are as many as passed.
        check(unsafe { safewasm_componentfunc_call_slots(func, slots.as_mut_ptr(), slots.len()) })?;
        Ok(result.map(|kind| {
            // SAFETY: all bytes of the slot are set.
            let (narrow, wide) = unsafe { (slots[0].i32, slots[0].i64) };
            Value::Bits(match kind {
                Kind::S8 | Kind::S16 | Kind::S32 => i64::from(narrow).cast_unsigned(),
                kind if size_of(kind) == 8 => wide.cast_unsigned(),
                _ => narrow.cast_unsigned().into(),
            })
        }))
    }

    /// Calls a function with columns of one value each, which may be invalid.
    pub fn call_columns(&self, function: Function, args: &[u64]) -> Result<Option<Value>, Failure> {
        /// A column that need not be aligned.
        fn column(place: &mut [u8; 9]) -> safewasm_column_t {
            safewasm_column_t { data: place[1..].as_mut_ptr().cast(), stride: 0 }
        }
        let mut places: Vec<_> = args
            .iter()
            .map(|bits| {
                let mut place = [0; 9];
                place[1..].copy_from_slice(&bits.to_le_bytes());
                place
            })
            .collect();
        let args: Vec<_> = places.iter_mut().map(column).collect();
        let result = self.number(function);
        let mut place = [0x55; 9];
        let results = [column(&mut place)];
        let results = &results[..usize::from(result.is_some())];
        let func = self.funcs[function as usize].handle;
        // SAFETY: the columns are as many as passed, and each has a value.
        check(unsafe {
            let (args, args_len) = (args.as_ptr(), args.len());
            let (results, results_len) = (results.as_ptr(), results.len());
            safewasm_componentfunc_call_bulk(func, 1, args, args_len, results, results_len)
        })?;
        Ok(result.map(|kind| {
            let size = size_of(kind);
            assert!(
                place[1 + size..].iter().all(|byte| *byte == 0x55),
                "only the value is written"
            );
            let mut bytes = [0; 8];
            bytes[..size].copy_from_slice(&place[1..][..size]);
            Value::Bits(narrow(kind, u64::from_le_bytes(bytes)))
        }))
    }

    /// The kind of the number that a function returns.
    fn number(&self, function: Function) -> Option<Kind> {
        match self.component.signature.result(function) {
            Some(Type::Prim(kind)) => Some(kind),
            _ => None,
        }
    }
}

fn instantiate(
    store: &Own<safewasm_store_t>,
    component: &Component<'_>,
) -> Result<Own<safewasm_componentinstance_t>, Failure> {
    // SAFETY: there is room for a handle.
    Own::new(safewasm_componentinstance_delete, |out| unsafe {
        let (linker, component) = (component.linker.handle, component.component.handle);
        safewasm_componentlinker_instantiate(linker, store.handle, component, out)
    })
}

/// Reads a result, whose nodes must be what the header says.
fn read(ty: Option<&Type>, values: &Own<safewasm_values_t>) -> Option<Value> {
    let (mut data, mut len): (*const Node, usize) = (null(), 0);
    // SAFETY: there is room for the results.
    check(unsafe { safewasm_values_nodes(values.handle, &mut data, &mut len) })
        .expect("the values are there");
    let nodes = match len {
        0 => &[],
        // SAFETY: there are that many nodes, which live as long as the values.
        _ => unsafe { std::slice::from_raw_parts(data, len) },
    };
    let mut rest = nodes;
    // SAFETY: what the nodes point to lives as long as the values.
    let value =
        ty.map(|ty| unsafe { decode(ty, &mut rest) }.expect("a result is a value of its type"));
    assert!(rest.is_empty(), "a result has no more nodes than its type says");
    if let Some((ty, value)) = ty.zip(value.as_ref()) {
        let mut drafts = Vec::new();
        encode(ty, value, &mut drafts);
        let same = drafts.iter().zip(nodes).all(|(draft, node)| draft.resembles(node));
        assert!(same, "the nodes of a result are as the header says: {value:?}");
    }
    value
}
