//! Streams over file descriptors: pipes, sockets, terminals, devices and files.
//!
//! A read or write must be abandoned when a deadline ends the call, so no thread may block in the system. The
//! flag `O_NONBLOCK` belongs to the open file description, which other processes may share, so it isn't changed.

use super::{Failure, Stream};
use crate::error::{Error, ErrorKind, Result};
use crate::process::writes::without_signals_of_writes;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{FileType, Mode, OFlags, fcntl_getfl, fstat, major, minor, open};
use rustix::io::{Errno, ReadWriteFlags, fcntl_dupfd_cloexec, preadv2, pwritev2, retry_on_intr};
use rustix::net::{RecvFlags, SendFlags, recv, send};
use std::io::{IoSlice, IoSliceMut, IsTerminal};
use std::ops::RangeInclusive;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// A file descriptor of a stream.
#[derive(Debug)]
pub(crate) struct Descriptor {
    pub(super) fd: OwnedFd,
    pub(super) access: Access,
}

/// How a descriptor is read and written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// At once: it never waits for anybody.
    Direct,
    /// Without waiting, since its description is non-blocking and no other process has it.
    NonBlocking,
    /// Without waiting, by a flag of each operation.
    Socket,
    /// After the system has said that it is ready. If another process is faster, the operation waits for the
    /// next bytes or the next room, unless the system can do it without waiting.
    Polled,
}

/// The direction of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Read,
    Write,
}

/// The most bytes that a pipe with room for one byte takes without waiting.
const PIPE_BUF: usize = 4096;

/// The major numbers of the devices of pseudo-terminals, without those of their masters.
const TERMINALS: RangeInclusive<u32> = 136..=143;

/// The devices `null`, `zero`, `full` and `urandom`.
const NEVER_WAIT: [(u32, u32); 4] = [(1, 3), (1, 5), (1, 7), (1, 9)];

impl Descriptor {
    /// A duplicate of a descriptor that the program passed as `fd`.
    pub(crate) fn given(fd: RawFd, stream: Stream) -> Result<Self> {
        let direction = stream.direction();
        let failed = |error: Errno| {
            Error::io(&format!("use the file descriptor {fd}, which is `fd`"), &error.into())
        };
        if fd < 0 {
            return Err(failed(Errno::BADF));
        }
        // SAFETY: only borrowed for the duplication; a descriptor that isn't open is an error there.
        let borrowed = unsafe { BorrowedFd::borrow_raw(fd) };
        let duplicate = duplicate(borrowed).map_err(failed)?;
        if !is_open_for(direction, duplicate.as_fd()).map_err(failed)? {
            let what = match direction {
                Direction::Read => "reading",
                Direction::Write => "writing",
            };
            return Err(Error::new(
                ErrorKind::INVALID_ARGUMENT,
                format!("`fd` is {fd}, a file descriptor that isn't open for {what}"),
            ));
        }
        Self::new(duplicate, direction).map_err(failed)
    }

    /// A duplicate of the process's own stream. If that isn't open for the direction, the guest gets an error
    /// when it uses the stream, as a process does.
    pub(crate) fn inherited(stream: Stream) -> Result<Self> {
        // SAFETY: as in `given`.
        duplicate(unsafe { BorrowedFd::borrow_raw(stream as RawFd) })
            .and_then(|fd| Self::new(fd, stream.direction()))
            .map_err(|error| {
                Error::io(&format!("inherit {} of the process", stream.name()), &error.into())
            })
    }

