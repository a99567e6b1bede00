//! Questions about stores and callers.

use super::*;
use safewasm::abi::safewasm_store_t;
use safewasm::abi::{safewasm_node_t, safewasm_nodevalue_t, safewasm_witkind_t as WitKind};
use safewasm_capi::*;
use std::ffi::c_void;

impl World {
    pub fn store_engine(&mut self, sel: Sel, _: u64) {
        let (a, want) = self.asked_in(sel, Kind::Store, "store");
        let out = self.ask("safewasm_store_engine", want, |out| unsafe {
            safewasm_store_engine(a.ptr(), out)
        });
        if let Some((engine, store)) = out {
            self.add(Kind::Engine, engine, None, self.stores[store].engine);
        }
    }

    /// Engines of cases have no cache.
    pub fn engine_cache_counts(&mut self, sel: Sel, _: u64) {
        type Counts = Three<u64, u64, u64>;
        let (a, want) = self.asked(sel, Kind::Engine, "engine");
        let want: Want = want.and_then(|_| refuse(ErrorKind::UNSUPPORTED, ""));
        self.ask("safewasm_engine_cache_counts", want, |out: *mut Counts| unsafe {
            let Three(hits, misses, failures) = &mut *out;
            safewasm_engine_cache_counts(a.ptr(), hits, misses, failures)
        });
    }

    pub fn store_collect(&mut self, sel: Sel, _: u64) {
        let (a, want) = self.asked_in(sel, Kind::Store, "store");
        self.tell("safewasm_store_collect", want, || unsafe { safewasm_store_collect(a.ptr()) });
    }

    /// Starts a profile of a store, perhaps with an interval that is too short, or ends the one that is recorded.
    pub fn store_profile(&mut self, sel: Sel, n: u64) {
        let (a, of) = self.asked_in(sel, Kind::Store, "store");
        let is_profiled = of.as_ref().is_ok_and(|&store| self.stores[store].is_profiled);
        if is_profiled || n.is_multiple_of(4) {
            return self.store_profile_stop(a, of);
        }
        let interval = if n.is_multiple_of(2) { 1 } else { 1_000_000 };
        let want = match interval {
            1 => of.clone().and_then(|_| refuse(ErrorKind::INVALID_ARGUMENT, "interval")),
            _ => self.able(of.clone(), |has| has.epochs),
        };
        let started = self.tell("safewasm_store_profile_start", want, || unsafe {
            safewasm_store_profile_start(a.ptr(), interval, 1000)
        });
        let Some(store) = started else { return };
        self.stores[store].is_profiled = true;
        if n.is_multiple_of(3) {
            self.store_profile_stop(a, of);
        }
    }

    fn store_profile_stop(&mut self, a: Arg, of: Want<usize>) {
        let want = of.and_then(|store| match self.stores[store].is_profiled {
            true => Ok(store),
            false => refuse(ErrorKind::NOT_FOUND, "store"),
        });
        let out = self.ask("safewasm_store_profile_stop", want, |out| unsafe {
            safewasm_store_profile_stop(a.ptr(), out)
        });
        if let Some((profile, store)) = out {
            self.stores[store].is_profiled = false;
            self.add(Kind::Profile, profile, None, 0);
            let made = self.last(Kind::Profile);
            self.read_profile(made, Ok(0));
        }
    }

    pub fn profile(&mut self, sel: Sel, _: u64) {
        let (a, want) = self.asked(sel, Kind::Profile, "profile");
        self.read_profile(a, want);
    }

    fn read_profile(&mut self, a: Arg, want: Want<usize>) {
        let data = self.ask("safewasm_profile_data", want.clone(), |out| unsafe {
            safewasm_profile_data(a.ptr(), out)
        });
        if let Some((data, _)) = data {
            self.check(data.frames_len >= 2 && data.samples_len <= 1000, || format!("{data:?}"));
        }
        let written = [
            self.ask("safewasm_profile_firefox", want.clone(), |out| unsafe {
                safewasm_profile_firefox(a.ptr(), out)
            }),
            self.ask("safewasm_profile_collapsed", want, |out| unsafe {
                safewasm_profile_collapsed(a.ptr(), out)
            }),
        ];
        for (bytes, _) in written.into_iter().flatten() {
            self.with_bytes(bytes, |world, data, len| {
                // SAFETY: there are that many bytes.
                let text = unsafe { std::slice::from_raw_parts(data, len) };
                world
                    .check(std::str::from_utf8(text).is_ok(), || "a profile is no text".to_owned());
            });
        }
    }

    pub fn store_data(&mut self, sel: Sel, _: u64) {
        let (a, of) = self.asked_in(sel, Kind::Store, "store");
        let wanted = of.map(|store| self.stores[store].data);
        answer!(self, safewasm_store_data(a), wanted, |out: *mut c_void| out.addr());
    }

