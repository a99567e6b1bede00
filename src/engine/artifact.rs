//! Artifacts: compiled modules and components as bytes, which another process or machine can load.
//!
//! An artifact is Wasmtime's own, followed by the module or component in the binary format, a text about the compilation, and a
//! trailer of fixed size. So Wasmtime can map the file of an artifact, and the module is at hand where the code
//! doesn't fit.

use super::code::Wasm;
use super::foreign::{describe, is_unknown};
use super::misfit::{changed, explain, incompatible};
use super::unit::Unit;
use super::{Engine, compile};
use crate::error::{Error, ErrorKind, Result};
use crate::process::unwind::caught;
use crate::process::{panics, threadpool};
use std::fs::{File, OpenOptions};
use std::io;
use std::ops::Range;
use std::os::unix::fs::{FileExt, OpenOptionsExt};

/// The end of each artifact, after which comes [`FORMAT`].
const MAGIC: &[u8; 7] = b"\0swcode";

/// The number of the format, the last byte of each artifact. Each format has the same trailer, so that the module can
/// be taken out of an artifact of any version.
const FORMAT: u8 = 1;

/// The size of a hash.
const HASH: usize = blake3::OUT_LEN;

/// The size of the trailer: three lengths, two hashes, the magic bytes, and the format.
const TRAILER: usize = 24 + 2 * HASH + MAGIC.len() + 1;

/// More bytes than the text of an artifact has.
const MAX_TEXT: u64 = 4096;

/// Makes the artifact of `wasm`, whose code is `code` in Wasmtime's format.
fn join(has_canonical_nans: bool, mut code: Vec<u8>, wasm: &[u8]) -> Result<Vec<u8>> {
    let text = text(has_canonical_nans);
    let lens = [code.len(), wasm.len(), text.len()];
    code.try_reserve_exact(wasm.len() + text.len() + TRAILER).map_err(|_| {
        Error::new(ErrorKind::LIMIT, "no memory is left for the bytes of the compiled module")
    })?;
    code.extend_from_slice(wasm);
    code.extend_from_slice(text.as_bytes());
    let contents = blake3::hash(&code);
    let start = code.len();
    for len in lens {
        code.extend_from_slice(&(len as u64).to_le_bytes());
    }
    code.extend_from_slice(contents.as_bytes());
    let head = hash_of_head(text.as_bytes(), &code[start..]);
    code.extend_from_slice(head.as_bytes());
    code.extend_from_slice(MAGIC);
    code.push(FORMAT);
    Ok(code)
}

/// Compiles bytes to an artifact.
pub(crate) fn precompile<U: Unit>(engine: &Engine, wasm: &[u8]) -> Result<Vec<u8>> {
    compile::check::<U>(engine.settings(), wasm)?;
    let code = compile::precompile::<U>(engine.wasmtime(), wasm)?;
    join(engine.settings().has_canonical_nans(), code, wasm)
}

/// What an engine that loads the code must share and Wasmtime doesn't compare, a line each.
fn text(has_canonical_nans: bool) -> String {
    let (version, nans) = (env!("CARGO_PKG_VERSION"), u8::from(has_canonical_nans));
    format!("safewasm {version}\nnan_canonicalization {nans}\n")
}

/// The hash of the text and of the trailer's first parts.
fn hash_of_head(text: &[u8], trailer: &[u8]) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    hasher.update(text);
    hasher.update(trailer);
    hasher.finalize()
}

/// The parts of an artifact.
struct Parts {
    wasm: Range<usize>,
    text: Vec<u8>,
    contents: [u8; HASH],
    format: u8,
}

impl Parts {
    /// Reads the parts of an artifact of `len` bytes. `what` names it in errors, `read` reads bytes at an offset, and
    /// `start` is its first bytes.
    fn read(
        what: &str,
        len: u64,
        start: &[u8],
        read: impl Fn(u64, &mut [u8]) -> io::Result<()>,
    ) -> Result<Self> {
        let read = |at, bytes: &mut [u8]| {
            read(at, bytes).map_err(|error| Error::io(&format!("read {what}"), &error))
        };
        let mut trailer = [0; TRAILER];
        let Some(end) = len.checked_sub(TRAILER as u64) else {
            return Err(no_artifact(what, start));
        };
        read(end, &mut trailer)?;
        let [trailer @ .., format] = &trailer;
        if !trailer.ends_with(MAGIC) {
            return Err(no_artifact(what, start));
        }
        let number = |index: usize| {
            u64::from_le_bytes(std::array::from_fn(|byte| trailer[8 * index + byte]))
        };
        let (code, wasm, text) = (number(0), number(1), number(2));
        let sum = code.checked_add(wasm).and_then(|sum| sum.checked_add(text));
        if text > MAX_TEXT || sum != Some(end) {
            return Err(changed(what));
        }
        let mut about = vec![0; text as usize];
        read(code + wasm, &mut about)?;
        let (lens_and_contents, rest) = trailer.split_at(24 + HASH);
        if hash_of_head(&about, lens_and_contents).as_bytes()[..] != rest[..HASH] {
            return Err(changed(what));
        }
        Ok(Self {
            wasm: code as usize..(code + wasm) as usize,
            text: about,
            contents: std::array::from_fn(|byte| trailer[24 + byte]),
            format: *format,
        })
    }

