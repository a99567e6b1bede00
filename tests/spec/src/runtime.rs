//! The operations that a script needs. The shared library implements them, and so does Wasmtime, to compare
//! with.

use crate::value::Value;
use safewasm::abi::safewasm_feature_t as Feature;
use safewasm::abi::safewasm_trap_code_t;
use std::fmt;

/// A module in a script.
#[derive(Clone, Debug)]
pub enum Source {
    Binary(Vec<u8>),
    Text(Vec<u8>),
}

impl Source {
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Binary(bytes) | Self::Text(bytes) => bytes,
        }
    }
}

/// The reason of a failure.
#[derive(Clone, Debug)]
pub enum Failure {
    /// The module is malformed or invalid.
    Invalid(String),
    /// The module's imports are missing or of other types.
    Link(String),
    Trap(safewasm_trap_code_t, String),
    /// Wasm threw an exception that nothing caught.
    Exception,
    Other(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(message) => write!(f, "invalid module: {message}"),
            Self::Link(message) => write!(f, "link error: {message}"),
            Self::Trap(code, message) => write!(f, "trap {code:?}: {message}"),
            Self::Exception => write!(f, "an exception"),
            Self::Other(message) => f.write_str(message),
        }
    }
}

pub type Result<T> = std::result::Result<T, Failure>;

/// Runs scripts. A new runtime has the module `spectest` registered, which scripts expect.
pub trait Runtime: Sized {
    type Module;
    type Instance: Clone;

    /// Makes a runtime in which the proposals of `off` are turned off.
    fn new(off: &[Feature]) -> Result<Self>;

    /// Compiles a module.
    fn module(&mut self, source: &Source) -> Result<Self::Module>;

    /// Creates an instance. Its imports come from the registered instances.
    fn instantiate(&mut self, module: &Self::Module) -> Result<Self::Instance>;

    /// Registers an instance, so that later ones can import its exports.
    fn register(&mut self, name: &str, instance: &Self::Instance) -> Result<()>;

    /// Calls an exported function.
    fn invoke(
        &mut self,
        instance: &Self::Instance,
        name: &str,
        args: &[Value],
    ) -> Result<Vec<Value>>;

    /// Reads an exported global.
    fn get(&mut self, instance: &Self::Instance, name: &str) -> Result<Value>;
}

/// The functions of `spectest` and their parameters.
pub const PRINTS: [(&str, &[Number]); 7] = [
    ("print", &[]),
    ("print_i32", &[Number::I32]),
    ("print_i64", &[Number::I64]),
    ("print_f32", &[Number::F32]),
    ("print_f64", &[Number::F64]),
    ("print_i32_f32", &[Number::I32, Number::F32]),
    ("print_f64_f64", &[Number::F64, Number::F64]),
];

#[derive(Clone, Copy)]
pub enum Number {
    I32,
    I64,
    F32,
    F64,
}

/// A module with the other exports of `spectest`, except `SHARED_MEMORY`.
pub fn spectest(off: &[Feature]) -> String {
    let table64 = r#"(table (export "table64") i64 10 20 funcref)"#;
    let table64 = if off.contains(&Feature::MEMORY64) { "" } else { table64 };
    format!(
        r#"(module
            (global (export "global_i32") i32 (i32.const 666))
            (global (export "global_i64") i64 (i64.const 666))
            (global (export "global_f32") f32 (f32.const 666.6))
            (global (export "global_f64") f64 (f64.const 666.6))
            (table (export "table") 10 20 funcref)
            {table64}
            (memory (export "memory") 1 2))"#
    )
}

/// A memory of `spectest`. It has a module of its own, since some files run without the proposal for several
/// memories.
pub const SHARED_MEMORY: &str = r#"(module (memory (export "shared_memory") 1 2 shared))"#;

/// A module that converts references of the host to internal ones and back. It identifies an internal reference
/// that was one of the host. It needs `Feature::GC`; without it there are no such references.
pub const CONVERT: &str = r#"(module
    (func (export "host") (param externref) (result anyref) (any.convert_extern (local.get 0)))
    (func (export "extern") (param anyref) (result externref) (extern.convert_any (local.get 0))))"#;
