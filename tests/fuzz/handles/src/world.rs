//! The world of a case: the model of all objects, the choice of handles, and the judging of results.

use crate::components::{Action, Wit};
use crate::model::*;
use crate::ops::{Choice, Features, Script, Sel};
use crate::resources::Resource;
use safewasm::abi::safewasm_error_kind_t as ErrorKind;
use safewasm::abi::safewasm_error_t;
use safewasm_capi::*;
use std::cell::Cell;
use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicU32, Ordering};

/// How often the finalizer of each `env` ran. An `env` is an index of this list, from 1.
pub static FINALIZED: [AtomicU32; 8192] = [const { AtomicU32::new(0) }; 8192];

/// The finalizer that is passed to the library wherever it takes one.
pub unsafe extern "C-unwind" fn finalize(env: *mut c_void) {
    if let Some(count) = FINALIZED.get(env.addr()) {
        count.fetch_add(1, Ordering::Relaxed);
    }
}

/// The tag of all errors that the fuzzer makes.
pub fn tag() -> *const c_void {
    std::ptr::from_ref(&FINALIZED).cast()
}

thread_local! {
    /// The world, while the library runs, which may call host functions and finalizers.
    static LENT: Cell<*mut World> = const { Cell::new(null_mut()) };
}

/// A handle that an operation passes to the library.
#[derive(Clone, Copy, Debug)]
pub struct Arg {
    pub bits: u64,
    /// Its index in `World::handles`, if the library has given it out.
    pub id: Option<usize>,
}

impl Arg {
    pub const NULL: Self = Self { bits: 0, id: None };

    pub fn ptr<T>(self) -> *mut T {
        std::ptr::without_provenance_mut(self.bits as usize)
    }
}

/// A call that has begun.
#[derive(Default)]
pub struct Pending {
    /// The script of the host function, until that runs.
    pub script: Option<Script>,
    /// How the host function ended, if the call reached one.
    pub ended: Option<Want>,
    /// The argument of the host function.
    pub got: Option<i32>,
    pub store: usize,
    /// The instance that calls the host function.
    pub instance: Option<usize>,
    /// Whether a component calls it.
    pub is_component: bool,
}

/// A host function that is running.
pub struct Frame {
    pub store: usize,
    pub thread: usize,
}

/// The model of a case, and what has happened in it.
#[derive(Default)]
pub struct World {
    pub handles: Vec<Handle>,
    /// The features that each config turns on.
    pub configs: Vec<Features>,
    pub engines: Vec<Engine>,
    pub stores: Vec<Store>,
    /// The engine of each module, and its index in `MODULES`.
    pub modules: Vec<(usize, usize)>,
    /// The engine of each component, and its index in `COMPONENTS`.
    pub components: Vec<(usize, usize)>,
    pub componentinstances: Vec<Bound>,
    /// What each component func does, and its instance.
    pub componentfuncs: Vec<(Action, usize)>,
    pub componentlinkers: Vec<ComponentLinker>,
    /// The number of resource types of the program.
    pub resourcetypes: usize,
    pub resources: Vec<Resource>,
    /// The engine of each component pre-instantiation, and what it makes.
    pub componentpres: Vec<(usize, Bound)>,
    /// The component instances that run, from the outermost to the innermost.
    pub active: Vec<usize>,
    /// The number in each values object, if it has one.
    pub values: Vec<Option<u32>>,
    pub wittypes: Vec<&'static Wit>,
    /// The engine of each compilation, and what it compiles.
    pub compilations: Vec<(usize, Unit)>,
    pub errors: Vec<Report>,
    /// The number of buffers with the bytes of a module.
    pub bytes: usize,
    /// The engine of each function type, and its signature.
    pub functypes: Vec<(usize, Sig)>,
    /// The engine of each extern type, and the type.
    pub externtypes: Vec<(usize, Item)>,
    /// The engine of each heap type, and its index in `HEAP_TYPES`.
    pub heaptypes: Vec<(usize, usize)>,
    pub views: Vec<View>,
    pub linkers: Vec<Linker>,
    pub pres: Vec<Pre>,
    /// How each process has ended.
    pub processes: Vec<Want>,
    pub shareds: Vec<Shared>,
    pub instances: Vec<Instance>,
    pub funcs: Vec<Func>,
    pub memories: Vec<Memory>,
    pub tables: Vec<Table>,
    pub globals: Vec<Global>,
    pub tags: Vec<Sig>,
    /// The store of each reference, and what it refers to.
    pub refs: Vec<(usize, Ref)>,
    /// The owner of each `env`.
    pub owners: Vec<Owner>,
    /// The host functions of linkers, and the `env` of each.
    pub funcs_of_linkers: Vec<(usize, usize)>,
    /// The calls that have begun, from the outermost to the innermost.
    pub pending: Vec<Pending>,
    /// The host functions that are running, from the outermost to the innermost.
    pub frames: Vec<Frame>,
    /// The number of the thread that executes operations.
    pub thread: usize,
    /// How many threads there have been.
    pub threads: usize,
    /// Whether handles of errors are kept instead of deleted.
    pub keep: bool,
    pub operations: u64,
    pub answers: u64,
    /// The first mistake of the library.
    pub wrong: Option<String>,
}

