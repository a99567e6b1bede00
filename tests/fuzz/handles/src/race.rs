//! Several threads use the same objects at once. Each result must be one of the possible ones, and
//! afterwards the model knows the state of each object again.

use crate::model::*;
use crate::ops::{Choice, RaceOp, Sel};
use crate::values::counting;
use crate::world::{Arg, World, finalize};
use safewasm::abi::{safewasm_error_kind_t as ErrorKind, safewasm_error_t};
use safewasm::abi::{safewasm_slot_t, safewasm_val_t};
use safewasm_capi::*;
use std::ptr::{null_mut, without_provenance_mut};
use std::sync::Barrier;

/// An operation and its handle.
struct Job {
    op: RaceOp,
    kind: Kind,
    bits: u64,
    /// The index of the handle in `World::handles`.
    id: usize,
    /// The `env` for a finalizer, where the operation passes one.
    env: usize,
}

/// The outcome of an operation.
struct Answer {
    job: Job,
    error: Option<Failure>,
    /// The result, if it is a number.
    value: i64,
    /// The new handle, if the result is one.
    made: u64,
}

/// The globals that a race sets, and their new values.
type Sets = [(usize, i32)];

/// Results of a function that a job calls.
#[derive(Default)]
struct Results {
    value: i64,
    made: u64,
}

impl Results {
    /// Calls a function that makes an object.
    fn make<T>(
        &mut self,
        call: impl FnOnce(*mut *mut T) -> *mut safewasm_error_t,
    ) -> *mut safewasm_error_t {
        let mut out = null_mut();
        let error = call(&mut out);
        self.made = out.addr() as u64;
        error
    }

    /// Calls a function that writes a length.
    fn len(
        &mut self,
        call: impl FnOnce(*mut usize) -> *mut safewasm_error_t,
    ) -> *mut safewasm_error_t {
        let mut len = 0;
        let error = call(&mut len);
        self.value = len as i64;
        error
    }

    /// Executes an operation on the object with that handle.
    fn execute(&mut self, job: &Job) -> *mut safewasm_error_t {
        let at = Arg { bits: job.bits, id: None };
        // SAFETY: any handle is accepted, and there is room for the results.
        unsafe {
            match job.op {
                RaceOp::Delete(..) => {
                    job.kind.delete(job.bits);
                    null_mut()
                }
                RaceOp::GetGlobal(_) => {
                    let mut out = safewasm_val_t { kind: 0, of: safewasm_slot_t { v128: [0; 16] } };
                    let error = safewasm_global_get(at.ptr(), &mut out);
                    self.value = i64::from(out.of.i32);
                    error
                }
                RaceOp::SetGlobal(_, x) => {
                    let of = safewasm_slot_t { v128: number(I32, x) };
                    safewasm_global_set(at.ptr(), &safewasm_val_t { kind: I32, of })
                }
                RaceOp::Call(_) => {
                    let mut slot = safewasm_slot_t { v128: number(I32, 41) };
                    let error = safewasm_func_call_slots(at.ptr(), &mut slot, 1);
                    self.value = i64::from(slot.i32);
                    error
                }
                RaceOp::MemoryLen(_) => self.len(|out| safewasm_memory_len(at.ptr(), out)),
                RaceOp::ExportsLen(_) => self.len(|out| safewasm_module_exports_len(at.ptr(), out)),
                RaceOp::LinkerLen(_) => self.len(|out| safewasm_linker_len(at.ptr(), out)),
                RaceOp::CloneRef(_) => self.make(|out| safewasm_ref_clone(at.ptr(), out)),
                RaceOp::NewStore(_) => self.make(|out| safewasm_store_new(at.ptr(), out)),
                RaceOp::NewExtern(_) => self.make(|out| {
                    let env = without_provenance_mut(job.env);
                    safewasm_ref_new_extern(at.ptr(), env, Some(finalize), out)
                }),
                RaceOp::Collect(_) => safewasm_store_collect(at.ptr()),
                RaceOp::Interrupt(_) => safewasm_store_interrupt(at.ptr()),
                RaceOp::Message(_) => {
                    let message = safewasm_error_message(at.ptr(), null_mut());
                    self.value = i64::from(message.is_null());
                    null_mut()
                }
            }
        }
    }
}

/// Executes a job on one of the threads of a race.
fn execute(job: Job) -> Answer {
    let mut results = Results::default();
    let error = results.execute(&job);
    Answer { job, error: check(error).err(), value: results.value, made: results.made }
}

