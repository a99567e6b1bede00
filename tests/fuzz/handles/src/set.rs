//! Configs, stores and engines are set.

use crate::model::*;
use crate::ops::Sel;
use crate::world::World;
use safewasm::error::safewasm_error_kind_t as ErrorKind;
use safewasm::hooks::safewasm_hooks_t;
use safewasm::pooling::safewasm_pooling_t;
use safewasm::store::safewasm_store_t;
use safewasm_capi::*;
use std::ptr::{null, null_mut};

use crate::make::signals;

impl World {
    pub fn set_config(&mut self, what: u8, sel: Sel, n: u64) {
        let config = self.pick(sel, Kind::Config);
        let of = self.need(config, Kind::Config, "config");
        let on = n % 2 == 1;
        let bad = |is_bad: bool, name: &str| {
            if is_bad { refuse(ErrorKind::INVALID_ARGUMENT, name) } else { Ok(()) }
        };
        let hooks = safewasm_hooks_t {
            size: if on { 72 } else { 3 },
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
        };
        let more = match what {
            0 => bad(n as u32 > 2, "level"),
            1 => bad(n as u32 > 15, "feature"),
            2 => bad(n > 3 && !(4096..=1 << 30).contains(&n), "max_wasm_stack"),
            3 => bad(!on, "hooks->size"),
            8 => bad(!on, "pooling->max_memory_size"),
            _ => Ok(()),
        };
        let pooling = safewasm_pooling_t {
            total_memories: 0,
            total_tables: 0,
            max_memories_per_module: 0,
            max_tables_per_module: 0,
            max_memory_size: if on { 0 } else { usize::MAX },
            table_elements: 0,
            linear_memory_keep_resident: 0,
        };
        let stack = if what == 2 && more.is_ok() { 1 << 18 } else { n as usize };
        let of_config = of.clone().map(|_| ());
        // The hooks are looked at first.
        let want = if what == 3 { more.and(of_config) } else { of_config.and(more) };
        let done = self.tell("safewasm_config_set", &want, || unsafe {
            match what {
                0 => safewasm_config_set_opt_level(config.ptr(), n as u32),
                1 => safewasm_config_set_feature(
                    config.ptr(),
                    n as u32,
                    n != 13 && n != 14 && n != 15,
                ),
                2 => safewasm_config_set_max_wasm_stack(config.ptr(), stack),
                3 => safewasm_config_set_hooks(config.ptr(), &hooks),
                4 => safewasm_config_set_debug_info(config.ptr(), on),
                5 => safewasm_config_set_consume_fuel(config.ptr(), on),
                6 => safewasm_config_set_epoch_interruption(config.ptr(), on),
                7 => safewasm_config_set_shared_memory(config.ptr(), on),
                // And off again: what fits into a pool is nothing that the model knows.
                8 => match safewasm_config_set_pooling(config.ptr(), &pooling) {
                    error if error.is_null() => safewasm_config_set_pooling(config.ptr(), null()),
                    error => error,
                },
                9 => safewasm_config_set_backtrace_lines(config.ptr(), on),
                10 => safewasm_config_set_max_module_size(config.ptr(), 1 << 20),
                11 => safewasm_config_set_max_module_functions(config.ptr(), 1 << 20),
                _ => safewasm_config_set_signals_based_traps(config.ptr(), signals()),
            }
        });
        if let (true, Ok(of), 5..=7) = (done, of, what) {
            self.configs[of][usize::from(what) - 5] = on;
        }
    }

