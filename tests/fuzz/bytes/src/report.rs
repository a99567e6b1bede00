//! Whether every function that takes bytes or text has both succeeded and failed in a run.

use crate::header::FUNCTIONS;
use safewasm_capi::USES;

/// Lists what the cases should have reached and didn't. Prints the number of calls of each function if
/// `print`.
pub fn coverage(print: bool) -> Vec<String> {
    let mut missing = Vec::new();
    for function in FUNCTIONS.iter().filter(|function| function.takes_bytes) {
        let Some(used) = USES.iter().find(|used| used.name == function.name) else {
            missing.push(format!("{} is not in the library", function.name));
            continue;
        };
        let (succeeded, failed) = (used.succeeded(), used.failed());
        if print {
            println!("{:44} {succeeded:>9} {failed:>9}", used.name);
        }
        if succeeded == 0 {
            missing.push(format!("{} never succeeded", used.name));
        }
        if failed == 0 {
            missing.push(format!("{} never failed", used.name));
        }
    }
    missing
}
