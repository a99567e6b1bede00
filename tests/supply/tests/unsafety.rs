//! Where the library may use `unsafe`, and why.
//!
//! That each unsafe block has a SAFETY comment is clippy's to see
//! (`clippy::undocumented_unsafe_blocks` in `src/lib.rs`, a warning, and warnings are errors).

use Use::{AbiBlock, Block, Foreign, Function, Impl};
use anyhow::{Context, Result, ensure};
use proc_macro2::{TokenStream, TokenTree};
use safewasm_supply::root;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use syn::visit::{self, Visit};

/// A use of `unsafe`. What each function of a C ABI is by nature, `#[unsafe(no_mangle)]` and
/// `unsafe extern "C"`, is none, and neither are types of functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Use {
    /// A block in a function of the ABI: to take what the caller's pointers point to.
    AbiBlock,
    /// A block anywhere else.
    Block,
    /// A function that only unsafe code can call.
    Function,
    /// An implementation of an unsafe trait.
    Impl,
    /// Functions of another language, or an unsafe trait, or what isn't Rust before a macro made it.
    Foreign,
}

/// The files of `src/` that may use `unsafe`, in which ways, and why they must.
const ALLOWED: &[(&str, &[Use], &str)] = &[
    (
        "boundary.rs",
        &[Block, Function, Foreign],
        "data pointers that callers pass; links the unwinder",
    ),
    ("bulk.rs", &[Block, Function], "columns of values that callers pass"),
    ("callback.rs", &[Block, Function], "calls the program's host functions; wasm's slots"),
    (
        "caller.rs",
        &[AbiBlock, Block],
        "the list of host functions that run, in frames of the stack",
    ),
    ("cancellation.rs", &[Block, Foreign], "asks the system not to cancel the thread"),
    ("config.rs", &[Block], "asks the system how large files may be"),
    ("error.rs", &[AbiBlock], "writes frames and lengths to the caller's pointers"),
    ("external.rs", &[AbiBlock, Block], "members of the union of externs"),
    ("fault.rs", &[Block, Function], "handles signals"),
    ("finalizer.rs", &[AbiBlock, Block, Impl], "calls the program's finalizers, on any thread"),
    ("forks.rs", &[Block, Function], "has the system call it when the process forks"),
    ("func.rs", &[AbiBlock, Block, Function], "arrays of values; calls without a check of types"),
    ("functype.rs", &[AbiBlock], "arrays of types that callers pass"),
    ("global.rs", &[AbiBlock], "types and values that callers pass"),
    ("handle/object.rs", &[Block, Impl], "cells that atomics guard, as `docs/handles.md` explains"),
    ("handle/shared.rs", &[Block, Impl], "cells that atomics guard, as `docs/handles.md` explains"),
    (
        "handle/slots.rs",
        &[Block, Function],
        "chunks that are shared without a lock and never freed",
    ),
    ("handle/store.rs", &[Block, Function, Impl], "cells that the thread in a store has to itself"),
    ("hooks.rs", &[AbiBlock, Block, Function, Impl], "calls the runtime's hooks; reads its flag"),
    ("instance.rs", &[AbiBlock], "imports and names that callers pass"),
    ("linker.rs", &[AbiBlock, Block, Function], "names that callers pass; host functions of slots"),
    ("memory.rs", &[AbiBlock], "copies between a memory and the caller's bytes"),
    ("module.rs", &[AbiBlock], "bytes, texts and paths that callers pass"),
    ("panics.rs", &[Block], "asks the system which file its own code is in"),
    ("pooling.rs", &[AbiBlock], "reads what callers point to"),
    ("ranges.rs", &[Block], "chunks that are shared without a lock and never freed"),
    ("reference.rs", &[AbiBlock], "values that callers pass"),
    ("rowloop.rs", &[Block], "calls its own loops, whose arguments have the right types"),
    ("sharedmemory.rs", &[AbiBlock, Block], "bytes that other threads write meanwhile"),
    ("store.rs", &[Block, Function, Impl], "Wasmtime's context without its lifetime"),
    ("sync.rs", &[Block], "has the system put fences into other threads"),
    ("table.rs", &[AbiBlock, Block, Function], "types and values that callers pass"),
    (
        "thread.rs",
        &[Block, Function],
        "asks the system where the stack ends, and for memory; a thread's own data",
    ),
    ("ticker.rs", &[Block], "blocks signals while it starts its thread"),
    ("value.rs", &[Block], "members of the unions of values and slots"),
    ("wat.rs", &[AbiBlock], "text that callers pass"),
];

