//! An artifact, and a file of it, for the functions that load one.

use super::Abi;
use std::fs;
use std::sync::OnceLock;

static ARTIFACT: OnceLock<Vec<u8>> = OnceLock::new();

/// Makes them of a module of the first world.
pub fn make(abi: &mut Abi, module: u64) {
    if ARTIFACT.get().is_some() {
        return;
    }
    let (mut bytes, mut data, mut len) = (0u64, 0u64, 0usize);
    abi.must("safewasm_module_serialize", &[module, &raw mut bytes as u64]);
    let outs = [bytes, &raw mut data as u64, &raw mut len as u64];
    abi.must("safewasm_bytes_data", &outs);
    // SAFETY: the bytes object has that many bytes.
    let artifact = unsafe { std::slice::from_raw_parts(data as *const u8, len) }.to_vec();
    abi.call("safewasm_bytes_delete", &[bytes]);
    fs::write(path(), &artifact).unwrap();
    ARTIFACT.set(artifact).unwrap();
}

/// Whether a function takes the bytes of an artifact.
pub fn is_taken_by(function: &str) -> bool {
    matches!(function, "safewasm_module_deserialize" | "safewasm_artifact_wasm")
}

pub fn get() -> &'static [u8] {
    ARTIFACT.get().unwrap()
}

/// The path of the file.
pub fn path() -> &'static str {
    static PATH: OnceLock<String> = OnceLock::new();
    PATH.get_or_init(|| {
        let name = format!("safewasm-abi-{}.artifact", std::process::id());
        std::env::temp_dir().join(name).to_str().unwrap().to_owned()
    })
}

pub fn remove() {
    fs::remove_file(path()).unwrap();
}
