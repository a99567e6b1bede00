//! Checks the functions that take the bytes, the text or the artifact of a component. The library must accept what
//! Wasmtime accepts, within its limits, and describe what it accepts.

use crate::call::{
    BYTES, COMPILATION, COMPONENT, COMPONENTFUNC, COMPONENTINSTANCE, COMPONENTLINKER, NO_TEXT,
    Owned, Refusal, Verdict, WITTYPE, done, ensure, string,
};
use crate::engine::Engine;
use crate::{artifact, binary, run};
use fastrand::Rng;
use safewasm::abi::safewasm_error_kind_t as Kind;
use safewasm::abi::safewasm_witkind_t as WitKind;
use safewasm::abi::{
    safewasm_component_t, safewasm_text_t, safewasm_witnode_t, safewasm_wittype_t,
};
use safewasm_capi::*;
use std::path::Path;
use std::ptr::{null, null_mut};

type Component = Owned<safewasm_component_t>;
type Made<T = Component> = Verdict<Result<T, Refusal>>;

/// Passes bytes to the functions for the bytes of components, or for artifacts. `seeds` are the artifacts that the
/// library made.
pub fn check(
    engine: &Engine,
    rng: &mut Rng,
    folder: &Path,
    seeds: &[Vec<u8>],
    bytes: &[u8],
) -> Verdict<bool> {
    let is_whole = seeds.iter().any(|seed| seed == bytes);
    load(engine, folder, rng.bool(), bytes, is_whole)?;
    ensure!(binary::check(engine, bytes)?.is_err(), "a component is a module");
    let ours = check_binary(engine, bytes)?;
    check_file(engine, rng, folder, bytes, &ours)?;
    let text = check_text(engine, bytes)?;
    ensure!(ours.is_err() || text.is_err(), "both a component and the text of one");
    match ours.or(text) {
        Ok(component) => {
            describe(&component)?;
            look_up(engine, &component)?;
            component.end()?;
            Ok(true)
        }
        Err(_) => Ok(false),
    }
}

/// Makes an instance, if possible, whose imported functions trap, and looks up each export as a function, and a name that isn't there.
fn look_up(engine: &Engine, component: &Component) -> Verdict {
    let store = run::store(engine)?;
    // SAFETY: there is room for a handle.
    let linker = Owned::made(COMPONENTLINKER, "safewasm_componentlinker_new", |out| unsafe {
        safewasm_componentlinker_new(engine.ours.handle, out)
    })?;
    // SAFETY: any handles are accepted.
    done("safewasm_componentlinker_define_unknown_imports_as_traps", unsafe {
        let (linker, component) = (linker.handle, component.handle);
        safewasm_componentlinker_define_unknown_imports_as_traps(linker, component)
    })?;
    // SAFETY: there is room for a handle.
    let made =
        Owned::new(COMPONENTINSTANCE, "safewasm_componentlinker_instantiate", |out| unsafe {
            let (linker, component) = (linker.handle, component.handle);
            safewasm_componentlinker_instantiate(linker, store.handle, component, out)
        })?;
    linker.end()?;
    // Other imports are missing, wasm has trapped, or a limit is exceeded.
    let Ok(instance) = made else { return Ok(()) };
    let mut len = 0;
    // SAFETY: there is room for the result.
    let error = unsafe { safewasm_component_exports_len(component.handle, &mut len) };
    done("safewasm_component_exports_len", error)?;
    for index in 0..=len {
        let mut name = safewasm_text_t { data: c"there is none".as_ptr(), len: 13 };
        if index < len {
            // SAFETY: there is room for the results.
            Owned::made(WITTYPE, "safewasm_component_export", |out| unsafe {
                safewasm_component_export(component.handle, index, &mut name, out)
            })?
            .end()?;
        }
        // SAFETY: the name is as long as passed, and there is room for a handle.
        let func = Owned::new(COMPONENTFUNC, "safewasm_componentinstance_func", |out| unsafe {
            let (handle, none) = (instance.handle, null());
            safewasm_componentinstance_func(handle, none, 0, name.data, name.len, out)
        })?;
        match func {
            Ok(func) => func.end()?,
            Err(Refusal { kind: Kind::NOT_FOUND, .. }) if index == len => {}
            Err(Refusal { kind: Kind::TYPE_MISMATCH | Kind::UNSUPPORTED, .. }) if index < len => {}
            Err(refusal) => return Err(format!("looking up {:?}: {refusal:?}", string(&name)?)),
        }
    }
    instance.end()?;
    store.end()
}

