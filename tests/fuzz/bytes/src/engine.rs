//! The engines that compile the inputs: each of the library has one of Wasmtime beside it with the same
//! configuration.

use crate::call::{CONFIG, ENGINE, Owned, Verdict, done};
use safewasm::abi::safewasm_engine_t;
use safewasm_capi::*;
use wasmtime::{Config, OptLevel};

/// An engine of the library, and one of Wasmtime with the same configuration.
pub struct Engine {
    pub ours: Owned<safewasm_engine_t>,
    pub theirs: wasmtime::Engine,
    /// Whether fuel ends wasm that runs for too long. Otherwise a deadline does.
    pub has_fuel: bool,
    pub has_shared_memory: bool,
}

struct Plan {
    /// The `safewasm_feature_t` of proposals, and whether each is on.
    features: &'static [(u32, bool)],
    is_optimised: bool,
    has_fuel: bool,
    has_shared_memory: bool,
}

/// One engine with every proposal, one with the default ones, and one with few.
const PLANS: [Plan; 3] = [
    Plan {
        features: &[(13, true), (14, true)],
        is_optimised: false,
        has_fuel: true,
        has_shared_memory: true,
    },
    Plan { features: &[], is_optimised: true, has_fuel: false, has_shared_memory: false },
    Plan {
        features: &[
            (4, false),
            (3, false),
            (5, false),
            (6, false),
            (7, false),
            (8, false),
            (9, false),
            (12, false),
            (11, false),
            (10, false),
        ],
        is_optimised: false,
        has_fuel: true,
        has_shared_memory: false,
    },
];

/// Whether traps may rest on signals, which valgrind takes for faults.
fn has_signals() -> bool {
    std::env::var_os("SAFEWASM_TEST_NO_SIGNALS").is_none()
}

/// Makes all engines.
pub fn engines() -> Verdict<Vec<Engine>> {
    PLANS.iter().map(Plan::engine).collect()
}

impl Plan {
    fn engine(&self) -> Verdict<Engine> {
        let Self { has_fuel, has_shared_memory, .. } = *self;
        Ok(Engine { ours: self.ours()?, theirs: self.theirs()?, has_fuel, has_shared_memory })
    }

    fn ours(&self) -> Verdict<Owned<safewasm_engine_t>> {
        // SAFETY: there is room for handles.
        unsafe {
            let config =
                Owned::made(CONFIG, "safewasm_config_new", |out| safewasm_config_new(out))?;
            for (feature, is_on) in self.features {
                done(
                    "safewasm_config_set_feature",
                    safewasm_config_set_feature(config.handle, *feature, *is_on),
                )?;
            }
            let level = u32::from(self.is_optimised);
            done(
                "safewasm_config_set_opt_level",
                safewasm_config_set_opt_level(config.handle, level),
            )?;
            done(
                "safewasm_config_set_consume_fuel",
                safewasm_config_set_consume_fuel(config.handle, self.has_fuel),
            )?;
            done(
                "safewasm_config_set_epoch_interruption",
                safewasm_config_set_epoch_interruption(config.handle, !self.has_fuel),
            )?;
            done(
                "safewasm_config_set_shared_memory",
                safewasm_config_set_shared_memory(config.handle, self.has_shared_memory),
            )?;
            done(
                "safewasm_config_set_signals_based_traps",
                safewasm_config_set_signals_based_traps(config.handle, has_signals()),
            )?;
            Owned::made(ENGINE, "safewasm_engine_new", |out| {
                safewasm_engine_new(config.handle, out)
            })
        }
    }

    fn theirs(&self) -> Verdict<wasmtime::Engine> {
        let mut config = Config::new();
        for (feature, is_on) in self.features {
            match feature {
                3 => config.wasm_simd(*is_on),
                4 => config.wasm_relaxed_simd(*is_on),
                5 => config.wasm_threads(*is_on),
                6 => config.wasm_tail_call(*is_on),
                7 => config.wasm_multi_memory(*is_on),
                8 => config.wasm_memory64(*is_on),
                9 => config.wasm_extended_const(*is_on),
                10 => config.wasm_function_references(*is_on),
                11 => config.wasm_gc(*is_on),
                12 => config.wasm_exceptions(*is_on),
                13 => config.wasm_custom_page_sizes(*is_on),
                14 => config.wasm_wide_arithmetic(*is_on),
                _ => unreachable!("no plan has feature {feature}"),
            };
        }
        config.cranelift_opt_level(if self.is_optimised {
            OptLevel::Speed
        } else {
            OptLevel::None
        });
        config.consume_fuel(self.has_fuel);
        config.epoch_interruption(!self.has_fuel);
        config.shared_memory(self.has_shared_memory);
        config.signals_based_traps(has_signals());
        wasmtime::Engine::new(&config).map_err(|error| format!("Wasmtime's engine: {error:#}"))
    }
}
