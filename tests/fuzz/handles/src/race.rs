//! Several threads at once: each answer is one of those that can be, and afterwards all is certain.

use crate::model::*;
use crate::ops::{RaceOp, Sel};
use crate::values::{counting, number};
use crate::world::{World, delete, finalize};
use safewasm::error::safewasm_error_kind_t as ErrorKind;
use safewasm::value::{safewasm_slot_t, safewasm_val_t};
use safewasm_capi::*;
use std::ptr::{null_mut, without_provenance_mut};
use std::sync::Barrier;

/// An operation on a handle.
struct Job {
    op: RaceOp,
    kind: Kind,
    bits: u64,
    id: Option<usize>,
    env: usize,
}

/// What came out: the kind of error if one did, a value, a new handle.
struct Answer {
    job: Job,
    error: Option<Failure>,
    value: i64,
    made: u64,
}

fn execute(job: Job) -> Answer {
    let handle = job.bits as usize;
    let mut value = 0;
    let mut made = 0usize;
    macro_rules! at {
        () => {
            without_provenance_mut(handle)
        };
    }
    // SAFETY: any handle is accepted, and there is room for the results.
    let error = unsafe {
        match &job.op {
            RaceOp::Delete(..) => {
                delete(job.kind, job.bits);
                null_mut()
            }
            RaceOp::GetGlobal(_) => {
                let mut out = safewasm_val_t { kind: 0, of: safewasm_slot_t { v128: [0; 16] } };
                let error = safewasm_global_get(at!(), &mut out);
                value = i64::from(out.of.i32);
                error
            }
            RaceOp::SetGlobal(_, x) => {
                let new = safewasm_val_t { kind: 1, of: safewasm_slot_t { v128: number(1, *x) } };
                safewasm_global_set(at!(), &new)
            }
            RaceOp::Call(_) => {
                let mut slot = safewasm_slot_t { v128: number(1, 41) };
                let error = safewasm_func_call_slots(at!(), &mut slot, 1);
                value = i64::from(slot.i32);
                error
            }
            RaceOp::MemoryLen(_) => {
                let mut len = 0;
                let error = safewasm_memory_len(at!(), &mut len);
                value = len as i64;
                error
            }
            RaceOp::CloneRef(_) => {
                let mut out = null_mut();
                let error = safewasm_ref_clone(at!(), &mut out);
                made = out.addr();
                error
            }
            RaceOp::NewExtern(_) => {
                let mut out = null_mut();
                let env = without_provenance_mut(job.env);
                let error = safewasm_ref_new_extern(at!(), env, Some(finalize), &mut out);
                made = out.addr();
                error
            }
            RaceOp::NewStore(_) => {
                let mut out = null_mut();
                let error = safewasm_store_new(at!(), &mut out);
                made = out.addr();
                error
            }
            RaceOp::Collect(_) => safewasm_store_collect(at!()),
            RaceOp::ExportsLen(_) => {
                let mut len = 0;
                let error = safewasm_module_exports_len(at!(), &mut len);
                value = len as i64;
                error
            }
            RaceOp::LinkerLen(_) => {
                let mut len = 0;
                let error = safewasm_linker_len(at!(), &mut len);
                value = len as i64;
                error
            }
            RaceOp::Interrupt(_) => safewasm_store_interrupt(at!()),
            RaceOp::Message(_) => {
                value = i64::from(safewasm_error_message(at!(), null_mut()).is_null());
                null_mut()
            }
        }
    };
    Answer { job, error: check(error).err(), value, made: made as u64 }
}

