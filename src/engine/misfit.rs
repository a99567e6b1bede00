//! Why Wasmtime doesn't load code, in the words of the header.

use super::features::Feature;
use crate::error::{Error, ErrorKind};
use rustix::io::Errno;

/// What Wasmtime compares, each with the name of the setting in the header.
const SETTINGS: [(&str, &str); 17] = [
    ("native debug information support", "`safewasm_config_set_debug_info`"),
    ("debug symbols", "`SAFEWASM_OPTION_DEBUG_SYMBOLS`"),
    ("fuel support", "`safewasm_config_set_consume_fuel`"),
    ("epoch interruption", "`safewasm_config_set_epoch_interruption`"),
    ("Signals-based traps", "`safewasm_config_set_signals_based_traps`"),
    ("memory reservation", "`SAFEWASM_OPTION_MEMORY_RESERVATION`"),
    ("memory guard size", "`SAFEWASM_OPTION_MEMORY_GUARD_SIZE`"),
    ("memory may move", "`SAFEWASM_OPTION_MEMORY_MAY_MOVE`"),
    ("guard before linear memory", "`SAFEWASM_OPTION_GUARD_BEFORE_MEMORY`"),
    (
        "memory initialization with CoW",
        "`SAFEWASM_OPTION_MEMORY_INIT_COW` (which a limit on the size of files turns off)",
    ),
    ("table lazy init", "`SAFEWASM_OPTION_TABLE_LAZY_INIT`"),
    ("relaxed simd deterministic semantics", "`SAFEWASM_OPTION_RELAXED_SIMD_DETERMINISTIC`"),
    ("Winch calling convention", "`SAFEWASM_STRATEGY_WINCH`"),
    ("GC heap reservation", "`SAFEWASM_OPTION_GC_HEAP_RESERVATION`"),
    ("GC heap guard size", "`SAFEWASM_OPTION_GC_HEAP_GUARD_SIZE`"),
    ("GC heap initial size", "`SAFEWASM_OPTION_GC_HEAP_INITIAL_SIZE`"),
    ("GC heap may move", "`SAFEWASM_OPTION_GC_HEAP_MAY_MOVE`"),
];

/// Wasmtime's messages about modules that can't be in a pool.
const POOL: [&str; 3] = [
    "does not fit in pooling allocator",
    "instance allocation for this module",
    "not supported in the pooling",
];

/// The end of an action on the file of an artifact that the system refused.
const NO_PROGRAMS: &str = ", whose file system may be mounted without the right to run programs \
                           (`safewasm_module_deserialize` takes bytes that were read)";

/// The error for an artifact that Wasmtime didn't load. `what` names the artifact.
#[cold]
pub(super) fn explain(what: &str, error: &wasmtime::Error) -> Error {
    let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
    if let Some(why) = causes.iter().find_map(|cause| difference(cause)) {
        return incompatible(what, &why);
    }
    let is_for_pool = || causes.iter().any(|cause| POOL.iter().any(|said| cause.contains(said)));
    let limit = || Error::wasmtime(error, ErrorKind::LIMIT);
    match error.chain().find_map(|cause| cause.downcast_ref::<Errno>()) {
        Some(&errno) if matches!(errno, Errno::ACCESS | Errno::PERM) => {
            Error::io(&format!("run the code of {what}{NO_PROGRAMS}"), &errno.into())
        }
        Some(_) => limit().context(&format!("no room for the code of {what}")),
        None if is_for_pool() => limit().context(&format!("{what} doesn't fit the engine's pool")),
        None => changed(what),
    }
}

/// The error for an artifact that was changed.
#[cold]
pub(super) fn changed(what: &str) -> Error {
    let why = format!("{what} was changed since the module was compiled; compile the module again");
    Error::new(ErrorKind::INVALID_ARTIFACT, why)
}

/// The error for an artifact that this engine can't run. `why` is a sentence without its subject.
#[cold]
pub(super) fn incompatible(what: &str, why: &str) -> Error {
    Error::new(ErrorKind::INCOMPATIBLE, format!("{what} {why}; compile the module again"))
}

/// The difference between the module and the engine that a message of Wasmtime's states, as a sentence without
/// its subject.
fn difference(said: &str) -> Option<String> {
    number(said).or_else(|| switch(said)).or_else(|| other(said))
}

/// For "Module was compiled with a … of '1' but '2' is expected for the host".
fn number(said: &str) -> Option<String> {
    let (name, values) = said.strip_prefix("Module was compiled with a ")?.split_once(" of '")?;
    let (found, expected) = values.split_once("' but '")?;
    let expected = expected.split('\'').next()?;
    let setting = setting(name)?;
    Some(format!("was compiled with {setting} at {found}, and the engine has {expected}"))
}

