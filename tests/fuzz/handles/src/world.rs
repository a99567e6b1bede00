//! The world of a case: its handles and what they mean, and how an answer is judged.

use crate::model::*;
use crate::ops::{Sel, Step};
use safewasm::error::safewasm_error_kind_t as ErrorKind;
use safewasm::error::safewasm_error_t;
use safewasm_capi::*;
use std::cell::Cell;
use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicU32, Ordering};

/// How often each finalizer ran; a finalizer's `env` is the number of its place, from 1.
static FINALIZED: [AtomicU32; 8192] = [const { AtomicU32::new(0) }; 8192];

/// The finalizer of everything.
pub unsafe extern "C-unwind" fn finalize(env: *mut c_void) {
    if let Some(count) = FINALIZED.get(env.addr()) {
        count.fetch_add(1, Ordering::Relaxed);
    }
}

thread_local! {
    /// The world, while a function is called that may call back.
    static LENT: Cell<*mut World> = const { Cell::new(null_mut()) };
}

/// A handle that was chosen.
#[derive(Clone, Copy, Debug)]
pub struct Arg {
    pub bits: u64,
    /// The number of the handle, if it was seen before.
    pub id: Option<usize>,
}

impl Arg {
    pub fn ptr<T>(self) -> *mut T {
        std::ptr::without_provenance_mut(self.bits as usize)
    }
}

/// A call that is under way.
#[derive(Default)]
pub struct Pending {
    pub script: Option<crate::ops::Script>,
    /// How the host function ended that it led to.
    pub ended: Option<Want>,
    /// The argument that it got.
    pub got: Option<i32>,
    /// The store that it runs in, and the instance that calls.
    pub store: usize,
    pub instance: Option<usize>,
}

/// A host function that runs.
pub struct Frame {
    pub store: usize,
    pub thread: usize,
}

#[derive(Default)]
pub struct World {
    pub handles: Vec<Handle>,
    pub engines: Vec<Engine>,
    pub stores: Vec<Store>,
    pub modules: Vec<(usize, usize)>,
    pub errors: Vec<Report>,
    pub texts: Vec<usize>,
    pub functypes: Vec<(usize, Sig)>,
    pub externtypes: Vec<(usize, Item)>,
    pub views: Vec<View>,
    pub linkers: Vec<Linker>,
    pub pres: Vec<Pre>,
    pub shareds: Vec<Shared>,
    pub instances: Vec<Instance>,
    pub funcs: Vec<Func>,
    pub memories: Vec<Memory>,
    pub tables: Vec<Table>,
    pub globals: Vec<Global>,
    pub tags: Vec<Sig>,
    /// Each with its store.
    pub refs: Vec<(usize, Ref)>,
    pub configs: Vec<[bool; 4]>,
    pub owners: Vec<Owner>,
    /// Host functions of linkers, with the `env` of each.
    pub funcs_of_linkers: Vec<(usize, usize)>,
    pub pending: Vec<Pending>,
    pub frames: Vec<Frame>,
    pub thread: usize,
    pub threads: usize,
    pub keep: bool,
    pub operations: u64,
    pub answers: u64,
    /// What was wrong first.
    pub wrong: Option<String>,
}

impl World {
    pub fn new() -> Self {
        for count in &FINALIZED {
            count.store(0, Ordering::Relaxed);
        }
        // The first place is nobody's: its number is NULL.
        Self { owners: vec![Owner::Nobody], ..Self::default() }
    }

    /// The world that a host function or finalizer on this thread is in.
    ///
    /// # Safety
    ///
    /// Called from within a call that [`World::call`] made, which waits.
    pub unsafe fn lent<'a>() -> &'a mut Self {
        // SAFETY: as the caller vouches, whoever lent it doesn't use it meanwhile.
        unsafe { &mut *LENT.get() }
    }

    pub fn fail(&mut self, what: impl FnOnce() -> String) {
        if self.wrong.is_none() {
            self.wrong = Some(what());
        }
    }

    pub fn check(&mut self, holds: bool, what: impl FnOnce() -> String) {
        self.answers += 1;
        if !holds {
            self.fail(what);
        }
    }

