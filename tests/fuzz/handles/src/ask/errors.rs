//! Questions about errors.

use super::*;
use crate::world::tag;
use safewasm::abi::safewasm_trap_code_t as TrapCode;
use safewasm_capi::*;
use std::ffi::CStr;

/// The answers of the functions that describe an error. They never fail.
#[derive(Debug, PartialEq)]
struct Description {
    kind: ErrorKind,
    trap: TrapCode,
    message: String,
    env: usize,
    has_frames: bool,
}

impl World {
    /// Asks an error for everything, and for the frame at an index.
    pub fn error(&mut self, sel: Sel, n: u64) {
        let (arg, of) = self.asked(sel, Kind::Error, "error");
        let error: *mut safewasm_error_t = arg.ptr();
        let mut len = 0;
        // SAFETY: any handle is accepted, and there is room for the results.
        let (message, frames, os_code) = unsafe {
            let message = CStr::from_ptr(safewasm_error_message(error, &mut len));
            let message = message.to_string_lossy().into_owned();
            (message, safewasm_error_frames_len(error), safewasm_error_os_code(error))
        };
        self.same("error length", len, message.len());
        self.check_frame(error, n as usize, frames);
        // SAFETY: any handle is accepted.
        let mut found = unsafe {
            Description {
                kind: safewasm_error_kind(error),
                trap: safewasm_error_trap_code(error),
                message,
                env: safewasm_error_env(error, tag()).addr(),
                has_frames: frames > 0,
            }
        };
        let mut status = 5;
        // SAFETY: any handle is accepted, and there is room for the result.
        let (dump, len) = unsafe { (safewasm_error_coredump(error, &mut len), len) };
        let may_dump = dump.is_null() || found.kind == ErrorKind::TRAP;
        self.check(may_dump, || format!("an error of kind {:?} has a core dump", found.kind));
        self.same("an empty core dump", len == 0, dump.is_null());
        // SAFETY: any handle is accepted, and there is room for the result.
        let has_exited = unsafe { safewasm_error_exit_status(error, &mut status) };
        self.same("an exit", (has_exited, status), (false, 0));
        let is_io = found.kind == ErrorKind::IO;
        self.check(os_code == 0 || is_io, || format!("an error has the number {os_code}"));
        let Ok(of) = of else {
            let message = std::mem::take(&mut found.message);
            self.check(message.starts_with("invalid error"), || format!("no error says {message}"));
            return self.same(
                "no error",
                found,
                Description {
                    kind: if error.is_null() { ErrorKind::NONE } else { ErrorKind::INVALID_HANDLE },
                    trap: TrapCode::NOT_A_TRAP,
                    message: String::new(),
                    env: 0,
                    has_frames: false,
                },
            );
        };
        let report = &self.errors[of];
        let wanted = Description {
            kind: report.kind,
            trap: report.trap,
            message: report.message.clone(),
            env: report.env.unwrap_or(0),
            has_frames: report.frames.unwrap_or(false),
        };
        self.same("an error", found, wanted);
    }

    /// Takes an error, into a buffer that has no room for most messages.
    pub fn take_error(&mut self, sel: Sel) {
        let (arg, of) = self.asked(sel, Kind::Error, "error");
        let mut buffer = [1_u8; 16];
        // SAFETY: any handle is accepted, and the buffer has that size.
        let kind =
            unsafe { safewasm_error_take(arg.ptr(), buffer.as_mut_ptr().cast(), buffer.len()) };
        let message = CStr::from_bytes_until_nul(&buffer).map(CStr::to_string_lossy);
        let (wanted, whole) = match of {
            Ok(of) => (self.errors[of].kind, &*self.errors[of].message),
            Err(_) if arg.bits == 0 => (ErrorKind::NONE, ""),
            Err(_) => (ErrorKind::INVALID_HANDLE, "invalid error: "),
        };
        let cut = whole[..whole.floor_char_boundary(buffer.len() - 1)].to_owned();
        self.same("a taken error", (kind, message), (wanted, Ok(cut.into())));
        if let Some(id) = arg.id.filter(|_| of.is_ok()) {
            self.forget(id);
        }
    }

    /// Asks for the frame of an error at an index, which exists if the index is less than `len`.
    fn check_frame(&mut self, error: *mut safewasm_error_t, index: usize, len: usize) {
        // SAFETY: any handle is accepted, and all zeros are a frame.
        let (found, frame) = unsafe {
            let mut frame = std::mem::zeroed();
            (safewasm_error_frame(error, index, &mut frame), frame)
        };
        self.same("error frame", found, index < len);
        let is_cleared = frame.module_name.data.is_null();
        self.check(found || is_cleared, || "the frame is not cleared".to_owned());
    }

    pub fn error_exception(&mut self, sel: Sel, _: u64) {
        let has_exception = |h: &Handle| self.errors[h.of].exception.is_some();
        let a = self.pick_where(sel, Kind::Error, has_exception);
        let want = self.need(a, Kind::Error, "error").and_then(|e| {
            let Some(exception) = self.errors[e].exception else {
                return refuse(ErrorKind::NOT_FOUND, "error");
            };
            let store = self.refs[exception].0;
            if self.stores[store].deleted {
                return refuse(ErrorKind::INVALID_HANDLE, "error");
            }
            self.may_enter(store, "error")?;
            Ok((store, exception))
        });
        let out = self.ask("safewasm_error_exception", want, |out| unsafe {
            safewasm_error_exception(a.ptr(), out)
        });
        if let Some((made, (store, exception))) = out {
            self.add(Kind::Ref, made, Some(store), exception);
        }
    }
}
