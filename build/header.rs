//! The C header: the rules, then a section for each module of `abi`.

use crate::abi::{Abi, AbiType, Constant, Enum, Function, Section, Struct};
use crate::prose::comment;
use anyhow::{Result, bail, ensure};
use std::collections::HashSet;
use std::fmt::Write;

const START: &str = "\
#ifndef SAFEWASM_H
#define SAFEWASM_H

/* Generated from the library's Rust source by `make header`; do not edit. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__) || defined(__clang__)
#define SAFEWASM_MUST_USE __attribute__((warn_unused_result))
#else
#define SAFEWASM_MUST_USE
#endif

#ifdef __cplusplus
extern \"C\" {
#endif

";

const END: &str = "
#ifdef __cplusplus
}
#endif

#endif /* SAFEWASM_H */
";

const WIDTH: usize = 100;

/// A declaration of the header.
struct Declaration {
    name: String,
    /// The types that must be declared before.
    uses: Vec<String>,
    text: String,
}

/// The header, with the rules, which are Markdown, at its top.
pub fn generate(abi: &Abi, rules: &str) -> Result<String> {
    let mut out =
        String::from("/*\n * SafeWasm: WebAssembly for C and Julia, over Wasmtime.\n *\n");
    out.push_str(&comment(rules.lines(), " *"));
    out.push_str(" */\n\n");
    out.push_str(START);
    out.push_str("// The objects. Each is described at the start of its section.\n");
    let mut declared = HashSet::new();
    for kind in &abi.kinds {
        writeln!(out, "typedef struct {0} {0};", kind.opaque)?;
        declared.insert(kind.opaque.clone());
    }
    let mut declarations = declarations(abi);
    let mut shown = HashSet::new();
    for section in &abi.sections {
        for name in &section.names {
            ensure!(shown.insert(name), "`{name}` is in two sections of the header");
        }
        out.push_str(&banner(abi, section));
        write_section(&mut out, section, &mut declarations, &mut declared)?;
    }
    if let Some(left) = declarations.first() {
        bail!("`{}` is in no section of the header: no module of `abi` shows it", left.name);
    }
    for kind in &abi.kinds {
        ensure!(shown.contains(&kind.opaque), "`{}` is in no section of the header", kind.opaque);
    }
    out.push_str(END);
    Ok(out)
}

fn banner(abi: &Abi, section: &Section) -> String {
    let rule = format!("// {}\n", "=".repeat(WIDTH - 3));
    let mut out = format!("\n\n{rule}{}{rule}", doc_comment(&section.banner, ""));
    for kind in abi.kinds.iter().filter(|kind| section.names.contains(&kind.opaque)) {
        let docs = doc_comment(&kind.docs, "");
        out.push_str(&format!("\n// `{}`\n//\n{docs}", kind.opaque));
    }
    out
}

/// Writes the declarations of a section: types before the types that use them, functions last.
fn write_section(
    out: &mut String,
    section: &Section,
    declarations: &mut Vec<Declaration>,
    declared: &mut HashSet<String>,
) -> Result<()> {
    let is_here = |item: &Declaration| section.names.contains(&item.name);
    loop {
        let is_ready = |item: &Declaration| item.uses.iter().all(|used| declared.contains(used));
        let next = declarations.iter().position(|item| is_here(item) && is_ready(item));
        let Some(next) = next else { break };
        let item = declarations.remove(next);
        write!(out, "\n{}", item.text)?;
        declared.insert(item.name);
    }
    match declarations.iter().find(|item| is_here(item)) {
        Some(item) => bail!("`{}` uses a type of a later section: {:?}", item.name, item.uses),
        None => Ok(()),
    }
}

/// The declarations of all sections: constants, enumerations, callbacks, structs, functions.
fn declarations(abi: &Abi) -> Vec<Declaration> {
    let constants = abi.constants.iter().map(constant);
    let enums = abi.enums.iter().map(enumeration);
    let callbacks = abi.callbacks.iter().map(callback);
    let structs = abi.structs.iter().map(structure);
    let functions = abi.functions.iter().map(function);
    constants.chain(enums).chain(callbacks).chain(structs).chain(functions).collect()
}

fn constant(item: &Constant) -> Declaration {
    let Constant { name, docs, value } = item;
    let value = if item.is_size_max() { "SIZE_MAX".to_owned() } else { value.to_string() };
    let text = format!("{}#define {name} {value}\n", doc_comment(docs, ""));
    Declaration { name: name.clone(), uses: Vec::new(), text }
}

fn enumeration(item: &Enum) -> Declaration {
    let mut text = format!("{}typedef enum {{\n", doc_comment(&item.docs, ""));
    for Constant { name, docs, value } in &item.variants {
        let docs = doc_comment(docs, "  ");
        text.push_str(&format!("{docs}  {}{name} = {value},\n", item.prefix()));
    }
    text.push_str(&format!("}} {};\n", item.name));
    Declaration { name: item.name.clone(), uses: Vec::new(), text }
}

