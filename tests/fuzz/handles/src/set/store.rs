//! Limits of stores are set, and epochs of engines incremented.

use crate::model::*;
use crate::ops::{Features, Sel, SetStore};
use crate::world::{Arg, World, finalize};
use safewasm::abi::{safewasm_error_kind_t as ErrorKind, safewasm_error_t, safewasm_sandbox_t};
use safewasm_capi::*;

/// The new limits that `n` chooses.
struct Limits {
    fuel: u64,
    /// In nanoseconds.
    deadline: u64,
    /// The epoch deadline.
    ticks: u64,
    memory: u64,
    elements: u64,
    instances: u64,
}

impl Limits {
    fn of(n: u64) -> Self {
        let index = n as usize % 4;
        Self {
            fuel: [1 << 40, 0, 1 << 41, 1 << 50][index],
            deadline: [u64::MAX, 1 << 60, u64::MAX, 0][index],
            ticks: [u64::MAX, 2, 1, 0][index],
            memory: if n == 3 { 0 } else { u64::MAX },
            elements: if n > 8 { u64::MAX } else { 4 + n },
            instances: if n == 3 { 3 } else { 10_000 },
        }
    }

    /// These limits without one of time. Fuel of 0 stands for no limit there, and no memory fits into a byte.
    fn sandbox(&self) -> safewasm_sandbox_t {
        safewasm_sandbox_t {
            timeout: u64::MAX,
            fuel: self.fuel,
            memory_limit: self.memory.max(1),
            table_limit: self.elements,
            instance_limit: self.instances,
            ..safewasm_sandbox_t::default()
        }
    }
}

impl World {
    pub fn set_store(&mut self, what: SetStore, sel: Sel, n: u64) {
        let limits = Limits::of(n);
        let store = self.pick(sel, Kind::Store);
        let entered = self.enter(store, Kind::Store, "store");
        let needed = self.need(store, Kind::Store, "store");
        let want = match what {
            SetStore::IncrementEpoch => return self.increment_epoch(sel),
            SetStore::Panic => return self.panic(store, n),
            SetStore::BeginTimeout => return self.begin_timeout(store, n),
            SetStore::EndTimeout => return self.end_timeout(store, n),
            SetStore::Data => return self.set_data(store, entered),
            SetStore::Sandbox if limits.fuel == 0 => entered,
            SetStore::Sandbox => self.able(entered, |has| has.fuel),
            SetStore::Fuel | SetStore::AddFuel => self.able(entered, |has| has.fuel),
            // These don't enter the store.
            SetStore::Interrupt | SetStore::Deadline | SetStore::EpochDeadline => {
                self.able(needed, |has| has.epochs)
            }
            _ => entered,
        };
        let set = self.tell("safewasm_store_set", want, || call(what, store, &limits));
        if let Some(of) = set {
            self.note_limit(what, of, &limits);
        }
    }

    /// The store, if its engine has a feature.
    pub fn able(&self, store: Want<usize>, has: fn(Features) -> bool) -> Want<usize> {
        let store = store?;
        if has(self.engines[self.stores[store].engine].features) {
            Ok(store)
        } else {
            refuse(ErrorKind::UNSUPPORTED, "store")
        }
    }

    /// Notes that a limit of a store was set.
    fn note_limit(&mut self, what: SetStore, of: usize, limits: &Limits) {
        let engine = &self.engines[self.stores[of].engine];
        let (epoch, has_fuel) = (engine.epoch, engine.features.fuel);
        let store = &mut self.stores[of];
        let fuel = limits.fuel;
        match what {
            SetStore::Fuel => {
                store.fuel = fuel;
                store.fuel_given = fuel.into();
                store.fuel_is_exact = true;
            }
            SetStore::AddFuel => {
                let added = fuel.min(u64::MAX - store.fuel);
                store.fuel_is_exact &= added == fuel;
                store.fuel += added;
                store.fuel_given += u128::from(added);
            }
            SetStore::Sandbox => {
                if has_fuel {
                    store.fuel = if fuel == 0 { u64::MAX } else { fuel };
                    store.fuel_given = store.fuel.into();
                    store.fuel_is_exact = true;
                }
                store.tight = limits.memory == 0;
                (store.elements.1, store.instances.1) = (limits.elements, limits.instances);
            }
            SetStore::Interrupt => store.interrupted = true,
            SetStore::Deadline => store.is_late = limits.deadline == 0,
            SetStore::EpochDeadline => store.epoch_deadline = epoch.saturating_add(limits.ticks),
            SetStore::MemoryLimit => store.tight = limits.memory == 0,
            SetStore::TableLimit => store.elements.1 = limits.elements,
            _ => store.instances.1 = limits.instances,
        }
    }

