//! Generates, from the library's sources, a function for each one that the shared library exports.

#[path = "../../build/kinds.rs"]
mod kinds;
#[expect(dead_code, reason = "the library is tested with all features")]
#[path = "../../build/sources.rs"]
mod sources;

use anyhow::{Context, Result};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::{env, fs};
use syn::{FnArg, Item, Visibility};

fn main() -> Result<()> {
    let sources = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../../src");
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed={}", sources.display());

    let mut out = String::from(
        "#[allow(unused_imports)]\nuse safewasm::{Bool, BoolArg, Nullable, abi::*};\n",
    );
    let mut statics = String::new();
    let mut uses = String::new();
    let mut names = BTreeSet::new();
    let mut found_kinds = Vec::new();
    for source in sources::read(&sources.join("lib.rs"))? {
        found_kinds.extend(kinds::of(&source.file.items)?);
        for item in &source.file.items {
            if let Item::Fn(function) = item
                && function.sig.abi.is_some()
                && matches!(function.vis, Visibility::Public(_))
            {
                let (caller, found) =
                    caller(function).with_context(|| format!("in {}", source.path.display()))?;
                out += &caller;
                statics += &found;
                let name = function.sig.ident.to_string();
                uses += &format!("&{},\n", name.to_uppercase());
                names.insert(name);
            }
        }
    }
    out += &format!(
        "/// The same functions without the counting, for benches.
         #[allow(non_upper_case_globals)]
         pub mod raw {{ use super::*; {statics} }}"
    );
    out += &format!("/// The calls of each function.\npub static USES: &[&Use] = &[{uses}];\n");
    out += &kind_enum(&found_kinds, &names).to_string();
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("functions.rs"), out)?;
    Ok(())
}

/// A function that calls the exported one, and a static that is that one.
fn caller(function: &syn::ItemFn) -> Result<(String, String)> {
    let name = &function.sig.ident;
    let text = name.to_string();
    let (inputs, output) = (&function.sig.inputs, &function.sig.output);
    let mut types = Vec::new();
    let mut params = Vec::new();
    let mut passed = Vec::new();
    for (index, input) in inputs.iter().enumerate() {
        let FnArg::Typed(input) = input else { anyhow::bail!("{name} takes self") };
        types.push(&input.ty);
        let (arg, ty) = (format_ident!("arg{index}"), &input.ty);
        if is_bool(ty) {
            params.push(quote!(#arg: bool));
            passed.push(quote!(#arg.into()));
        } else {
            params.push(quote!(#arg: #ty));
            passed.push(quote!(#arg));
        }
    }
    let objects = types.iter().filter_map(|ty| object(ty));
    let usage = format_ident!("{}", text.to_uppercase());
    let caller = quote! {
        static #usage: Use = Use::new(#text, &[#(#objects),*]);
        pub unsafe fn #name(#(#params),*) #output {
            // SAFETY: the function has this name and type, and the caller answers for the arguments.
            let result = unsafe { raw::#name(#(#passed),*) };
            #usage.note(&result);
            result
        }
    };
    let found = quote! {
        pub static #name: Function<unsafe extern "C" fn(#(#types),*) #output> =
            Function::new(|| symbol(#text));
    };
    Ok((format!("{caller}\n"), format!("{found}\n")))
}

/// Whether a parameter is a `bool` in C.
fn is_bool(ty: &syn::Type) -> bool {
    matches!(ty, syn::Type::Path(path) if path.path.is_ident("BoolArg"))
}

/// The name of the type that a parameter points to, which may be an object's.
fn object(ty: &syn::Type) -> Option<String> {
    let syn::Type::Ptr(pointer) = ty else { return None };
    let syn::Type::Path(path) = &*pointer.elem else { return None };
    pointer.mutability?;
    Some(path.path.get_ident()?.to_string())
}

/// An enumeration of the kinds of object, from the library's own list. `names` are those of all functions.
fn kind_enum(kinds: &[kinds::Kind], names: &BTreeSet<String>) -> TokenStream {
    let name = |kind: &kinds::Kind| format_ident!("{}", kind.name);
    let function = |kind: &kinds::Kind, verb: &str| {
        let name = kind.opaque.strip_suffix("_t").unwrap_or(&kind.opaque);
        format!("{name}_{verb}")
    };
    let all: Vec<_> = kinds.iter().map(name).collect();
    let tests: Vec<_> = kinds.iter().map(|kind| function(kind, "is_valid")).collect();
    let is_valid = tests.iter().map(|test| format_ident!("{test}"));
    let has_delete = |kind: &&kinds::Kind| names.contains(&function(kind, "delete"));
    let (deletable, delete): (Vec<_>, Vec<_>) = kinds
        .iter()
        .filter(has_delete)
        .map(|kind| (name(kind), format_ident!("{}", function(kind, "delete"))))
        .unzip();
    quote! {
        /// The kinds of object.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Kind {
            #(#all,)*
        }

        impl Kind {
            /// The kinds that have a function that deletes their objects: all but callers.
            pub const DELETABLE: &'static [Self] = &[#(Self::#deletable),*];

            /// The functions that say whether a handle is valid, by name.
            pub const IS_VALID: &'static [&'static str] = &[#(#tests),*];

            /// Whether `bits` are a valid handle of this kind.
            pub fn is_valid(self, bits: u64) -> bool {
                let address = std::ptr::without_provenance_mut::<()>(bits as usize);
                // SAFETY: these functions accept any handle.
                unsafe {
                    match self {
                        #(Self::#all => #is_valid(address.cast()),)*
                    }
                }
            }

            /// Deletes the object with the handle `bits`, if there is one of this kind.
            pub fn delete(self, bits: u64) {
                let address = std::ptr::without_provenance_mut::<()>(bits as usize);
                // SAFETY: these functions accept any handle.
                unsafe {
                    match self {
                        #(Self::#deletable => #delete(address.cast()),)*
                        _ => {}
                    }
                }
            }
        }
    }
}