impl World {
    fn job(&mut self, op: &RaceOp) -> Job {
        let (kind, index) = match *op {
            RaceOp::Delete(kind, index) => (KINDS[usize::from(kind) % 19], index),
            RaceOp::GetGlobal(index) | RaceOp::SetGlobal(index, _) => (Kind::Global, index),
            RaceOp::Call(index) => (Kind::Func, index),
            RaceOp::MemoryLen(index) => (Kind::Memory, index),
            RaceOp::CloneRef(index) => (Kind::Ref, index),
            RaceOp::NewExtern(index) | RaceOp::Collect(index) | RaceOp::Interrupt(index) => {
                (Kind::Store, index)
            }
            RaceOp::NewStore(index) => (Kind::Engine, index),
            RaceOp::ExportsLen(index) => (Kind::Module, index),
            RaceOp::LinkerLen(index) => (Kind::Linker, index),
            RaceOp::Message(index) => (Kind::Error, index),
        };
        let arg = self.pick_where(Sel { how: 0, index }, kind, |handle| match op {
            RaceOp::GetGlobal(_) | RaceOp::SetGlobal(..) => {
                let global = &self.globals[handle.of];
                global.ty == Ty::I32 && global.is_mutable
            }
            RaceOp::Call(_) => {
                matches!(self.funcs[handle.of].does, Does::AddOne)
                    && self.funcs[handle.of].sig == SIGS[0]
            }
            _ => true,
        });
        Job { op: op.clone(), kind, bits: arg.bits, id: arg.id, env: 0 }
    }

