//! Configs are set.

use crate::model::*;
use crate::new::signals;
use crate::ops::{Sel, SetConfig};
use crate::world::{Arg, World};
use safewasm::abi::safewasm_hooks_t;
use safewasm::abi::safewasm_option_t as ConfigOption;
use safewasm::abi::{safewasm_error_kind_t as ErrorKind, safewasm_error_t};
use safewasm::abi::{safewasm_pooling_t, safewasm_sandbox_t};
use safewasm_capi::*;
use std::ptr::{null, null_mut};

/// The size of `safewasm_hooks_t`.
const HOOKS_SIZE: usize = size_of::<safewasm_hooks_t>();

/// Hooks that do nothing, of the right size or too small.
fn hooks(is_right: bool) -> safewasm_hooks_t {
    safewasm_hooks_t {
        size: if is_right { HOOKS_SIZE } else { 3 },
        env: null_mut(),
        current_task: None,
        begin_wasm: None,
        end_wasm: None,
        begin_host: None,
        end_host: None,
        task_stack: None,
        interrupt_flag: null(),
        task_bounds: None,
        compiles_late: 0,
    }
}

/// A pool with the default sizes, or with memories that are too large.
fn pooling(is_right: bool) -> safewasm_pooling_t {
    safewasm_pooling_t {
        total_memories: 0,
        total_tables: 0,
        max_memories_per_module: 0,
        max_tables_per_module: 0,
        max_memory_size: if is_right { 0 } else { usize::MAX },
        table_elements: 0,
        linear_memory_keep_resident: 0,
        table_keep_resident: 0,
        decommit_batch_size: 0,
        total_gc_heaps: 0,
        max_unused_warm_slots: 0,
        pagemap_scan: 1,
    }
}

/// A sandbox that limits fuel, and otherwise has the defaults.
fn with_fuel() -> safewasm_sandbox_t {
    safewasm_sandbox_t { fuel: 1 << 40, ..safewasm_sandbox_t::default() }
}

/// Options with values that change nothing that a case can see.
const UNSEEN: [(ConfigOption, u64); 9] = [
    (ConfigOption::CPU_LEVEL, 2),
    (ConfigOption::SINGLE_PASS_REGALLOC, 1),
    (ConfigOption::PARALLEL_COMPILATION, 0),
    (ConfigOption::NATIVE_UNWIND_INFO, 0),
    (ConfigOption::MEMORY_GUARD_SIZE, 0),
    (ConfigOption::GUARD_BEFORE_MEMORY, 0),
    (ConfigOption::MEMORY_INIT_COW, 0),
    (ConfigOption::TABLE_LAZY_INIT, 0),
    (ConfigOption::GC_HEAP_INITIAL_SIZE, 1 << 16),
];

/// An option with a value, or an option that doesn't exist.
fn option(n: u64) -> (u32, u64) {
    let (option, value) = UNSEEN[(n / 2) as usize % UNSEEN.len()];
    if n % 2 == 1 { (option as u32, value) } else { (u32::MAX, value) }
}

/// The name in the message that refuses an argument of a setting, if it does.
fn refused(what: SetConfig, n: u64) -> Option<&'static str> {
    let is_odd = n % 2 == 1;
    let (is_right, name) = match what {
        SetConfig::OptLevel => (n as u32 <= 2, "level"),
        SetConfig::Feature => (n as u32 <= 15, "feature"),
        SetConfig::MaxWasmStack => (n <= 3 || (4096..=1 << 30).contains(&n), "max_wasm_stack"),
        SetConfig::Hooks => (is_odd, "hooks->size"),
        SetConfig::Pooling => (is_odd, "pooling->max_memory_size"),
        SetConfig::Option => (is_odd, "option"),
        SetConfig::OperatorCost => (is_odd, "cost"),
        SetConfig::Cache => (is_odd, "folder"),
        _ => (true, ""),
    };
    (!is_right).then_some(name)
}

impl World {
    pub fn set_config(&mut self, what: SetConfig, sel: Sel, n: u64) {
        let config = self.pick(sel, Kind::Config);
        let of = self.need(config, Kind::Config, "config");
        let more = match refused(what, n) {
            Some(name) => refuse(ErrorKind::INVALID_ARGUMENT, name),
            None => Ok(()),
        };
        // The hooks are checked before the config.
        let want = match what {
            SetConfig::Hooks => more.and(of),
            _ => of.and_then(|of| more.map(|()| of)),
        };
        let set = self.tell("safewasm_config_set", want, || call(what, config, n));
        let Some(of) = set else { return };
        let (features, on) = (&mut self.configs[of], n % 2 == 1);
        match what {
            SetConfig::Fuel => features.fuel = on,
            SetConfig::Epochs => features.epochs = on,
            SetConfig::SharedMemory => features.shared = on,
            SetConfig::Sandbox => {
                (features.fuel, features.epochs, features.shared) = (on, true, false);
            }
            _ => {}
        }
    }
}

/// Calls the function that changes a setting.
fn call(what: SetConfig, config: Arg, n: u64) -> *mut safewasm_error_t {
    let (config, on) = (config.ptr(), n % 2 == 1);
    // SAFETY: any handle is accepted, and the structs are there.
    unsafe {
        match what {
            SetConfig::OptLevel => safewasm_config_set_opt_level(config, n as u32),
            // The engines of cases keep the features that their modules need.
            SetConfig::Feature => {
                safewasm_config_set_feature(config, n as u32, !matches!(n, 13..=15))
            }
            SetConfig::MaxWasmStack => {
                let is_right = refused(what, n).is_none();
                let size = if is_right { 1 << 18 } else { n as usize };
                safewasm_config_set_max_wasm_stack(config, size)
            }
            SetConfig::Hooks => safewasm_config_set_hooks(config, &hooks(on)),
            SetConfig::DebugInfo => safewasm_config_set_debug_info(config, on),
            SetConfig::Fuel => safewasm_config_set_consume_fuel(config, on),
            SetConfig::Epochs => safewasm_config_set_epoch_interruption(config, on),
            SetConfig::SharedMemory => safewasm_config_set_shared_memory(config, on),
            // Turned off again: the model doesn't know what fits into a pool.
            SetConfig::Pooling => match safewasm_config_set_pooling(config, &pooling(on)) {
                error if error.is_null() => safewasm_config_set_pooling(config, null()),
                error => error,
            },
            SetConfig::Sandbox if on => safewasm_config_set_sandbox(config, &with_fuel()),
            SetConfig::Sandbox => safewasm_config_set_sandbox(config, null()),
            SetConfig::BacktraceLines => safewasm_config_set_backtrace_lines(config, on),
            SetConfig::MaxModuleSize => safewasm_config_set_max_module_size(config, 1 << 20),
            SetConfig::MaxModuleFunctions => {
                safewasm_config_set_max_module_functions(config, 1 << 20)
            }
            SetConfig::Option => {
                let (option, value) = option(n);
                safewasm_config_set_option(config, option, value)
            }
            // The default cost.
            SetConfig::OperatorCost => {
                let cost = if on { 1 } else { u32::MAX };
                safewasm_config_set_operator_cost(config, c"i32.add".as_ptr(), 7, cost)
            }
            // A cache that may have no bytes, which means none; or a folder without a name.
            SetConfig::Cache => {
                safewasm_config_set_cache(config, c".".as_ptr(), usize::from(on), 0)
            }
            SetConfig::Signals => safewasm_config_set_signals_based_traps(config, signals()),
        }
    }
}
