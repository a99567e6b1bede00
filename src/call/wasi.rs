//! WASI functions: calls from wasm to the library.

use super::activation::{Callout, ComponentCall};
use crate::error::hostfailure::HostFailure;
use crate::error::{Error, ErrorKind};
use crate::process::thread::{self, Thread};
use crate::store::data::StoreData;
use crate::store::recorder;
use crate::store::wait::wait;
use crate::store::wasi::Wasi;
use crate::wasi::callout;
use crate::wasi::guest::Guest;
use std::pin::pin;
use std::slice;
use wasmtime::component::ResourceTableError;
use wasmtime::{AsContextMut, Caller, Extern, StoreContextMut, Trap};
use wasmtime_wasi::I32Exit;
use wasmtime_wasi::p1::types::Errno;
use wasmtime_wasi::p1::wasi_snapshot_preview1::WasiSnapshotPreview1;
use wiggle::{GuestError, GuestMemory};

/// Runs the function `name` of WASI preview 1, which `caller` has called: `body`, on the calling thread. Meanwhile
/// nothing can enter the store.
pub(crate) fn run<R: Answer>(
    caller: &mut Caller<'_, StoreData>,
    name: &str,
    body: impl AsyncFnOnce(&mut Guest, &mut GuestMemory<'_>) -> wasmtime::Result<R>,
) -> wasmtime::Result<R> {
    run_with(caller, name, |taken| {
        run_in(taken, name, body).or_else(|error| R::refusal(&error).ok_or(error))
    })
}

/// The same for the function `name` of WASI 0.2, which a component has called with `context`.
pub(crate) fn run_for_component<R>(
    mut context: StoreContextMut<'_, StoreData>,
    name: &str,
    body: impl AsyncFnOnce(&mut Guest) -> wasmtime::Result<R>,
) -> wasmtime::Result<R> {
    run_with(&mut context, name, |taken| {
        let call = ComponentCall::new(taken.context.as_context_mut(), None);
        taken.wait(&Callout::of_component(&call), body)
    })
}

#[inline(always)]
fn run_with<C: AsContextMut<Data = StoreData>, R>(
    context: &mut C,
    name: &str,
    body: impl FnOnce(&mut Taken<'_, C>) -> wasmtime::Result<R>,
) -> wasmtime::Result<R> {
    // SAFETY: it is the calling thread.
    let thread = unsafe { thread::current().get() };
    let _running = Running::end(thread);
    let Some(mut taken) = Taken::of(context) else { return Err(no_wasi(name)) };
    let result = body(&mut taken).map_err(|error| failure(error, name))?;
    let control = taken.wasi.as_ref().and_then(|wasi| wasi.control.clone());
    match control.filter(|control| control.must_check()) {
        Some(control) => {
            recorder::sample(taken.context.as_context_mut(), true);
            control.check_after_host().map(|()| result)
        }
        None => Ok(result),
    }
}

/// The result of a WASI function.
pub(crate) trait Answer: Sized {
    /// The result for a number or flag in the arguments that WASI doesn't have; `None` for other errors.
    fn refusal(error: &wasmtime::Error) -> Option<Self>;
}

/// An errno.
impl Answer for i32 {
    fn refusal(error: &wasmtime::Error) -> Option<Self> {
        let is_unknown = matches!(
            guest_error(error)?,
            GuestError::InvalidFlagValue(_)
                | GuestError::InvalidEnumValue(_)
                | GuestError::TryFromIntError(_)
        );
        is_unknown.then_some(Errno::Inval as i32)
    }
}

impl Answer for () {
    fn refusal(_: &wasmtime::Error) -> Option<Self> {
        None
    }
}

fn run_in<R>(
    taken: &mut Taken<'_, Caller<'_, StoreData>>,
    name: &str,
    body: impl AsyncFnOnce(&mut Guest, &mut GuestMemory<'_>) -> wasmtime::Result<R>,
) -> wasmtime::Result<R> {
    let export = taken.context.get_export("memory");
    let mut memory = match &export {
        Some(Extern::Memory(memory)) => {
            let (start, len) = (memory.data_ptr(&taken.context), memory.data_size(&taken.context));
            if taken.calls_out() {
                // The functions of the program may write to the memory through a view.
                // SAFETY: as below, and each access is to a cell.
                GuestMemory::Shared(unsafe { slice::from_raw_parts(start.cast(), len) })
            } else {
                // SAFETY: those are the memory's bytes. It can't grow or go, and nobody writes to it, since
                // nothing enters its store until this function returns, and no function of the program runs.
                GuestMemory::Unshared(unsafe { slice::from_raw_parts_mut(start, len) })
            }
        }
        Some(Extern::SharedMemory(memory)) => GuestMemory::Shared(memory.data()),
        _ => return Err(no_memory(name)),
    };
    let fuel = taken.context.as_context_mut().hostcall_fuel();
    let callout = Callout::new(taken.context);
    taken.wait(&callout, async |guest| {
        guest.set_hostcall_fuel(fuel);
        body(guest, &mut memory).await
    })
}

/// Notes, when it is dropped, that wasm runs on the thread again.
struct Running<'a> {
    thread: &'a Thread,
    innermost: *const (),
}

impl<'a> Running<'a> {
    /// Notes that no wasm runs on the thread.
    fn end(thread: &'a Thread) -> Self {
        thread.begin_host();
        let innermost = thread.innermost();
        thread.enter_host(thread.activation());
        Self { thread, innermost }
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.thread.leave_host(self.innermost);
    }
}

/// A store's WASI while a WASI function runs. It isn't in the store, whose data the functions of the program
/// may read that a stream calls. When this is dropped, it is back.
struct Taken<'a, C: AsContextMut<Data = StoreData>> {
    /// What Wasmtime gave to the function.
    context: &'a mut C,
    wasi: Option<Box<Wasi>>,
}

impl<'a, C: AsContextMut<Data = StoreData>> Taken<'a, C> {
    /// `None` if the store has no WASI.
    fn of(context: &'a mut C) -> Option<Self> {
        let wasi = context.as_context_mut().data_mut().wasi.take();
        wasi.is_some().then_some(Self { context, wasi })
    }

    /// Whether WASI functions may call functions of the program.
    fn calls_out(&self) -> bool {
        self.wasi.as_ref().is_some_and(|wasi| wasi.guest.calls_out())
    }

    /// Polls `body` until it is ready. Streams call out by `callout` meanwhile.
    fn wait<R>(
        &mut self,
        callout: &Callout,
        body: impl AsyncFnOnce(&mut Guest) -> wasmtime::Result<R>,
    ) -> wasmtime::Result<R> {
        let Some(Wasi { guest, runtime, control }) = self.wasi.as_deref_mut() else {
            unreachable!()
        };
        let runtime =
            runtime.get().map_err(|error| wasmtime::Error::new(HostFailure::from(error)))?;
        let _entered = runtime.enter();
        let future = pin!(body(guest));
        callout::during(callout, || wait(future, control.as_ref()))?
    }
}

impl<C: AsContextMut<Data = StoreData>> Drop for Taken<'_, C> {
    fn drop(&mut self) {
        self.context.as_context_mut().data_mut().wasi = self.wasi.take();
    }
}

