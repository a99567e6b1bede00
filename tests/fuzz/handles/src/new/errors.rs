//! Errors.

use crate::model::*;
use crate::ops::Sel;
use crate::world::{World, finalize, tag};
use safewasm::abi::safewasm_error_kind_t as ErrorKind;
use safewasm::abi::{safewasm_error_t, safewasm_trap_code_t as TrapCode};
use safewasm_capi::*;

impl World {
    /// Creates an error as host functions do, or fails to since its message isn't UTF-8.
    pub fn new_error(&mut self, is_bad: bool) {
        let (message, want): (&[u8], Want) = if is_bad {
            (b"\xff", refuse(ErrorKind::INVALID_ARGUMENT, "message"))
        } else {
            (b"said", Ok(()))
        };
        let env = self.env(if is_bad { Owner::Nobody } else { Owner::Errors });
        let made = self.ask("safewasm_error_new", want, |out| unsafe {
            safewasm_error_new(
                message.as_ptr().cast(),
                message.len(),
                std::ptr::without_provenance_mut(env),
                Some(finalize),
                tag(),
                out,
            )
        });
        if let Some((made, ())) = made {
            self.add_error(made, ErrorKind::HOST, "said", Some(env), None);
        }
    }

    pub fn new_error_of_exception(&mut self, exception: Sel) {
        let exception = self.pick(exception, Kind::Ref);
        let want =
            self.enter(exception, Kind::Ref, "exception").and_then(|of| match self.refs[of].1 {
                Ref::Exn(..) => Ok(of),
                _ => refuse(ErrorKind::TYPE_MISMATCH, "exception"),
            });
        let made = self.ask("safewasm_error_new_exception", want, |out| unsafe {
            safewasm_error_new_exception(exception.ptr(), out)
        });
        if let Some((made, of)) = made {
            let message = "a host function threw an exception of wasm";
            self.add_error(made, ErrorKind::EXCEPTION, message, None, Some(of));
        }
    }

    fn add_error(
        &mut self,
        made: *mut safewasm_error_t,
        kind: ErrorKind,
        message: &str,
        env: Option<usize>,
        exception: Option<usize>,
    ) {
        let (message, trap) = (message.to_owned(), TrapCode::NOT_A_TRAP);
        self.errors.push(Report { kind, message, trap, env, exception, frames: Some(false) });
        self.add(Kind::Error, made, None, self.errors.len() - 1);
    }
}
