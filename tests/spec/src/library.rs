//! Runs scripts through the exported C functions of the shared library.

use crate::owned::Owned;
use crate::runtime::{
    CONVERT, Failure, Number, PRINTS, Result, Runtime, SHARED_MEMORY, Source, spectest,
};
use crate::value::{Reference, Value};
use safewasm::abi::safewasm_caller_t;
use safewasm::abi::safewasm_engine_t;
use safewasm::abi::safewasm_feature_t as Feature;
use safewasm::abi::safewasm_func_t;
use safewasm::abi::safewasm_functype_t;
use safewasm::abi::safewasm_instance_t;
use safewasm::abi::safewasm_linker_t;
use safewasm::abi::safewasm_module_t;
use safewasm::abi::safewasm_ref_t;
use safewasm::abi::safewasm_slot_callback_t;
use safewasm::abi::safewasm_store_t;
use safewasm::abi::{safewasm_error_kind_t as Kind, safewasm_error_t};
use safewasm::abi::{safewasm_extern_t, safewasm_externkind_t as Externkind};
use safewasm::abi::{
    safewasm_heapkind_t as Heap, safewasm_slot_t, safewasm_val_t, safewasm_valkind_t as Valkind,
    safewasm_valtype_t,
};
use safewasm_capi::*;
use std::ffi::{c_char, c_void};
use std::mem::MaybeUninit;
use std::ptr;
use std::rc::Rc;

pub struct LibraryRuntime {
    engine: Owned<safewasm_engine_t>,
    store: Owned<safewasm_store_t>,
    linker: Owned<safewasm_linker_t>,
    /// An instance of `CONVERT`.
    convert: Option<Rc<Owned<safewasm_instance_t>>>,
    /// The number of calls so far. Every second call uses slots, if its types allow it.
    calls: usize,
}

impl From<safewasm_capi::Failure> for Failure {
    fn from(failure: safewasm_capi::Failure) -> Self {
        let message = failure.message;
        match failure.kind {
            Kind::INVALID_MODULE | Kind::INVALID_TEXT => Self::Invalid(message),
            // Scripts call text that isn't UTF-8 malformed.
            Kind::INVALID_ARGUMENT if message.contains("not UTF-8") => Self::Invalid(message),
            Kind::LINK => Self::Link(message),
            Kind::TRAP => Self::Trap(failure.trap, message),
            Kind::EXCEPTION => Self::Exception,
            kind => Self::Other(format!("{kind:?}: {message}")),
        }
    }
}

/// Calls a function and returns what it wrote to its out-parameter.
fn out<T>(call: impl FnOnce(*mut T) -> *mut safewasm_error_t) -> Result<T> {
    let mut value = MaybeUninit::uninit();
    check(call(value.as_mut_ptr()))?;
    // SAFETY: a function that succeeds has written it.
    Ok(unsafe { value.assume_init() })
}

/// The pointer and the length of a text.
fn parts(text: &str) -> (*const c_char, usize) {
    (text.as_ptr().cast(), text.len())
}

unsafe extern "C-unwind" fn print(
    _env: *mut c_void,
    _caller: *mut safewasm_caller_t,
    _slots: *mut safewasm_slot_t,
    _slots_len: usize,
) -> *mut safewasm_error_t {
    ptr::null_mut()
}

const SLOTS: safewasm_slot_callback_t = Some(print);

impl LibraryRuntime {
    fn text(&mut self, text: &str) -> Result<Owned<safewasm_module_t>> {
        self.module(&Source::Text(text.as_bytes().to_vec()))
    }

    fn functype(&self, params: &[Number]) -> Result<Owned<safewasm_functype_t>> {
        let valtype = |number: &Number| safewasm_valtype_t {
            kind: match number {
                Number::I32 => Valkind::I32,
                Number::I64 => Valkind::I64,
                Number::F32 => Valkind::F32,
                Number::F64 => Valkind::F64,
            } as u8,
            heap: 0,
            nullable: false.into(),
        };
        let params: Vec<_> = params.iter().map(valtype).collect();
        // SAFETY: the arrays have the lengths that are passed.
        let functype = out(|out| unsafe {
            let (data, len) = (params.as_ptr(), params.len());
            safewasm_functype_new(self.engine.get(), data, len, ptr::null(), 0, out)
        });
        Ok(Owned::new(functype?, safewasm_functype_delete))
    }