/// The artifact of a component.
pub fn artifact(engine: &Engine, wasm: &[u8]) -> Verdict<Vec<u8>> {
    let made = precompile(engine, wasm)?;
    artifact::contents(&made.map_err(|refusal| format!("a seed: {refusal:?}"))?)
}

fn precompile(engine: &Engine, wasm: &[u8]) -> Made<Owned<safewasm::abi::safewasm_bytes_t>> {
    // SAFETY: the bytes are as many as passed, and there is room for a handle.
    Owned::new(BYTES, "safewasm_component_precompile", |out| unsafe {
        safewasm_component_precompile(engine.ours.handle, wasm.as_ptr(), wasm.len(), out)
    })
}

/// Compiles bytes by each function for that. All must agree with each other and with Wasmtime.
fn check_binary(engine: &Engine, wasm: &[u8]) -> Made {
    let handle = engine.ours.handle;
    // SAFETY: the bytes are as many as passed, and there is room for a handle.
    let ours = Owned::new(COMPONENT, "safewasm_component_new", |out| unsafe {
        safewasm_component_new(handle, wasm.as_ptr(), wasm.len(), out)
    })?;
    let kind = |made: Option<&Refusal>| made.map(|refusal| refusal.kind);
    let first = kind(ours.as_ref().err());
    if let Some(again) = compile_in_background(engine, wasm)? {
        let other = kind(again.as_ref().err());
        ensure!(other == first, "in the background: {other:?}, not {first:?}");
    }
    let made = precompile(engine, wasm)?;
    let other = kind(made.as_ref().err());
    ensure!(other == first, "an artifact: {other:?}, not {first:?}");
    if let Ok(made) = made {
        let bytes = artifact::contents(&made)?;
        let loaded = deserialize(engine, &bytes)?.map_err(|why| format!("not loaded: {why:?}"))?;
        describe(&loaded)?;
    }
    if first == Some(Kind::LIMIT) {
        // Wasmtime might take all memory.
        return Ok(ours);
    }
    let theirs = wasmtime::component::Component::new(&engine.theirs, wasm);
    match (&ours, theirs) {
        (Ok(_), Ok(_)) => {}
        (Ok(_), Err(error)) => return Err(format!("only Wasmtime refuses: {error:#}")),
        (Err(refusal), Ok(_)) => return Err(format!("Wasmtime doesn't refuse: {refusal:?}")),
        (Err(Refusal { kind, message, .. }), Err(error)) => {
            let expected = match kind {
                Kind::INVALID_MODULE => message.starts_with("Invalid component: "),
                Kind::UNSUPPORTED => message.contains("asynchronous"),
                Kind::COMPILER => message.starts_with("the compiler refused the component: "),
                _ => false,
            };
            ensure!(expected, "{kind:?}: {message}, and Wasmtime: {error:#}");
        }
    }
    Ok(ours)
}

/// Compiles bytes of every other length on threads of their own, by one of the two functions for that.
fn compile_in_background(
    engine: &Engine,
    wasm: &[u8],
) -> Verdict<Option<Result<Component, Refusal>>> {
    let (engine, bytes, len) = (engine.ours.handle, wasm.as_ptr(), wasm.len());
    match len % 4 {
        0 => {
            // SAFETY: the bytes are as many as passed, and there is room for a handle.
            let started = Owned::new(COMPILATION, "safewasm_compilation_new", |out| unsafe {
                safewasm_compilation_new(engine, bytes, len, None, null_mut(), None, out)
            })?;
            match started {
                // A module is another matter.
                Ok(_) if wasm.get(4) == Some(&1) => Ok(None),
                // SAFETY: the compilation is there, and there is room for a handle.
                Ok(started) => {
                    Owned::new(COMPONENT, "safewasm_compilation_component", |out| unsafe {
                        safewasm_compilation_component(started.handle, out)
                    })
                    .map(Some)
                }
                Err(refusal) => Ok(Some(Err(refusal))),
            }
        }
        // SAFETY: as above.
        2 => Owned::new(COMPONENT, "safewasm_component_new_with_progress", |out| unsafe {
            safewasm_component_new_with_progress(engine, bytes, len, None, null_mut(), out)
        })
        .map(Some),
        _ => Ok(None),
    }
}