struct Finder {
    in_abi: bool,
    found: BTreeSet<Use>,
}

impl Finder {
    fn in_function(&mut self, in_abi: bool, walk: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.in_abi, in_abi);
        walk(self);
        self.in_abi = outer;
    }
}

fn is_abi(function: &syn::ItemFn) -> bool {
    let unmangled = |attribute: &syn::Attribute| match &attribute.meta {
        syn::Meta::List(list) => {
            list.path.is_ident("unsafe") && list.tokens.to_string() == "no_mangle"
        }
        _ => false,
    };
    function.sig.ident.to_string().starts_with("safewasm_") && function.attrs.iter().any(unmangled)
}

fn mentions_unsafe(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => mentions_unsafe(group.stream()),
        TokenTree::Ident(word) => word == "unsafe",
        _ => false,
    })
}

impl<'ast> Visit<'ast> for Finder {
    fn visit_expr_unsafe(&mut self, block: &'ast syn::ExprUnsafe) {
        self.found.insert(if self.in_abi { AbiBlock } else { Block });
        visit::visit_expr_unsafe(self, block);
    }

    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        let abi = is_abi(function);
        if function.sig.unsafety.is_some() && !abi {
            self.found.insert(Function);
        }
        self.in_function(abi, |finder| visit::visit_item_fn(finder, function));
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        if function.sig.unsafety.is_some() {
            self.found.insert(Function);
        }
        self.in_function(false, |finder| visit::visit_impl_item_fn(finder, function));
    }

    fn visit_trait_item_fn(&mut self, function: &'ast syn::TraitItemFn) {
        if function.sig.unsafety.is_some() {
            self.found.insert(Function);
        }
        self.in_function(false, |finder| visit::visit_trait_item_fn(finder, function));
    }

    fn visit_item_impl(&mut self, block: &'ast syn::ItemImpl) {
        if block.unsafety.is_some() {
            self.found.insert(Impl);
        }
        visit::visit_item_impl(self, block);
    }

    fn visit_item_trait(&mut self, block: &'ast syn::ItemTrait) {
        if block.unsafety.is_some() {
            self.found.insert(Foreign);
        }
        visit::visit_item_trait(self, block);
    }

    fn visit_item_foreign_mod(&mut self, block: &'ast syn::ItemForeignMod) {
        self.found.insert(Foreign);
        visit::visit_item_foreign_mod(self, block);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        if mentions_unsafe(call.tokens.clone()) {
            self.found.insert(Foreign);
        }
        visit::visit_macro(self, call);
    }
}

fn uses(source: &str) -> Result<BTreeSet<Use>> {
    let mut finder = Finder { in_abi: false, found: BTreeSet::new() };
    finder.visit_file(&syn::parse_file(source)?);
    Ok(finder.found)
}

/// The uses of `unsafe` in each Rust file of a folder, by the file's path in it.
fn uses_in(folder: &Path) -> Result<BTreeMap<String, BTreeSet<Use>>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(folder)?.to_str().context("a name is not UTF-8")?;
                let uses = uses(&fs::read_to_string(&path)?).with_context(|| name.to_owned())?;
                found.insert(name.to_owned(), uses);
            }
        }
    }
    Ok(found)
}