    /// Registers `spectest`.
    fn spectest(&mut self, off: &[Feature]) -> Result<()> {
        for text in [&spectest(off), SHARED_MEMORY] {
            let module = self.text(text)?;
            let instance = self.instantiate(&module)?;
            self.register("spectest", &instance)?;
        }
        let (module_name, module_len) = parts("spectest");
        for (name, params) in PRINTS {
            let functype = self.functype(params)?;
            let (name, len) = parts(name);
            // SAFETY: the names have these lengths, and the host function doesn't use `env`.
            check(unsafe {
                safewasm_linker_define_func_slots(
                    self.linker.get(),
                    module_name,
                    module_len,
                    name,
                    len,
                    functype.get(),
                    SLOTS,
                    ptr::null_mut(),
                    None,
                )
            })?;
        }
        Ok(())
    }

    /// Looks up an export, which must be of that kind.
    fn export(
        &self,
        instance: &Owned<safewasm_instance_t>,
        name: &str,
        kind: Externkind,
    ) -> Result<Export> {
        let (data, len) = parts(name);
        // SAFETY: the name has that length.
        let item = out(|out| unsafe { safewasm_instance_export(instance.get(), data, len, out) })?;
        let export = Export(item);
        if item.kind == kind as u32 {
            Ok(export)
        } else {
            Err(Failure::Other(format!("the export {name:?} is of kind {}", item.kind)))
        }
    }

    fn call(&mut self, func: *mut safewasm_func_t, args: &[Value]) -> Result<Vec<Value>> {
        // SAFETY: the functions accept any handle.
        let functype = out(|out| unsafe { safewasm_func_type(func, out) })?;
        let functype = Owned::new(functype, safewasm_functype_delete);
        // SAFETY: as above, here and below.
        let types = |len: unsafe fn(_, _) -> _, get: unsafe fn(_, _, _) -> _| {
            let len: usize = out(|out| unsafe { len(functype.get(), out) })?;
            let get = |index| out(|out| unsafe { get(functype.get(), index, out) });
            (0..len).map(get).collect::<Result<Vec<safewasm_valtype_t>>>()
        };
        let params = types(safewasm_functype_params_len, safewasm_functype_param)?;
        let results = types(safewasm_functype_results_len, safewasm_functype_result)?;
        if params.len() != args.len() {
            return Err(Failure::Other(format!("{} parameters", params.len())));
        }
        self.calls += 1;
        let numbers = params.iter().chain(&results).all(|ty| ty.kind <= Valkind::V128 as u8);
        if numbers && self.calls.is_multiple_of(2) {
            return call_slots(func, args, &results);
        }
        let mut keep = Vec::new();
        let args: Vec<_> = params
            .iter()
            .zip(args)
            .map(|(ty, arg)| self.val(ty, arg, &mut keep))
            .collect::<Result<_>>()?;
        let mut vals = vec![safewasm_val_t { kind: 0, of: slot(0) }; results.len()];
        // SAFETY: the arrays have the lengths that are passed.
        check(unsafe {
            safewasm_func_call(func, args.as_ptr(), args.len(), vals.as_mut_ptr(), vals.len())
        })?;
        vals.into_iter().map(|val| self.value(val)).collect()
    }

    /// Converts a value to an argument of type `ty`. A reference that it makes goes to `keep`, which deletes it.
    fn val(
        &mut self,
        ty: &safewasm_valtype_t,
        value: &Value,
        keep: &mut Vec<Owned<safewasm_ref_t>>,
    ) -> Result<safewasm_val_t> {
        let number = |kind: Valkind, of| Ok(safewasm_val_t { kind: kind as u8, of });
        let mut reference = |reference: Owned<safewasm_ref_t>| {
            let of = safewasm_slot_t { reference: reference.get() };
            keep.push(reference);
            Ok(safewasm_val_t { kind: Valkind::REF as u8, of })
        };
        match value {
            Value::I32(x) => number(Valkind::I32, safewasm_slot_t { i32: *x }),
            Value::I64(x) => number(Valkind::I64, safewasm_slot_t { i64: *x }),
            Value::F32(x) => number(Valkind::F32, slot((*x).into())),
            Value::F64(x) => number(Valkind::F64, slot(*x)),
            Value::V128(x) => number(Valkind::V128, safewasm_slot_t { v128: *x }),
            Value::Ref(Reference::Null) => Ok(safewasm_val_t { kind: ty.kind, of: slot(0) }),
            Value::Ref(Reference::Extern(Some(x))) => reference(self.object(*x)?),
            Value::Ref(Reference::Host(x)) => {
                let object = self.object(*x)?;
                reference(self.converted("host", object.get())?)
            }
            Value::Ref(other) => Err(Failure::Other(format!("{other:?} is no argument"))),
        }
    }