    pub fn set_store(&mut self, what: u8, sel: Sel, n: u64) {
        let store = self.pick(sel, Kind::Store);
        let entered = self.enter(store, Kind::Store, "store");
        let needed = self.need(store, Kind::Store, "store");
        let able = |of: Want<usize>, can: fn(&Engine) -> bool| {
            of.and_then(|of| {
                if can(&self.engines[self.stores[of].engine]) {
                    Ok(of)
                } else {
                    refuse(ErrorKind::UNSUPPORTED, "store")
                }
            })
        };
        let fuel = [1 << 40, 0, 1 << 41, 1 << 50][n as usize % 4];
        let of = match what {
            0..=2 => able(entered, |engine| engine.fuel),
            3..=5 => able(needed, |engine| engine.epochs),
            12 | 13 => {
                let of = able(needed, |engine| engine.epochs);
                return self.set_timeout(what == 12, store.ptr(), of, n);
            }
            6 => {
                let engine = self.pick(sel, Kind::Engine);
                let of = self.need(engine, Kind::Engine, "engine").and_then(|of| {
                    if self.engines[of].epochs {
                        Ok(of)
                    } else {
                        refuse(ErrorKind::UNSUPPORTED, "engine")
                    }
                });
                let want = of.clone().map(|_| ());
                let out = self.ask("safewasm_engine_increment_epoch", &want, |out| unsafe {
                    safewasm_engine_increment_epoch(engine.ptr(), out)
                });
                if let (Some(out), Ok(of)) = (out, of) {
                    self.engines[of].epoch += 1;
                    let epoch = self.engines[of].epoch;
                    self.same("epoch", out, epoch);
                }
                return;
            }
            10 if n > 3 => {
                // Not often: it makes a store useless.
                if n.is_multiple_of(4) {
                    let want = if store.bits == 0 {
                        refuse(ErrorKind::INTERNAL, "")
                    } else {
                        entered.clone().map(|_| ()).and(refuse(ErrorKind::INTERNAL, ""))
                    };
                    self.tell("safewasm_provoke_panic", &want, || unsafe {
                        safewasm_provoke_panic(store.ptr())
                    });
                    if let Ok(of) = entered {
                        self.stores[of].poisoned = true;
                    }
                }
                return;
            }
            _ => entered,
        };
        let want = of.clone().map(|_| ());
        let deadline = [u64::MAX, 1 << 60, u64::MAX, 0][n as usize % 4];
        let ticks = [u64::MAX, 2, 1, 0][n as usize % 4];
        let memory = if n == 3 { 0 } else { u64::MAX };
        let elements = if n > 8 { u64::MAX } else { 4 + n };
        let instances = if n == 3 { n } else { 10_000 };
        let done = self.tell("safewasm_store_set", &want, || unsafe {
            match what {
                0 | 1 => safewasm_store_set_fuel(store.ptr(), fuel),
                2 => safewasm_store_add_fuel(store.ptr(), fuel),
                3 => safewasm_store_interrupt(store.ptr()),
                4 => safewasm_store_set_deadline(store.ptr(), deadline),
                5 => safewasm_store_set_epoch_deadline(store.ptr(), ticks),
                7 => safewasm_store_set_memory_limit(store.ptr(), memory),
                8 => safewasm_store_set_table_limit(store.ptr(), elements),
                _ => safewasm_store_set_instance_limit(store.ptr(), instances),
            }
        });
        let (true, Ok(of)) = (done, of) else { return };
        let epoch = self.engines[self.stores[of].engine].epoch;
        let store = &mut self.stores[of];
        match what {
            0 | 1 => {
                (store.fuel, store.fuel_given, store.fuel_is_exact) = (fuel, fuel.into(), true)
            }
            2 => {
                let added = fuel.min(u64::MAX - store.fuel);
                store.fuel_is_exact &= store.fuel.checked_add(fuel).is_some();
                (store.fuel, store.fuel_given) =
                    (store.fuel + added, store.fuel_given + u128::from(added));
            }
            3 => store.interrupted = true,
            4 => store.is_late = deadline == 0,
            5 => store.epoch_deadline = epoch.saturating_add(ticks),
            7 => store.tight = memory == 0,
            8 => store.elements.1 = elements,
            _ => store.instances.1 = instances,
        }
    }

    /// Begins a time limit that is never reached, or ends one, which may have ended.
    fn set_timeout(&mut self, begins: bool, store: *mut safewasm_store_t, of: Want<usize>, n: u64) {
        let want = of.clone().map(|_| ());
        if begins {
            let (length, scope) = (u64::MAX >> (n % 4), n as u32 % 3);
            let bad = scope == 2;
            let want = if bad { refuse(ErrorKind::INVALID_ARGUMENT, "scope") } else { want };
            let begun = self.ask("safewasm_store_begin_timeout", &want, |out| unsafe {
                safewasm_store_begin_timeout(store, length, scope, out)
            });
            if let (Some(timeout), Ok(of)) = (begun, of) {
                self.check(timeout != 0, || "a time limit has the number 0".to_owned());
                self.stores[of].timeouts.push(timeout);
            }
            return;
        }
        let known = of.as_ref().map_or(&[][..], |&of| &self.stores[of].timeouts);
        let index = n as usize % (known.len() + 1);
        let timeout = known.get(index).copied();
        let unknown = refuse(ErrorKind::INVALID_ARGUMENT, "timeout");
        let want = want.and(if timeout.is_some() || n == 0 { Ok(()) } else { unknown });
        let done = self.tell("safewasm_store_end_timeout", &want, || unsafe {
            safewasm_store_end_timeout(store, timeout.unwrap_or(n))
        });
        if let (true, Ok(of), true) = (done, of, timeout.is_some()) {
            self.stores[of].timeouts.swap_remove(index);
        }
    }
}