    pub fn race(&mut self, lists: &[Vec<RaceOp>]) {
        let lists: Vec<Vec<Job>> = lists
            .iter()
            .map(|list| {
                let mut jobs: Vec<_> = list.iter().map(|op| self.job(op)).collect();
                jobs.retain(|job| self.is_plain(job));
                for job in &mut jobs {
                    if let RaceOp::NewExtern(_) = job.op {
                        // On failure too it is finalized.
                        job.env = self.env(Owner::Nobody);
                    }
                }
                jobs
            })
            .collect();
        // What may be deleted, and to what globals may be set, at any moment of the race.
        let all = || lists.iter().flatten();
        let doomed: Vec<usize> = all()
            .filter(|job| matches!(job.op, RaceOp::Delete(..)))
            .filter_map(|job| job.id)
            .collect();
        let of = |world: &Self, job: &Job| job.id.map(|id| world.handles[id].of);
        let sets: Vec<(Option<usize>, i32)> = all()
            .filter_map(|job| match job.op {
                RaceOp::SetGlobal(_, x) => Some((of(self, job), x)),
                _ => None,
            })
            .collect();
        self.operations += lists.iter().map(Vec::len).sum::<usize>() as u64;
        let barrier = Barrier::new(lists.len());
        let answers: Vec<Answer> = std::thread::scope(|scope| {
            let threads: Vec<_> = lists
                .into_iter()
                .map(|list| {
                    let barrier = &barrier;
                    scope.spawn(move || {
                        barrier.wait();
                        list.into_iter().map(execute).collect::<Vec<_>>()
                    })
                })
                .collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap_or_default()).collect()
        });
        for answer in answers {
            self.judge_race(answer, &doomed, &sets);
        }
        for id in doomed {
            self.forget(id);
        }
        self.settle_globals(&sets);
    }

    /// Whether an operation has a simple answer: on a store that is as it should be.
    fn is_plain(&self, job: &Job) -> bool {
        let Some(id) = job.id else { return false };
        let handle = &self.handles[id];
        let store = if handle.kind == Kind::Store { Some(handle.of) } else { handle.store };
        let fits = match job.op {
            RaceOp::GetGlobal(_) | RaceOp::SetGlobal(..) => {
                self.globals[handle.of].ty == Ty::I32 && self.globals[handle.of].is_mutable
            }
            RaceOp::Call(_) => {
                matches!(self.funcs[handle.of].does, Does::AddOne)
                    && self.funcs[handle.of].sig == SIGS[0]
                    && store.is_some_and(|store| !self.engines[self.stores[store].engine].epochs)
            }
            _ => true,
        };
        handle.kind == job.kind
            && fits
            && store.is_none_or(|store| {
                let of = &self.stores[store];
                !of.poisoned && !of.tight && !self.is_inside(store)
            })
    }

    fn judge_race(&mut self, answer: Answer, doomed: &[usize], sets: &[(Option<usize>, i32)]) {
        let Answer { job, error, value, made } = answer;
        let Some(id) = job.id else { return };
        let Handle { of, store, kind, .. } = self.handles[id].clone();
        let store = if kind == Kind::Store { Some(of) } else { store };
        let may_be_gone = doomed.iter().any(|&other| {
            other == id
                || self.handles[other].kind == Kind::Store && Some(self.handles[other].of) == store
        });
        if let Some(failure) = error {
            let out_of_fuel = store.is_some_and(|store| self.stores[store].fuel == 0);
            let may = match failure.kind {
                ErrorKind::INVALID_HANDLE => may_be_gone,
                ErrorKind::STORE_BUSY => store.is_some() && !matches!(job.op, RaceOp::Interrupt(_)),
                ErrorKind::UNSUPPORTED => {
                    let store = store.unwrap_or(0);
                    matches!(job.op, RaceOp::Interrupt(_))
                        && !self.engines[self.stores[store].engine].epochs
                }
                ErrorKind::TRAP => {
                    matches!(job.op, RaceOp::Call(_)) && (out_of_fuel || may_be_gone)
                }
                _ => false,
            };
            self.check(may, || format!("in a race, {:?}: {failure}", job.op));
            self.check(made == 0, || "in a race: a handle beside an error".to_owned());
            return;
        }
        let wanted = match job.op {
            RaceOp::Call(_) => Some(42),
            RaceOp::MemoryLen(_) => Some((self.memories[of].size << 16) as i64),
            RaceOp::ExportsLen(_) => Some(self.module(of).exports.len() as i64),
            RaceOp::LinkerLen(_) => Some(self.linkers[of].definitions.len() as i64),
            RaceOp::Message(_) => Some(0),
            RaceOp::GetGlobal(_) => {
                let before = matches!(self.globals[of].val, Val::Number(1, bytes) if i64::from(number_of(bytes)) == value);
                let set =
                    sets.iter().any(|&(global, x)| global == Some(of) && i64::from(x) == value);
                let open = self.globals[of].is_open;
                self.check(before || set || open, || format!("in a race: a global is {value}"));
                None
            }
            _ => None,
        };
        if let Some(wanted) = wanted {
            self.same("in a race", value, wanted);
        }
        match (&job.op, store) {
            (RaceOp::Call(_), Some(store)) => {
                self.stores[store].fuel_is_exact &= self.stores[store].fuel == 0
            }
            (RaceOp::CloneRef(_), Some(store)) => {
                self.add_made(Kind::Ref, made, Some(store), of);
            }
            (RaceOp::NewExtern(_), Some(store)) => {
                self.owners[job.env] = Owner::Ref(store, self.refs.len());
                self.refs.push((store, Ref::Extern(job.env)));
                self.add_made(Kind::Ref, made, Some(store), self.refs.len() - 1);
            }
            (RaceOp::NewStore(_), _) => self.add_store(without_provenance_mut(made as usize), of),
            (RaceOp::Interrupt(_), Some(store)) => self.stores[store].interrupted = true,
            _ => {}
        }
    }

    fn add_made(&mut self, kind: Kind, bits: u64, store: Option<usize>, of: usize) {
        // A store that went meanwhile took the handle with it, and another may have its place.
        self.add::<u8>(kind, without_provenance_mut(bits as usize), store, of);
    }

    /// Each global has one of the values that it was set to, or that of before; it is looked which.
    fn settle_globals(&mut self, sets: &[(Option<usize>, i32)]) {
        for of in sets.iter().filter_map(|set| set.0) {
            let place = |id: &usize| {
                self.handles[*id].kind == Kind::Global
                    && self.handles[*id].of == of
                    && self.is_living(*id)
            };
            let Some(id) = (0..self.handles.len()).find(place) else {
                // Nobody can ask by a handle that there is.
                self.globals[of].is_open = true;
                continue;
            };
            let bits = self.handles[id].bits;
            let out = self.ask("safewasm_global_get", &Ok(()), |out: *mut safewasm_val_t| unsafe {
                safewasm_global_get(without_provenance_mut(bits as usize), out)
            });
            let Some(out) = out else { continue };
            let found = counting(&out);
            let before = self.globals[of].val == Val::Number(1, found);
            let set = sets.iter().any(|&(global, x)| global == Some(of) && number(1, x) == found);
            let open = self.globals[of].is_open;
            self.check(before || set || open, || format!("after a race: a global is {found:?}"));
            self.globals[of].val = Val::Number(1, found);
            self.globals[of].is_open = false;
        }
    }
}

fn number_of(bytes: [u8; 16]) -> i32 {
    i32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
}