/// Compiles text. The outcome must be that of the bytes that `wat` makes of it.
fn check_text(engine: &Engine, text: &[u8]) -> Made {
    // SAFETY: the text has that length, and there is room for a handle.
    let ours = Owned::new(COMPONENT, "safewasm_component_new_text", |out| unsafe {
        safewasm_component_new_text(engine.ours.handle, text.as_ptr().cast(), text.len(), out)
    })?;
    let Ok(utf8) = std::str::from_utf8(text) else {
        let kind = ours.as_ref().err().map(|refusal| refusal.kind);
        ensure!(kind == Some(Kind::INVALID_ARGUMENT), "text that isn't UTF-8: {kind:?}");
        return Ok(ours);
    };
    let Ok(wasm) = wat::parse_str(utf8) else {
        let kind = ours.as_ref().err().map(|refusal| refusal.kind);
        ensure!(kind == Some(Kind::INVALID_TEXT), "invalid text: {kind:?}");
        return Ok(ours);
    };
    let of_bytes = check_binary(engine, &wasm)?;
    let kind = |made: &Result<_, Refusal>| made.as_ref().err().map(|refusal| refusal.kind);
    let (text, bytes) = (kind(&ours), kind(&of_bytes));
    ensure!(text == bytes, "of the text: {text:?}, of its bytes: {bytes:?}");
    Ok(ours)
}

/// Writes a file and compiles it, for some of the inputs.
fn check_file(
    engine: &Engine,
    rng: &mut Rng,
    folder: &Path,
    contents: &[u8],
    of_bytes: &Result<Component, Refusal>,
) -> Verdict {
    if rng.u8(..8) > 0 {
        return Ok(());
    }
    let path = written(folder, contents)?;
    // SAFETY: the path has that length, and there is room for a handle.
    let ours = Owned::new(COMPONENT, "safewasm_component_new_file", |out| unsafe {
        safewasm_component_new_file(engine.ours.handle, path.as_ptr().cast(), path.len(), out)
    })?;
    std::fs::remove_file(&path).map_err(|error| error.to_string())?;
    // Bytes that aren't a component may be the text of one.
    ensure!(ours.is_ok() || of_bytes.is_err(), "only the file is refused: {:?}", ours.err());
    if let Err(Refusal { message, .. }) = ours {
        ensure!(message.starts_with(&path), "no path: {message}");
    }
    Ok(())
}

fn written(folder: &Path, contents: &[u8]) -> Verdict<String> {
    let path = folder.join("a component");
    std::fs::write(&path, contents).map_err(|error| error.to_string())?;
    path.to_str().map(str::to_owned).ok_or_else(|| "the folder's name is not UTF-8".to_owned())
}

fn deserialize(engine: &Engine, bytes: &[u8]) -> Made {
    // SAFETY: the bytes are as many as passed, and there is room for a handle. Only whole artifacts are loaded.
    Owned::new(COMPONENT, "safewasm_component_deserialize", |out| unsafe {
        safewasm_component_deserialize(engine.ours.handle, bytes.as_ptr(), bytes.len(), out)
    })
}

/// Loads bytes, or a file with them, which only a whole artifact can be.
fn load(engine: &Engine, folder: &Path, of_file: bool, bytes: &[u8], is_whole: bool) -> Verdict {
    let loaded = if of_file {
        let path = written(folder, bytes)?;
        // SAFETY: the path has that length, and there is room for a handle. Only whole artifacts are loaded.
        let loaded = Owned::new(COMPONENT, "safewasm_component_deserialize_file", |out| unsafe {
            let (data, len) = (path.as_ptr().cast(), path.len());
            safewasm_component_deserialize_file(engine.ours.handle, data, len, out)
        })?;
        std::fs::remove_file(&path).map_err(|error| error.to_string())?;
        loaded
    } else {
        deserialize(engine, bytes)?
    };
    match loaded {
        Ok(component) => {
            ensure!(is_whole, "changed bytes are loaded");
            describe(&component)
        }
        Err(refusal) => {
            let expected = match refusal.kind {
                Kind::INVALID_ARTIFACT => !is_whole,
                Kind::INCOMPATIBLE => bytes.starts_with(b"\x7fELF"),
                _ => false,
            };
            ensure!(expected, "{refusal:?}");
            Ok(())
        }
    }
}

