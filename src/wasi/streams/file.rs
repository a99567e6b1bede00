//! Streams over files, which are opened by their paths.

use super::super::config::check_text;
use super::Stream;
use super::descriptor::{Descriptor, Direction, above_streams};
use crate::error::text::quoted;
use crate::error::{Error, ErrorKind, Result};
use rustix::fs::{FileType, Mode, OFlags, fstat, open};
use rustix::io::{Errno, retry_on_intr};

/// Opens a file for a stream. Never waits, also if the file is a pipe.
pub(crate) fn open_file(stream: Stream, path: &str, append: bool) -> Result<Descriptor> {
    check_text(path, "path")?;
    let direction = stream.direction();
    let failed = |error: Errno| {
        let what = match (direction, error) {
            (Direction::Read, _) => "for reading",
            (Direction::Write, Errno::NXIO) => "for writing, since nobody reads it",
            (Direction::Write, _) => "for writing",
        };
        Error::io(&format!("open `{}` {what}", quoted(path)), &error.into())
    };
    let mode = match (direction, append) {
        (Direction::Read, false) => OFlags::RDONLY,
        (Direction::Read, true) => {
            return Err(Error::new(
                ErrorKind::INVALID_ARGUMENT,
                "`append` is true, but `stream` is stdin, which is only read",
            ));
        }
        (Direction::Write, false) => OFlags::WRONLY | OFlags::CREATE | OFlags::TRUNC,
        (Direction::Write, true) => OFlags::WRONLY | OFlags::CREATE | OFlags::APPEND,
    };
    let flags = mode | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
    retry_on_intr(|| open(path, flags, Mode::from_raw_mode(0o666)))
        .and_then(above_streams)
        .and_then(|fd| match FileType::from_raw_mode(fstat(&fd)?.st_mode) {
            FileType::Directory => Err(Errno::ISDIR),
            _ => Descriptor::opened(fd, direction),
        })
        .map_err(failed)
}
