//! Files from which Linux's profiler `perf` learns where the functions of wasm are: perf maps and jitdumps.
//!
//! A process has one file of each kind, as `perf` finds them by the process's number. A function that can't be written
//! is missing in profiles, and nothing else fails.

use crate::error::text::quoted;
use crate::error::{Error, Result};
use crate::process::{forks, writes};
use rustix::mm::{MapFlags, ProtFlags, mmap};
use rustix::process::geteuid;
use rustix::time::{ClockId, clock_gettime};
use std::borrow::Cow;
use std::env::{self, consts::ARCH};
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::PathBuf;
use std::process;
use std::ptr;
use std::sync::{Mutex, PoisonError};
use wasmtime::ModuleFunction;

/// How `perf` is told of compiled code.
#[derive(Clone, Copy)]
pub(crate) enum Strategy {
    PerfMap,
    JitDump,
}

/// The process's file of a kind.
struct Output {
    /// The process that opened it. A forked child has a file of its own.
    pid: u32,
    /// `None` after a write has failed.
    file: Option<File>,
    /// The number of functions in it.
    functions: u64,
}

static PERF_MAP: Mutex<Option<Output>> = Mutex::new(None);
static JIT_DUMP: Mutex<Option<Output>> = Mutex::new(None);

/// The beginning of a jitdump: `JiTD` in the byte order of the machine.
const MAGIC: u32 = 0x4A69_5444;
const HEADER_SIZE: u32 = 40;
/// The bytes of a record for a function, without its name and its code.
const RECORD_SIZE: usize = 56;

impl Strategy {
    /// Opens the process's file, unless it is open. An error if that isn't possible.
    pub(crate) fn open(self) -> Result<()> {
        self.with(|_| Ok(())).map_err(|error| {
            Error::io(
                &format!("write `{}` for perf", quoted(&self.path().to_string_lossy())),
                &error,
            )
        })
    }

    /// Writes functions that were just compiled or loaded. Their code is in `text`.
    pub(crate) fn note(self, text: &[u8], functions: impl Iterator<Item = ModuleFunction>) {
        // The file may be on a disk that is full meanwhile; that is no reason to refuse the module.
        let _ = self.with(|output| output.add(self, text, functions));
    }

    fn with(self, body: impl FnOnce(&mut Output) -> io::Result<()>) -> io::Result<()> {
        let _no_fork = forks::delay_for_long();
        let output = match self {
            Self::PerfMap => &PERF_MAP,
            Self::JitDump => &JIT_DUMP,
        };
        let mut output = output.lock().unwrap_or_else(PoisonError::into_inner);
        let pid = process::id();
        let open = match output.take_if(|output| output.pid == pid) {
            Some(open) => open,
            None => Output { pid, file: Some(self.create()?), functions: 0 },
        };
        body(output.insert(open))
    }

    fn path(self) -> PathBuf {
        let pid = process::id();
        match self {
            // `perf` looks here only.
            Self::PerfMap => format!("/tmp/perf-{pid}.map").into(),
            Self::JitDump => PathBuf::from(env::var_os("JITDUMPDIR").unwrap_or_default())
                .join(format!("jit-{pid}.dump")),
        }
    }

    fn create(self) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.read(true).create(true).mode(0o600);
        // Somebody else may have put a link or a pipe there: all users write to `/tmp`.
        options.custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK);
        // Another compiler in this process may write to a perf map too.
        options.append(true);
        let file = options.open(self.path())?;
        let data = file.metadata()?;
        if !data.is_file() || data.nlink() != 1 || data.uid() != geteuid().as_raw() {
            let why = "it is no file of this user, or has several names";
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, why));
        }
        if let Self::JitDump = self {
            file.set_len(0)?;
            writes::without_signals_of_writes(|| (&file).write_all(&header()))?;
            map(&file)?;
        }
        Ok(file)
    }
}

impl Output {
    fn add(
        &mut self,
        strategy: Strategy,
        text: &[u8],
        added: impl Iterator<Item = ModuleFunction>,
    ) -> io::Result<()> {
        let Some(file) = self.file.take() else { return Ok(()) };
        let mut functions = self.functions;
        writes::without_signals_of_writes(|| {
            let mut to = BufWriter::with_capacity(1 << 16, &file);
            for function in added {
                let code = &text[function.offset..][..function.len];
                let index = function.index.as_u32();
                let name = name(function.name.as_deref(), index);
                match strategy {
                    Strategy::PerfMap => {
                        writeln!(to, "{:x} {:x} {name}", code.as_ptr() as usize, code.len())?;
                    }
                    Strategy::JitDump => write_record(&mut to, self.pid, functions, &name, code)?,
                }
                functions += 1;
            }
            to.flush()
        })?;
        self.functions = functions;
        self.file = Some(file);
        Ok(())
    }
}

/// The name of a function, in one line and not too long.
fn name(name: Option<&str>, index: u32) -> Cow<'_, str> {
    match name {
        Some(name) => quoted(name),
        None => format!("wasm-function[{index}]").into(),
    }
}

/// The header of a jitdump.
fn header() -> Vec<u8> {
    // The numbers of the ELF format.
    let machine: u32 = match ARCH {
        "x86_64" => 62,
        "aarch64" => 183,
        "riscv64" => 243,
        "s390x" => 22,
        _ => 0,
    };
    let mut header = Vec::with_capacity(HEADER_SIZE as usize);
    for number in [MAGIC, 1, HEADER_SIZE, machine, 0, process::id()] {
        header.extend(number.to_ne_bytes());
    }
    header.extend(now().to_ne_bytes());
    header.extend(0u64.to_ne_bytes());
    header
}

/// Writes a function into a jitdump, in which it has number `index`.
fn write_record(
    to: &mut impl Write,
    pid: u32,
    index: u64,
    name: &str,
    code: &[u8],
) -> io::Result<()> {
    let size = RECORD_SIZE + name.len() + 1 + code.len();
    let size = u32::try_from(size).map_err(io::Error::other)?;
    let thread = rustix::thread::gettid().as_raw_nonzero().get().cast_unsigned();
    let address = code.as_ptr() as u64;
    to.write_all(&0u32.to_ne_bytes())?;
    to.write_all(&size.to_ne_bytes())?;
    to.write_all(&now().to_ne_bytes())?;
    to.write_all(&pid.to_ne_bytes())?;
    to.write_all(&thread.to_ne_bytes())?;
    for number in [address, address, code.len() as u64, index] {
        to.write_all(&number.to_ne_bytes())?;
    }
    to.write_all(name.as_bytes())?;
    to.write_all(&[0])?;
    to.write_all(code)
}

/// The time on the clock that `perf record -k mono` uses, in nanoseconds.
fn now() -> u64 {
    let now = clock_gettime(ClockId::Monotonic);
    (now.tv_sec as u64).saturating_mul(1_000_000_000) + now.tv_nsec as u64
}

/// Maps the beginning of a jitdump as code, for ever: in a recording of `perf`, that tells where the file is.
fn map(file: &File) -> io::Result<()> {
    let (protection, flags) = (ProtFlags::READ | ProtFlags::EXEC, MapFlags::PRIVATE);
    // SAFETY: the system chooses a free address, and nothing uses the mapping.
    unsafe { mmap(ptr::null_mut(), HEADER_SIZE as usize, protection, flags, file, 0) }?;
    Ok(())
}
