//! The test suite of the WebAssembly specification: its versions, and the proposals to it.

/// A script of the suite, a `.wast` file.
#[derive(Debug)]
pub struct File {
    /// The version or proposal that it is from.
    pub folder: &'static str,
    pub name: &'static str,
    pub text: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/files.rs"));
