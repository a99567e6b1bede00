//! The files in which the library may use `unsafe`, and the reasons.
//!
//! Clippy checks that each unsafe block has a SAFETY comment, by the lint
//! `clippy::undocumented_unsafe_blocks` in `src/lib.rs`.

use Use::{AbiBlock, Block, Foreign, Function, Impl};
use anyhow::{Context, Result, ensure};
use proc_macro2::{TokenStream, TokenTree};
use safewasm_supply::{root, rust_files};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use syn::visit::{self, Visit};

/// A kind of use of `unsafe`. The attributes and keywords that every function of a C ABI needs,
/// `#[unsafe(no_mangle)]` and `unsafe extern "C"`, aren't counted, and neither are types of functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Use {
    /// A block in a function of the ABI, which reads or writes through a pointer of the caller.
    AbiBlock,
    /// A block anywhere else.
    Block,
    /// A function that only unsafe code can call.
    Function,
    /// An implementation of an unsafe trait.
    Impl,
    /// Functions of another language, an unsafe trait, or `unsafe` in the definition or the arguments of a macro.
    Foreign,
}

/// The files of `src/` that may use `unsafe`: the file, the kinds of use, and the reason. Blocks in functions of
/// the ABI aren't listed: they read or write through pointers of the caller.
const ALLOWED: &[(&str, &[Use], &str)] = &[
    ("abi/args.rs", &[Block, Function], "data pointers that callers pass"),
    ("abi/boundary.rs", &[Block], "out-parameters that callers pass"),
    ("abi/compilation.rs", &[Block], "calls the program's function that is told the progress"),
    ("abi/componentlinker.rs", &[Block, Function], "names that callers pass"),
    ("abi/linker.rs", &[Block, Function], "names that callers pass"),
    (
        "call/activation.rs",
        &[Block, Function],
        "the list of host functions that run, in frames of the stack",
    ),
    ("call/bulk.rs", &[Block, Function], "columns of values that callers pass"),
    ("call/component.rs", &[Block, Function], "nodes that callers pass"),
    (
        "call/componenthost.rs",
        &[Block, Function],
        "calls the program's host functions; nodes that they return",
    ),
    ("call/enter.rs", &[Block], "the data of the store that is entered"),
    ("call/external.rs", &[Block], "members of the union of externs"),
    ("call/func.rs", &[Block, Function], "arrays of values; calls without a check of types"),
    ("call/host.rs", &[Block, Function], "calls the program's host functions; wasm's slots"),
    ("call/numbers.rs", &[Block, Function], "slots and columns that callers pass"),
    ("call/resource.rs", &[Block], "the program's destructors; the store's payload"),
    ("call/rowloop.rs", &[Block], "calls its own loops, whose arguments have the right types"),
    ("call/value.rs", &[Block], "members of the union of values"),
    ("call/wasi.rs", &[Block], "the memory and the thread of the call"),
    ("canonical/check.rs", &[Block], "members of the union of nodes, and what they point to"),
    ("canonical/copy.rs", &[Block, Function], "what nodes that callers pass point to"),
    (
        "canonical/function.rs",
        &[Block, Function, Impl],
        "Wasmtime's traits for parameters and results, which fit all types",
    ),
    (
        "canonical/host.rs",
        &[Block, Function, Impl],
        "Wasmtime's traits for parameters and results, which fit all types",
    ),
    ("canonical/lift.rs", &[Block], "fills the memory of values, which it has allocated"),
    ("canonical/lower.rs", &[Block], "members of the union of nodes, and what they point to"),
    ("canonical/node.rs", &[Block, Function], "what a node points to"),
    (
        "canonical/numbers.rs",
        &[Block, Function, Impl],
        "Wasmtime's traits for values, and slots that callers pass",
    ),
    ("canonical/resource.rs", &[Block], "a value that Wasmtime has initialized"),
    ("canonical/values.rs", &[Block, Impl], "nodes that point to their own data, as C reads them"),
    ("engine/artifact.rs", &[Block, Function], "loads code, for which the caller vouches"),
    ("engine/cache.rs", &[Block], "loads code that has the cache's keyed hash"),
    ("engine/code.rs", &[Block], "reads a module in the image of its code"),
    ("engine/compilation.rs", &[Block], "loads code that it has just compiled"),
    ("engine/compilation/tests.rs", &[Block, Function], "fork, with a function of the program"),
    ("engine/component.rs", &[Block, Function], "loads code, for which the caller vouches"),
    ("engine/hooks.rs", &[Block, Function, Impl], "calls the runtime's hooks; reads its flag"),
    ("engine/module.rs", &[Block, Function], "loads code, for which the caller vouches"),
    ("engine/options.rs", &[Block], "features of the CPU that the compiler doesn't use"),
    ("engine/perf.rs", &[Block], "maps a file that nothing reads, for perf"),
    ("engine/sharedmemory.rs", &[Block], "bytes that other threads write meanwhile"),
    ("engine/unit.rs", &[Function], "loads code, for which the caller vouches"),
    ("handle/object.rs", &[Block, Impl], "cells that atomics guard, as `docs/handles.md` explains"),
    ("handle/shared.rs", &[Block, Impl], "cells that atomics guard, as `docs/handles.md` explains"),
    (
        "handle/slots.rs",
        &[Block, Function],
        "chunks that are shared without a lock and never freed",
    ),
    ("handle/store.rs", &[Block, Function, Impl], "cells that the thread in a store has to itself"),
    ("link/unknown.rs", &[Block], "functions that trap, which use no slots"),
    ("process/cancellation.rs", &[Block, Foreign], "asks the system not to cancel the thread"),
    ("process/fault.rs", &[Block, Function], "handles signals"),
    ("process/finalizer.rs", &[Block, Impl], "calls the program's finalizers, on any thread"),
    ("process/forks.rs", &[Block], "has the system call it when the process forks"),
    ("process/limits.rs", &[Block], "asks the system how large files may be"),
    ("process/notice.rs", &[Block], "calls the program's function at the end of a process"),
    ("process/panics.rs", &[Block], "asks the system which file its own code is in"),
    ("process/ranges.rs", &[Block], "chunks that are shared without a lock and never freed"),
    ("process/signals.rs", &[Block], "blocks signals while a thread starts"),
    ("process/stack.rs", &[Block], "asks the system where the stack ends, and for memory"),
    ("process/thread.rs", &[Block, Function], "a thread's own data"),
    ("process/unwind.rs", &[Block, Foreign], "links the unwinder; prints a last message"),
    ("process/writes.rs", &[Block], "holds back signals while a file is written"),
    ("startup.rs", &[Function], "the functions that the system calls when the process forks"),
    ("store/context.rs", &[Block, Function], "Wasmtime's context without its lifetime"),
    ("store/entered.rs", &[Block], "the data of the store that is entered"),
    ("store/mapped.rs", &[Block, Impl], "Wasmtime's store, which only a drop touches"),
    (
        "store/payload.rs",
        &[Block, Impl],
        "data that the store's payload owns; the threads that use it",
    ),
    ("store/profile/mod.rs", &[Impl], "views of the texts of a profile, as C reads them"),
    ("sync.rs", &[Block], "has the system put fences into other threads"),
    ("types/value.rs", &[Block], "members of the union of slots"),
    ("types/wit/nodes.rs", &[Impl], "nodes that point to texts, as C reads them"),
    ("wasi/callout.rs", &[Block], "the WASI function that runs on the thread"),
    ("wasi/streams/callback.rs", &[Block], "calls the program's functions for streams"),
    ("wasi/streams/descriptor.rs", &[Block], "file descriptors that the program passes"),
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
    let files = rust_files(folder)?.into_iter();
    files
        .map(|(name, text)| {
            let uses = uses(&text).with_context(|| name.clone())?;
            Ok((name, uses))
        })
        .collect()
}

#[test]
fn unsafe_code_is_in_the_listed_files_and_of_the_listed_kinds_only() -> Result<()> {
    const HERE: &str = "tests/supply/tests/unsafety.rs";
    let found = uses_in(&root().join("src"))?;
    let mut wrong = Vec::new();
    for (file, uses) in &found {
        let uses = &uses.iter().copied().filter(|kind| *kind != AbiBlock).collect::<BTreeSet<_>>();
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
            wrong.push(format!("src/{file} no longer uses `unsafe` as {gone:?}: remove that"));
        }
    }
    for (index, (file, allowed, reason)) in ALLOWED.iter().enumerate() {
        if !found.contains_key(*file) {
            wrong.push(format!("src/{file} doesn't exist: remove it"));
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