/// Executes lists of jobs, each on its own thread, all at once.
fn execute_all(lists: Vec<Vec<Job>>) -> Vec<Answer> {
    let barrier = &Barrier::new(lists.len());
    std::thread::scope(|scope| {
        let threads: Vec<_> = lists
            .into_iter()
            .map(|list| {
                scope.spawn(move || {
                    barrier.wait();
                    list.into_iter().map(execute).collect::<Vec<_>>()
                })
            })
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap_or_default()).collect()
    })
}

impl World {
    /// Executes lists of operations, each on its own thread, all at once.
    pub fn race(&mut self, lists: &[Vec<RaceOp>]) {
        let lists: Vec<Vec<Job>> = lists
            .iter()
            .map(|list| {
                let mut jobs: Vec<_> = list.iter().filter_map(|op| self.job(op)).collect();
                for job in jobs.iter_mut().filter(|job| matches!(job.op, RaceOp::NewExtern(_))) {
                    // Its finalizer runs even if the call fails.
                    job.env = self.env(Owner::Nobody);
                }
                jobs
            })
            .collect();
        let all = || lists.iter().flatten();
        let deletes = all().filter(|job| matches!(job.op, RaceOp::Delete(..)));
        let doomed: Vec<usize> = deletes.map(|job| job.id).collect();
        let sets: Vec<(usize, i32)> = all()
            .filter_map(|job| match job.op {
                RaceOp::SetGlobal(_, x) => Some((self.handles[job.id].of, x)),
                _ => None,
            })
            .collect();
        self.operations += all().count() as u64;
        for answer in execute_all(lists) {
            self.judge_race(answer, &doomed, &sets);
        }
        for id in doomed {
            self.forget(id);
        }
        self.settle_globals(&sets);
    }

