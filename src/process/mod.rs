//! The process and its threads: unwinding and calls out to C, stacks, signals, forks, the thread pool, and
//! finalizers.

pub(crate) mod cancellation;
pub(crate) mod clock;
pub(crate) mod fault;
pub(crate) mod finalizer;
pub(crate) mod forks;
pub(crate) mod limits;
pub(crate) mod panics;
pub(crate) mod ranges;
pub(crate) mod signals;
pub(crate) mod stack;
pub(crate) mod thread;
pub(crate) mod threadpool;
pub(crate) mod unwind;

/// Why the process or the thread can't do something; `error` turns it into an error.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Too little of the stack is left for wasm, in bytes.
    StackExhausted { left: usize, needed: usize },
    /// It can't be done here, for the reason in the message.
    Unsupported(String),
    /// The system refuses a resource, which the message names.
    Limit(String),
    /// The compiler gave up on a module, for the reason in the message.
    Compiler(String),
}