    /// Makes a reference to the object of the host with a number.
    fn object(&self, number: u32) -> Result<Owned<safewasm_ref_t>> {
        let env = ptr::without_provenance_mut(number as usize);
        // SAFETY: nothing reads what `env` points to.
        let made = out(|out| unsafe { safewasm_ref_new_extern(self.store.get(), env, None, out) });
        Ok(Owned::new(made?, safewasm_ref_delete))
    }

    /// Converts a reference with a function of `CONVERT`.
    fn converted(&self, name: &str, of: *mut safewasm_ref_t) -> Result<Owned<safewasm_ref_t>> {
        let convert = self.convert.as_ref().expect("it is made with the runtime");
        let export = self.export(convert, name, Externkind::FUNC)?;
        let arg =
            safewasm_val_t { kind: Valkind::REF as u8, of: safewasm_slot_t { reference: of } };
        // SAFETY: the function has one parameter and one result, which is a reference.
        unsafe {
            let result = out(|out| safewasm_func_call(export.0.of.func, &raw const arg, 1, out, 1));
            let result: safewasm_val_t = result?;
            Ok(Owned::new(result.of.reference, safewasm_ref_delete))
        }
    }

    /// Reads a result and deletes its handle.
    fn value(&self, val: safewasm_val_t) -> Result<Value> {
        // SAFETY: the kind says which member of the value is in use.
        unsafe {
            Ok(match val.kind {
                1..=5 => number(val.kind, &val.of),
                7 if val.of.func.is_null() => Value::Ref(Reference::Null),
                7 => {
                    safewasm_func_delete(val.of.func);
                    Value::Ref(Reference::Func)
                }
                _ if val.of.reference.is_null() => Value::Ref(Reference::Null),
                _ => {
                    let reference = Owned::new(val.of.reference, safewasm_ref_delete);
                    Value::Ref(self.reference(&reference)?)
                }
            })
        }
    }

    fn reference(&self, reference: &Owned<safewasm_ref_t>) -> Result<Reference> {
        let number = |reference: &Owned<safewasm_ref_t>| {
            let mut env = ptr::null_mut();
            // SAFETY: the functions accept any handle.
            match check(unsafe { safewasm_ref_env(reference.get(), &raw mut env) }) {
                Ok(()) => Ok(Some(u32::try_from(env.addr()).expect("numbers have 32 bits"))),
                Err(failure) if failure.kind == Kind::TYPE_MISMATCH => Ok(None),
                Err(failure) => Err(Failure::from(failure)),
            }
        };
        // SAFETY: as above.
        let ty = out(|out| unsafe { safewasm_ref_type(reference.get(), out) })?;
        let is = |heaps: &[Heap]| heaps.iter().any(|heap| *heap as u8 == ty.heap);
        Ok(if is(&[Heap::EXTERN]) {
            Reference::Extern(number(reference)?)
        } else if is(&[Heap::I31]) {
            Reference::I31
        } else if is(&[Heap::STRUCT, Heap::CONCRETE_STRUCT]) {
            Reference::Struct
        } else if is(&[Heap::ARRAY, Heap::CONCRETE_ARRAY]) {
            Reference::Array
        } else if is(&[Heap::EXN, Heap::CONCRETE_EXN]) {
            Reference::Exn
        } else {
            let object = self.converted("extern", reference.get())?;
            let number = number(&object)?;
            Reference::Host(number.ok_or_else(|| Failure::Other(format!("heap {}", ty.heap)))?)
        })
    }
}

/// A slot that begins with these bits.
fn slot(bits: u64) -> safewasm_slot_t {
    safewasm_slot_t { v128: u128::from(bits).to_le_bytes() }
}

/// Reads the number of that kind in a slot.
fn number(kind: u8, slot: &safewasm_slot_t) -> Value {
    // SAFETY: every bit pattern is a value of each member.
    unsafe {
        match kind {
            1 => Value::I32(slot.i32),
            2 => Value::I64(slot.i64),
            3 => Value::F32(slot.f32.to_bits()),
            4 => Value::F64(slot.f64.to_bits()),
            _ => Value::V128(slot.v128),
        }
    }
}

