//! Whether the cases reached every function that takes an object, and every kind of object.

use safewasm_capi::Kind;
use safewasm_capi::USES;

/// Functions that need not succeed in a run, each with the reason.
const NEED_NOT_SUCCEED: [(&str, &str); 14] = [
    ("safewasm_provoke_panic", "it always fails"),
    ("safewasm_module_new_file", "cases have no files"),
    ("safewasm_module_deserialize_file", "cases have no files"),
    ("safewasm_component_new_file", "cases have no files"),
    ("safewasm_component_deserialize_file", "cases have no files"),
    ("safewasm_engine_cache_counts", "the engines of cases have no cache"),
    ("safewasm_instance_run", "cases run no commands but in processes"),
    ("safewasm_componentinstance_run", "components of cases are no commands"),
    ("safewasm_error_exit_status", "no program of a case exits"),
    ("safewasm_caller_memory", "modules that call host functions have no memory"),
    ("safewasm_heaptype_of_param", NO_DEFINED_TYPES),
    ("safewasm_heaptype_of_result", NO_DEFINED_TYPES),
    ("safewasm_heaptype_of_extern", NO_DEFINED_TYPES),
    ("safewasm_heaptype_of_field", NO_DEFINED_TYPES),
];

const NO_DEFINED_TYPES: &str = "the types of cases refer to no types that modules define";

/// Functions that need not fail in a run, each with the reason.
const NEED_NOT_FAIL: [(&str, &str); 1] =
    [("safewasm_error_message", "its result is never NULL; `World::error` compares the text")];

/// Lists what the cases should have reached and didn't. Prints the number of calls of each function if
/// `print`.
pub fn coverage(print: bool) -> Vec<String> {
    let kinds = USES.iter().filter(|used| used.name.ends_with("_is_valid"));
    let unknown = kinds.filter(|used| !Kind::IS_VALID.contains(&used.name));
    let mut missing: Vec<_> =
        unknown.map(|used| format!("{}, which is in no row of `kinds.rs`", used.name)).collect();
    let is_object = |ty: &str| {
        let test = format!("{}_is_valid", ty.trim_end_matches("_t"));
        Kind::IS_VALID.contains(&test.as_str())
    };
    for used in USES.iter().filter(|used| used.takes.iter().any(|ty| is_object(ty))) {
        let (succeeded, failed) = (used.succeeded(), used.failed());
        if print {
            println!("{:60} {succeeded:>10} {failed:>10}", used.name);
        }
        let excused = |list: &[(&str, &str)]| list.iter().any(|(name, _)| *name == used.name);
        if succeeded == 0 && !excused(&NEED_NOT_SUCCEED) {
            missing.push(format!("{} never succeeded", used.name));
        }
        // Functions that delete can't fail.
        if failed == 0 && !used.name.ends_with("_delete") && !excused(&NEED_NOT_FAIL) {
            missing.push(format!("{} never failed", used.name));
        }
    }
    missing
}
