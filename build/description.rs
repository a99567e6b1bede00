//! The description of the ABI that `tests/abi.rs` calls every function by.

use crate::abi::{Abi, AbiType, Field, Param, Struct};
use std::fmt::Write;

pub fn generate(abi: &Abi) -> String {
    let mut out = String::from("static FUNCTIONS: &[Function] = &[\n");
    for function in &abi.functions {
        let returns = match &function.returns {
            None => "Returns::Nothing".to_owned(),
            Some(_) if function.is_fallible() => "Returns::Error".to_owned(),
            Some(AbiType::Pointer { .. }) => "Returns::Value(8)".to_owned(),
            Some(AbiType::Named(name)) => {
                format!("Returns::Value(size_of::<{}>())", rust(abi, name))
            }
            Some(AbiType::Array(..)) => panic!("C returns no arrays"),
        };
        writeln!(out, "    Function {{ name: {:?}, returns: {returns}, params: &[", function.name)
            .expect("a String takes all");
        for param in &function.params {
            writeln!(
                out,
                "        Param {{ name: {:?}, nullable: {}, role: {} }},",
                param.name,
                param.nullable,
                role(abi, param)
            )
            .expect("a String takes all");
        }
        out.push_str("    ] },\n");
    }
    out.push_str("];\n");
    out.push_str("static STRUCTS: &[Struct] = &[\n");
    for item in abi.structs.iter().filter(|item| !item.is_union) {
        let bools: String =
            bools(abi, item).iter().map(|(name, place)| format!("({name:?}, {place}), ")).collect();
        let (name, path) = (&item.name, rust(abi, &item.name));
        writeln!(
            out,
            "    Struct {{ name: {name:?}, size: size_of::<{path}>(), bools: &[{bools}] }},"
        )
        .expect("a String takes all");
    }
    out.push_str("];\n");
    out
}

fn role(abi: &Abi, param: &Param) -> String {
    match &param.ty {
        AbiType::Pointer { to, .. } => match &**to {
            AbiType::Named(name) if abi.is_opaque(name) => format!("Role::Handle({name:?})"),
            AbiType::Named(name) if param.name.ends_with("_out") => {
                format!("Role::Out({name:?}, size_of::<{}>())", rust(abi, name))
            }
            AbiType::Pointer { to, .. } if param.name.ends_with("_out") => match &**to {
                AbiType::Named(name) if abi.is_opaque(name) => format!("Role::OutHandle({name:?})"),
                _ => "Role::Out(\"a pointer\", 8)".to_owned(),
            },
            AbiType::Named(name) if name == "c_void" => "Role::Env".to_owned(),
            AbiType::Named(name) => format!("Role::Data({name:?})"),
            _ => panic!("`{}`: tests can't pass such a pointer", param.name),
        },
        AbiType::Named(name) if abi.is_callback(name) => format!("Role::Callback({name:?})"),
        AbiType::Named(name) => match name.as_str() {
            "usize" | "u64" | "u32" | "i32" => format!("Role::Number({name:?})"),
            "BoolArg" => "Role::Bool".to_owned(),
            _ => panic!("`{}`: tests can't pass a {name} by value", param.name),
        },
        AbiType::Array(..) => panic!("`{}`: C passes no arrays by value", param.name),
    }
}

/// A type's path in Rust.
fn rust(abi: &Abi, name: &str) -> String {
    let is_ours = name.starts_with("safewasm_") && !abi.is_opaque(name);
    match name {
        _ if is_ours => format!("safewasm::abi::{name}"),
        "Bool" => "safewasm::Bool".to_owned(),
        _ => name.to_owned(),
    }
}

/// The `bool`s in a struct, those of structs within it included: their names and places.
fn bools(abi: &Abi, item: &Struct) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for Field { name: field, ty, .. } in &item.fields {
        let AbiType::Named(name) = ty else { continue };
        let place = format!("offset_of!({}, {field})", rust(abi, &item.name));
        if name == "Bool" {
            found.push((field.clone(), place));
        } else if let Some(inner) = abi.structs.iter().find(|inner| inner.name == *name) {
            let within = bools(abi, inner).into_iter();
            found.extend(
                within.map(|(name, at)| (format!("{field}.{name}"), format!("{place} + {at}"))),
            );
        }
    }
    found
}