    fn increment_epoch(&mut self, sel: Sel) {
        let engine = self.pick(sel, Kind::Engine);
        let want = self.need(engine, Kind::Engine, "engine").and_then(|of| {
            if self.engines[of].features.epochs {
                Ok(of)
            } else {
                refuse(ErrorKind::UNSUPPORTED, "engine")
            }
        });
        let epoch = self.ask("safewasm_engine_increment_epoch", want, |out| unsafe {
            safewasm_engine_increment_epoch(engine.ptr(), out)
        });
        if let Some((epoch, of)) = epoch {
            self.engines[of].epoch += 1;
            self.same("epoch", epoch, self.engines[of].epoch);
        }
    }

    /// Makes the library panic in a store. Only some of the greater numbers do, since the store is useless
    /// afterwards.
    fn panic(&mut self, store: Arg, n: u64) {
        if n <= 3 || !n.is_multiple_of(4) {
            return;
        }
        let entered = self.enter(store, Kind::Store, "store");
        let want: Want = match &entered {
            Err(refusal) if store.bits != 0 => Err(refusal.clone()),
            // For NULL it enters no store.
            _ => refuse(ErrorKind::INTERNAL, ""),
        };
        self.tell("safewasm_provoke_panic", want, || unsafe {
            safewasm_provoke_panic(store.ptr())
        });
        if let Ok(of) = entered {
            self.stores[of].poisoned = true;
        }
    }

    /// Attaches an `env` to a store.
    fn set_data(&mut self, store: Arg, entered: Want<usize>) {
        let env = self.env(entered.as_ref().map_or(Owner::Nobody, |of| Owner::Data(*of)));
        let data = std::ptr::without_provenance_mut(env);
        let set = self.tell("safewasm_store_set_data", entered, || unsafe {
            safewasm_store_set_data(store.ptr(), data, Some(finalize))
        });
        if let Some(of) = set {
            self.stores[of].data = env;
        }
    }

    /// Begins a time limit that is never reached.
    fn begin_timeout(&mut self, store: Arg, n: u64) {
        let (length, scope) = (u64::MAX >> (n % 4), n as u32 % 3);
        let want = if scope == 2 {
            refuse(ErrorKind::INVALID_ARGUMENT, "scope")
        } else {
            self.able(self.need(store, Kind::Store, "store"), |has| has.epochs)
        };
        let begun = self.ask("safewasm_store_begin_timeout", want, |out| unsafe {
            safewasm_store_begin_timeout(store.ptr(), length, scope, out)
        });
        if let Some((timeout, of)) = begun {
            self.check(timeout != 0, || "a time limit has the number 0".to_owned());
            self.stores[of].timeouts.push(timeout);
        }
    }

    /// Ends a time limit that has begun, or one that hasn't.
    fn end_timeout(&mut self, store: Arg, n: u64) {
        let of = self.able(self.need(store, Kind::Store, "store"), |has| has.epochs);
        let known = of.as_ref().map_or(&[][..], |&of| &self.stores[of].timeouts);
        let index = n as usize % (known.len() + 1);
        let timeout = known.get(index).copied();
        let want = of.and_then(|of| {
            // 0 is no time limit, and ending it does nothing.
            if timeout.is_some() || n == 0 {
                Ok(of)
            } else {
                refuse(ErrorKind::INVALID_ARGUMENT, "timeout")
            }
        });
        let ended = self.tell("safewasm_store_end_timeout", want, || unsafe {
            safewasm_store_end_timeout(store.ptr(), timeout.unwrap_or(n))
        });
        if let (Some(of), Some(_)) = (ended, timeout) {
            self.stores[of].timeouts.swap_remove(index);
        }
    }
}

/// Calls the function that sets a limit.
fn call(what: SetStore, store: Arg, limits: &Limits) -> *mut safewasm_error_t {
    let store = store.ptr();
    // SAFETY: any handle is accepted.
    unsafe {
        match what {
            SetStore::Fuel => safewasm_store_set_fuel(store, limits.fuel),
            SetStore::AddFuel => safewasm_store_add_fuel(store, limits.fuel),
            SetStore::Interrupt => safewasm_store_interrupt(store),
            SetStore::Deadline => safewasm_store_set_deadline(store, limits.deadline),
            SetStore::EpochDeadline => safewasm_store_set_epoch_deadline(store, limits.ticks),
            SetStore::Sandbox => safewasm_store_set_sandbox(store, &limits.sandbox()),
            SetStore::MemoryLimit => safewasm_store_set_memory_limit(store, limits.memory),
            SetStore::TableLimit => safewasm_store_set_table_limit(store, limits.elements),
            _ => safewasm_store_set_instance_limit(store, limits.instances),
        }
    }
}