    /// A descriptor that only the library has.
    fn new(fd: OwnedFd, direction: Direction) -> rustix::io::Result<Self> {
        if !is_open_for(direction, fd.as_fd())? {
            // The operation fails, and a pipe would never be ready for it.
            return Ok(Self { fd, access: Access::Direct });
        }
        let stat = fstat(&fd)?;
        let device = (major(stat.st_rdev), minor(stat.st_rdev));
        Ok(match FileType::from_raw_mode(stat.st_mode) {
            FileType::RegularFile | FileType::Directory | FileType::BlockDevice => {
                Self { fd, access: Access::Direct }
            }
            FileType::Socket => Self { fd, access: Access::Socket },
            FileType::Fifo => Self::reopened(fd, direction),
            FileType::CharacterDevice if TERMINALS.contains(&device.0) => {
                Self::reopened(fd, direction)
            }
            FileType::CharacterDevice if NEVER_WAIT.contains(&device) => {
                Self { fd, access: Access::Direct }
            }
            _ => Self { fd, access: Access::Polled },
        })
    }

    /// A file that the library has just opened, with `O_NONBLOCK`.
    pub(super) fn opened(fd: OwnedFd, direction: Direction) -> rustix::io::Result<Self> {
        let descriptor = Self::new(fd, direction)?;
        Ok(match descriptor.access {
            // Without a writer, a read that doesn't wait sees the end of the pipe, even if none has come yet.
            Access::NonBlocking if direction == Direction::Read => {
                Self { access: Access::Polled, ..descriptor }
            }
            _ => descriptor,
        })
    }

    /// The same pipe or terminal with a description of its own, which is non-blocking. Where that can't be made
    /// (without `/proc`, or for a pipe of another user) the given one is used as it is.
    fn reopened(fd: OwnedFd, direction: Direction) -> Self {
        let reopen = || {
            let kept = fcntl_getfl(&fd)? & OFlags::DIRECT;
            let access = match direction {
                Direction::Read => OFlags::RDONLY,
                Direction::Write => OFlags::WRONLY,
            };
            let path = format!("/proc/self/fd/{}", fd.as_raw_fd());
            let flags = access | kept | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
            retry_on_intr(|| open(&*path, flags, Mode::empty())).and_then(above_streams)
        };
        match reopen() {
            Ok(own) => Self { fd: own, access: Access::NonBlocking },
            Err(_) => Self { fd, access: Access::Polled },
        }
    }

    pub(crate) fn is_terminal(&self) -> bool {
        self.fd.is_terminal()
    }

    /// Reads at least one byte, or none at the end.
    pub(super) async fn read(&self, bytes: &mut [u8]) -> Result<usize, Failure> {
        loop {
            match self.try_read(bytes)? {
                Some(len) => return Ok(len),
                None => self.wait(Direction::Read).await?,
            }
        }
    }

    /// Writes at least one byte.
    pub(super) async fn write(&self, bytes: &[u8]) -> Result<usize, Failure> {
        loop {
            match self.try_write(bytes)? {
                Some(len) => return Ok(len),
                None => self.wait(Direction::Write).await?,
            }
        }
    }

    /// [`Self::read`] that returns `None` if it would wait.
    pub(super) fn try_read(&self, bytes: &mut [u8]) -> Result<Option<usize>, Failure> {
        match retry_on_intr(|| self.read_now(bytes)) {
            Err(Errno::AGAIN) => Ok(None),
            result => Ok(Some(result?)),
        }
    }

    /// [`Self::write`] that returns `None` if it would wait.
    pub(super) fn try_write(&self, bytes: &[u8]) -> Result<Option<usize>, Failure> {
        match retry_on_intr(|| self.write_now(bytes)) {
            Err(Errno::AGAIN) => Ok(None),
            Err(Errno::PIPE) => Err(Failure::reader_has_left()),
            result => Ok(Some(result?)),
        }
    }

    /// Whether a read or write would wait.
    pub(super) fn would_wait(&self, direction: Direction) -> bool {
        self.access != Access::Direct && matches!(self.is_ready(direction), Ok(false))
    }

    /// Returns when a read or write wouldn't wait.
    pub(super) async fn ready(&self, direction: Direction) {
        if self.would_wait(direction) {
            // A descriptor that can't be waited for fails at the read or write.
            let _ = self.wait(direction).await;
        }
    }