    /// The parts of the artifact `bytes`.
    fn of(what: &str, bytes: &[u8]) -> Result<Self> {
        Self::read(what, bytes.len() as u64, bytes, |at, into| {
            into.copy_from_slice(&bytes[at as usize..][..into.len()]);
            Ok(())
        })
    }

    /// Checks that the artifact `bytes`, which has these parts, wasn't changed.
    fn check_contents(&self, what: &str, bytes: &[u8]) -> Result<()> {
        if *blake3::hash(&bytes[..bytes.len() - TRAILER]).as_bytes() != self.contents {
            return Err(changed(what));
        }
        Ok(())
    }

    /// Checks that the code may be loaded into an engine, as far as Wasmtime doesn't.
    fn check<U: Unit>(&self, what: &str, engine: &Engine) -> Result<()> {
        if self.format != FORMAT {
            return Err(incompatible(what, "was compiled by another version of the library"));
        }
        let own = text(engine.settings().has_canonical_nans());
        let found = String::from_utf8_lossy(&self.text);
        for (own, found) in own.lines().zip(found.lines()) {
            if own == found {
                continue;
            }
            let why = match found.strip_prefix("safewasm ") {
                Some(version) => {
                    let this = env!("CARGO_PKG_VERSION");
                    format!("was compiled by version {version} of the library, and this is {this}")
                }
                None => {
                    "was compiled with another `SAFEWASM_OPTION_NAN_CANONICALIZATION` than that of \
                     the engine (`SAFEWASM_OPTION_DETERMINISTIC` turns it on)"
                        .to_owned()
                }
            };
            return Err(incompatible(what, &why));
        }
        compile::check_size::<U>(engine.settings(), self.wasm.len())
    }
}

/// The error for bytes without an artifact's end, of which `start` are the first.
#[cold]
fn no_artifact(what: &str, start: &[u8]) -> Error {
    let why = match Content::of(start) {
        Content::COMPONENT => format!("is no compiled module: {}", compile::IS_COMPONENT),
        Content::MODULE | Content::TEXT => {
            "is a module that isn't compiled yet; compile it with `safewasm_module_new`".to_owned()
        }
        _ if start.starts_with(ELF) => {
            "is a compiled module that was cut or to which bytes were added, or a program or library \
             that isn't one; write the artifact of `safewasm_module_serialize` again"
                .to_owned()
        }
        _ if is_unknown(start) => {
            "is no compiled module; `safewasm_module_serialize` makes one".to_owned()
        }
        _ => format!("is no compiled module: {}", describe(start)),
    };
    Error::new(ErrorKind::INVALID_ARTIFACT, format!("{what} {why}"))
}

/// The module or component in the binary format from which the artifact `bytes` was made.
pub(crate) fn wasm_of<'a>(bytes: &'a [u8], what: &str) -> Result<&'a [u8]> {
    let parts = Parts::of(what, bytes)?;
    parts.check_contents(what, bytes)?;
    Ok(&bytes[parts.wasm])
}

/// Loads what an artifact has.
///
/// # Safety
///
/// The artifact was made by this library, and wasn't changed: its code is going to run.
pub(crate) unsafe fn load<U: Unit>(engine: &Engine, bytes: &[u8], what: &str) -> Result<U> {
    let parts = Parts::of(what, bytes)?;
    check_unit::<U>(what, &bytes[parts.wasm.clone()])?;
    parts.check::<U>(what, engine)?;
    parts.check_contents(what, bytes)?;
    finish(engine, parts, what, || {
        // SAFETY: as the caller vouches.
        unsafe { U::load(engine.wasmtime(), bytes) }
    })
}

/// Opens the ordinary file of an artifact or a module. Others, such as pipes, may have no end, or make the caller wait
/// for it.
pub(crate) fn open(path: &str) -> io::Result<File> {
    let file = OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK).open(path)?;
    let about = file.metadata()?;
    if about.is_file() || about.is_dir() {
        Ok(file)
    } else {
        Err(io::Error::from_raw_os_error(libc::ESPIPE))
    }
}

