//! The tenants: a new store and instance for each request, from a pool.

use std::fs;
use std::ops::Index;
use std::path::Path;
use std::thread;
use std::time::Duration;
use wasmtime::{
    Config, Engine, InstanceAllocationStrategy, InstancePre, Linker, Module,
    PoolingAllocationConfig, Store, StoreLimits, StoreLimitsBuilder, Trap,
};
use wasmtime_wasi::p1::{self, WasiP1Ctx};
use wasmtime_wasi::p2::pipe::{MemoryInputPipe, MemoryOutputPipe};
use wasmtime_wasi::{I32Exit, WasiCtxBuilder};

pub const WORKING: usize = 8;
const MEMORY: usize = 1 << 20;
const OUTPUT: usize = 4096;

/// The tenants, and the milliseconds that their requests may take.
pub const TIMES: [(&str, u64); 7] = [
    ("hash", 10_000),
    ("exit", 10_000),
    ("trap", 10_000),
    ("grow", 10_000),
    ("print", 10_000),
    ("loop", 10),
    ("sleep", 1000),
];

struct State {
    wasi: WasiP1Ctx,
    limits: StoreLimits,
}

pub struct Tenant {
    name: &'static str,
    milliseconds: u64,
    prepared: InstancePre<State>,
}

pub struct Tenants(Vec<Tenant>);

impl Tenants {
    pub fn open(folder: &str) -> Self {
        let mut pool = PoolingAllocationConfig::new();
        pool.total_memories((WORKING * TIMES.len()) as u32)
            .max_memory_size(MEMORY)
            .linear_memory_keep_resident(1 << 16);
        let mut config = Config::new();
        config
            .epoch_interruption(true)
            .allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
        let engine = Engine::new(&config).unwrap();
        let mut linker = Linker::new(&engine);
        p1::add_to_linker_sync(&mut linker, |state: &mut State| &mut state.wasi).unwrap();
        let tenants = TIMES.map(|(name, milliseconds)| {
            let path = Path::new(folder).join(format!("{name}.wat"));
            let wasm = wat::parse_bytes(&fs::read(path).unwrap()).unwrap().into_owned();
            let module = Module::new(&engine, wasm).unwrap();
            Tenant { name, milliseconds, prepared: linker.instantiate_pre(&module).unwrap() }
        });
        // The clock of the time limits.
        thread::spawn(move || {
            loop {
                thread::sleep(Duration::from_millis(1));
                engine.increment_epoch();
            }
        });
        Self(tenants.into())
    }

    /// The index of a tenant.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|tenant| tenant.name == name)
    }
}

impl Index<usize> for Tenants {
    type Output = Tenant;

    fn index(&self, tenant: usize) -> &Tenant {
        &self.0[tenant]
    }
}

impl Tenant {
    /// Returns the exit status and the output, or the reason of the failure and a message.
    pub fn run(&self, input: &str) -> Result<(i32, Vec<u8>), (&'static str, String)> {
        let output = MemoryOutputPipe::new(OUTPUT);
        let stdin = MemoryInputPipe::new(input.to_owned());
        let wasi = WasiCtxBuilder::new().stdin(stdin).stdout(output.clone()).build_p1();
        let limits = StoreLimitsBuilder::new().memory_size(MEMORY).instances(1).build();
        let mut store = Store::new(self.prepared.module().engine(), State { wasi, limits });
        store.limiter(|state| &mut state.limits);
        store.set_epoch_deadline(self.milliseconds);
        match self.start(&mut store) {
            Ok(status) => Ok((status, output.contents().to_vec())),
            Err(error) if output.contents().len() == OUTPUT => Err(("limit", error.to_string())),
            Err(error) => match error.downcast_ref::<Trap>() {
                Some(Trap::Interrupt) => Err(("time", error.to_string())),
                Some(trap) => Err(("trap", trap.to_string())),
                None => Err(("internal", error.to_string())),
            },
        }
    }

    fn start(&self, store: &mut Store<State>) -> wasmtime::Result<i32> {
        let instance = self.prepared.instantiate(&mut *store)?;
        let start = instance.get_typed_func::<(), ()>(&mut *store, "_start")?;
        match start.call(store, ()) {
            Ok(()) => Ok(0),
            Err(error) => match error.downcast_ref::<I32Exit>() {
                Some(exit) => Ok(exit.0),
                None => Err(error),
            },
        }
    }
}
