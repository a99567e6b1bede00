//! Configs, engines, and what belongs to an engine: stores, linkers and function types.

use crate::model::*;
use crate::ops::{Features, Sel};
use crate::world::{Arg, World};
use safewasm::abi::safewasm_error_kind_t as ErrorKind;
use safewasm::abi::safewasm_option_t as ConfigOption;
use safewasm::abi::safewasm_store_t;
use safewasm_capi::*;

/// Whether traps may rest on signals, which valgrind takes for faults.
pub fn signals() -> bool {
    std::env::var_os("SAFEWASM_TEST_NO_SIGNALS").is_none()
}

const NO_FEATURES: Features = Features { fuel: false, epochs: false, shared: false };

impl World {
    pub fn new_config(&mut self) {
        let made =
            self.ask("safewasm_config_new", Ok(()), |out| unsafe { safewasm_config_new(out) });
        let Some((made, ())) = made else { return };
        self.configs.push(NO_FEATURES);
        self.add(Kind::Config, made, None, self.configs.len() - 1);
        if !signals() {
            self.tell("safewasm_config_set_signals_based_traps", Ok(()), || unsafe {
                safewasm_config_set_signals_based_traps(made, false)
            });
        }
    }

    /// Creates an engine with these features.
    pub fn new_engine_with(&mut self, features: Features) {
        self.new_config();
        let config = self.last(Kind::Config);
        let Some(of) = self.object(config, Kind::Config) else { return };
        self.configs[of] = features;
        let Features { fuel, epochs, shared } = features;
        // SAFETY: the config is valid.
        unsafe {
            self.tell("safewasm_config_set_consume_fuel", Ok(()), || {
                safewasm_config_set_consume_fuel(config.ptr(), fuel)
            });
            self.tell("safewasm_config_set_epoch_interruption", Ok(()), || {
                safewasm_config_set_epoch_interruption(config.ptr(), epochs)
            });
            self.tell("safewasm_config_set_shared_memory", Ok(()), || {
                safewasm_config_set_shared_memory(config.ptr(), shared)
            });
            self.tell("safewasm_config_set_opt_level", Ok(()), || {
                safewasm_config_set_opt_level(config.ptr(), 0)
            });
            self.tell("safewasm_config_set_option", Ok(()), || {
                let size = 1 << 20;
                safewasm_config_set_option(config.ptr(), ConfigOption::COREDUMP_SIZE as u32, size)
            });
        }
        self.new_engine_of(config);
    }

    pub fn new_engine(&mut self, config: Sel) {
        let config = self.pick(config, Kind::Config);
        // An engine without a config always has traps that rest on signals.
        if config.bits != 0 || signals() {
            self.new_engine_of(config);
        }
    }

    fn new_engine_of(&mut self, config: Arg) {
        let want = match config.bits {
            0 => Ok(NO_FEATURES),
            _ => self.need(config, Kind::Config, "config").map(|of| self.configs[of]),
        };
        let made = self.ask("safewasm_engine_new", want, |out| unsafe {
            safewasm_engine_new(config.ptr(), out)
        });
        let Some((made, features)) = made else { return };
        self.engines.push(Engine { features, epoch: 0 });
        self.add(Kind::Engine, made, None, self.engines.len() - 1);
        if let Some(id) = config.id {
            self.forget(id);
        }
    }

    pub fn new_store(&mut self, engine: Arg) {
        let want = self.need(engine, Kind::Engine, "engine");
        let made = self.ask("safewasm_store_new", want, |out| unsafe {
            safewasm_store_new(engine.ptr(), out)
        });
        if let Some((made, engine)) = made {
            self.add_store(made, engine);
        }
    }

    pub fn add_store(&mut self, store: *mut safewasm_store_t, engine: usize) {
        self.stores.push(Store {
            engine,
            deleted: false,
            poisoned: false,
            instances: (0, 10_000),
            elements: (0, u64::MAX),
            tight: false,
            fuel: 0,
            fuel_is_exact: true,
            fuel_given: 0,
            interrupted: false,
            epoch_deadline: u64::MAX,
            is_late: false,
            timeouts: Vec::new(),
            data: 0,
            has_wasi: false,
            is_profiled: false,
            has_ended: false,
        });
        self.add(Kind::Store, store, None, self.stores.len() - 1);
    }

    pub fn new_linker(&mut self, engine: Arg) {
        let want = self.need(engine, Kind::Engine, "engine");
        let made = self.ask("safewasm_linker_new", want, |out| unsafe {
            safewasm_linker_new(engine.ptr(), out)
        });
        let Some((made, engine)) = made else { return };
        let definitions = Vec::new();
        self.linkers.push(Linker { engine, store: None, shadowing: false, definitions });
        self.add(Kind::Linker, made, None, self.linkers.len() - 1);
    }

    pub fn new_wasi(&mut self) {
        let made = self.ask("safewasm_wasi_new", Ok(()), |out| unsafe { safewasm_wasi_new(out) });
        if let Some((made, ())) = made {
            self.add(Kind::Wasi, made, None, 0);
        }
    }

    pub fn new_buffer(&mut self) {
        let made = self
            .ask("safewasm_buffer_new", Ok(()), |out| unsafe { safewasm_buffer_new(1 << 20, out) });
        if let Some((made, ())) = made {
            self.add(Kind::Buffer, made, None, 0);
        }
    }

    /// Creates a function type from its text, or fails to since its end is missing.
    pub fn new_functype_from_text(&mut self, engine: Arg, sig: Sig, is_cut: bool) {
        let text = sig_text(sig);
        let len = if is_cut { text.len() - 1 } else { text.len() };
        let want = self.need(engine, Kind::Engine, "engine").and_then(|engine| {
            if is_cut { refuse(ErrorKind::INVALID_ARGUMENT, "text") } else { Ok(engine) }
        });
        let made = self.ask("safewasm_functype_new_text", want, |out| unsafe {
            safewasm_functype_new_text(engine.ptr(), text.as_ptr().cast(), len, out)
        });
        if let Some((made, engine)) = made {
            self.add_functype(made, engine, sig);
        }
    }

    pub fn new_functype(&mut self, engine: Arg, sig: Sig) {
        let want = self.need(engine, Kind::Engine, "engine");
        let raw = |types: &[Ty]| types.iter().map(|ty| ty.raw()).collect::<Vec<_>>();
        let (params, results) = (raw(sig.0), raw(sig.1));
        let made = self.ask("safewasm_functype_new", want, |out| unsafe {
            safewasm_functype_new(
                engine.ptr(),
                params.as_ptr(),
                params.len(),
                results.as_ptr(),
                results.len(),
                out,
            )
        });
        if let Some((made, engine)) = made {
            self.add_functype(made, engine, sig);
        }
    }
}
