//! The names of error kinds and trap codes as text.

use crate::abi::{Abi, Constant};
use std::fmt::Write;

/// The enumerations whose values have names, of which functions of the ABI hand out some.
const NAMED: [&str; 2] = ["safewasm_error_kind_t", "safewasm_trap_code_t"];

/// A function for each of them that gives a value's name: that in the header without the prefix, in lower
/// case, and with spaces.
pub fn generate(abi: &Abi) -> String {
    let mut out = String::new();
    for item in abi.enums.iter().filter(|item| NAMED.contains(&&*item.name)) {
        let _ = writeln!(out, "impl {} {{", item.name);
        out.push_str("    /// The name of a value; `unknown` for any other number.\n");
        out.push_str("    pub(crate) fn name(value: u32) -> &'static std::ffi::CStr {\n");
        out.push_str("        match value {\n");
        for Constant { name, value, .. } in &item.variants {
            let name = name.to_lowercase().replace('_', " ");
            let _ = writeln!(out, "            {value} => c{name:?},");
        }
        out.push_str("            _ => c\"unknown\",\n        }\n    }\n}\n");
    }
    out
}
