//! Counts the calls of each function, for tests that must reach every function.

use safewasm::abi::{safewasm_error_kind_t, safewasm_error_t, safewasm_trap_code_t};
use std::ffi::{c_char, c_void};
use std::sync::atomic::{AtomicU64, Ordering};

/// The calls of a function.
pub struct Use {
    /// The function's name.
    pub name: &'static str,
    /// The types that its mutable pointers point to, among them the types of the objects that it takes.
    pub takes: &'static [&'static str],
    succeeded: AtomicU64,
    failed: AtomicU64,
}

impl Use {
    pub(crate) const fn new(name: &'static str, takes: &'static [&'static str]) -> Self {
        Self { name, takes, succeeded: AtomicU64::new(0), failed: AtomicU64::new(0) }
    }

    pub(crate) fn note(&self, outcome: &impl Outcome) {
        let count = if outcome.succeeded() { &self.succeeded } else { &self.failed };
        count.fetch_add(1, Ordering::Relaxed);
    }

    /// How many calls succeeded.
    pub fn succeeded(&self) -> u64 {
        self.succeeded.load(Ordering::Relaxed)
    }

    /// How many calls returned an error, or NULL, 0 or false.
    pub fn failed(&self) -> u64 {
        self.failed.load(Ordering::Relaxed)
    }
}

/// A type that functions return.
pub trait Outcome {
    /// Whether a call that returned this has succeeded.
    fn succeeded(&self) -> bool;
}

impl Outcome for *mut safewasm_error_t {
    fn succeeded(&self) -> bool {
        self.is_null()
    }
}

macro_rules! outcome {
    ($($ty:ty: $value:ident => $succeeded:expr;)*) => {$(
        impl Outcome for $ty {
            fn succeeded(&self) -> bool {
                let $value = *self;
                $succeeded
            }
        }
    )*};
}

outcome! {
    (): _nothing => true;
    bool: value => value;
    u32: value => value != 0;
    i32: value => value != 0;
    usize: value => value != 0;
    *const c_char: value => !value.is_null();
    *const u8: value => !value.is_null();
    *mut c_void: value => !value.is_null();
    safewasm_error_kind_t: value => value != safewasm_error_kind_t::INVALID_HANDLE;
    safewasm_trap_code_t: value => value != safewasm_trap_code_t::NOT_A_TRAP;
}