#[test]
fn unsafe_code_is_in_the_listed_files_and_of_the_listed_kinds_only() -> Result<()> {
    const HERE: &str = "tests/supply/tests/unsafety.rs";
    let found = uses_in(&root().join("src"))?;
    let mut wrong = Vec::new();
    for (file, uses) in &found {
        let listed = ALLOWED.iter().find(|(name, ..)| name == file);
        let allowed: BTreeSet<Use> =
            listed.iter().flat_map(|(_, allowed, _)| allowed.iter().copied()).collect();
        for new in uses.difference(&allowed) {
            wrong.push(format!(
                "src/{file} uses `unsafe` in a way that isn't listed: {new:?}. Do it with what \
                 `boundary`, `registry` and `store` offer; if it can't be, list it with the reason"
            ));
        }
        for gone in allowed.difference(uses) {
            wrong.push(format!("src/{file} no longer uses `unsafe` as {gone:?}: take that out"));
        }
    }
    for (index, (file, allowed, reason)) in ALLOWED.iter().enumerate() {
        if !found.contains_key(*file) {
            wrong.push(format!("src/{file} is gone: take it out"));
        }
        if allowed.is_empty() || reason.is_empty() {
            wrong.push(format!("src/{file} is listed without a kind or a reason"));
        }
        if index > 0 && ALLOWED[index - 1].0 >= *file {
            wrong.push(format!("src/{file} is listed twice or out of order"));
        }
    }
    ensure!(wrong.is_empty(), "the list in {HERE} is wrong:\n{}", wrong.join("\n"));
    Ok(())
}

#[test]
fn the_generators_use_no_unsafe_code() -> Result<()> {
    let mut found = uses_in(&root().join("build"))?;
    ensure!(!found.is_empty());
    found.insert("build.rs".to_owned(), uses(&fs::read_to_string(root().join("build.rs"))?)?);
    for (file, uses) in found {
        ensure!(uses.is_empty(), "{file}, which runs at build time, uses `unsafe`: {uses:?}");
    }
    Ok(())
}

#[test]
fn each_kind_of_unsafe_code_is_found() -> Result<()> {
    let found = |source: &str| uses(source).map(|uses| uses.into_iter().collect::<Vec<_>>());
    let none: [Use; 0] = [];
    assert_eq!(found("fn f() { let unsafety = 1; } // unsafe { }")?, none);
    assert_eq!(found("type F = unsafe extern \"C\" fn();")?, none);
    let abi =
        |name: &str, body| format!("#[unsafe(no_mangle)] unsafe extern \"C\" fn {name}() {body}");
    assert_eq!(found(&abi("safewasm_f", "{ g() }"))?, none);
    assert_eq!(found(&abi("safewasm_f", "{ g(|| unsafe { h() }) }"))?, [AbiBlock]);
    assert_eq!(found(&abi("safewasm_f", "{ fn g() { unsafe { h() } } }"))?, [Block]);
    assert_eq!(found(&abi("other", "{ g() }"))?, [Function]);
    assert_eq!(found("unsafe extern \"C\" fn safewasm_f() {}")?, [Function]);
    assert_eq!(found("mod m { fn f() { if true { unsafe { g() } } } }")?, [Block]);
    assert_eq!(found("const X: u8 = unsafe { g() };")?, [Block]);
    assert_eq!(found("impl S { unsafe fn f() {} }")?, [Function]);
    assert_eq!(found("trait T { unsafe fn f(); }")?, [Function]);
    assert_eq!(found("unsafe impl Send for S {}")?, [Impl]);
    assert_eq!(found("unsafe trait T {}")?, [Foreign]);
    assert_eq!(found("unsafe extern \"C\" { fn f(); }")?, [Foreign]);
    assert_eq!(found("fn f() { print!(\"{}\", unsafe { g() }) }")?, [Foreign]);
    assert_eq!(found("macro_rules! m { () => { unsafe { g() } } }")?, [Foreign]);
    Ok(())
}
