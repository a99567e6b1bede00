//! Errors: a function that fails returns one in place of NULL. This module makes all of them.

pub(crate) mod convert;
pub(crate) mod frame;
pub(crate) mod hostfailure;
pub(crate) mod kind;
pub(crate) mod reword;
pub(crate) mod text;

pub(crate) use kind::safewasm_error_kind_t as ErrorKind;

use crate::handle::Handle;
use crate::kinds::{SharedKind, safewasm_error_t};
use crate::process::finalizer::Env;
use crate::process::{Failure, panics};
use frame::{Frame, Frames, MAX_FRAMES_OF_ERROR};
use kind::safewasm_trap_code_t;
use std::sync::Arc;
use text::Text;
use wasmtime::{ExnRef, OwnedRooted, Trap};

impl SharedKind for safewasm_error_t {
    type Object = Report;
}

pub(crate) type Result<T, E = Error> = std::result::Result<T, E>;

/// An object that an error keeps alive.
pub(crate) trait Companion: std::fmt::Debug + Send + Sync {}

/// An error on its way to the caller.
#[derive(Debug)]
pub(crate) struct Error(pub(crate) Box<Report>);

/// The object behind the handle of an error.
#[derive(Clone, Debug)]
pub(crate) struct Report {
    pub(crate) kind: ErrorKind,
    pub(crate) message: Text,
    pub(crate) trap: safewasm_trap_code_t,
    pub(crate) os_code: i32,
    /// The exit status of a program, if the kind is `EXIT`.
    pub(crate) exit_status: u32,
    pub(crate) frames: Vec<Frame>,
    /// The cost of reading debug info for the frames.
    pub(crate) frames_cost: u64,
    /// The core dump of a trap, if the config asks for them.
    pub(crate) coredump: Option<Arc<Vec<u8>>>,
    attached: Option<Attached>,
    pub(crate) exception: Option<(Handle, OwnedRooted<ExnRef>)>,
    /// An object that lives as long as the error.
    companion: Option<Arc<dyn Companion>>,
}

/// The data that the program attached to an error.
#[derive(Clone, Debug)]
struct Attached {
    env: Arc<Env>,
    /// The address by which the owner of the data recognizes it.
    tag: usize,
}

impl Report {
    /// The data that the program attached with that tag. There is none with the tag 0.
    pub(crate) fn env(&self, tag: usize) -> Option<&Env> {
        let attached = self.attached.as_ref()?;
        (attached.tag == tag && tag != 0).then(|| &*attached.env)
    }
}

