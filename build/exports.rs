//! The linker's version script of the shared library: it exports the functions of the header, under a
//! version of their symbols, and nothing else.

use crate::abi::{Abi, Section};
use anyhow::Result;
use std::collections::HashSet;
use std::fmt::Write;

/// `has_feature` says whether the library is compiled with a feature.
pub fn generate(abi: &Abi, has_feature: impl Fn(&str) -> bool) -> Result<String> {
    let is_there = |section: &&Section| section.feature.as_deref().is_none_or(&has_feature);
    let names: HashSet<_> =
        abi.sections.iter().filter(is_there).flat_map(|section| &section.names).collect();
    let mut out = format!("SAFEWASM_{} {{\n    global:\n", abi.version()?);
    for function in abi.functions.iter().filter(|function| names.contains(&function.name)) {
        writeln!(out, "        {};", function.name)?;
    }
    out.push_str("    local:\n        *;\n};\n");
    Ok(out)
}