impl World {
    pub fn new() -> Self {
        for count in &FINALIZED {
            count.store(0, Ordering::Relaxed);
        }
        // An `env` of 0 is NULL.
        Self { owners: vec![Owner::Nobody], ..Self::default() }
    }

    /// The world of the host function that runs on this thread.
    ///
    /// # Safety
    ///
    /// The caller is a host function that the library calls within [`World::call`].
    pub unsafe fn lent<'a>() -> &'a mut Self {
        // SAFETY: `World::call` uses the world again only once the library has returned.
        unsafe { &mut *LENT.get() }
    }

    /// Notes a mistake of the library.
    pub fn fail(&mut self, what: impl FnOnce() -> String) {
        if self.wrong.is_none() {
            self.wrong = Some(what());
        }
    }

    /// Counts an answer of the library, and notes a mistake unless `holds`.
    pub fn check(&mut self, holds: bool, what: impl FnOnce() -> String) {
        self.answers += 1;
        if !holds {
            self.fail(what);
        }
    }

    /// Counts an answer of the library, which must be `wanted`.
    pub fn same<T: PartialEq + std::fmt::Debug>(&mut self, name: &str, found: T, wanted: T) {
        self.check(found == wanted, || format!("{name}: {found:?}, not {wanted:?}"));
    }

    // Handles.

    /// Whether a handle is valid on the thread that executes operations.
    pub fn is_living(&self, id: usize) -> bool {
        let handle = &self.handles[id];
        let on_its_thread = handle.kind != Kind::Caller || handle.thread == self.thread;
        let store = handle.store.filter(|_| handle.kind != Kind::Caller);
        on_its_thread && !handle.deleted && store.is_none_or(|store| !self.stores[store].deleted)
    }

    /// Adds a handle that the library has given out for object `of` of that kind.
    pub fn add<T>(&mut self, kind: Kind, handle: *mut T, store: Option<usize>, of: usize) -> usize {
        let bits = handle.addr() as u64;
        let seen = self.handles.iter().any(|seen| seen.bits == bits && !seen.deleted);
        self.check(bits != 0 && (!seen || kind == Kind::Caller), || {
            format!("a new {kind:?} has the handle {bits:#x}, which is another's")
        });
        let thread = self.thread;
        self.handles.push(Handle { bits, kind, deleted: false, store, of, thread });
        self.handles.len() - 1
    }

    /// The handle that was added last among those of a kind.
    pub fn last(&self, kind: Kind) -> Arg {
        let found = self.handles.iter().rposition(|handle| handle.kind == kind);
        found.map_or(Arg::NULL, |id| Arg { bits: self.handles[id].bits, id: Some(id) })
    }

    /// Chooses a handle for a parameter of that kind.
    pub fn pick(&self, sel: Sel, kind: Kind) -> Arg {
        self.pick_where(sel, kind, |_| true)
    }

