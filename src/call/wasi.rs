//! WASI functions: calls from wasm to the library.

use super::activation::Callout;
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
use wasmtime::{AsContextMut, Caller, Extern, Trap};
use wasmtime_wasi::I32Exit;
use wasmtime_wasi::p1::types::Errno;
use wasmtime_wasi::p1::wasi_snapshot_preview1::WasiSnapshotPreview1;
use wiggle::{GuestError, GuestMemory};

/// Runs the WASI function `name`, which `caller` has called: `body`, on the calling thread. Meanwhile nothing
/// can enter the store.
pub(crate) fn run<R: Answer>(
    caller: &mut Caller<'_, StoreData>,
    name: &str,
    body: impl AsyncFnOnce(&mut Guest, &mut GuestMemory<'_>) -> wasmtime::Result<R>,
) -> wasmtime::Result<R> {
    // SAFETY: it is the calling thread.
    let thread = unsafe { thread::current().get() };
    let _running = Running::end(thread);
    let Some(mut taken) = Taken::of(caller) else { return Err(no_wasi(name)) };
    let result = match run_in(&mut taken, name, body) {
        Ok(result) => result,
        Err(error) => R::refusal(&error).ok_or_else(|| failure(error, name))?,
    };
    let control = taken.wasi.as_ref().and_then(|wasi| wasi.control.clone());
    match control.filter(|control| control.must_check()) {
        Some(control) => {
            recorder::sample(taken.caller.as_context_mut(), true);
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
    taken: &mut Taken<'_, '_>,
    name: &str,
    body: impl AsyncFnOnce(&mut Guest, &mut GuestMemory<'_>) -> wasmtime::Result<R>,
) -> wasmtime::Result<R> {
    let export = taken.caller.get_export("memory");
    let mut memory = match &export {
        Some(Extern::Memory(memory)) => {
            let (start, len) = (memory.data_ptr(&taken.caller), memory.data_size(&taken.caller));
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
    let fuel = taken.caller.as_context_mut().hostcall_fuel();
    let callout = Callout::new(taken.caller);
    let Some(Wasi { guest, runtime, control }) = taken.wasi.as_deref_mut() else { unreachable!() };
    guest.set_hostcall_fuel(fuel);
    let runtime = runtime.get().map_err(|error| wasmtime::Error::new(HostFailure::from(error)))?;
    let _entered = runtime.enter();
    let future = pin!(body(guest, &mut memory));
    callout::during(&callout, || wait(future, control.as_ref()))?
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
struct Taken<'a, 'caller> {
    caller: &'a mut Caller<'caller, StoreData>,
    wasi: Option<Box<Wasi>>,
}

impl<'a, 'caller> Taken<'a, 'caller> {
    /// `None` if the store has no WASI.
    fn of(caller: &'a mut Caller<'caller, StoreData>) -> Option<Self> {
        let wasi = caller.data_mut().wasi.take();
        wasi.is_some().then_some(Self { caller, wasi })
    }

    /// Whether WASI functions may call functions of the program.
    fn calls_out(&self) -> bool {
        self.wasi.as_ref().is_some_and(|wasi| wasi.guest.calls_out())
    }
}

impl Drop for Taken<'_, '_> {
    fn drop(&mut self) {
        self.caller.data_mut().wasi = self.wasi.take();
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