/// For "Module was compiled with … but it is not enabled for the host", or without it.
fn switch(said: &str) -> Option<String> {
    let rest = said.strip_prefix("Module was compiled with")?;
    let (name, _) = rest.split_once(" but it is")?;
    let (name, found, engine) = match name.strip_prefix("out ") {
        Some(name) => (name, "off", "on"),
        None => (name.trim_start(), "on", "off"),
    };
    let setting = match name.strip_prefix("support for WebAssembly feature ") {
        Some(name) => feature(name.trim_matches('`')),
        None => setting(name)?.to_owned(),
    };
    Some(format!("was compiled with {setting} {found}, and the engine has it {engine}"))
}

/// For the other differences.
fn other(said: &str) -> Option<String> {
    let quoted = || said.split(['\'', '"']).nth(1).unwrap_or_default();
    if said.starts_with("Module was compiled for ") {
        return Some(format!("was compiled for the system or processor `{}`", quoted()));
    }
    if said.starts_with("Module was compiled with incompatible version") {
        return Some(format!("was compiled by Wasmtime {}, and the library has another", quoted()));
    }
    if said == "module was compiled with GC however GC is disabled in the host" {
        let why = "was compiled with `SAFEWASM_FEATURE_GC` on, and the engine has it off \
                   (`SAFEWASM_STRATEGY_WINCH` turns it off)";
        return Some(why.to_owned());
    }
    if said.starts_with("compilation setting ") || said.contains("target-specific flag") {
        let name = quoted();
        return Some(format!(
            "uses the feature `{}` of processors, which this one doesn't have \
             (`SAFEWASM_OPTION_CPU_LEVEL` limits the features)",
            name.strip_prefix("has_").unwrap_or(name)
        ));
    }
    let setting = if said == "Module costs are incompatible" {
        "`safewasm_config_set_operator_cost`"
    } else if said.starts_with("module was compiled for the ") {
        "`SAFEWASM_OPTION_COLLECTOR`"
    } else if said.starts_with("module was compiled ") && said.contains("inlining") {
        "`SAFEWASM_OPTION_INLINING`"
    } else if said.starts_with("Module was compiled ") || said.starts_with("setting ") {
        return Some(format!("was compiled for another machine or config ({said})"));
    } else {
        return None;
    };
    Some(format!("was compiled with another {setting} than that of the engine"))
}

/// The setting in the header, by Wasmtime's name.
fn setting(name: &str) -> Option<&'static str> {
    SETTINGS.iter().find(|(said, _)| *said == name).map(|(_, setting)| *setting)
}

/// The feature in the header, by Wasmtime's name.
fn feature(name: &str) -> String {
    match Feature::by_name(name) {
        Some(feature) => format!("`SAFEWASM_FEATURE_{feature:?}`"),
        None => format!("the proposal `{name}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_named_by_settings_of_the_header() {
        for (said, words) in [
            (
                "Module was compiled with fuel support but it is not enabled for the host",
                "was compiled with `safewasm_config_set_consume_fuel` on, and the engine has it off",
            ),
            (
                "Module was compiled without Signals-based traps but it is enabled for the host",
                "was compiled with `safewasm_config_set_signals_based_traps` off, and the engine has \
                 it on",
            ),
            (
                "Module was compiled with a memory guard size of '0' but '9' is expected for the host",
                "was compiled with `SAFEWASM_OPTION_MEMORY_GUARD_SIZE` at 0, and the engine has 9",
            ),
            (
                "Module was compiled with support for WebAssembly feature `simd` but it is not \
                 enabled for the host",
                "was compiled with `SAFEWASM_FEATURE_SIMD` on, and the engine has it off",
            ),
            (
                "Module was compiled with support for WebAssembly feature `flying` but it is not \
                 enabled for the host",
                "was compiled with the proposal `flying` on, and the engine has it off",
            ),
            (
                "compilation setting \"has_avx2\" is enabled, but not available on the host",
                "uses the feature `avx2` of processors, which this one doesn't have \
                 (`SAFEWASM_OPTION_CPU_LEVEL` limits the features)",
            ),
            (
                "Module was compiled for architecture 'aarch64'",
                "was compiled for the system or processor `aarch64`",
            ),
            (
                "Module was compiled with incompatible version '47'",
                "was compiled by Wasmtime 47, and the library has another",
            ),
        ] {
            assert_eq!(difference(said).as_deref(), Some(words), "{said}");
        }
        assert_eq!(difference("unexpected section \".a\""), None);
    }
}
