//! Where modules and components come from: text and files.

use super::foreign::may_be_wat;
use super::unit::Unit;
use super::{Engine, artifact, wat};
use crate::error::text::quoted;
use crate::error::{Error, ErrorKind, Result};
use std::env;
use std::io::{self, Read};
use std::path::Path;

/// Compiles the text of a module or component.
pub(crate) fn of_text<U: Unit>(engine: &Engine, text: &str) -> Result<U> {
    U::new(engine, wat::to_wasm(U::NOUN, text)?)
}

/// Compiles an ordinary file, in the binary or the text format.
pub(crate) fn of_file<U: Unit>(engine: &Engine, path: &str) -> Result<U> {
    let contents = read(path).map_err(|error| unreadable(U::NOUN, path, &error))?;
    let unit = match std::str::from_utf8(&contents) {
        Ok(text) if may_be_wat(&contents) => of_text(engine, text),
        _ => U::new(engine, contents),
    };
    unit.map_err(|error| error.context(path))
}

/// The content of an ordinary file, as long as it is when it is opened.
fn read(path: &str) -> io::Result<Vec<u8>> {
    let file = artifact::open(path)?;
    let len = file.metadata()?.len();
    let mut contents = Vec::new();
    file.take(len).read_to_end(&mut contents)?;
    Ok(contents)
}

/// A copy of the bytes of a module or component, which that keeps.
pub(crate) fn owned(wasm: &[u8]) -> Result<Vec<u8>> {
    let mut copy = Vec::new();
    copy.try_reserve_exact(wasm.len())
        .map_err(|_| Error::new(ErrorKind::LIMIT, "no memory is left for a copy of the bytes"))?;
    copy.extend_from_slice(wasm);
    Ok(copy)
}

/// The error for the file of a module or component, as `noun` says, that can't be read.
#[cold]
pub(crate) fn unreadable(noun: &str, path: &str, error: &io::Error) -> Error {
    if may_be_wat(path.as_bytes()) {
        let why = format!(
            "`path` is the text of a {noun}, not the path of a file; compile text with \
             `safewasm_{noun}_new_text`"
        );
        return Error::new(ErrorKind::INVALID_ARGUMENT, why);
    }
    if path.contains('\0') {
        return Error::new(ErrorKind::INVALID_ARGUMENT, "`path` is no path, because it has a NUL");
    }
    let name = quoted(path);
    let is_missing = error.kind() == io::ErrorKind::NotFound;
    let doing = if is_missing && path.starts_with('~') {
        format!("read the file `{name}`, whose `~` only a shell replaces")
    } else if is_missing && path.contains("://") {
        format!("read the file `{name}`, which is a URL: download the {noun} first")
    } else if is_missing
        && Path::new(path).is_relative()
        && let Ok(folder) = env::current_dir()
    {
        format!("read the file `{name}` in the folder `{}`", quoted(&folder.to_string_lossy()))
    } else if error.kind() == io::ErrorKind::NotSeekable {
        format!("read the file `{name}`, which is a pipe or a device")
    } else {
        format!("read the file `{name}`")
    };
    Error::io(&doing, error)
}