impl Error {
    /// An error like one that was reported elsewhere.
    pub(crate) fn again(report: &Report) -> Self {
        Self(Box::new(report.clone()))
    }

    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        let message = message.into();
        Self(Box::new(Report {
            kind,
            message: Text::new(match kind {
                // The program's own message may have colours; a NUL would end it for C.
                ErrorKind::HOST => message.replace('\0', "\\0"),
                _ => text::printable(&message).into_owned(),
            }),
            trap: safewasm_trap_code_t::NOT_A_TRAP,
            os_code: 0,
            exit_status: 0,
            frames: Vec::new(),
            frames_cost: 0,
            coredump: None,
            attached: None,
            exception: None,
            companion: None,
        }))
    }

    pub(crate) fn with_trap(mut self, trap: Trap) -> Self {
        self.0.trap = safewasm_trap_code_t::of(trap);
        self
    }

    /// A trap that Wasmtime has no code for.
    pub(crate) fn with_other_trap(mut self) -> Self {
        self.0.trap = safewasm_trap_code_t::OTHER;
        self
    }

    /// The same error with another kind.
    pub(crate) fn of_kind(mut self, kind: ErrorKind) -> Self {
        self.0.kind = kind;
        self
    }

    /// An error of the operating system. `doing` completes "cannot …".
    pub(crate) fn io(doing: &str, error: &std::io::Error) -> Self {
        let mut report = Self::new(ErrorKind::IO, format!("cannot {doing}: {error}"));
        report.0.os_code = error.raw_os_error().unwrap_or(0);
        report
    }

    /// The exit of a program for WASI.
    #[cfg(feature = "wasi")]
    pub(crate) fn exit(status: u32) -> Self {
        let said = format!("the program exited with the status {status}");
        let mut report = Self::new(ErrorKind::EXIT, said);
        report.0.exit_status = status;
        report
    }

    /// The exit status, if this is the exit of a program for WASI.
    pub(crate) fn exit_status(&self) -> Option<u32> {
        (self.kind() == ErrorKind::EXIT).then_some(self.0.exit_status)
    }

    /// Attaches data of the program, which recognizes it by the tag.
    pub(crate) fn with_env(mut self, env: Env, tag: usize) -> Self {
        self.0.attached = Some(Attached { env: Arc::new(env), tag });
        self
    }

    /// Adds the exception that wasm in the store threw.
    pub(crate) fn with_exception(mut self, store: Handle, exception: OwnedRooted<ExnRef>) -> Self {
        self.0.exception = Some((store, exception));
        self
    }

    /// The trap of a call that was interrupted.
    #[cold]
    pub(crate) fn interrupt(why: &str) -> Self {
        Self::new(ErrorKind::TRAP, format!("interrupt: {why}")).with_trap(Trap::Interrupt)
    }

    /// Keeps `companion` for as long as the error lives.
    pub(crate) fn with_companion(mut self, companion: impl Companion + 'static) -> Self {
        self.0.companion = Some(Arc::new(companion));
        self
    }

    /// The same error with more frames, outside of those that it has.
    pub(crate) fn with_frames(mut self, frames: Frames) -> Self {
        self.0.frames_cost = self.0.frames_cost.max(frames.cost);
        let room = MAX_FRAMES_OF_ERROR.saturating_sub(self.0.frames.len());
        self.0.frames.extend(frames.frames.into_iter().take(room));
        if frames.are_incomplete
            && self.kind() != ErrorKind::HOST
            && !self.message().ends_with(NOTE)
        {
            self.0.message = Text::new(format!("{}{NOTE}", self.message()));
        }
        self
    }

    /// Adds the core dump that `dump` makes, if this is a trap and the first of its calls.
    pub(crate) fn with_coredump(mut self, dump: impl FnOnce() -> Option<Vec<u8>>) -> Self {
        if self.kind() == ErrorKind::TRAP && self.0.coredump.is_none() {
            self.0.coredump = dump().map(Arc::new);
        }
        self
    }

    /// An error for a defect of the library.
    pub(crate) fn internal(cause: &anyhow::Error) -> Self {
        Self::new(ErrorKind::INTERNAL, format!("internal error: {cause:#}"))
    }

    /// The error for a panic that reached the boundary.
    #[cold]
    pub(crate) fn panicked(payload: &(dyn std::any::Any + Send)) -> Self {
        let said = panics::describe(payload);
        Self::new(ErrorKind::INTERNAL, format!("internal error (a panic in the library): {said}"))
    }

    pub(crate) fn message(&self) -> &str {
        self.0.message.as_str()
    }

    pub(crate) fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The same error with `before` and a colon before its message.
    pub(crate) fn context(mut self, before: &str) -> Self {
        self.0.message = Text::new(format!("{before}: {}", self.message()));
        self
    }
}

/// The end of a message whose frames are incomplete.
const NOTE: &str = " (some files, lines or inlined calls are left out of the backtrace: the module's debug \
                    info has too much of them)";

impl From<Error> for Arc<Report> {
    fn from(error: Error) -> Self {
        Self::from(error.0)
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::StackExhausted { left, needed } => Self::new(
                ErrorKind::TRAP,
                format!(
                    "call stack exhausted: {} KiB of this stack are left, and wasm needs {} KiB; call from \
                     a thread or task with a larger stack, or from fewer nested calls",
                    left >> 10,
                    needed >> 10
                ),
            )
            .with_trap(Trap::StackOverflow),
            Failure::Unsupported(why) => Self::new(ErrorKind::UNSUPPORTED, why),
            Failure::Limit(why) => Self::new(ErrorKind::LIMIT, why),
            Failure::Compiler(why) => Self::new(ErrorKind::COMPILER, why),
        }
    }
}