fn call_slots(
    func: *mut safewasm_func_t,
    args: &[Value],
    results: &[safewasm_valtype_t],
) -> Result<Vec<Value>> {
    let mut slots = vec![slot(0); args.len().max(results.len())];
    for (slot, arg) in slots.iter_mut().zip(args) {
        match arg {
            Value::I32(x) => slot.i32 = *x,
            Value::I64(x) => slot.i64 = *x,
            Value::F32(x) => slot.f32 = f32::from_bits(*x),
            Value::F64(x) => slot.f64 = f64::from_bits(*x),
            Value::V128(x) => slot.v128 = *x,
            Value::Ref(_) => return Err(Failure::Other("slots have no references".to_owned())),
        }
    }
    // SAFETY: the array has the length that is passed.
    check(unsafe { safewasm_func_call_slots(func, slots.as_mut_ptr(), slots.len()) })?;
    Ok(results.iter().zip(&slots).map(|(ty, slot)| number(ty.kind, slot)).collect())
}

/// An export, whose handle is deleted when it is dropped.
struct Export(safewasm_extern_t);

impl Drop for Export {
    fn drop(&mut self) {
        // SAFETY: it points to an extern.
        unsafe { safewasm_extern_delete(&raw mut self.0) };
    }
}

impl Runtime for LibraryRuntime {
    type Module = Owned<safewasm_module_t>;
    type Instance = Rc<Owned<safewasm_instance_t>>;

    fn new(off: &[Feature]) -> Result<Self> {
        // SAFETY: the functions accept any handle, here and below.
        unsafe {
            let config = out(|out| safewasm_config_new(out))?;
            for feature in [Feature::CUSTOM_PAGE_SIZES, Feature::WIDE_ARITHMETIC] {
                check(safewasm_config_set_feature(config, feature as u32, true))?;
            }
            for feature in off {
                check(safewasm_config_set_feature(config, *feature as u32, false))?;
            }
            check(safewasm_config_set_shared_memory(config, true))?;
            let engine = out(|out| safewasm_engine_new(config, out))?;
            let engine = Owned::new(engine, safewasm_engine_delete);
            let store = out(|out| safewasm_store_new(engine.get(), out))?;
            let store = Owned::new(store, safewasm_store_delete);
            let linker = out(|out| safewasm_linker_new(engine.get(), out))?;
            let linker = Owned::new(linker, safewasm_linker_delete);
            check(safewasm_linker_allow_shadowing(linker.get(), true))?;
            let mut runtime = Self { engine, store, linker, convert: None, calls: 0 };
            runtime.spectest(off)?;
            if !off.contains(&Feature::GC) {
                let convert = runtime.text(CONVERT)?;
                runtime.convert = Some(runtime.instantiate(&convert)?);
            }
            Ok(runtime)
        }
    }

    fn module(&mut self, source: &Source) -> Result<Self::Module> {
        let (engine, data, len) =
            (self.engine.get(), source.bytes().as_ptr(), source.bytes().len());
        // SAFETY: the bytes are as many as passed.
        let module = out(|out| unsafe {
            match source {
                Source::Binary(_) => safewasm_module_new(engine, data, len, out),
                Source::Text(_) => safewasm_module_new_text(engine, data.cast(), len, out),
            }
        });
        Ok(Owned::new(module?, safewasm_module_delete))
    }

    fn instantiate(&mut self, module: &Self::Module) -> Result<Self::Instance> {
        let (store, module) = (self.store.get(), module.get());
        // SAFETY: the functions accept any handle.
        let instance = unsafe {
            let imports = out(|out| safewasm_module_imports_len(module, out))?;
            out(|out| match imports {
                0 => safewasm_instance_new(store, module, ptr::null(), 0, out),
                _ => safewasm_linker_instantiate(self.linker.get(), store, module, out),
            })?
        };
        Ok(Rc::new(Owned::new(instance, safewasm_instance_delete)))
    }

    fn register(&mut self, name: &str, instance: &Self::Instance) -> Result<()> {
        let (name, len) = parts(name);
        // SAFETY: the name has that length.
        Ok(check(unsafe {
            safewasm_linker_define_instance(self.linker.get(), name, len, instance.get())
        })?)
    }

    fn invoke(
        &mut self,
        instance: &Self::Instance,
        name: &str,
        args: &[Value],
    ) -> Result<Vec<Value>> {
        let export = self.export(instance, name, Externkind::FUNC)?;
        // SAFETY: it was just seen to be a function.
        self.call(unsafe { export.0.of.func }, args)
    }

    fn get(&mut self, instance: &Self::Instance, name: &str) -> Result<Value> {
        let export = self.export(instance, name, Externkind::GLOBAL)?;
        // SAFETY: it was just seen to be a global.
        let value = out(|out| unsafe { safewasm_global_get(export.0.of.global, out) });
        self.value(value?)
    }
}