/// Reads all that a component tells.
fn describe(component: &Component) -> Verdict {
    let handle = component.handle;
    let (mut wit, mut imports, mut exports) = (NO_TEXT, 0, 0);
    // SAFETY: there is room for the results.
    unsafe {
        done("safewasm_component_wit", safewasm_component_wit(handle, &mut wit))?;
        done(
            "safewasm_component_imports_len",
            safewasm_component_imports_len(handle, &mut imports),
        )?;
        done(
            "safewasm_component_exports_len",
            safewasm_component_exports_len(handle, &mut exports),
        )?;
    }
    ensure!(string(&wit)?.is_some(), "no WIT");
    // SAFETY: there is room for the results.
    items(imports, "safewasm_component_import", |index, name, out| unsafe {
        safewasm_component_import(handle, index, name, out)
    })?;
    // SAFETY: as above.
    items(exports, "safewasm_component_export", |index, name, out| unsafe {
        safewasm_component_export(handle, index, name, out)
    })
}

/// Reads the types at all indices. There must be none at the next index.
fn items(
    len: usize,
    function: &str,
    get: impl Fn(
        usize,
        &mut safewasm::abi::safewasm_text_t,
        *mut *mut safewasm_wittype_t,
    ) -> *mut safewasm::abi::safewasm_error_t,
) -> Verdict {
    for index in 0..=len {
        let mut name = NO_TEXT;
        match Owned::new(WITTYPE, function, |out| get(index, &mut name, out))? {
            Ok(ty) => {
                ensure!(index < len && string(&name)?.is_some(), "{function}: {index} of {len}");
                describe_type(&ty)?;
                ty.end()?;
            }
            Err(Refusal { kind, .. }) => ensure!(
                index == len && kind == Kind::NOT_FOUND && name.data.is_null(),
                "{function}: {index} of {len}: {kind:?}"
            ),
        }
    }
    Ok(())
}

fn describe_type(ty: &Owned<safewasm_wittype_t>) -> Verdict {
    let (mut nodes, mut len, mut count, mut text) = (null(), 0, 0, NO_TEXT);
    // SAFETY: there is room for the results.
    unsafe {
        done("safewasm_wittype_nodes", safewasm_wittype_nodes(ty.handle, &mut nodes, &mut len))?;
        done("safewasm_wittype_items_len", safewasm_wittype_items_len(ty.handle, &mut count))?;
        done("safewasm_wittype_text", safewasm_wittype_text(ty.handle, &mut text))?;
    }
    ensure!(string(&text)?.is_some_and(|text| !text.is_empty()), "no text of a type");
    // SAFETY: there are that many nodes, as long as the type is there.
    let nodes = unsafe { std::slice::from_raw_parts(nodes, len) };
    let rest = node(nodes)?;
    ensure!(rest.is_empty(), "{} of {len} nodes belong to no other", rest.len());
    // SAFETY: there is room for the results.
    items(count, "safewasm_wittype_item", |index, name, out| unsafe {
        safewasm_wittype_item(ty.handle, index, name, out)
    })
}

/// Checks the first node and all below it. Returns those after them.
fn node(nodes: &[safewasm_witnode_t]) -> Verdict<&[safewasm_witnode_t]> {
    let Some((first, mut rest)) = nodes.split_first() else {
        return Err("a child is missing".to_owned());
    };
    string(&first.name)?;
    let has_items = [WitKind::INTERFACE, WitKind::COMPONENT, WitKind::MODULE];
    if !has_items.iter().any(|kind| *kind as u8 == first.kind) {
        for _ in 0..first.len {
            rest = node(rest)?;
        }
    }
    let is_resource = [WitKind::RESOURCE, WitKind::OWN, WitKind::BORROW];
    let has_name = string(&first.resource)?.is_some();
    ensure!(
        !has_name || is_resource.iter().any(|kind| *kind as u8 == first.kind),
        "a type of kind {} has a resource type",
        first.kind
    );
    let size = nodes.len() - rest.len();
    ensure!(size == first.size, "{size} nodes, not {}", first.size);
    Ok(rest)
}
