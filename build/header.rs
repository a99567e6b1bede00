//! The C header: the rules, then a section for each module of `abi`.
//!
//! cbindgen turns declarations into C, those of a section at a time. It gets them as Rust that is printed
//! from the description of the ABI, with the documentation in the header's form.

use crate::abi::{Abi, AbiType, Constant, Enum, Function, Param, Section, Struct};
use crate::prose::comment;
use anyhow::{Context, Result, ensure};
use cbindgen::{Builder, Config, DocumentationStyle, Language, Style};
use std::collections::HashSet;
use std::fmt::Write;
use std::fs;
use std::iter;
use std::path::Path;

const START: &str = "\
#ifndef SAFEWASM_H
#define SAFEWASM_H

/* Generated from the library's Rust source by `make header`; do not edit. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

@VERSION@
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

/// The version of the package, whole and in parts.
pub const VERSION_MACROS: [&str; 4] = [
    "SAFEWASM_VERSION",
    "SAFEWASM_VERSION_MAJOR",
    "SAFEWASM_VERSION_MINOR",
    "SAFEWASM_VERSION_PATCH",
];

const WIDTH: usize = 100;

/// A declaration of the header, as Rust.
struct Declaration<'a> {
    name: &'a str,
    /// The types that must be declared before.
    uses: Vec<&'a str>,
    rust: String,
}

/// The header, with the rules, which are Markdown, at its top. `folder` is for intermediate files.
pub fn generate(abi: &Abi, rules: &str, folder: &Path) -> Result<String> {
    let mut out =
        String::from("/*\n * SafeWasm: WebAssembly for C and Julia, over Wasmtime.\n *\n");
    out.push_str(&comment(rules.lines(), " *"));
    out.push_str(" */\n\n");
    out.push_str(&START.replace("@VERSION@", &version_macros()));
    out.push_str("// The objects. Each is described at the start of its section.\n");
    let mut declared = HashSet::new();
    for kind in &abi.kinds {
        writeln!(out, "typedef struct {0} {0};", kind.opaque)?;
        declared.insert(kind.opaque.as_str());
    }
    let declarations = declarations(abi);
    let mut shown = HashSet::new();
    for section in &abi.sections {
        for name in &section.names {
            ensure!(shown.insert(name.as_str()), "`{name}` is in two sections of the header");
        }
        let is_here = |item: &&Declaration| section.names.iter().any(|name| name == item.name);
        let here: Vec<_> = declarations.iter().filter(is_here).collect();
        declared.extend(here.iter().map(|item| item.name));
        for item in &here {
            let late = item.uses.iter().find(|used| !declared.contains(*used));
            ensure!(late.is_none(), "`{}` uses a type of a later section: {late:?}", item.name);
        }
        out.push_str(&banner(abi, section));
        write!(out, "\n{}\n", in_c(&here, folder)?)?;
    }
    let names = declarations.iter().map(|item| item.name);
    for name in names.chain(abi.kinds.iter().map(|kind| kind.opaque.as_str())) {
        ensure!(shown.contains(name), "`{name}` is in no section: no module of `abi` shows it");
    }
    out.push_str(END);
    Ok(out)
}

/// The macros that `VERSION_MACROS` lists.
fn version_macros() -> String {
    let parts = env!("CARGO_PKG_VERSION").split(['.', '-', '+']);
    let text = format!("{:?}", env!("CARGO_PKG_VERSION"));
    let values = iter::once(text.as_str()).chain(parts);
    let mut out = String::from(
        "// The version of this header; `safewasm_version` returns that of the library.\n",
    );
    for (name, value) in VERSION_MACROS.iter().zip(values) {
        let _ = writeln!(out, "#define {name} {value}");
    }
    out
}

fn banner(abi: &Abi, section: &Section) -> String {
    let rule = format!("// {}\n", "=".repeat(WIDTH - 3));
    let mut out = format!("\n\n{rule}{}{rule}", comment(lines(&section.banner), "//"));
    for kind in abi.kinds.iter().filter(|kind| section.names.contains(&kind.opaque)) {
        let docs = comment(lines(&kind.docs), "//");
        out.push_str(&format!("\n// `{}`\n//\n{docs}", kind.opaque));
    }
    out
}

fn lines(docs: &[String]) -> impl Iterator<Item = &str> {
    docs.iter().map(String::as_str)
}

/// The declarations of a section in C.
fn in_c(declarations: &[&Declaration], folder: &Path) -> Result<String> {
    let source = folder.join("section.rs");
    fs::write(&source, declarations.iter().map(|item| &*item.rust).collect::<String>())?;
    let mut config = Config {
        language: Language::C,
        style: Style::Type,
        no_includes: true,
        usize_is_size_t: true,
        documentation_style: DocumentationStyle::C99,
        line_length: WIDTH,
        ..Config::default()
    };
    config.function.must_use = Some("SAFEWASM_MUST_USE".to_owned());
    // No function takes or returns some of them.
    config.export.include = declarations.iter().map(|item| item.name.to_owned()).collect();
    let bindings = Builder::new().with_config(config).with_src(source).generate();
    let mut out = Vec::new();
    bindings.context("cbindgen can't read the declarations")?.write(&mut out);
    Ok(String::from_utf8(out)?.trim().to_owned())
}