    /// Chooses a handle for a parameter of that kind, preferably one for which `is_suitable` holds.
    pub fn pick_where(&self, sel: Sel, kind: Kind, is_suitable: impl Fn(&Handle) -> bool) -> Arg {
        let choose = |wanted: &dyn Fn(usize, &Handle) -> bool| {
            let all = self.handles.iter().enumerate();
            let found: Vec<_> = all.filter(|(id, handle)| wanted(*id, handle)).collect();
            let (id, handle) = found.get(usize::from(sel.index) % found.len().max(1))?;
            Some(Arg { bits: handle.bits, id: Some(*id) })
        };
        let valid = || choose(&|id, h| h.kind == kind && self.is_living(id));
        let chosen = match sel.choice {
            Choice::Suitable => {
                choose(&|id, h| h.kind == kind && self.is_living(id) && is_suitable(h))
                    .or_else(valid)
            }
            Choice::Valid => valid(),
            Choice::Invalid => choose(&|id, h| h.kind == kind && !self.is_living(id)),
            Choice::OtherKind => choose(&|_, h| h.kind != kind),
            Choice::Altered => choose(&|_, h| h.kind == kind)
                .map(|arg| self.altered(arg.bits ^ (1 << (24 + sel.index % 32)))),
            Choice::MadeUp => Some(Arg { bits: u64::from(sel.index) << 32 | 0x1008, id: None }),
            Choice::Null => None,
        };
        chosen.unwrap_or(Arg::NULL)
    }

    /// A handle with one bit flipped. It may be the handle of another object that had the same slot.
    fn altered(&self, bits: u64) -> Arg {
        let known = |handle: &Handle| handle.bits == bits;
        Arg { bits, id: self.handles.iter().rposition(known) }
    }

    /// The number of the object that a handle of that kind has or had.
    pub fn object(&self, arg: Arg, kind: Kind) -> Option<usize> {
        arg.id.filter(|id| self.handles[*id].kind == kind).map(|id| self.handles[id].of)
    }

    /// The number of a handle's object, or the error for a handle that isn't valid or of that kind.
    pub fn need(&self, arg: Arg, kind: Kind, name: &str) -> Want<usize> {
        match arg.id {
            Some(id) if self.handles[id].kind == kind && self.is_living(id) => {
                Ok(self.handles[id].of)
            }
            _ if arg.bits == 0 => refuse(ErrorKind::NULL_POINTER, name),
            _ => refuse(ErrorKind::INVALID_HANDLE, name),
        }
    }

    /// The store of a living handle.
    pub fn store_of(&self, arg: Arg) -> usize {
        let handle = &self.handles[arg.id.expect("a living handle was seen")];
        if handle.kind == Kind::Store { handle.of } else { handle.store.expect("it has a store") }
    }

    /// Like `need`, for a function that enters the object's store, or the store itself.
    pub fn enter(&self, arg: Arg, kind: Kind, name: &str) -> Want<usize> {
        let of = self.need(arg, kind, name)?;
        self.may_enter(self.store_of(arg), name)?;
        Ok(of)
    }

    /// The error of a function that enters a store which another thread uses or a panic has poisoned.
    pub fn may_enter(&self, store: usize, name: &str) -> Want {
        if self.frames.iter().any(|frame| frame.store == store && frame.thread != self.thread) {
            return refuse(ErrorKind::STORE_BUSY, name);
        }
        if self.stores[store].poisoned {
            return refuse(ErrorKind::STORE_POISONED, name);
        }
        Ok(())
    }

    /// Whether a host function of that store is running.
    pub fn is_inside(&self, store: usize) -> bool {
        self.frames.iter().any(|frame| frame.store == store)
    }

    // Calls.

    /// Calls a function that writes a `T`, and judges its error. `want` is asked afterwards, since the
    /// outcome may depend on the host functions that run in the call.
    pub fn call<T: Copy>(
        &mut self,
        name: &str,
        call: impl FnOnce(*mut T) -> *mut safewasm_error_t,
        want: impl FnOnce(&mut Self) -> Want,
    ) -> Option<T> {
        let mut out = MaybeUninit::<T>::uninit();
        // SAFETY: a `T` has that many bytes.
        unsafe { out.as_mut_ptr().cast::<u8>().write_bytes(0xff, size_of::<T>()) };
        let outer = LENT.replace(self);
        let error = call(out.as_mut_ptr());
        LENT.set(outer);
        let want = want(self);
        let succeeded = error.is_null();
        self.judge(name, error, want);
        if succeeded {
            // SAFETY: a function that succeeds has written it.
            return Some(unsafe { out.assume_init() });
        }
        for index in 0..size_of::<T>() {
            // SAFETY: every byte was written above.
            let byte = unsafe { out.as_ptr().cast::<u8>().add(index).read() };
            self.check(byte == 0, || format!("{name}: the result is not cleared on failure"));
        }
        None
    }

