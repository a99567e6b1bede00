//! Host functions: they run the script of the call that reached them.

use crate::ask::COMPONENT;
use crate::model::*;
use crate::ops::{End, Script, Sel};
use crate::world::{Frame, World, finalize, tag};
use safewasm::abi::safewasm_caller_t;
use safewasm::abi::{safewasm_error_kind_t as ErrorKind, safewasm_error_t};
use safewasm::abi::{safewasm_node_t, safewasm_nodevalue_t, safewasm_witkind_t as WitKind};
use safewasm::abi::{safewasm_slot_t, safewasm_val_t};
use safewasm_capi::*;
use std::ffi::c_void;
use std::ptr::null_mut;

/// The host function with values. It returns its argument plus 5 for an `i32`, and otherwise zeros.
pub unsafe extern "C-unwind" fn values_callback(
    _env: *mut c_void,
    caller: *mut safewasm_caller_t,
    args: *const safewasm_val_t,
    args_len: usize,
    results: *mut safewasm_val_t,
    results_len: usize,
) -> *mut safewasm_error_t {
    // SAFETY: the library calls this within `World::call`, with arrays of these lengths.
    unsafe {
        let got = (args_len == 1 && (*args).kind == I32).then(|| (*args).of.i32);
        for index in 0..results_len {
            let mut result = safewasm_val_t { kind: I32, of: safewasm_slot_t { v128: [0; 16] } };
            match (got, args_len) {
                (Some(x), _) => result.of.i32 = x.wrapping_add(5),
                (None, 1) => result.kind = REF,
                _ => result.kind = F32,
            }
            results.add(index).write(result);
        }
        World::lent().host(caller, got)
    }
}

/// The host function with slots. It returns its argument plus 5, if it has one.
pub unsafe extern "C-unwind" fn slots_callback(
    _env: *mut c_void,
    caller: *mut safewasm_caller_t,
    slots: *mut safewasm_slot_t,
    slots_len: usize,
) -> *mut safewasm_error_t {
    // SAFETY: the library calls this within `World::call`, with an array of this length.
    unsafe {
        let got = (slots_len == 1).then(|| (*slots).i32);
        if let Some(x) = got {
            (*slots).i32 = x.wrapping_add(5);
        }
        World::lent().host(caller, got)
    }
}

/// The host function of components. It returns its argument plus 5.
pub unsafe extern "C-unwind" fn nodes_callback(
    _env: *mut c_void,
    caller: *mut safewasm_caller_t,
    args: *const safewasm_node_t,
    args_len: usize,
) -> *mut safewasm_error_t {
    // SAFETY: the library calls this within `World::call`, with an array of this length.
    unsafe {
        let is_number = args_len == 1 && (*args).kind == WitKind::U32 as u8;
        let got = is_number.then(|| (*args).of.u as u32);
        let error = World::lent().host(caller, got.map(u32::cast_signed));
        if let (Some(x), true) = (got, error.is_null()) {
            let (kind, u) = (WitKind::U32 as u8, x.wrapping_add(5).into());
            let of = safewasm_nodevalue_t { u };
            let node = safewasm_node_t { kind, index: 0, len: 0, of };
            let given = check(safewasm_caller_return(caller, &node, 1));
            World::lent().check(given.is_ok(), || format!("safewasm_caller_return: {given:?}"));
        }
        error
    }
}

impl World {
    /// Runs the script of the innermost call. `got` is the argument.
    fn host(&mut self, caller: *mut safewasm_caller_t, got: Option<i32>) -> *mut safewasm_error_t {
        let Some(pending) = self.pending.last_mut() else { return null_mut() };
        let (script, store, instance) = (pending.script.take(), pending.store, pending.instance);
        pending.got = got;
        let nobody = if pending.is_component { COMPONENT } else { usize::MAX };
        self.frames.push(Frame { store, thread: self.thread });
        let id = self.add(Kind::Caller, caller, Some(store), instance.unwrap_or(nobody));
        let script = script.unwrap_or(Script { steps: Vec::new(), end: End::Return });
        let keep = self.keep;
        self.look_around();
        self.run(&script.steps);
        let (error, ended) = self.finish(&script.end, store);
        self.keep = keep;
        self.handles[id].deleted = true;
        self.frames.pop();
        let ended =
            if self.stores[store].poisoned { refuse(ErrorKind::STORE_POISONED, "") } else { ended };
        if let Some(pending) = self.pending.last_mut() {
            pending.ended = Some(ended);
        }
        error
    }

    /// Ends the host function. Returns its result, and the outcome that this must have.
    fn finish(&mut self, end: &End, store: usize) -> (*mut safewasm_error_t, Want) {
        match end {
            End::Return => (null_mut(), Ok(())),
            End::Fail => self.fail_in_host(),
            End::Throw(sel) => self.throw(*sel, store),
            End::Nonsense => (
                std::ptr::without_provenance_mut(0x4500_0000_0000_1234),
                refuse(ErrorKind::INVALID_HANDLE, ""),
            ),
        }
    }

    fn fail_in_host(&mut self) -> (*mut safewasm_error_t, Want) {
        let env = self.env(Owner::Errors);
        let mut error = null_mut();
        // SAFETY: the text and the place for the error are there.
        let made = unsafe {
            let data = std::ptr::without_provenance_mut(env);
            check(safewasm_error_new(c"said".as_ptr(), 4, data, Some(finalize), tag(), &mut error))
        };
        self.check(made.is_ok(), || format!("safewasm_error_new: {made:?}"));
        let refusal = refuse::<()>(ErrorKind::HOST, "").unwrap_err();
        (error, Err(Refusal { env: Some(env), ..refusal }))
    }

    /// Throws an exception. Returns normally if there is none to throw.
    fn throw(&mut self, sel: Sel, store: usize) -> (*mut safewasm_error_t, Want) {
        let is_exception = |of: usize| matches!(self.refs[of].1, Ref::Exn(..));
        let exception = self.pick_where(sel, Kind::Ref, |h| is_exception(h.of));
        let of = self.enter(exception, Kind::Ref, "exception");
        let Some(of) = of.ok().filter(|&of| is_exception(of) && !self.stores[store].deleted) else {
            return (null_mut(), Ok(()));
        };
        let mut error = null_mut();
        // SAFETY: the place for the error is there.
        let made = unsafe { check(safewasm_error_new_exception(exception.ptr(), &mut error)) };
        self.check(made.is_ok(), || format!("safewasm_error_new_exception: {made:?}"));
        let refusal = refuse::<()>(ErrorKind::EXCEPTION, "").unwrap_err();
        (error, Err(Refusal { exception: Some(of), ..refusal }))
    }
}
