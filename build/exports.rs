//! The linker's version script of the shared library: it exports the functions of the header, under a
//! version of their symbols, and nothing else.

use crate::abi::Abi;
use anyhow::Result;
use std::fmt::Write;

pub fn generate(abi: &Abi) -> Result<String> {
    let mut out = format!("SAFEWASM_{} {{\n    global:\n", abi.version()?);
    for function in &abi.functions {
        writeln!(out, "        {};", function.name)?;
    }
    out.push_str("    local:\n        *;\n};\n");
    Ok(out)
}