    /// Calls a function whose outcome is known before. Returns the result beside the wanted one, if the
    /// function succeeds and is to succeed.
    pub fn ask<T: Copy, W>(
        &mut self,
        name: &str,
        want: Want<W>,
        call: impl FnOnce(*mut T) -> *mut safewasm_error_t,
    ) -> Option<(T, W)> {
        let mut wanted = None;
        let out = self.call(name, call, |_| {
            wanted = Some(want?);
            Ok(())
        });
        out.zip(wanted).filter(|_| self.wrong.is_none())
    }

    /// Calls a function without results whose outcome is known before. Returns what `want` contains, if
    /// the function succeeds and is to succeed.
    pub fn tell<W>(
        &mut self,
        name: &str,
        want: Want<W>,
        call: impl FnOnce() -> *mut safewasm_error_t,
    ) -> Option<W> {
        self.ask::<(), W>(name, want, |_| call()).map(|(_, wanted)| wanted)
    }

    /// Compares an error with the wanted one. Then deletes it, or keeps its handle.
    pub fn judge(&mut self, name: &str, error: *mut safewasm_error_t, want: Want) {
        let want = match (error.is_null(), want) {
            (true, Ok(())) => return self.answers += 1,
            (true, Err(want)) => {
                return self.check(false, || format!("{name}: succeeded, not {want:?}"));
            }
            (false, want) => want,
        };
        // SAFETY: the error was just returned, and its message ends with a NUL.
        let (kind, trap, message, env, frames) = unsafe {
            let message = std::ffi::CStr::from_ptr(safewasm_error_message(error, null_mut()));
            (
                safewasm_error_kind(error),
                safewasm_error_trap_code(error),
                message.to_string_lossy().into_owned(),
                safewasm_error_env(error, tag()).addr(),
                safewasm_error_frames_len(error),
            )
        };
        let Err(want) = want else {
            // SAFETY: the error is this program's.
            unsafe { safewasm_error_delete(error) };
            return self.check(false, || format!("{name}: {kind:?}: {message}"));
        };
        let quoted = format!("`{}`", want.names);
        let is_right = kind == want.kind
            && (want.names.is_empty() || message.contains(&quoted))
            && want.trap.is_none_or(|code| code == trap)
            && want.frames.is_none_or(|some| some == (frames > 0))
            && want.env.unwrap_or(0) == env;
        self.check(is_right, || {
            format!("{name}: {kind:?}, {trap:?}, env {env}, {frames} frames: {message}\n    not {want:?}")
        });
        if !self.keep {
            // SAFETY: the error is this program's.
            unsafe { safewasm_error_delete(error) };
            return;
        }
        let (env, exception, frames) = (want.env, want.exception, Some(frames > 0));
        self.errors.push(Report { kind, message, trap, env, exception, frames });
        self.add(Kind::Error, error, None, self.errors.len() - 1);
    }

    // Objects.

    /// Makes an `env` for a finalizer.
    pub fn env(&mut self, owner: Owner) -> usize {
        self.owners.push(owner);
        self.owners.len() - 1
    }

    /// Passes a handle to the function that deletes objects of that kind.
    pub fn delete(&mut self, kind: Kind, arg: Arg) {
        let outer = LENT.replace(self);
        kind.delete(arg.bits);
        LENT.set(outer);
        if let Some(id) = arg.id
            && self.handles[id].kind == kind
            && kind != Kind::Caller
        {
            self.forget(id);
        }
    }

    /// Notes that a handle was deleted.
    pub fn forget(&mut self, id: usize) {
        self.handles[id].deleted = true;
        if self.handles[id].kind == Kind::Store {
            let store = self.handles[id].of;
            self.stores[store].deleted = true;
        }
    }
}
