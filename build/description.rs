//! The description of the ABI that `tests/abi.rs` calls every function by.

use crate::abi::{Abi, AbiType, Param};
use std::fmt::Write;

pub fn generate(abi: &Abi) -> String {
    let mut out = String::from("static FUNCTIONS: &[Function] = &[\n");
    for function in &abi.functions {
        let returns = match &function.returns {
            None => "Returns::Nothing".to_owned(),
            Some(ty) if ty.pointee() == Some("safewasm_error_t") => "Returns::Error".to_owned(),
            Some(AbiType::Pointer(_)) => "Returns::Value(8)".to_owned(),
            Some(AbiType::Named(name)) => format!("Returns::Value(size_of::<{}>())", rust(name)),
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
    out
}

fn role(abi: &Abi, param: &Param) -> String {
    match &param.ty {
        AbiType::Pointer(to) => match &**to {
            AbiType::Named(name) if abi.is_opaque(name) => format!("Role::Handle({name:?})"),
            AbiType::Named(name) if param.name.ends_with("_out") => {
                format!("Role::Out(size_of::<{}>())", rust(name))
            }
            AbiType::Pointer(to) if param.name.ends_with("_out") => match &**to {
                AbiType::Named(name) if abi.is_opaque(name) => format!("Role::OutHandle({name:?})"),
                _ => "Role::Out(8)".to_owned(),
            },
            AbiType::Named(name) if name == "c_void" => "Role::Env".to_owned(),
            AbiType::Named(name) => format!("Role::Data({name:?})"),
            _ => panic!("`{}`: tests can't pass such a pointer", param.name),
        },
        AbiType::Named(name) if abi.is_callback(name) => format!("Role::Callback({name:?})"),
        AbiType::Named(name) => match name.as_str() {
            "usize" | "u64" | "u32" | "i32" | "bool" => format!("Role::Number({name:?})"),
            _ => panic!("`{}`: tests can't pass a {name} by value", param.name),
        },
        AbiType::Array(..) => panic!("`{}`: C passes no arrays by value", param.name),
    }
}

fn rust(name: &str) -> String {
    if name.starts_with("safewasm_") {
        format!("safewasm::{}", path(name))
    } else {
        name.to_owned()
    }
}

/// The module that a transparent struct is in.
fn path(name: &str) -> String {
    let module = match name {
        "safewasm_text_t" => "text",
        "safewasm_frame_t" => "frame",
        "safewasm_error_kind_t" | "safewasm_trap_code_t" => "error",
        "safewasm_valtype_t" | "safewasm_val_t" => "value",
        "safewasm_resources_t" => "module",
        "safewasm_extern_t" => "external",
        _ => "externtype",
    };
    format!("{module}::{name}")
}
