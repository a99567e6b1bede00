//! The Julia package's low-level layer: a function for each C function, and the structs, constants
//! and enumerations.

use crate::abi::{Abi, AbiType, Constant, Struct};
use anyhow::{Context, Result};
use std::fmt::Write;

const HEAD: &str = r#"# Generated from the library's Rust source by `make header`; do not edit.

"""
The C functions of the library, one to one, and the structs and constants that they use.

Handles are `Ptr`s here, nothing is preserved or deleted by itself, and errors are returned, not
thrown. The docstrings are the descriptions in `include/safewasm.h`.
"""
module API

"#;

const ADDRESSES: &str = r#"
const FUNCTIONS = Functions()

# Opens the library: the package adds the method.
function open_library end

# The address of a function. Unless it is known, the library is opened first.
macro address(name)
    return :(resolve(FUNCTIONS.$name, $(QuoteNode(name))))
end

@inline resolve(known, name) = known == C_NULL ? resolve_in_library(name) : known

@noinline function resolve_in_library(name)
    open_library()
    return getfield(FUNCTIONS, name)::Ptr{Cvoid}
end
"#;

pub fn generate(abi: &Abi) -> Result<String> {
    let mut out = String::from(HEAD);
    for item in &abi.constants {
        if item.is_size_max() {
            writeln!(out, "const {} = typemax(Csize_t)", item.name)?;
        } else {
            writeln!(out, "const {} = {}", item.name, item.value)?;
        }
    }
    out.push('\n');
    for kind in &abi.kinds {
        writeln!(out, "mutable struct {} end", kind.opaque)?;
    }
    for item in &abi.enums {
        write!(out, "\n# {}\n", item.name)?;
        for Constant { name, value, .. } in &item.variants {
            writeln!(out, "const {}{name} = {}", item.prefix(), literal(&item.repr, *value))?;
        }
    }
    out.push_str("\n# From names to values, for each enumeration.\n");
    for item in &abi.enums {
        let prefix = item.prefix();
        writeln!(out, "const {prefix}NAMES = Dict(")?;
        for Constant { name, .. } in &item.variants {
            writeln!(out, "    {prefix}{name} => :{},", name.to_lowercase())?;
        }
        out.push_str(")\n");
    }
    for item in &abi.structs {
        write_struct(abi, &mut out, item)?;
    }
    out.push_str("\n# The functions' addresses, which are NULL until the library is opened.\nmutable struct Functions\n");
    for function in &abi.functions {
        writeln!(out, "    {}::Ptr{{Cvoid}}", function.name)?;
    }
    out.push_str("    Functions() = new(ntuple(_ -> C_NULL, fieldcount(Functions))...)\nend\n");
    out.push_str(ADDRESSES);
    for function in &abi.functions {
        let names: Vec<_> = function.params.iter().map(|param| argument(&param.name)).collect();
        let types: Vec<_> = function.params.iter().map(|param| julia(abi, &param.ty)).collect();
        let returns =
            function.returns.as_ref().map_or_else(|| "Cvoid".to_owned(), |ty| julia(abi, ty));
        let short = &function.name;
        let comma = if types.len() == 1 { "," } else { "" };
        let signature = format!("{short}({})", names.join(", "));
        write!(out, "\n{}", docstring(&signature, &function.docs))?;
        writeln!(out, "function {signature}")?;
        if let Some(result) = without_objects(short) {
            writeln!(out, "    FUNCTIONS.{short} == C_NULL && return {result}")?;
        }
        out.push_str("    return ccall(\n");
        writeln!(out, "        @address({short}),")?;
        writeln!(out, "        {returns},")?;
        writeln!(out, "        ({}{comma}),", types.join(", "))?;
        for name in &names {
            writeln!(out, "        {name},")?;
        }
        out.push_str("    )\nend\n");
    }
    out.push_str("\nend\n");
    Ok(out)
}

/// The result of the functions that don't open the library. Before it is opened there are no objects to be
/// valid or deleted. Finalizers call these functions and must not wait.
fn without_objects(function: &str) -> Option<&'static str> {
    if function.ends_with("_is_valid") {
        Some("false")
    } else if function.ends_with("_delete") {
        Some("nothing")
    } else {
        None
    }
}

/// A docstring with the signature on its first line.
fn docstring(signature: &str, docs: &[String]) -> String {
    let mut text = format!("\"\"\"\n    {signature}\n\n");
    for line in docs {
        text.push_str(&escaped(line));
        text.push('\n');
    }
    text.push_str("\"\"\"\n");
    text
}

/// Text in a Julia string of three quotes, where it stands for itself.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('$', "\\$").replace("\"\"\"", "\\\"\\\"\\\"")
}

/// A parameter's name in Julia, where some names are keywords.
fn argument(name: &str) -> String {
    if ["global", "module"].contains(&name) { format!("{name}_") } else { name.to_owned() }
}

fn write_struct(abi: &Abi, out: &mut String, item: &Struct) -> Result<()> {
    if item.is_union {
        // Julia has no unions: the members are read out of the bytes.
        let size =
            item.fields.iter().map(|field| size(&field.ty)).max().context("an empty union")?;
        writeln!(out, "\nstruct {}\n    data::NTuple{{{},UInt64}}\nend", item.name, size / 8)?;
        return Ok(());
    }
    writeln!(out, "\nstruct {}", item.name)?;
    for field in &item.fields {
        writeln!(out, "    {}::{}", field.name, julia(abi, &field.ty))?;
    }
    out.push_str("end\n");
    Ok(())
}

fn size(ty: &AbiType) -> usize {
    match ty {
        AbiType::Array(_, len) => *len,
        _ => 8,
    }
}

fn literal(repr: &str, value: i128) -> String {
    match repr {
        "u8" => format!("0x{value:02x}"),
        "u32" => format!("0x{value:08x}"),
        _ => format!("Cint({value})"),
    }
}

fn julia(abi: &Abi, ty: &AbiType) -> String {
    match ty {
        AbiType::Pointer { to, .. } => format!("Ptr{{{}}}", julia(abi, to)),
        AbiType::Array(name, len) => {
            format!("NTuple{{{len},{}}}", julia(abi, &AbiType::Named(name.clone())))
        }
        AbiType::Named(name) => match name.as_str() {
            name if abi.is_callback(name) => "Ptr{Cvoid}".to_owned(),
            "c_void" => "Cvoid".to_owned(),
            "c_char" => "Cchar".to_owned(),
            "usize" => "Csize_t".to_owned(),
            "isize" => "Cptrdiff_t".to_owned(),
            "u8" => "UInt8".to_owned(),
            "u32" => "UInt32".to_owned(),
            "u64" => "UInt64".to_owned(),
            "i32" => "Int32".to_owned(),
            "i64" => "Int64".to_owned(),
            "f32" => "Float32".to_owned(),
            "f64" => "Float64".to_owned(),
            "bool" | "Bool" | "BoolArg" => "Bool".to_owned(),
            // Enumerations that functions return are C's `int`.
            name if name.ends_with("_kind_t") || name.ends_with("_code_t") => "Cint".to_owned(),
            name => name.to_owned(),
        },
    }
}
