//! Artifacts, and a file of each, for the functions that load one.

use super::Abi;
use std::fs;
use std::sync::OnceLock;

/// What artifacts are of, as the names of functions say.
const NOUNS: [&str; 2] = ["module", "component"];

static ARTIFACTS: [OnceLock<Vec<u8>>; 2] = [const { OnceLock::new() }; 2];

/// Makes them of a module and a component of the first world.
pub fn make(abi: &mut Abi, module: u64, component: u64) {
    for (index, object) in [module, component].into_iter().enumerate() {
        if ARTIFACTS[index].get().is_some() {
            return;
        }
        let (mut bytes, mut data, mut len) = (0u64, 0u64, 0usize);
        let serialize = format!("safewasm_{}_serialize", NOUNS[index]);
        abi.must(&serialize, &[object, &raw mut bytes as u64]);
        let outs = [bytes, &raw mut data as u64, &raw mut len as u64];
        abi.must("safewasm_bytes_data", &outs);
        // SAFETY: the bytes object has that many bytes.
        let artifact = unsafe { std::slice::from_raw_parts(data as *const u8, len) }.to_vec();
        abi.call("safewasm_bytes_delete", &[bytes]);
        fs::write(path(NOUNS[index]), &artifact).unwrap();
        ARTIFACTS[index].set(artifact).unwrap();
    }
}

/// Whether a function takes the bytes of an artifact.
pub fn is_taken_by(function: &str) -> bool {
    function.ends_with("_deserialize") || function == "safewasm_artifact_wasm"
}

/// The index of the artifact for a function.
fn index(function: &str) -> usize {
    usize::from(function.contains(NOUNS[1]))
}

/// The artifact for a function.
pub fn of(function: &str) -> &'static [u8] {
    ARTIFACTS[index(function)].get().unwrap()
}

/// The path of the file for a function.
pub fn path(function: &str) -> &'static str {
    static PATHS: [OnceLock<String>; 2] = [const { OnceLock::new() }; 2];
    let index = index(function);
    PATHS[index].get_or_init(|| {
        let name = format!("safewasm-abi-{}-{}.artifact", NOUNS[index], std::process::id());
        std::env::temp_dir().join(name).to_str().unwrap().to_owned()
    })
}

pub fn remove() {
    NOUNS.iter().for_each(|noun| fs::remove_file(path(noun)).unwrap());
}