fn structure(item: &Struct) -> Declaration {
    let sort = if item.is_union { "union" } else { "struct" };
    let mut text = format!("{}typedef {sort} {{\n", doc_comment(&item.docs, ""));
    for field in &item.fields {
        let docs = doc_comment(&field.docs, "  ");
        text.push_str(&format!("{docs}  {};\n", declare(&field.ty, &field.name)));
    }
    text.push_str(&format!("}} {};\n", item.name));
    let uses = item.fields.iter().filter_map(|field| needed(&field.ty)).collect();
    Declaration { name: item.name.clone(), uses, text }
}

fn callback(item: &Function) -> Declaration {
    let text = signature(item, "typedef ", &format!("(*{})", item.name));
    let text = format!("{}{text}", doc_comment(&item.docs, ""));
    Declaration { name: item.name.clone(), uses: used(item), text }
}

fn function(item: &Function) -> Declaration {
    let mut text = doc_comment(&with_nulls(item), "");
    if item.is_fallible() {
        text.push_str("SAFEWASM_MUST_USE\n");
    }
    text.push_str(&signature(item, "", &item.name));
    Declaration { name: item.name.clone(), uses: used(item), text }
}

fn used(item: &Function) -> Vec<String> {
    let params = item.params.iter().map(|param| &param.ty);
    params.chain(&item.returns).filter_map(needed).collect()
}

/// The type of this library's that a type is made of.
fn needed(ty: &AbiType) -> Option<String> {
    Some(ty.base().to_owned()).filter(|name| name.starts_with("safewasm_"))
}

/// A function's declaration, on one line if it fits, else with a line for each parameter.
fn signature(item: &Function, before: &str, declarator: &str) -> String {
    let params: Vec<_> = item.params.iter().map(|param| declare(&param.ty, &param.name)).collect();
    let returning = |declarator: String| match &item.returns {
        Some(ty) => declare(ty, &declarator),
        None => format!("void {declarator}"),
    };
    let list = if params.is_empty() { "void".to_owned() } else { params.join(", ") };
    let line = format!("{before}{};\n", returning(format!("{declarator}({list})")));
    if line.len() <= WIDTH {
        return line;
    }
    let list = params.join(",\n    ");
    format!("{before}{};\n", returning(format!("{declarator}(\n    {list})")))
}

/// The declaration of a name that has a type.
fn declare(ty: &AbiType, declarator: &str) -> String {
    match ty {
        AbiType::Named(name) => format!("{} {declarator}", c_name(name)),
        AbiType::Array(name, len) => format!("{} {declarator}[{len}]", c_name(name)),
        AbiType::Pointer { to, is_const } => {
            let of_const = if *is_const { "const " } else { "" };
            match &**to {
                AbiType::Named(name) => format!("{of_const}{} *{declarator}", c_name(name)),
                to => declare(to, &format!("*{of_const}{declarator}")),
            }
        }
    }
}

fn c_name(name: &str) -> &str {
    match name {
        "c_void" => "void",
        "c_char" => "char",
        "usize" => "size_t",
        "isize" => "ptrdiff_t",
        "u8" => "uint8_t",
        "u32" => "uint32_t",
        "u64" => "uint64_t",
        "i32" => "int32_t",
        "i64" => "int64_t",
        "f32" => "float",
        "f64" => "double",
        "Bool" | "BoolArg" => "bool",
        name => name,
    }
}

fn doc_comment(docs: &[String], indent: &str) -> String {
    comment(docs.iter().map(String::as_str), &format!("{indent}//"))
}

/// The documentation of a function, with the parameters that may be NULL where it doesn't name them itself:
/// after the first paragraph that mentions one.
fn with_nulls(function: &Function) -> Vec<String> {
    let mut docs = function.docs.clone();
    let prose = docs.join(" ");
    let is_said = |name: &str| prose.contains(&format!("`{name}` may be NULL"));
    let mut always = Vec::new();
    for (index, param) in function.params.iter().enumerate() {
        let name = &param.name;
        if !param.nullable || is_said(name) {
            continue;
        }
        let next = function.params.get(index + 1).map_or("", |next| &next.name);
        if next == "len" || *next == format!("{name}_len") {
            add(&mut docs, name, &format!("`{name}` may be NULL if `{next}` is 0."));
        } else {
            always.push(format!("`{name}`"));
        }
    }
    if let Some(first) = always.first() {
        let sentence = format!("{} may be NULL.", always.join(" and "));
        add(&mut docs, first.trim_matches('`'), &sentence);
    }
    docs
}

/// Adds a sentence to the first paragraph with `name`, or as a paragraph before the results.
fn add(docs: &mut Vec<String>, name: &str, sentence: &str) {
    let mention = format!("`{name}`");
    if let Some(at) = docs.iter().position(|line| line.contains(&mention)) {
        let end = (at..docs.len()).find(|&line| docs[line].is_empty()).unwrap_or(docs.len());
        docs.insert(end, sentence.to_owned());
    } else {
        let starts = |line: &String| line.starts_with("On success") || line.starts_with("Errors");
        let before = docs.iter().position(starts).unwrap_or(docs.len());
        docs.splice(before..before, [sentence.to_owned(), String::new()]);
    }
}