/// Loads what an artifact has, which is the first `len` bytes of a file. The file is mapped.
///
/// # Safety
///
/// As for [`load`]. The file isn't changed as long as the module or component exists.
pub(crate) unsafe fn load_file<U: Unit>(
    engine: &Engine,
    file: File,
    len: u64,
    what: &str,
) -> Result<U> {
    let mut start = [0; 64];
    let size = file.read_at(&mut start, 0);
    let size = size.map_err(|error| Error::io(&format!("read {what}"), &error))?;
    let read = |at, into: &mut [u8]| file.read_exact_at(into, at);
    let parts = Parts::read(what, len, &start[..size], read)?;
    let mut start = vec![0; parts.wasm.len().min(HEADER)];
    read(parts.wasm.start as u64, &mut start)
        .map_err(|error| Error::io(&format!("read {what}"), &error))?;
    check_unit::<U>(what, &start)?;
    parts.check::<U>(what, engine)?;
    finish(engine, parts, what, || {
        // SAFETY: as the caller vouches.
        unsafe { U::load_file(engine.wasmtime(), file) }
    })
}

/// Refuses an artifact that has something else than what was asked for. `wasm` begins as the bytes do from which the
/// artifact was made.
fn check_unit<U: Unit>(what: &str, wasm: &[u8]) -> Result<()> {
    if U::check_encoding(wasm).is_ok() {
        return Ok(());
    }
    let noun = if compile::is_component(wasm) { "component" } else { "module" };
    if noun == U::NOUN {
        return Err(changed(what));
    }
    let why = format!("{what} is a compiled {noun}; load it by `safewasm_{noun}_deserialize`");
    Err(Error::new(ErrorKind::INVALID_ARTIFACT, why))
}

/// Loads the code by `deserialize`, and makes the module or component.
fn finish<U: Unit>(
    engine: &Engine,
    parts: Parts,
    what: &str,
    deserialize: impl FnOnce() -> wasmtime::Result<U::Compiled> + Send,
) -> Result<U> {
    let settings = engine.settings();
    // Bytes that were changed, contrary to what the caller vouches for, may also make it panic.
    let load = || {
        let compiled = deserialize()?;
        let image = U::image(&compiled);
        if parts.wasm.end > image.end as usize - image.start as usize {
            return Ok(None);
        }
        Ok(Some(U::of(engine, compiled, Wasm::InImage(parts.wasm))))
    };
    match threadpool::with_stack(|| panics::within(|| caught(load)))? {
        Some(Ok(Some(unit))) => {
            compile::check_functions::<U>(settings, unit.code().sections().functions())?;
            Ok(unit)
        }
        Some(Err(error)) => Err(explain(what, &error)),
        Some(Ok(None)) | None => Err(changed(what)),
    }
}

/// The artifact of a module or component.
pub(crate) fn of(unit: &impl Unit) -> Result<Vec<u8>> {
    let mut code = unit.to_artifact().map_err(|error| Error::wasmtime(&error, ErrorKind::LIMIT))?;
    if let Some(rest) = unit.code().rest_of_image() {
        code.truncate(rest);
    }
    join(unit.has_canonical_nans(), code, unit.code().wasm())
}

const ELF: &[u8] = b"\x7fELF";

/// The size of the header of a module or component, which says which of them it is.
const HEADER: usize = 8;

/// What bytes are.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum safewasm_content_t {
    /// Something else.
    UNKNOWN = 0,
    /// A module in the binary format: the bytes begin as one.
    MODULE = 1,
    /// What may be a module in the text format: the first character is that of a list or a comment.
    TEXT = 2,
    /// A component in the binary format.
    COMPONENT = 3,
    /// A compiled module, which this version of the library or another made.
    ARTIFACT = 4,
    /// A compiled component, which this version of the library or another made.
    COMPONENT_ARTIFACT = 5,
}

use safewasm_content_t as Content;

/// Whether the artifact `bytes` is that of a component. It may be damaged.
fn has_component(bytes: &[u8]) -> bool {
    let Some(end) = bytes.len().checked_sub(TRAILER) else { return false };
    // The length of the code, which the component follows.
    let code = u64::from_le_bytes(std::array::from_fn(|byte| bytes[end + byte]));
    let wasm = usize::try_from(code).ok().and_then(|code| bytes.get(code..));
    wasm.is_some_and(compile::is_component)
}

impl Content {
    /// What `bytes` are, by their beginning and their end.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        if bytes.starts_with(ELF) && bytes[..bytes.len() - 1].ends_with(MAGIC) {
            if has_component(bytes) { Self::COMPONENT_ARTIFACT } else { Self::ARTIFACT }
        } else if compile::is_component(bytes) {
            Self::COMPONENT
        } else if bytes.starts_with(b"\0asm") {
            Self::MODULE
        } else if super::foreign::may_be_wat(bytes) {
            Self::TEXT
        } else {
            Self::UNKNOWN
        }
    }
}
