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
    store: Store<()>,
    funcs: Vec<Func>,
}

impl<'a> Instance<'a> {
    pub fn new(component: &Component, signature: &'a Signature) -> Result<Self> {
        let mut store = Store::new(component.engine(), ());
        let linker = Linker::new(component.engine());
        let instance = linker.instantiate(&mut store, component)?;
        let funcs = Function::ALL.map(|function| {
            instance.get_func(&mut store, function.name()).expect("the component exports it")
        });
        Ok(Self { signature, store, funcs: funcs.to_vec() })
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
