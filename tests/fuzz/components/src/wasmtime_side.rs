//! Components directly in Wasmtime. The library must agree with it.

use crate::guest::{Function, Signature};
use crate::vals::{from_val, to_val};
use crate::value::Value;
use wasmtime::component::{Component, Func, Linker, Val};
use wasmtime::{Config, Engine, OptLevel, Result, Store};

pub fn engine() -> Result<Engine> {
    let mut config = Config::new();
    config.cranelift_opt_level(OptLevel::None);
    Engine::new(&config)
}

/// An instance in a store of its own.
pub struct Instance<'a> {
    signature: &'a Signature,
    store: Store<Host>,
    funcs: Vec<Func>,
}

/// What the host function does, and has seen.
#[derive(Default)]
struct Host {
    result: Option<Val>,
    /// The arguments of its last call.
    got: Option<Vec<Val>>,
}

impl<'a> Instance<'a> {
    pub fn new(component: &Component, signature: &'a Signature) -> Result<Self> {
        let mut store = Store::new(component.engine(), Host::default());
        let mut linker = Linker::<Host>::new(component.engine());
        linker.root().func_new("host", |mut context, _, args, results| {
            let host = context.data_mut();
            host.got = Some(args.to_vec());
            for (result, value) in results.iter_mut().zip(&host.result) {
                *result = value.clone();
            }
            Ok(())
        })?;
        let instance = linker.instantiate(&mut store, component)?;
        let funcs = Function::ALL.map(|function| {
            instance.get_func(&mut store, function.name()).expect("the component exports it")
        });
        Ok(Self { signature, store, funcs: funcs.to_vec() })
    }

    /// Sets what the host function returns.
    pub fn set_result(&mut self, value: Option<&Value>) {
        let kept = &self.signature.kept;
        self.store.data_mut().result = value.map(|value| to_val(kept, value));
    }

    /// The arguments of the host function's call, if it was called since the last time.
    pub fn take_got(&mut self) -> Option<Vec<Value>> {
        let got = self.store.data_mut().got.take()?;
        Some(self.signature.params.iter().zip(&got).map(|(ty, val)| from_val(ty, val)).collect())
    }

    pub fn call(&mut self, function: Function, args: &[Value]) -> Result<Option<Value>> {
        let params = self.signature.params(function);
        let args: Vec<_> = params.iter().zip(args).map(|(ty, arg)| to_val(ty, arg)).collect();
        let result = self.signature.result(function);
        let mut results = vec![Val::Bool(false); usize::from(result.is_some())];
        self.funcs[function as usize].call(&mut self.store, &args, &mut results)?;
        Ok(result.map(|ty| from_val(&ty, &results[0])))
    }
}
