//! How far the compiler is with a module, and the request to give up.
//!
//! Cranelift calls its thread's profiler at each step of each function. The one here counts functions, and ends the
//! compiler by a panic. That costs less than Cranelift's own profiler, which measures times.

use crate::process::forks::Unwinding;
use cranelift_codegen::timing::{self, Pass, Profiler};
use std::any::Any;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// How many functions of a module were compiled.
pub(crate) struct Progress {
    total: usize,
    /// The functions whose translation or compilation has begun. With inlining all of them are translated first.
    translated: AtomicUsize,
    compiled: AtomicUsize,
    is_given_up: AtomicBool,
}

impl Progress {
    pub(crate) fn new(total: usize) -> Self {
        let (translated, compiled) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Self { total, translated, compiled, is_given_up: AtomicBool::new(false) }
    }

    /// Counts what the calling thread compiles from now on. It compiles nothing else.
    pub(crate) fn watch(self: &Arc<Self>) {
        let _ = timing::set_thread_profiler(Box::new(Watch(Arc::clone(self))));
    }

    pub(crate) fn give_up(&self) {
        self.is_given_up.store(true, Ordering::Relaxed);
    }

    pub(crate) fn total(&self) -> usize {
        self.total
    }

    /// How many functions were compiled, or are being compiled.
    pub(crate) fn done(&self) -> usize {
        let begun = [&self.translated, &self.compiled].map(|begun| begun.load(Ordering::Relaxed));
        // The functions by which wasm and the program call each other are compiled too, but not translated.
        begun.into_iter().min().unwrap_or(0).min(self.total)
    }
}

struct Watch(Arc<Progress>);

impl Profiler for Watch {
    fn start_pass(&self, pass: Pass) -> Box<dyn Any> {
        if self.0.is_given_up.load(Ordering::Relaxed) {
            Unwinding::begins();
            resume_unwind(Box::new("the program gave it up"));
        }
        match pass {
            Pass::wasm_translate_function => _ = self.0.translated.fetch_add(1, Ordering::Relaxed),
            Pass::compile => _ = self.0.compiled.fetch_add(1, Ordering::Relaxed),
            _ => {}
        }
        Box::new(())
    }
}