    pub fn same<T: PartialEq + std::fmt::Debug>(&mut self, name: &str, found: T, wanted: T) {
        self.check(found == wanted, || format!("{name}: {found:?}, not {wanted:?}"));
    }

    // Handles.

    pub fn is_living(&self, id: usize) -> bool {
        let handle = &self.handles[id];
        let on_its_thread = handle.kind != Kind::Caller || handle.thread == self.thread;
        let store = handle.store.filter(|_| handle.kind != Kind::Caller);
        on_its_thread && !handle.deleted && store.is_none_or(|store| !self.stores[store].deleted)
    }

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

    /// Chooses among the living handles of a kind, or what is none.
    pub fn pick(&self, sel: Sel, kind: Kind) -> Arg {
        self.pick_where(sel, kind, |_| true)
    }

    /// Rather one of which something holds.
    pub fn pick_where(&self, sel: Sel, kind: Kind, preferred: impl Fn(&Handle) -> bool) -> Arg {
        let choose = |wanted: &dyn Fn(usize, &Handle) -> bool| {
            let all = self.handles.iter().enumerate();
            let found: Vec<_> = all.filter(|(id, handle)| wanted(*id, handle)).collect();
            let (id, handle) = found.get(usize::from(sel.index) % found.len().max(1))?;
            Some(Arg { bits: handle.bits, id: Some(*id) })
        };
        let chosen = match sel.how {
            0..70 => choose(&|id, h| h.kind == kind && self.is_living(id) && preferred(h))
                .or_else(|| choose(&|id, h| h.kind == kind && self.is_living(id))),
            70..82 => choose(&|id, h| h.kind == kind && self.is_living(id)),
            82..90 => choose(&|id, h| h.kind == kind && !self.is_living(id)),
            90..94 => choose(&|_, h| h.kind != kind),
            94..97 => choose(&|_, h| h.kind == kind)
                .map(|arg| self.made_up(arg.bits ^ (1 << (24 + sel.index % 32)))),
            97 => Some(Arg { bits: u64::from(sel.index) << 32 | 0x1008, id: None }),
            _ => None,
        };
        chosen.unwrap_or(Arg { bits: 0, id: None })
    }

    /// An altered handle. Another generation of its slot may be another object's.
    fn made_up(&self, bits: u64) -> Arg {
        let known = |handle: &Handle| handle.bits == bits;
        Arg { bits, id: self.handles.iter().rposition(known) }
    }

    /// What a handle means, if it is a living one of that kind.
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

    /// As `need`, of an object in a store, or of a store, that is entered.
    pub fn enter(&self, arg: Arg, kind: Kind, name: &str) -> Want<usize> {
        let of = self.need(arg, kind, name)?;
        self.may_enter(self.store_of(arg), name)?;
        Ok(of)
    }

    pub fn may_enter(&self, store: usize, name: &str) -> Want {
        if self.frames.iter().any(|frame| frame.store == store && frame.thread != self.thread) {
            return refuse(ErrorKind::STORE_BUSY, name);
        }
        if self.stores[store].poisoned {
            return refuse(ErrorKind::STORE_POISONED, name);
        }
        Ok(())
    }

    pub fn is_inside(&self, store: usize) -> bool {
        self.frames.iter().any(|frame| frame.store == store)
    }

    // Calls.

    /// Calls a function that fills `T`, and judges what it gives.
    pub fn call<T: Copy>(
        &mut self,
        name: &str,
        call: impl FnOnce(*mut T) -> *mut safewasm_error_t,
        want: impl FnOnce(&mut Self) -> Want,
    ) -> Option<T> {
        let mut out = MaybeUninit::<T>::uninit();
        // SAFETY: so many bytes are there.
        unsafe { out.as_mut_ptr().cast::<u8>().write_bytes(0xff, size_of::<T>()) };
        let outer = LENT.replace(self);
        let error = call(out.as_mut_ptr());
        LENT.set(outer);
        let want = want(self);
        let succeeded = error.is_null();
        self.judge(name, error, want);
        if succeeded {
            // SAFETY: a function that succeeds has filled it.
            return Some(unsafe { out.assume_init() });
        }
        for index in 0..size_of::<T>() {
            // SAFETY: all bytes were written, above at least.
            let byte = unsafe { out.as_ptr().cast::<u8>().add(index).read() };
            self.check(byte == 0, || format!("{name}: the result is not cleared on failure"));
        }
        None
    }