/// An error as it leaves a WASI function: an exit, a trap, or the error of a function of the program.
#[cold]
fn failure(error: wasmtime::Error, name: &str) -> wasmtime::Error {
    if error.is::<HostFailure>() {
        return error;
    }
    let report = if let Some(I32Exit(status)) = error.downcast_ref() {
        Error::exit(status.cast_unsigned())
    } else if let Some(ResourceTableError::Full) = error.downcast_ref() {
        let said = format!(
            "the WASI function `{name}` failed: the program has too many resources of WASI"
        );
        Error::new(ErrorKind::LIMIT, said)
    } else {
        let said = format!("the WASI function `{name}` failed: {error}");
        let report = Error::new(ErrorKind::TRAP, said);
        match trap_of(&error) {
            Some(trap) => report.with_trap(trap),
            None => report.with_other_trap(),
        }
    };
    wasmtime::Error::new(HostFailure::from(report))
}

/// An error in the arguments of a guest.
fn guest_error(error: &wasmtime::Error) -> Option<&GuestError> {
    let mut error = error.downcast_ref()?;
    while let GuestError::InFunc { err, .. } = error {
        error = err;
    }
    Some(error)
}

/// The trap of an access that the guest asked for.
fn trap_of(error: &wasmtime::Error) -> Option<Trap> {
    match guest_error(error)? {
        GuestError::PtrOverflow | GuestError::PtrOutOfBounds(_) => Some(Trap::MemoryOutOfBounds),
        GuestError::PtrNotAligned(..) => Some(Trap::HeapMisaligned),
        _ => None,
    }
}

#[cold]
fn no_wasi(name: &str) -> wasmtime::Error {
    let said = format!(
        "the WASI function `{name}` was called in a store without WASI; call `safewasm_store_set_wasi` first"
    );
    wasmtime::Error::new(HostFailure::from(Error::new(ErrorKind::UNSUPPORTED, said)))
}

#[cold]
fn no_memory(name: &str) -> wasmtime::Error {
    let said = format!(
        "the WASI function `{name}` needs the memory of the instance that calls it, but no instance called \
         it, or it exports no memory called `memory`"
    );
    let error = Error::new(ErrorKind::TRAP, said).with_other_trap();
    wasmtime::Error::new(HostFailure::from(error))
}
