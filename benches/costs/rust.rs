//! Wasmtime's Rust API.

use wasmtime::{Engine, Extern, Func, Instance, Module, Store};

/// An instance in a store of its own.
pub struct World {
    pub engine: Engine,
    pub module: Module,
    pub store: Store<()>,
    pub instance: Instance,
}

impl World {
    pub fn new(text: &str) -> Self {
        let engine = Engine::default();
        let module = Module::new(&engine, wat::parse_str(text).unwrap()).unwrap();
        let mut store = Store::new(&engine, ());
        let instance = Instance::new(&mut store, &module, &[]).unwrap();
        Self { engine, module, store, instance }
    }

    /// With a host function for its only import.
    pub fn with_host(text: &str, host: impl FnOnce(&mut Store<()>) -> Func) -> Self {
        let engine = Engine::default();
        let module = Module::new(&engine, wat::parse_str(text).unwrap()).unwrap();
        let mut store = Store::new(&engine, ());
        let host = Extern::from(host(&mut store));
        let instance = Instance::new(&mut store, &module, &[host]).unwrap();
        Self { engine, module, store, instance }
    }

    pub fn func(&mut self, name: &str) -> Func {
        self.instance.get_func(&mut self.store, name).unwrap()
    }
}
