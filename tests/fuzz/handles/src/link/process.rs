//! Processes are made, and asked how they have ended.

use crate::model::*;
use crate::modules::COMMAND;
use crate::ops::Sel;
use crate::world::{Arg, FINALIZED, World, finalize};
use safewasm::abi::{safewasm_error_kind_t as ErrorKind, safewasm_process_t};
use safewasm_capi::*;
use std::sync::atomic::Ordering;

impl World {
    /// Makes a process and waits for its end.
    pub fn new_process(&mut self, linker: Arg, store: Arg, module: Arg) {
        let want = self.need(linker, Kind::Linker, "linker").and_then(|linker| {
            let module = self.need(module, Kind::Module, "module")?;
            let store = self.enter(store, Kind::Store, "store")?;
            if self.is_inside(store) {
                return refuse(ErrorKind::STORE_BUSY, "store");
            }
            if self.stores[store].engine != self.linkers[linker].engine {
                return refuse(ErrorKind::WRONG_ENGINE, "linker");
            }
            if self.modules[module].1 != COMMAND {
                return refuse(ErrorKind::NOT_FOUND, "module");
            }
            self.settle(linker, module, Some(store))?;
            Ok((store, module))
        });
        let end = want.clone().and_then(|(store, module)| {
            self.room(store, module)?;
            // An interrupt from before the call has no effect.
            self.stores[store].interrupted = false;
            self.stops(store)
        });
        let env = self.env(Owner::Nobody);
        let data = std::ptr::without_provenance_mut(env);
        let made = self.ask("safewasm_process_new", want, |out| unsafe {
            let (linker, module, store) = (linker.ptr(), module.ptr(), store.ptr());
            safewasm_process_new(linker, module, store, None, data, Some(finalize), out)
        });
        // The store is gone in any case.
        if let Some(id) = store.id.filter(|id| self.handles[*id].kind == Kind::Store) {
            self.forget(id);
        }
        if let Some((made, _)) = made {
            self.processes.push(end);
            self.add(Kind::Process, made, None, self.processes.len() - 1);
            self.wait_for(made, env);
        }
    }

    /// Waits for the end of a process and for the finalizer of its `env`.
    fn wait_for(&mut self, process: *mut safewasm_process_t, env: usize) {
        let ended = self.ask("safewasm_process_wait", Ok(()), |out| unsafe {
            safewasm_process_wait(process, u64::MAX, out)
        });
        if let Some((ended, ())) = ended {
            self.check(ended.get(), || "a process has not ended after an endless wait".to_owned());
            while FINALIZED[env].load(Ordering::Relaxed) == 0 {
                std::thread::yield_now();
            }
        }
    }

    /// Asks a process how it has ended, waits for it, or kills it.
    pub fn process(&mut self, sel: Sel, n: u64) {
        let process = self.pick(sel, Kind::Process);
        let want = self.need(process, Kind::Process, "process");
        match n % 3 {
            0 => {
                self.tell("safewasm_process_kill", want, || unsafe {
                    safewasm_process_kill(process.ptr())
                });
            }
            1 => {
                let ended = self.ask("safewasm_process_wait", want, |out| unsafe {
                    safewasm_process_wait(process.ptr(), n, out)
                });
                if let Some((ended, _)) = ended {
                    self.check(ended.get(), || "a process runs again".to_owned());
                }
            }
            _ => self.process_status(process, want),
        }
    }

    fn process_status(&mut self, process: Arg, want: Want<usize>) {
        let mut has_ended = true.into();
        let has_status = want.is_ok();
        let want = want.and_then(|of| self.processes[of].clone());
        let status = self.ask("safewasm_process_status", want, |out| unsafe {
            safewasm_process_status(process.ptr(), &mut has_ended, out)
        });
        self.same("has_ended", has_ended.get(), has_status);
        if let Some((status, ())) = status {
            self.same("status", status, 0u32);
        }
    }
}
