//! The process and its threads: unwinding and calls out to C, stacks, signals, forks, the thread pool, and
//! finalizers.

pub(crate) mod cancellation;
pub(crate) mod clock;
pub(crate) mod fault;
pub(crate) mod finalizer;
pub(crate) mod forks;
pub(crate) mod limits;
pub(crate) mod notice;
pub(crate) mod outcome;
pub(crate) mod panics;
pub(crate) mod random;
pub(crate) mod ranges;
pub(crate) mod signals;
pub(crate) mod stack;
pub(crate) mod thread;
pub(crate) mod threadpool;
pub(crate) mod unwind;
pub(crate) mod workers;
pub(crate) mod writes;

/// Why an operation of the process or the thread fails; `error` turns it into an error.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Too few bytes of the stack are left for wasm.
    StackExhausted { left: usize, needed: usize },
    /// The operation is impossible here, for the reason in the message.
    Unsupported(String),
    /// The system refuses the resource that the message names.
    Limit(String),
    /// The compiler gave up on a module, for the reason in the message.
    Compiler(String),
}