/// The declarations of all sections.
fn declarations(abi: &Abi) -> Vec<Declaration<'_>> {
    let constants = abi.constants.iter().map(constant);
    let enums = abi.enums.iter().map(enumeration);
    let callbacks = abi.callbacks.iter().map(callback);
    let structs = abi.structs.iter().map(structure);
    let functions = abi.functions.iter().map(function);
    constants.chain(enums).chain(callbacks).chain(structs).chain(functions).collect()
}

fn constant(item: &Constant) -> Declaration<'_> {
    let Constant { name, docs, value } = item;
    let value = if item.is_size_max() { "SIZE_MAX".to_owned() } else { value.to_string() };
    let rust = format!("{}pub const {name}: usize = {value};\n", documentation(docs, "//"));
    Declaration { name, uses: Vec::new(), rust }
}

fn enumeration(item: &Enum) -> Declaration<'_> {
    let mut rust =
        format!("{}#[repr(C)] pub enum {} {{\n", documentation(&item.docs, "//"), item.name);
    for Constant { name, docs, value } in &item.variants {
        let docs = documentation(docs, "  //");
        rust.push_str(&format!("{docs}{}{name} = {value},\n", item.prefix()));
    }
    rust.push_str("}\n");
    Declaration { name: &item.name, uses: Vec::new(), rust }
}

fn structure(item: &Struct) -> Declaration<'_> {
    let (docs, name) = (documentation(&item.docs, "//"), &item.name);
    let sort = if item.is_union { "union" } else { "struct" };
    let mut rust = format!("{docs}#[repr(C)] pub {sort} {name} {{\n");
    for field in &item.fields {
        let docs = documentation(&field.docs, "  //");
        rust.push_str(&format!("{docs}pub {}: {},\n", field.name, in_rust(&field.ty)));
    }
    rust.push_str("}\n");
    let uses = item.fields.iter().filter_map(|field| needed(&field.ty)).collect();
    Declaration { name, uses, rust }
}

fn callback(item: &Function) -> Declaration<'_> {
    let (docs, name) = (documentation(&item.docs, "//"), &item.name);
    let of = signature(item);
    let rust = format!("{docs}pub type {name} = Option<unsafe extern \"C\" fn{of}>;\n");
    Declaration { name, uses: used(item), rust }
}

fn function(item: &Function) -> Declaration<'_> {
    let docs = documentation(&with_nulls(item), "//");
    let must_use = if item.is_fallible() { "#[must_use] " } else { "" };
    let (name, of) = (&item.name, signature(item));
    let rust = format!("{docs}{must_use}#[no_mangle] pub extern \"C\" fn {name}{of} {{}}\n");
    Declaration { name, uses: used(item), rust }
}

/// The parameters and the result of a function, in Rust.
fn signature(item: &Function) -> String {
    let param = |param: &Param| format!("{}: {}", param.name, in_rust(&param.ty));
    let params: Vec<_> = item.params.iter().map(param).collect();
    let returns = item.returns.as_ref().map(|ty| format!(" -> {}", in_rust(ty)));
    format!("({}){}", params.join(", "), returns.unwrap_or_default())
}

fn in_rust(ty: &AbiType) -> String {
    match ty {
        AbiType::Named(name) if name == "Bool" || name == "BoolArg" => "bool".to_owned(),
        AbiType::Named(name) => name.clone(),
        AbiType::Array(name, len) => format!("[{name}; {len}]"),
        AbiType::Pointer { to, is_const: true } => format!("*const {}", in_rust(to)),
        AbiType::Pointer { to, is_const: false } => format!("*mut {}", in_rust(to)),
    }
}

fn used(item: &Function) -> Vec<&str> {
    let params = item.params.iter().map(|param| &param.ty);
    params.chain(&item.returns).filter_map(needed).collect()
}

/// The type of this library's that a type is made of.
fn needed(ty: &AbiType) -> Option<&str> {
    Some(ty.base()).filter(|name| name.starts_with("safewasm_"))
}

/// Documentation as that of an item in Rust, in lines that fit the header behind `prefix`.
fn documentation(docs: &[String], prefix: &str) -> String {
    comment(lines(docs), prefix).lines().fold(String::new(), |mut out, line| {
        let _ = writeln!(out, "#[doc = {:?}]", line.trim_start().trim_start_matches("//"));
        out
    })
}

/// The documentation of a function, with the parameters that may be NULL where it doesn't name them itself:
/// after the first paragraph that mentions one.
pub fn with_nulls(function: &Function) -> Vec<String> {
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
