//! Runs scripts in Wasmtime through its Rust API. The library can't do more than Wasmtime.

use crate::runtime::{
    CONVERT, Failure, Number, PRINTS, Result, Runtime, SHARED_MEMORY, Source, spectest,
};
use crate::value::{Reference, Value};
use safewasm::abi::safewasm_feature_t as Feature;
use safewasm::abi::safewasm_trap_code_t as Code;
use wasmtime::{
    Config, Engine, ExternRef, FuncType, Instance, Linker, Module, Rooted, Store, ThrownException,
    Trap, Val, ValType,
};

pub struct WasmtimeRuntime {
    store: Store<()>,
    linker: Linker<()>,
    convert: Option<Instance>,
}

/// Converts an error from an operation other than compiling.
fn failure(error: &wasmtime::Error) -> Failure {
    let message = format!("{error:?}");
    if let Some(trap) = error.downcast_ref::<Trap>() {
        return Failure::Trap(code(*trap), message);
    }
    if error.downcast_ref::<ThrownException>().is_some() {
        return Failure::Exception;
    }
    if message.contains("unknown import") || message.contains("incompatible import type") {
        return Failure::Link(message);
    }
    Failure::Other(message)
}

fn code(trap: Trap) -> Code {
    match trap {
        Trap::StackOverflow => Code::STACK_OVERFLOW,
        Trap::MemoryOutOfBounds => Code::MEMORY_OUT_OF_BOUNDS,
        Trap::HeapMisaligned => Code::HEAP_MISALIGNED,
        Trap::TableOutOfBounds => Code::TABLE_OUT_OF_BOUNDS,
        Trap::IndirectCallToNull => Code::INDIRECT_CALL_TO_NULL,
        Trap::BadSignature => Code::BAD_SIGNATURE,
        Trap::IntegerOverflow => Code::INTEGER_OVERFLOW,
        Trap::IntegerDivisionByZero => Code::INTEGER_DIVISION_BY_ZERO,
        Trap::BadConversionToInteger => Code::BAD_CONVERSION_TO_INTEGER,
        Trap::UnreachableCodeReached => Code::UNREACHABLE,
        Trap::AtomicWaitNonSharedMemory => Code::ATOMIC_WAIT_NON_SHARED_MEMORY,
        Trap::NullReference => Code::NULL_REFERENCE,
        Trap::ArrayOutOfBounds => Code::ARRAY_OUT_OF_BOUNDS,
        Trap::CastFailure => Code::CAST_FAILURE,
        _ => Code::OTHER,
    }
}

impl WasmtimeRuntime {
    fn text(&mut self, text: &str) -> Result<Module> {
        self.module(&Source::Text(text.as_bytes().to_vec()))
    }

    fn argument(&mut self, ty: &ValType, value: &Value) -> Result<Val> {
        let other = |error: wasmtime::Error| failure(&error);
        Ok(match value {
            Value::I32(x) => Val::I32(*x),
            Value::I64(x) => Val::I64(*x),
            Value::F32(x) => Val::F32(*x),
            Value::F64(x) => Val::F64(*x),
            Value::V128(x) => Val::V128(u128::from_le_bytes(*x).into()),
            Value::Ref(Reference::Null) => {
                let ty = ty.as_ref().ok_or_else(|| Failure::Other("a number".to_owned()))?;
                Val::null_ref(ty.heap_type())
            }
            Value::Ref(Reference::Extern(Some(x))) => {
                Val::ExternRef(Some(ExternRef::new(&mut self.store, *x).map_err(other)?))
            }
            Value::Ref(Reference::Host(x)) => {
                let object = ExternRef::new(&mut self.store, *x).map_err(other)?;
                self.converted("host", Val::ExternRef(Some(object)))?
            }
            Value::Ref(other) => return Err(Failure::Other(format!("{other:?} is no argument"))),
        })
    }

    /// Converts a reference with a function of `CONVERT`.
    fn converted(&mut self, name: &str, of: Val) -> Result<Val> {
        let convert = self.convert.expect("it is made with the runtime");
        let func = convert.get_func(&mut self.store, name).expect("it exports it");
        let mut results = [Val::I32(0)];
        func.call(&mut self.store, &[of], &mut results).map_err(|error| failure(&error))?;
        Ok(results[0])
    }

    fn value(&mut self, val: Val) -> Result<Value> {
        let store = &mut self.store;
        let reference = match val {
            Val::I32(x) => return Ok(Value::I32(x)),
            Val::I64(x) => return Ok(Value::I64(x)),
            Val::F32(x) => return Ok(Value::F32(x)),
            Val::F64(x) => return Ok(Value::F64(x)),
            Val::V128(x) => return Ok(Value::V128(x.as_u128().to_le_bytes())),
            Val::FuncRef(Some(_)) => Reference::Func,
            Val::ExnRef(Some(_)) => Reference::Exn,
            Val::ExternRef(Some(object)) => Reference::Extern(number(store, object)?),
            Val::AnyRef(Some(any)) => {
                let is = |result: wasmtime::Result<bool>| result.map_err(|error| failure(&error));
                if is(any.is_i31(&*store))? {
                    Reference::I31
                } else if is(any.is_struct(&*store))? {
                    Reference::Struct
                } else if is(any.is_array(&*store))? {
                    Reference::Array
                } else {
                    match self.converted("extern", val)? {
                        Val::ExternRef(Some(object)) => number(&self.store, object)?
                            .map(Reference::Host)
                            .ok_or_else(|| Failure::Other(format!("{any:?}")))?,
                        other => return Err(Failure::Other(format!("{other:?}"))),
                    }
                }
            }
            _ => Reference::Null,
        };
        Ok(Value::Ref(reference))
    }
}