    pub fn store_fuel(&mut self, sel: Sel, _: u64) {
        let (a, of) = self.asked_in(sel, Kind::Store, "store");
        let want = self.able(of, |has| has.fuel);
        let left = self.ask("safewasm_store_fuel", want.clone(), |out: *mut u64| unsafe {
            safewasm_store_fuel(a.ptr(), out)
        });
        let used = self.ask("safewasm_store_fuel_consumed", want, |out: *mut u64| unsafe {
            safewasm_store_fuel_consumed(a.ptr(), out)
        });
        let (Some((left, of)), Some((used, _))) = (left, used) else { return };
        let store = &self.stores[of];
        let (exact, most, given) = (store.fuel_is_exact, store.fuel, store.fuel_given);
        self.check(if exact { left == most } else { left <= most }, || {
            format!("fuel: {left} left of {most}")
        });
        let consumed = u64::try_from(given - u128::from(left)).unwrap_or(u64::MAX);
        self.same("fuel consumed", used, consumed);
    }

    /// The store in which a caller's host function was called.
    fn store_of_caller(&self, caller: Arg) -> usize {
        caller.id.and_then(|id| self.handles[id].store).expect("a caller has a store")
    }

    pub fn caller_store(&mut self, sel: Sel, _: u64) {
        let (a, of) = self.asked(sel, Kind::Caller, "caller");
        let wanted = of.map(|_| {
            let store = self.store_of_caller(a);
            let mut handles = self.handles.iter();
            handles.find(|h| h.kind == Kind::Store && h.of == store).map_or(0, |h| h.bits)
        });
        answer!(self, safewasm_caller_store(a), wanted, |out: *mut safewasm_store_t| out.addr()
            as u64);
    }

    pub fn caller_data(&mut self, sel: Sel, _: u64) {
        let (a, of) = self.asked(sel, Kind::Caller, "caller");
        let wanted = of.map(|_| self.stores[self.store_of_caller(a)].data);
        answer!(self, safewasm_caller_data(a), wanted, |out: *mut c_void| out.addr());
    }

    /// Looks an export of the calling instance up, also as a memory, which none of them is.
    pub fn caller_export(&mut self, sel: Sel, n: u64) {
        let (a, of) = self.asked(sel, Kind::Caller, "caller");
        if of == Ok(UNKNOWN) {
            return;
        }
        let name = ["via", "catch", "absent"][n as usize % 3];
        let want = of.and_then(|instance| self.export_of_caller(a, instance, name));
        let memory: Want = match &want {
            Ok(_) => refuse(ErrorKind::TYPE_MISMATCH, name),
            Err(refusal) => Err(refusal.clone()),
        };
        let mut len = 0;
        self.ask("safewasm_caller_memory", memory, |out: *mut *mut u8| unsafe {
            safewasm_caller_memory(a.ptr(), name.as_ptr().cast(), name.len(), out, &mut len)
        });
        let out = self.ask("safewasm_caller_export", want, |out| unsafe {
            safewasm_caller_export(a.ptr(), name.as_ptr().cast(), name.len(), out)
        });
        if let Some((out, (store, kind, of))) = out {
            self.add_extern(out, kind, of, store);
        }
    }

    /// Gives a result to the host function of a caller, which gives another one at its end, or what can't be a result.
    pub fn caller_return(&mut self, sel: Sel, n: u64) {
        let (a, of) = self.asked(sel, Kind::Caller, "caller");
        let is_number = n.is_multiple_of(2);
        let want = of.and_then(|of| match of {
            COMPONENT if is_number => Ok(()),
            COMPONENT => refuse(ErrorKind::TYPE_MISMATCH, "nodes"),
            _ => refuse(ErrorKind::UNSUPPORTED, "caller"),
        });
        let kind = if is_number { WitKind::U32 } else { WitKind::U16 } as u8;
        let node = safewasm_node_t { kind, index: 0, len: 0, of: safewasm_nodevalue_t { u: 7 } };
        self.tell("safewasm_caller_return", want, || unsafe {
            safewasm_caller_return(a.ptr(), &node, 1)
        });
    }

    /// The store, the kind and the number of an export of the calling instance.
    fn export_of_caller(
        &self,
        caller: Arg,
        instance: usize,
        name: &str,
    ) -> Want<(usize, Kind, usize)> {
        let store = self.store_of_caller(caller);
        if self.stores[store].deleted {
            return refuse(ErrorKind::INVALID_HANDLE, "caller");
        }
        self.may_enter(store, "caller")?;
        let exports = self.instances.get(instance).map_or(&[][..], |of| &of.exports);
        match exports.iter().find(|export| export.0 == name) {
            Some(&(_, kind, of)) => Ok((store, kind, of)),
            None => refuse(ErrorKind::NOT_FOUND, name),
        }
    }
}