    fn read_now(&self, bytes: &mut [u8]) -> rustix::io::Result<usize> {
        match self.access {
            Access::Direct | Access::NonBlocking => rustix::io::read(&self.fd, bytes),
            Access::Socket => recv(&self.fd, bytes, RecvFlags::DONTWAIT).map(|(len, _)| len),
            Access::Polled if !self.is_ready(Direction::Read)? => Err(Errno::AGAIN),
            Access::Polled => {
                let slices = &mut [IoSliceMut::new(bytes)];
                match preadv2(&self.fd, slices, CURRENT, ReadWriteFlags::NOWAIT) {
                    Err(Errno::OPNOTSUPP) => rustix::io::read(&self.fd, bytes),
                    result => result,
                }
            }
        }
    }

    fn write_now(&self, bytes: &[u8]) -> rustix::io::Result<usize> {
        if self.access == Access::Socket {
            return send(&self.fd, bytes, SendFlags::DONTWAIT | SendFlags::NOSIGNAL);
        }
        if self.access == Access::Polled && !self.is_ready(Direction::Write)? {
            return Err(Errno::AGAIN);
        }
        let write = || match self.access {
            Access::Polled => {
                let bytes = &bytes[..bytes.len().min(PIPE_BUF)];
                let slices = &[IoSlice::new(bytes)];
                match pwritev2(&self.fd, slices, CURRENT, ReadWriteFlags::NOWAIT) {
                    Err(Errno::OPNOTSUPP) => rustix::io::write(&self.fd, bytes),
                    result => result,
                }
            }
            _ => rustix::io::write(&self.fd, bytes),
        };
        without_signals_of_writes(write)
    }

    /// Whether the system says that a read or write has something to do: also at the end and after an error.
    fn is_ready(&self, direction: Direction) -> rustix::io::Result<bool> {
        let events = match direction {
            Direction::Read => PollFlags::IN,
            Direction::Write => PollFlags::OUT,
        };
        let now = Timespec { tv_sec: 0, tv_nsec: 0 };
        retry_on_intr(|| poll(&mut [PollFd::new(&self.fd, events)], Some(&now)))
            .map(|count| count > 0)
    }

    /// Waits until the descriptor may be ready. Nothing of the runtime is kept, since a fork makes a new one.
    pub(super) async fn wait(&self, direction: Direction) -> Result<(), Failure> {
        let interest = match direction {
            Direction::Read => Interest::READABLE,
            Direction::Write => Interest::WRITABLE,
        };
        // SAFETY: the descriptor stays open while `self` is borrowed.
        let waiting = unsafe { AsyncFd::register_with_interest(self.fd.as_fd(), interest) }
            .map_err(|error| Failure::Io(error.into()))?;
        waiting.ready(interest).await.map(drop).map_err(Failure::Io)
    }
}

/// The offset that stands for the file's own position.
const CURRENT: u64 = u64::MAX;

fn duplicate(fd: BorrowedFd<'_>) -> rustix::io::Result<OwnedFd> {
    fcntl_dupfd_cloexec(fd, 3)
}

/// The same file with a number other than 0, 1 and 2. If the program has closed one of these, the system gives
/// its number to the next file, which would then be a stream of the program.
pub(super) fn above_streams(fd: OwnedFd) -> rustix::io::Result<OwnedFd> {
    if fd.as_raw_fd() < 3 { duplicate(fd.as_fd()) } else { Ok(fd) }
}

fn is_open_for(direction: Direction, fd: BorrowedFd<'_>) -> rustix::io::Result<bool> {
    let flags = fcntl_getfl(fd)?;
    let other = match direction {
        Direction::Read => OFlags::WRONLY,
        Direction::Write => OFlags::RDONLY,
    };
    Ok(!flags.contains(OFlags::PATH) && flags & OFlags::ACCMODE != other)
}
