//! The layers of the library: what each folder of `src/` may use.

use anyhow::{Context, Result, ensure};
use safewasm_supply::{root, rust_files};
use std::collections::BTreeSet;
use syn::visit::{self, Visit};

/// The layers, from the ground up: folders of `src/`, and files beside them. A file may use its own layer and
/// those before it.
const LAYERS: [&str; 16] = [
    "sync",
    "handle",
    "kinds",
    "process",
    "error",
    "types",
    "canonical",
    "engine",
    "wasi",
    "store",
    "registry",
    "call",
    "link",
    "command",
    "startup",
    "abi",
];

/// The uses of a later layer that are allowed: the file, the path, and the reason.
const UPWARD: [(&str, &str, &str); 0] = [];

/// The files outside `process` that call the C library or a function of C, with the reason.
const CALLS_C: [(&str, &str); 11] = [
    ("call/componenthost.rs", "calls host functions of components, through `process::unwind`"),
    ("call/host.rs", "calls host functions, through `process::unwind`"),
    ("engine/artifact.rs", "opens files by a flag of the C library"),
    ("engine/cache.rs", "opens files by flags of the C library"),
    ("engine/compilation.rs", "has the type of a function that `abi/compilation.rs` calls"),
    ("engine/compilation/tests.rs", "forks"),
    ("engine/hooks.rs", "calls the hooks of a runtime, which must return"),
    ("engine/perf.rs", "opens files by flags of the C library"),
    ("store/resource.rs", "has the type of a function that `call/resource.rs` calls"),
    ("sync.rs", "asks the system for fences; the Loom tests put another file in its place"),
    ("wasi/streams/callback.rs", "calls the functions of streams, through `wasi::callout`"),
];

/// The parts of a file that the rules about layers concern.
#[derive(Default)]
struct Finder {
    /// The paths that begin with `crate`.
    paths: BTreeSet<String>,
    /// Whether it exports a function.
    exports: bool,
    /// Whether it calls the C library or functions of the program.
    calls_c: bool,
}

impl Finder {
    fn of(file: &syn::File) -> Self {
        let mut finder = Self::default();
        finder.visit_file(file);
        finder
    }

    fn tree(&mut self, prefix: &str, tree: &syn::UseTree) {
        let joined = |name: &syn::Ident| {
            if prefix.is_empty() { name.to_string() } else { format!("{prefix}::{name}") }
        };
        match tree {
            syn::UseTree::Path(path) => self.tree(&joined(&path.ident), &path.tree),
            syn::UseTree::Group(group) => {
                group.items.iter().for_each(|tree| self.tree(prefix, tree));
            }
            syn::UseTree::Name(name) => self.path(joined(&name.ident)),
            syn::UseTree::Rename(name) => self.path(joined(&name.ident)),
            syn::UseTree::Glob(_) => self.path(prefix.to_owned()),
        }
    }

    fn path(&mut self, path: String) {
        self.calls_c |= path.starts_with("libc::");
        if path.starts_with("crate::") {
            self.paths.insert(path);
        }
    }

    fn is_export(attribute: &syn::Attribute) -> bool {
        let name = |path: &syn::Path| path.is_ident("no_mangle") || path.is_ident("export_name");
        match &attribute.meta {
            syn::Meta::List(list) if list.path.is_ident("unsafe") => {
                list.parse_args::<syn::Meta>().is_ok_and(|inner| name(inner.path()))
            }
            meta => name(meta.path()),
        }
    }
}

impl<'ast> Visit<'ast> for Finder {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.tree("", &item.tree);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names: Vec<_> = path.segments.iter().map(|part| part.ident.to_string()).collect();
        self.path(names.join("::"));
        visit::visit_path(self, path);
    }

    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        self.exports |= Self::is_export(attribute);
    }

    fn visit_type_bare_fn(&mut self, function: &'ast syn::TypeBareFn) {
        self.calls_c |= function.abi.is_some();
        visit::visit_type_bare_fn(self, function);
    }

    fn visit_item_foreign_mod(&mut self, block: &'ast syn::ItemForeignMod) {
        self.calls_c = true;
        visit::visit_item_foreign_mod(self, block);
    }
}