    /// Chooses the handle of an operation. There is no job if the operation has none whose results the
    /// model knows.
    fn job(&self, op: &RaceOp) -> Option<Job> {
        let (kind, index) = match *op {
            RaceOp::Delete(kind, index) => (kind, index),
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
        let sel = Sel { choice: Choice::Suitable, index };
        let arg = self.pick_where(sel, kind, |handle| self.is_suitable(op, handle.of));
        let id = arg.id?;
        let job = Job { op: op.clone(), kind, bits: arg.bits, id, env: 0 };
        self.is_plain(&job).then_some(job)
    }

    /// Whether an operation knows what to do with that object of its kind.
    fn is_suitable(&self, op: &RaceOp, of: usize) -> bool {
        match op {
            RaceOp::GetGlobal(_) | RaceOp::SetGlobal(..) => {
                self.globals[of].ty == Ty::I32 && self.globals[of].is_mutable
            }
            RaceOp::Call(_) => {
                matches!(self.funcs[of].does, Does::AddOne) && self.funcs[of].sig == CALL
            }
            _ => true,
        }
    }

    /// Whether a job's object is suitable, and in a store in which nothing else is going on.
    fn is_plain(&self, job: &Job) -> bool {
        let store = self.store_of_handle(job.id);
        let has_epochs = |store: usize| self.engines[self.stores[store].engine].features.epochs;
        // An epoch or an interrupt would end the call.
        let is_calm =
            !matches!(job.op, RaceOp::Call(_)) || store.is_some_and(|store| !has_epochs(store));
        is_calm
            && self.is_suitable(&job.op, self.handles[job.id].of)
            && store.is_none_or(|store| {
                let of = &self.stores[store];
                !of.poisoned && !of.tight && !self.is_inside(store)
            })
    }

    /// The store that a handle means or belongs to.
    fn store_of_handle(&self, id: usize) -> Option<usize> {
        let handle = &self.handles[id];
        if handle.kind == Kind::Store { Some(handle.of) } else { handle.store }
    }

    fn judge_race(&mut self, answer: Answer, doomed: &[usize], sets: &Sets) {
        let Answer { job, error, value, made } = answer;
        if let Some(failure) = error {
            let may = self.may_fail(&job, &failure, doomed);
            self.check(may, || format!("in a race, {:?}: {failure}", job.op));
            self.check(made == 0, || "in a race: a handle beside an error".to_owned());
            if let (ErrorKind::TRAP, Some(store)) = (failure.kind, self.store_of_handle(job.id)) {
                self.stores[store].has_ended = true;
            }
            return;
        }
        let of = self.handles[job.id].of;
        let wanted = match job.op {
            RaceOp::Call(_) => Some(42),
            RaceOp::MemoryLen(_) => Some((self.memories[of].size << 16) as i64),
            RaceOp::ExportsLen(_) => Some(self.module(of).exports.len() as i64),
            RaceOp::LinkerLen(_) => Some(self.linkers[of].definitions.len() as i64),
            RaceOp::Message(_) => Some(0),
            _ => None,
        };
        if let Some(wanted) = wanted {
            self.same("in a race", value, wanted);
        }
        if let RaceOp::GetGlobal(_) = job.op {
            let may = self.may_be(of, value as i32, sets);
            self.check(may, || format!("in a race: a global is {value}"));
        }
        self.note_race(&job, made);
    }

    /// Whether a job may have failed in that way, if the handles of `doomed` were deleted meanwhile.
    fn may_fail(&self, job: &Job, failure: &Failure, doomed: &[usize]) -> bool {
        let store = self.store_of_handle(job.id);
        let may_be_gone = doomed.iter().any(|&other| {
            other == job.id
                || self.handles[other].kind == Kind::Store && Some(self.handles[other].of) == store
        });
        let is_interrupt = matches!(job.op, RaceOp::Interrupt(_));
        match (failure.kind, store) {
            (ErrorKind::INVALID_HANDLE, _) => may_be_gone,
            (ErrorKind::STORE_BUSY, Some(_)) => !is_interrupt,
            (ErrorKind::UNSUPPORTED, Some(store)) => {
                is_interrupt && !self.engines[self.stores[store].engine].features.epochs
            }
            (ErrorKind::TRAP, Some(store)) => {
                matches!(job.op, RaceOp::Call(_)) && (self.stores[store].fuel == 0 || may_be_gone)
            }
            _ => false,
        }
    }

    /// Whether a global may have that value during a race or after it.
    fn may_be(&self, global: usize, value: i32, sets: &Sets) -> bool {
        let Global { val, is_open, .. } = self.globals[global];
        is_open || val == Val::of_i32(value) || sets.contains(&(global, value))
    }

    /// Notes the effects of a job that succeeded, among them its new handle.
    fn note_race(&mut self, job: &Job, made: u64) {
        let of = self.handles[job.id].of;
        // If the store was deleted meanwhile, `made` was too, and another object may have the handle.
        let made = without_provenance_mut::<u8>(made as usize);
        match (&job.op, self.store_of_handle(job.id)) {
            (RaceOp::Call(_), Some(store)) => {
                self.stores[store].fuel_is_exact &= self.stores[store].fuel == 0;
            }
            (RaceOp::CloneRef(_), Some(store)) => {
                self.add(Kind::Ref, made, Some(store), of);
            }
            (RaceOp::NewExtern(_), Some(store)) => {
                self.owners[job.env] = Owner::Ref(store, self.refs.len());
                self.refs.push((store, Ref::Extern(job.env)));
                self.add(Kind::Ref, made, Some(store), self.refs.len() - 1);
            }
            (RaceOp::NewStore(_), _) => self.add_store(made.cast(), of),
            (RaceOp::Interrupt(_), Some(store)) => self.stores[store].interrupted = true,
            _ => {}
        }
    }

    /// Reads the globals that a race has set, since the model doesn't know which value came last.
    fn settle_globals(&mut self, sets: &Sets) {
        for &(of, _) in sets {
            let has_handle = |id: &usize| {
                let handle = &self.handles[*id];
                handle.kind == Kind::Global && handle.of == of && self.is_living(*id)
            };
            let Some(id) = (0..self.handles.len()).find(has_handle) else {
                // It is read when there is a handle of it again.
                self.globals[of].is_open = true;
                continue;
            };
            let global = Arg { bits: self.handles[id].bits, id: Some(id) };
            let out = self.ask("safewasm_global_get", Ok(()), |out| unsafe {
                safewasm_global_get(global.ptr(), out)
            });
            let Some((out, ())) = out else { continue };
            let found = Val::Number(I32, counting(&out));
            let may = self.may_be(of, found.i32(), sets);
            self.check(may, || format!("after a race: a global is {found:?}"));
            self.globals[of].val = found;
            self.globals[of].is_open = false;
        }
    }
}