    /// As `call`, where what is wanted is known before.
    pub fn ask<T: Copy>(
        &mut self,
        name: &str,
        want: &Want,
        call: impl FnOnce(*mut T) -> *mut safewasm_error_t,
    ) -> Option<T> {
        let want = want.clone();
        self.call(name, call, |_| want).filter(|_| self.wrong.is_none())
    }

    /// A function without results.
    pub fn tell(
        &mut self,
        name: &str,
        want: &Want,
        call: impl FnOnce() -> *mut safewasm_error_t,
    ) -> bool {
        self.ask::<()>(name, want, |_| call()).is_some()
    }

    /// Compares an error with what is wanted, and deletes it or keeps it.
    pub fn judge(&mut self, name: &str, error: *mut safewasm_error_t, want: Want) {
        let want = match (error.is_null(), want) {
            (true, Ok(())) => return self.answers += 1,
            (true, Err(want)) => {
                return self.check(false, || format!("{name}: succeeded, not {want:?}"));
            }
            (false, want) => want,
        };
        // SAFETY: of an error that lives.
        let (kind, trap, message, env, frames) = unsafe {
            let message = std::ffi::CStr::from_ptr(safewasm_error_message(error, null_mut()));
            (
                safewasm_error_kind(error),
                safewasm_error_trap_code(error),
                message.to_string_lossy().into_owned(),
                safewasm_error_env(error).addr(),
                safewasm_error_frames_len(error),
            )
        };
        let Err(want) = want else {
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

    // Finalizers.

    /// A new `env`, which `finalize` is to get.
    pub fn env(&mut self, owner: Owner) -> usize {
        self.owners.push(owner);
        self.owners.len() - 1
    }

    /// Whether nothing of a store is left.
    pub fn is_freed(&self, store: usize) -> bool {
        let seen = |handle: &Handle| {
            handle.kind == Kind::View && !handle.deleted && self.views[handle.of].store == store
        };
        self.stores[store].deleted && !self.is_inside(store) && !self.handles.iter().any(seen)
    }

    fn check_finalizers(&mut self) {
        for (env, count) in FINALIZED.iter().enumerate().take(self.owners.len()).skip(1) {
            let count = count.load(Ordering::Relaxed);
            let owner = self.owners[env];
            let living = |kind, wanted: &dyn Fn(usize) -> bool| {
                let mut handles = self.handles.iter().enumerate();
                handles.any(|(id, h)| h.kind == kind && self.is_living(id) && wanted(h.of))
            };
            let quiet = self.frames.is_empty();
            let (at_least, at_most) = match owner {
                Owner::Nobody => (1, 1),
                Owner::Errors if living(Kind::Error, &|of| self.errors[of].env == Some(env)) => {
                    (0, 0)
                }
                Owner::Errors => (u32::from(quiet), 1),
                Owner::Func(store) if self.is_freed(store) => (1, 1),
                Owner::Func(_) => (0, 0),
                Owner::Ref(store, _) if self.is_freed(store) => (1, 1),
                Owner::Ref(_, of) if living(Kind::Ref, &|other| other == of) => (0, 0),
                Owner::Ref(..) => (0, 1),
                Owner::Linker(of) if living(Kind::Linker, &|other| other == of) => (0, 0),
                Owner::Linker(_) => (0, 1),
            };
            self.check((at_least..=at_most).contains(&count), || {
                format!("the finalizer of env {env}, {owner:?}, ran {count} times")
            });
        }
    }

    // Steps.

    pub fn run(&mut self, steps: &[Step]) {
        for step in steps {
            if self.wrong.is_some() {
                return;
            }
            let outer = std::mem::replace(&mut self.keep, step.keep);
            self.operations += 1;
            self.execute(&step.op);
            self.keep = outer;
            if let Some(wrong) = self.wrong.as_mut().filter(|wrong| !wrong.contains("\n  in ")) {
                *wrong += &format!("\n  in {:?}", step.op);
            }
            self.look_around();
        }
    }

    /// What must hold at any time.
    pub fn look_around(&mut self) {
        for id in 0..self.handles.len() {
            let handle = self.handles[id].clone();
            let valid = is_valid(handle.kind, handle.bits);
            let wanted = self.is_living(id);
            self.check(valid == wanted, || format!("valid: {valid}, not {wanted}: {handle:?}"));
        }
        self.check_finalizers();
        self.check_cells();
    }

    /// Deletes everything, in some order.
    pub fn end(&mut self, order: u64) {
        let mut ids: Vec<_> = (0..self.handles.len()).collect();
        ids.sort_by_key(|id| (*id as u64 + 1).wrapping_mul(order | 1) >> 7);
        for id in ids {
            let handle = &self.handles[id];
            let (kind, arg) = (handle.kind, Arg { bits: handle.bits, id: Some(id) });
            // Twice does no harm.
            self.delete(kind, arg);
            self.delete(kind, arg);
        }
        self.look_around();
        for (env, count) in FINALIZED.iter().enumerate().take(self.owners.len()).skip(1) {
            let count = count.load(Ordering::Relaxed);
            let owner = self.owners[env];
            self.check(count == 1, || {
                format!("at the end: the finalizer of env {env}, {owner:?}, ran {count} times")
            });
        }
    }

    /// Deletes a handle as one of that kind.
    pub fn delete(&mut self, kind: Kind, arg: Arg) {
        let outer = LENT.replace(self);
        delete(kind, arg.bits);
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

/// One function of each kind of object.
macro_rules! of_kind {
    ($kind:expr, $bits:expr, $($name:ident => $function:ident,)*) => {{
        let bits: u64 = $bits;
        let address = bits as usize;
        // SAFETY: each of these functions accepts whatever it is given.
        unsafe {
            match $kind {
                $(Kind::$name => $function(std::ptr::without_provenance_mut(address)),)*
                #[allow(unreachable_patterns, reason = "callers can't be deleted")]
                _ => Default::default(),
            }
        }
    }};
}

pub fn is_valid(kind: Kind, bits: u64) -> bool {
    of_kind!(kind, bits,
        Config => safewasm_config_is_valid, Engine => safewasm_engine_is_valid,
        Store => safewasm_store_is_valid, Module => safewasm_module_is_valid,
        Error => safewasm_error_is_valid, Bytes => safewasm_bytes_is_valid,
        FuncType => safewasm_functype_is_valid, ExternType => safewasm_externtype_is_valid,
        View => safewasm_view_is_valid, Linker => safewasm_linker_is_valid,
        Pre => safewasm_instancepre_is_valid, SharedMemory => safewasm_sharedmemory_is_valid,
        Instance => safewasm_instance_is_valid, Func => safewasm_func_is_valid,
        Memory => safewasm_memory_is_valid, Table => safewasm_table_is_valid,
        Global => safewasm_global_is_valid, Tag => safewasm_tag_is_valid,
        Ref => safewasm_ref_is_valid, Caller => safewasm_caller_is_valid,
    )
}

pub fn delete(kind: Kind, bits: u64) {
    of_kind!(kind, bits,
        Config => safewasm_config_delete, Engine => safewasm_engine_delete,
        Store => safewasm_store_delete, Module => safewasm_module_delete,
        Error => safewasm_error_delete, Bytes => safewasm_bytes_delete,
        FuncType => safewasm_functype_delete, ExternType => safewasm_externtype_delete,
        View => safewasm_view_delete, Linker => safewasm_linker_delete,
        Pre => safewasm_instancepre_delete, SharedMemory => safewasm_sharedmemory_delete,
        Instance => safewasm_instance_delete, Func => safewasm_func_delete,
        Memory => safewasm_memory_delete, Table => safewasm_table_delete,
        Global => safewasm_global_delete, Tag => safewasm_tag_delete,
        Ref => safewasm_ref_delete,
    )
}
