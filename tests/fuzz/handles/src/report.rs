//! Whether the cases reached every function that takes an object.

use safewasm_capi::USES;

/// Functions that a run needn't see succeed, and why.
const NEED_NOT_SUCCEED: [(&str, &str); 3] = [
    ("safewasm_provoke_panic", "it is there to fail"),
    ("safewasm_module_new_file", "cases have no files"),
    ("safewasm_caller_memory", "modules that call host functions have no memory"),
];

/// Functions that a run needn't see fail, and why.
const NEED_NOT_FAIL: [(&str, &str); 1] =
    [("safewasm_error_message", "it is never NULL; of what is no error, its text is compared")];

/// Says what was called, and gives what should have been called and was not.
pub fn coverage(print: bool) -> Vec<String> {
    let is_object = |ty: &str| {
        let test = format!("{}_is_valid", ty.trim_end_matches("_t"));
        USES.iter().any(|other| other.name == test)
    };
    let mut missing = Vec::new();
    for used in USES.iter().filter(|used| used.takes.iter().any(|ty| is_object(ty))) {
        let (succeeded, failed) = (used.succeeded(), used.failed());
        if print {
            println!("{:60} {succeeded:>10} {failed:>10}", used.name);
        }
        let excused = |list: &[(&str, &str)]| list.iter().any(|(name, _)| *name == used.name);
        if succeeded == 0 && !excused(&NEED_NOT_SUCCEED) {
            missing.push(format!("{} never succeeded", used.name));
        }
        // What deletes can't fail: that bad handles are left alone is looked at otherwise.
        if failed == 0 && !used.name.ends_with("_delete") && !excused(&NEED_NOT_FAIL) {
            missing.push(format!("{} never failed", used.name));
        }
    }
    missing
}