/// The index of a layer in `LAYERS`.
fn place(name: &str) -> Result<usize> {
    let layer = LAYERS.iter().position(|layer| *layer == name);
    layer.with_context(|| format!("`{name}` is in no layer: put it into LAYERS, in its place"))
}

/// The layer of a file, by its path in `src/`.
fn layer_of(file: &str) -> &str {
    file.split('/').next().unwrap_or(file).trim_end_matches(".rs")
}

/// Lists a file's uses of later layers.
fn upward(file: &str, finder: &Finder) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    for path in &finder.paths {
        let used = path.split("::").nth(1).context("a path in the crate")?;
        // The crate's root re-exports some types of a layer.
        let is_item = used.starts_with(char::is_uppercase);
        let is_listed = UPWARD.iter().any(|(of, what, _)| *of == file && *what == path);
        if !is_item && !is_listed && place(used)? > place(layer_of(file))? {
            wrong.push(format!(
                "src/{file} uses `{path}`, which is in a later layer; move one of them, or list it in \
                 UPWARD with the reason"
            ));
        }
    }
    Ok(wrong)
}

#[test]
fn each_file_uses_its_own_layer_and_those_before_it_only() -> Result<()> {
    let mut wrong = Vec::new();
    let mut places = BTreeSet::new();
    for (file, text) in rust_files(&root().join("src"))? {
        if file == "lib.rs" {
            continue;
        }
        places.insert(place(layer_of(&file))?);
        wrong.extend(upward(&file, &Finder::of(&syn::parse_file(&text)?))?);
    }
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    ensure!(places.len() == LAYERS.len(), "a layer in LAYERS is gone");
    Ok(())
}

#[test]
fn functions_of_the_abi_are_in_their_folder_only() -> Result<()> {
    let mut folders = BTreeSet::new();
    for (file, text) in rust_files(&root().join("src"))? {
        if Finder::of(&syn::parse_file(&text)?).exports {
            ensure!(
                layer_of(&file) == "abi",
                "src/{file} exports a function; it belongs in src/abi"
            );
            folders.insert("abi");
        }
    }
    ensure!(!folders.is_empty(), "no file exports a function");
    Ok(())
}

#[test]
fn c_is_called_in_the_listed_places_only() -> Result<()> {
    let mut calling = BTreeSet::new();
    for (file, text) in rust_files(&root().join("src"))? {
        if Finder::of(&syn::parse_file(&text)?).calls_c && layer_of(&file) != "process" {
            calling.insert(file);
        }
    }
    let listed: BTreeSet<_> = CALLS_C.iter().map(|(file, _)| (*file).to_owned()).collect();
    ensure!(calling == listed, "these files call C: {calling:?}; CALLS_C lists: {listed:?}");
    Ok(())
}

#[test]
fn each_breach_of_the_layers_is_found() -> Result<()> {
    let found = |file: &str, text: &str| -> Result<usize> {
        Ok(upward(file, &Finder::of(&syn::parse_file(text)?))?.len())
    };
    assert_eq!(found("store/payload.rs", "use crate::call::enter;")?, 1);
    assert_eq!(found("store/payload.rs", "use crate::{engine, call::{enter, func}};")?, 2);
    assert_eq!(found("store/payload.rs", "fn f() { crate::abi::f() }")?, 1);
    assert_eq!(found("store/payload.rs", "pub use crate::registry::*;")?, 1);
    assert_eq!(found("store/payload.rs", "use crate::store::data; use crate::engine::Engine;")?, 0);
    assert_eq!(found("registry.rs", "use crate::call::enter as e;")?, 1);
    let of = |text: &str| syn::parse_file(text).map(|file| Finder::of(&file));
    assert!(of("#[unsafe(no_mangle)] extern \"C\" fn f() {}")?.exports);
    assert!(of("mod m { #[unsafe(export_name = \"g\")] fn f() {} }")?.exports);
    assert!(!of("#[inline] extern \"C\" fn no_mangle() {}")?.exports);
    assert!(of("fn f() { unsafe { libc::getpid() }; }")?.calls_c);
    assert!(of("use libc::getpid;")?.calls_c);
    assert!(of("type F = unsafe extern \"C-unwind\" fn();")?.calls_c);
    assert!(of("unsafe extern \"C\" { fn f(); }")?.calls_c);
    assert!(!of("extern \"C\" fn f() {}")?.calls_c);
    Ok(())
}
