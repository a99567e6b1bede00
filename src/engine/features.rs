//! Features: the proposals to WebAssembly that can be turned on and off.

use crate::error::{Error, ErrorKind, Result};
use wasmtime::Config;

/// A proposal to WebAssembly, or a part of one, that can be turned on and off. A feature is on by
/// default unless its description says otherwise.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum safewasm_feature_t {
    /// Functions with several results.
    MULTI_VALUE = 0,
    /// Instructions that copy and fill memories and tables.
    BULK_MEMORY = 1,
    /// `externref` and several tables.
    REFERENCE_TYPES = 2,
    /// Vectors of 128 bits.
    SIMD = 3,
    /// Vector instructions whose results may differ between machines.
    RELAXED_SIMD = 4,
    /// Atomic instructions and shared memories; see also `safewasm_config_set_shared_memory`.
    THREADS = 5,
    /// Tail calls: calls that replace their caller's frame.
    TAIL_CALL = 6,
    /// Several memories in a module.
    MULTI_MEMORY = 7,
    /// Memories and tables with 64-bit addresses.
    MEMORY64 = 8,
    /// More instructions in constant expressions.
    EXTENDED_CONST = 9,
    /// Typed references to functions.
    FUNCTION_REFERENCES = 10,
    /// Garbage-collected structures and arrays, and 31-bit integers.
    GC = 11,
    /// Exceptions and tags.
    EXCEPTIONS = 12,
    /// Memories with pages of other sizes than 64 KiB. Off by default.
    CUSTOM_PAGE_SIZES = 13,
    /// Arithmetic on 128 bits. Off by default.
    WIDE_ARITHMETIC = 14,
    /// Continuations. Off by default. This version can't run them: with this feature on, no engine
    /// can be made.
    STACK_SWITCHING = 15,
}

pub(crate) use safewasm_feature_t as Feature;

/// A method that turns a feature on or off.
type Set = fn(&mut Config, bool) -> &mut Config;

/// Each feature, in the order of their numbers, with its method. Stack switching has none: it can't be turned
/// on.
const FEATURES: [(Feature, Option<Set>); 16] = [
    (Feature::MULTI_VALUE, Some(Config::wasm_multi_value)),
    (Feature::BULK_MEMORY, Some(Config::wasm_bulk_memory)),
    (Feature::REFERENCE_TYPES, Some(Config::wasm_reference_types)),
    (Feature::SIMD, Some(Config::wasm_simd)),
    (Feature::RELAXED_SIMD, Some(Config::wasm_relaxed_simd)),
    (Feature::THREADS, Some(Config::wasm_threads)),
    (Feature::TAIL_CALL, Some(Config::wasm_tail_call)),
    (Feature::MULTI_MEMORY, Some(Config::wasm_multi_memory)),
    (Feature::MEMORY64, Some(Config::wasm_memory64)),
    (Feature::EXTENDED_CONST, Some(Config::wasm_extended_const)),
    (Feature::FUNCTION_REFERENCES, Some(Config::wasm_function_references)),
    (Feature::GC, Some(Config::wasm_gc)),
    (Feature::EXCEPTIONS, Some(Config::wasm_exceptions)),
    (Feature::CUSTOM_PAGE_SIZES, Some(Config::wasm_custom_page_sizes)),
    (Feature::WIDE_ARITHMETIC, Some(Config::wasm_wide_arithmetic)),
    (Feature::STACK_SWITCHING, None),
];

impl Feature {
    /// A feature by its name in any case of letters.
    pub(crate) fn by_name(name: &str) -> Option<Self> {
        let mut features = FEATURES.iter().map(|(feature, _)| *feature);
        features.find(|feature| format!("{feature:?}").eq_ignore_ascii_case(name))
    }
}

/// The features that were turned on or off. The others have Wasmtime's default.
#[derive(Clone, Default)]
pub(crate) struct Features([Option<bool>; FEATURES.len()]);

impl Features {
    pub(crate) fn set(&mut self, feature: u32, enabled: bool) -> Result<()> {
        let Some(known) = self.0.get_mut(feature as usize) else {
            let last = FEATURES.len() - 1;
            return Err(Error::new(
                ErrorKind::INVALID_ARGUMENT,
                format!(
                    "`feature` is {feature}, which is no feature: the features are 0 to {last}"
                ),
            ));
        };
        *known = Some(enabled);
        Ok(())
    }

    pub(crate) fn is_turned_on(&self, feature: Feature) -> bool {
        self.0[feature as usize] == Some(true)
    }

    pub(crate) fn is_turned_off(&self, feature: Feature) -> bool {
        self.0[feature as usize] == Some(false)
    }

    pub(crate) fn apply(&self, config: &mut Config) {
        for ((_, set), enabled) in FEATURES.iter().zip(self.0) {
            if let (Some(set), Some(enabled)) = (set, enabled) {
                set(config, enabled);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_are_in_the_order_of_their_numbers() {
        for (number, (feature, _)) in FEATURES.iter().enumerate() {
            assert_eq!(*feature as usize, number);
        }
    }
}
