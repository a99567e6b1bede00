//! The directives that are known to fail, and the proposals that older files are run without.
//!
//! A directive may be excluded only if it fails in Wasmtime too. An exclusion without a failing directive is a
//! failure, so the list stays as short as possible.

use safewasm::abi::safewasm_feature_t as Feature;

/// Directives of one place that are known to fail.
pub struct Exclusion {
    /// A file, or a folder.
    pub place: &'static str,
    /// The lines of the directives. Empty for all that fail.
    pub lines: &'static [usize],
    pub reason: &'static str,
}

impl Exclusion {
    pub fn covers(&self, file: &str, line: usize) -> bool {
        let here = file == self.place || file.starts_with(&format!("{}/", self.place));
        here && (self.lines.is_empty() || self.lines.contains(&line))
    }
}

pub const EXCLUSIONS: [Exclusion; 3] = [
    Exclusion {
        place: "proposals/custom-descriptors",
        lines: &[],
        reason: "Wasmtime 48 doesn't implement this proposal",
    },
    Exclusion {
        place: "proposals/mutable-global/linking.wast",
        lines: &[206, 227, 236, 238, 248, 298, 334, 342, 344, 354],
        reason: "older than WebAssembly 2.0, in which a segment that doesn't fit causes a trap instead \
                 of a link error",
    },
    Exclusion {
        place: "proposals/reference-types/unreached-invalid.wast",
        lines: &[539],
        reason: "older than WebAssembly 3.0, in which this module is valid",
    },
];

/// The proposals that the files of a folder are run without. With them, some modules would be valid which the
/// files expect to be invalid.
pub fn off(folder: &str) -> &'static [Feature] {
    match folder {
        "wasm-v1" | "proposals/reference-types" => &[
            Feature::EXCEPTIONS,
            Feature::GC,
            Feature::FUNCTION_REFERENCES,
            Feature::MEMORY64,
            Feature::MULTI_MEMORY,
        ],
        "proposals/threads" => &[
            Feature::EXCEPTIONS,
            Feature::GC,
            Feature::FUNCTION_REFERENCES,
            Feature::REFERENCE_TYPES,
            Feature::MEMORY64,
            Feature::MULTI_MEMORY,
        ],
        "wasm-v2" => &[Feature::MEMORY64, Feature::MULTI_MEMORY],
        "proposals/function-references" | "proposals/memory64" | "proposals/multi-value" => {
            &[Feature::MULTI_MEMORY]
        }
        _ => &[],
    }
}