/// The number of an object of the host.
fn number(store: &Store<()>, object: Rooted<ExternRef>) -> Result<Option<u32>> {
    let data = object.data(store).map_err(|error| failure(&error))?;
    Ok(data.and_then(|data| data.downcast_ref::<u32>()).copied())
}

impl Runtime for WasmtimeRuntime {
    type Module = Module;
    type Instance = Instance;

    fn new(off: &[Feature]) -> Result<Self> {
        let mut config = Config::new();
        config.wasm_custom_page_sizes(true).wasm_wide_arithmetic(true).shared_memory(true);
        for feature in off {
            match feature {
                Feature::EXCEPTIONS => config.wasm_exceptions(false),
                Feature::FUNCTION_REFERENCES => config.wasm_function_references(false),
                Feature::GC => config.wasm_gc(false),
                Feature::MEMORY64 => config.wasm_memory64(false),
                Feature::MULTI_MEMORY => config.wasm_multi_memory(false),
                Feature::REFERENCE_TYPES => config.wasm_reference_types(false),
                other => unreachable!("no file is run without {other:?}"),
            };
        }
        let engine = Engine::new(&config).map_err(|error| failure(&error))?;
        let mut linker = Linker::new(&engine);
        linker.allow_shadowing(true);
        let mut runtime = Self { store: Store::new(&engine, ()), linker, convert: None };
        for text in [&spectest(off), SHARED_MEMORY] {
            let module = runtime.text(text)?;
            let instance = runtime.instantiate(&module)?;
            runtime.register("spectest", &instance)?;
        }
        for (name, params) in PRINTS {
            let params = params.iter().map(|number| match number {
                Number::I32 => ValType::I32,
                Number::I64 => ValType::I64,
                Number::F32 => ValType::F32,
                Number::F64 => ValType::F64,
            });
            let ty = FuncType::new(&engine, params, []);
            let defined = runtime.linker.func_new("spectest", name, ty, |_, _, _| Ok(()));
            defined.map_err(|error| failure(&error))?;
        }
        if !off.contains(&Feature::GC) {
            let convert = runtime.text(CONVERT)?;
            runtime.convert = Some(runtime.instantiate(&convert)?);
        }
        Ok(runtime)
    }

    fn module(&mut self, source: &Source) -> Result<Module> {
        let invalid = |message: String| Failure::Invalid(message);
        let engine = self.store.engine();
        match source {
            Source::Binary(bytes) => Module::from_binary(engine, bytes),
            Source::Text(text) => {
                let text = std::str::from_utf8(text).map_err(|error| invalid(error.to_string()))?;
                let bytes = wat::parse_str(text).map_err(|error| invalid(error.to_string()))?;
                Module::from_binary(engine, &bytes)
            }
        }
        .map_err(|error| invalid(format!("{error:?}")))
    }

    fn instantiate(&mut self, module: &Module) -> Result<Instance> {
        let instance = self.linker.instantiate(&mut self.store, module);
        instance.map_err(|error| failure(&error))
    }

    fn register(&mut self, name: &str, instance: &Instance) -> Result<()> {
        let registered = self.linker.instance(&mut self.store, name, *instance);
        registered.map(drop).map_err(|error| failure(&error))
    }

    fn invoke(&mut self, instance: &Instance, name: &str, args: &[Value]) -> Result<Vec<Value>> {
        let func = instance.get_func(&mut self.store, name);
        let func = func.ok_or_else(|| Failure::Other(format!("no function {name:?}")))?;
        let ty = func.ty(&self.store);
        if ty.params().len() != args.len() {
            return Err(Failure::Other(format!("{} parameters", ty.params().len())));
        }
        let args = ty.params().zip(args).map(|(ty, arg)| self.argument(&ty, arg));
        let args = args.collect::<Result<Vec<_>>>()?;
        let mut results = vec![Val::I32(0); ty.results().len()];
        func.call(&mut self.store, &args, &mut results).map_err(|error| failure(&error))?;
        results.into_iter().map(|val| self.value(val)).collect()
    }

    fn get(&mut self, instance: &Instance, name: &str) -> Result<Value> {
        let global = instance.get_global(&mut self.store, name);
        let global = global.ok_or_else(|| Failure::Other(format!("no global {name:?}")))?;
        let val = global.get(&mut self.store);
        self.value(val)
    }
}
