//! Entering wasm. All code that runs wasm goes through here.

use super::activation::{Activation, left_behind};
use crate::engine::code::Code;
use crate::engine::module::Module;
use crate::engine::unit::Unit;
use crate::error::convert::came_through_wasm;
use crate::error::{Error, ErrorKind, Result};
use crate::process::forks;
use crate::process::stack::check_stack;
use crate::process::thread::{self, Thread};
use crate::store::data::StoreData;
use crate::store::entered::{Entered, Guard};
use crate::store::fuel;
use crate::store::interrupt::Control;
use crate::store::payload::Supervision;
use std::sync::Arc;
use wasmtime::{AsContextMut, StoreContextMut};

/// A store in which wasm can run.
pub(crate) trait Runs {
    /// Runs wasm by `body`. Refuses if the stack is too small, or if another task's call must return first.
    /// An error of Wasmtime's that has no kind of its own gets the kind `other`.
    fn run<R>(
        &mut self,
        other: ErrorKind,
        body: impl FnOnce(StoreContextMut<'_, StoreData>) -> wasmtime::Result<R>,
    ) -> Result<R>;

    /// Makes an instance of the module by `body`, and runs its start function.
    fn instantiate(
        &mut self,
        module: &Module,
        body: impl FnOnce(StoreContextMut<'_, StoreData>) -> wasmtime::Result<wasmtime::Instance>,
    ) -> Result<wasmtime::Instance>;

    /// Makes an instance of what has the code `code` by `body`. `has_start` is whether that may run wasm.
    fn instantiate_code<I>(
        &mut self,
        code: &Arc<Code>,
        has_start: bool,
        body: impl FnOnce(StoreContextMut<'_, StoreData>) -> wasmtime::Result<I>,
    ) -> Result<I>;
}

impl Runs for Guard {
    #[inline(always)]
    fn run<R>(
        &mut self,
        other: ErrorKind,
        body: impl FnOnce(StoreContextMut<'_, StoreData>) -> wasmtime::Result<R>,
    ) -> Result<R> {
        run_in_store(self, Turn::Needed, other, body)
    }

    fn instantiate(
        &mut self,
        module: &Module,
        body: impl FnOnce(StoreContextMut<'_, StoreData>) -> wasmtime::Result<wasmtime::Instance>,
    ) -> Result<wasmtime::Instance> {
        self.instantiate_code(module.code(), module.has_start(), body)
    }

    fn instantiate_code<I>(
        &mut self,
        code: &Arc<Code>,
        has_start: bool,
        body: impl FnOnce(StoreContextMut<'_, StoreData>) -> wasmtime::Result<I>,
    ) -> Result<I> {
        let used = self.context().data_mut().limits.begin();
        self.context().data_mut().limits.charge_instance()?;
        self.context().data_mut().codes.keep(code);
        let mut exists = false;
        // Without a start function only Wasmtime's own code runs, so no other task can run in between.
        let turn = if has_start { Turn::Needed } else { Turn::NotNeeded };
        let result = run_in_store(self, turn, ErrorKind::LIMIT, |mut context| {
            let _no_fork = (!has_start).then(forks::delay);
            let result = body(context.as_context_mut());
            // If the start function failed, the instance exists all the same.
            exists = !result.as_ref().is_err_and(|error| !came_through_wasm(error));
            result.map_err(|error| context.data().limits.explain(error))
        });
        if !exists {
            self.context().data_mut().limits.refund(used);
        }
        result
    }
}

impl Supervision {
    #[inline(always)]
    fn check_task(&self, thread: &Thread) -> Result<()> {
        Activation::check_task(thread).map_err(|error| match &self.control {
            Some(control) => control.refused(error),
            None => error,
        })
    }
}

/// Whether a call has to wait for another task's call on the same thread.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    Needed,
    NotNeeded,
}

#[inline(always)]
fn run_in_store<R>(
    guard: &mut Guard,
    turn: Turn,
    other: ErrorKind,
    body: impl FnOnce(StoreContextMut<'_, StoreData>) -> wasmtime::Result<R>,
) -> Result<R> {
    let thread = thread::current();
    // SAFETY: the closure only sets and copies fields.
    let checks = unsafe {
        guard.payload(|payload| {
            payload.thread = thread;
            payload.checks
        })
    };
    // SAFETY: it is the calling thread.
    let thread = unsafe { thread.get() };
    check_stack(checks.stack, || {
        // SAFETY: as below.
        let own = checks
            .supervision
            .and_then(|supervision| unsafe { supervision.as_ref() }.engine.hooks());
        own.or_else(Activation::hooks_of_thread)?.stack()
    })?;
    let Some(supervision) = checks.supervision else {
        if turn == Turn::Needed {
            Activation::check_task(thread)?;
        }
        return run_now(guard, thread, other, body);
    };
    // SAFETY: the store's payload owns it, and lives at least until this thread leaves.
    let supervision = unsafe { supervision.as_ref() };
    if turn == Turn::Needed {
        if let Some(control) = &supervision.control
            && control.is_pending()
        {
            return run_controlled(guard, thread, supervision, control, other, body);
        }
        supervision.check_task(thread)?;
    }
    run_supervised(guard, thread, supervision, other, body)
}

/// [`run_supervised`] in a store whose time limits or interrupts the call must check first.
#[cold]
#[inline(never)]
fn run_controlled<R>(
    guard: &mut Guard,
    thread: &Thread,
    supervision: &Supervision,
    control: &Control,
    other: ErrorKind,
    body: impl FnOnce(StoreContextMut<'_, StoreData>) -> wasmtime::Result<R>,
) -> Result<R> {
    let is_outermost = guard.is_outermost();
    let _resumed = control.begin_call(is_outermost)?;
    if let Some(recorder) = &mut guard.context().data_mut().recorder {
        recorder.begin_call(is_outermost);
    }
    supervision.check_task(thread)?;
    let result = run_supervised(guard, thread, supervision, other, body);
    if let Some(recorder) = &mut guard.context().data_mut().recorder {
        recorder.end_call();
    }
    result
}

#[inline(always)]
fn run_supervised<R>(
    guard: &mut Guard,
    thread: &Thread,
    supervision: &Supervision,
    other: ErrorKind,
    body: impl FnOnce(StoreContextMut<'_, StoreData>) -> wasmtime::Result<R>,
) -> Result<R> {
    supervision.engine.note_use();
    let Some(hooks) = supervision.engine.hooks() else {
        return run_now(guard, thread, other, body);
    };
    let _ends = hooks.begin_wasm();
    run_now(guard, thread, other, body)
}

#[inline(always)]
fn run_now<R>(
    guard: &mut Guard,
    thread: &Thread,
    other: ErrorKind,
    body: impl FnOnce(StoreContextMut<'_, StoreData>) -> wasmtime::Result<R>,
) -> Result<R> {
    struct Running<'a>(&'a Thread);
    impl Drop for Running<'_> {
        #[inline(always)]
        fn drop(&mut self) {
            self.0.leave_wasm();
        }
    }
    if !thread.enter_wasm() {
        return Err(left_behind());
    }
    let running = Running(thread);
    let result = body(guard.context());
    drop(running);
    match result {
        Ok(value) => Ok(value),
        Err(error) => Err(failed(guard, &error, other)),
    }
}

#[cold]
fn failed(guard: &mut Guard, error: &wasmtime::Error, other: ErrorKind) -> Error {
    fuel::charge(guard, error);
    let failure = guard.failure(error, other);
    if came_through_wasm(error) {
        guard.context().data_mut().ended.note(&failure);
    }
    failure
}
