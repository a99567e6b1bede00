//! Wasmtime's Rust API.

use wasmtime::{
    Config, Engine, Extern, Func, Instance, InstanceAllocationStrategy, Module,
    PoolingAllocationConfig, Store,
};

/// An instance in a store of its own.
pub struct World {
    pub store: Store<()>,
    pub instance: Instance,
}

impl World {
    pub fn new(text: &str) -> Self {
        let engine = Engine::default();
        let module = Module::new(&engine, wat::parse_str(text).unwrap()).unwrap();
        let mut store = Store::new(&engine, ());
        let instance = Instance::new(&mut store, &module, &[]).unwrap();
        Self { store, instance }
    }

    /// With a host function for its only import.
    pub fn with_host(text: &str, host: impl FnOnce(&mut Store<()>) -> Func) -> Self {
        let engine = Engine::default();
        let module = Module::new(&engine, wat::parse_str(text).unwrap()).unwrap();
        let mut store = Store::new(&engine, ());
        let host = Extern::from(host(&mut store));
        let instance = Instance::new(&mut store, &module, &[host]).unwrap();
        Self { store, instance }
    }

    pub fn func(&mut self, name: &str) -> Func {
        self.instance.get_func(&mut self.store, name).unwrap()
    }
}

/// An engine, with a pool of the default size or without one.
pub fn engine(pooled: bool) -> Engine {
    let mut config = Config::new();
    if pooled {
        let pooling = PoolingAllocationConfig::default();
        config.allocation_strategy(InstanceAllocationStrategy::Pooling(pooling));
    }
    Engine::new(&config).unwrap()
}
