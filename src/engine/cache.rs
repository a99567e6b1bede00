//! The cache of compiled modules and components: a folder of artifacts, which processes of one user share.
//!
//! An entry is an artifact and a hash of it, keyed with a secret of the folder. So an entry that somebody else wrote,
//! or that was damaged, is never loaded. No operation fails because of the cache: without it, a module is compiled.

use super::unit::Unit;
use super::{Engine, artifact};
use crate::error::text::quoted;
use crate::error::{Error, ErrorKind, Result};
use crate::process::limits::is_file_size_limited;
use crate::process::random;
use rustix::process::geteuid;
use std::fs::{DirBuilder, File, FileTimes, OpenOptions};
use std::hash::{Hash, Hasher};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, FileExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};
use std::{env, fs};

/// The size of a keyed hash and of its key.
const HASH: usize = blake3::OUT_LEN;

/// The end of the names of entries, and of entries that are being written.
const ENTRY: &str = "artifact";
const UNFINISHED: &str = "unfinished";

/// After this time, the writer of an unfinished entry has ended.
const LONGEST_WRITE: Duration = Duration::from_secs(3600);

/// Where a cache is, and how large it may become.
#[derive(Clone)]
pub(crate) struct Place {
    folder: PathBuf,
    /// Whether the folder was chosen for the program. Then modules are compiled without a cache if it can't be one.
    is_default: bool,
    max_size: u64,
}

impl Place {
    /// A cache in `folder`, or in the user's folder for caches.
    pub(crate) fn new(folder: Option<&str>, max_size: u64) -> Result<Self> {
        let folder = match folder {
            Some(folder) if folder.is_empty() || folder.contains('\0') => {
                let why = "`folder` is no path, because it is empty or has a NUL";
                return Err(Error::new(ErrorKind::INVALID_ARGUMENT, why));
            }
            // The process may change its folder later.
            Some(folder) => std::path::absolute(folder)
                .map_err(|error| Error::io("find the current folder", &error))?,
            None => return Ok(Self { folder: default_folder(), is_default: true, max_size }),
        };
        Ok(Self { folder, is_default: false, max_size })
    }
}

/// The cache in the user's folder for caches. Empty, which is no folder, if the user has none.
fn default_folder() -> PathBuf {
    let variable = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let caches = variable("XDG_CACHE_HOME").or_else(|| Some(variable("HOME")?.join(".cache")));
    caches.map(|caches| caches.join("safewasm")).unwrap_or_default()
}

pub(crate) struct Cache {
    place: Place,
    /// `None` if the folder can neither be read nor written. Then nothing uses the folder.
    key: Option<[u8; HASH]>,
    hits: AtomicU64,
    misses: AtomicU64,
    failures: AtomicU64,
}

/// How often the cache had a module or component, didn't have it, and couldn't be read or written.
pub(crate) struct Counts {
    pub(crate) hits: u64,
    pub(crate) misses: u64,
    pub(crate) failures: u64,
}

impl Cache {
    pub(crate) fn open(place: &Place) -> Result<Self> {
        let key = match check_folder(&place.folder) {
            Ok(()) => key(&place.folder).ok(),
            Err(_) if place.is_default => None,
            Err(error) => return Err(error),
        };
        let failures = AtomicU64::new(u64::from(key.is_none()));
        let (hits, misses) = (AtomicU64::new(0), AtomicU64::new(0));
        Ok(Self { place: place.clone(), key, hits, misses, failures })
    }

    pub(crate) fn counts(&self) -> Counts {
        Counts {
            hits: self.hits.load(Ordering::Relaxed),
            misses: self.misses.load(Ordering::Relaxed),
            failures: self.failures.load(Ordering::Relaxed),
        }
    }

    /// What was compiled from `wasm`, if the cache has it.
    pub(crate) fn find<U: Unit>(&self, engine: &Engine, wasm: &[u8]) -> Option<U> {
        let key = self.key.as_ref()?;
        let name = name(engine, wasm);
        let opened = open(&self.place.folder.join(&name));
        let is_new = opened.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::NotFound);
        // An entry that is damaged, or from somebody without the key, is replaced when it is kept.
        let found = opened.ok().and_then(|file| read(engine, file, key, &name));
        if found.is_some() {
            self.hits.fetch_add(1, Ordering::Relaxed);
        } else {
            self.misses.fetch_add(1, Ordering::Relaxed);
            self.failures.fetch_add(u64::from(!is_new), Ordering::Relaxed);
        }
        found
    }

    /// Keeps what was just compiled.
    pub(crate) fn keep(&self, engine: &Engine, unit: &impl Unit) {
        // A write beyond the limit would end the process.
        if is_file_size_limited() {
            return;
        }
        let Some(key) = &self.key else { return };
        let Ok(artifact) = artifact::of(unit) else { return };
        if artifact.len() as u64 > self.place.max_size {
            return;
        }
        let name = name(engine, unit.code().wasm());
        match write(&self.place.folder, &name, &artifact, key) {
            Ok(()) => self.shrink(&name),
            Err(_) => _ = self.failures.fetch_add(1, Ordering::Relaxed),
        }
    }

    /// Deletes the entries that were used longest ago, but `newest`, until the rest is small enough.
    fn shrink(&self, newest: &str) {
        let Ok(folder) = fs::read_dir(&self.place.folder) else { return };
        let mut entries = Vec::new();
        let mut size = 0;
        for entry in folder.flatten() {
            let Ok(about) = entry.metadata() else { continue };
            let used = about.modified().unwrap_or(SystemTime::UNIX_EPOCH);
            let path = entry.path();
            if has_extension(&path, UNFINISHED) {
                if used.elapsed().is_ok_and(|age| age > LONGEST_WRITE) {
                    let _ = fs::remove_file(path);
                }
            } else if has_extension(&path, ENTRY) {
                size += about.len();
                entries.push((used, about.len(), path));
            }
        }
        entries.sort();
        for (_, len, path) in entries {
            if size <= self.place.max_size {
                break;
            }
            if !path.ends_with(newest) && fs::remove_file(path).is_ok() {
                size -= len;
            }
        }
    }
}

fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|found| found == extension)
}

/// Makes the folder if it isn't there. Refuses a folder that somebody else could write to.
fn check_folder(folder: &Path) -> Result<()> {
    let name = quoted(&folder.to_string_lossy()).into_owned();
    let failed = |error| Error::io(&format!("use the folder `{name}` as a cache"), &error);
    if let Err(error) = DirBuilder::new().recursive(true).mode(0o700).create(folder)
        && !folder.is_dir()
    {
        let is_there = fs::symlink_metadata(folder).is_ok();
        return Err(failed(if is_there {
            io::Error::from_raw_os_error(libc::ENOTDIR)
        } else {
            error
        }));
    }
    let about = fs::metadata(folder).map_err(failed)?;
    let is_own = about.uid() == geteuid().as_raw();
    if !is_own || about.mode() & 0o022 != 0 {
        let why = format!(
            "the folder `{name}` can't be a cache, because other users may write to it; use a \
             folder that is the user's own"
        );
        return Err(Error::new(ErrorKind::INVALID_ARGUMENT, why));
    }
    Ok(())
}

/// The secret of the folder, which the first process makes.
fn key(folder: &Path) -> io::Result<[u8; HASH]> {
    let path = folder.join("key");
    match read_key(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        read => return read,
    }
    let mut key = [0; HASH];
    random::fill(&mut key)?;
    let unfinished = unfinished(folder, "key");
    let made = create(&unfinished)
        .and_then(|mut file| file.write_all(&key))
        // Fails if another process was faster.
        .and_then(|()| fs::hard_link(&unfinished, &path));
    let _ = fs::remove_file(&unfinished);
    match made {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => read_key(&path),
    }
}

fn read_key(path: &Path) -> io::Result<[u8; HASH]> {
    let mut key = [0; HASH];
    let file = open(path)?;
    let about = file.metadata()?;
    if about.uid() != geteuid().as_raw() || about.mode() & 0o077 != 0 || about.len() != HASH as u64
    {
        return Err(io::Error::other("the key of the cache isn't secret"));
    }
    file.read_exact_at(&mut key, 0)?;
    Ok(key)
}

/// Opens an ordinary file.
fn open(path: &Path) -> io::Result<File> {
    let flags = libc::O_NOFOLLOW | libc::O_NONBLOCK;
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(io::Error::other("it is no file")) }
}

fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

/// A path for a file that this call alone writes.
fn unfinished(folder: &Path, name: &str) -> PathBuf {
    static SERIAL: AtomicU64 = AtomicU64::new(0);
    let (process, serial) = (std::process::id(), SERIAL.fetch_add(1, Ordering::Relaxed));
    folder.join(format!("{name}.{process}.{serial}.{UNFINISHED}"))
}

/// The name of the entry of a module or component: a hash of its bytes, and of all that its code depends on.
fn name(engine: &Engine, wasm: &[u8]) -> String {
    struct Into(blake3::Hasher);
    impl Hasher for Into {
        fn write(&mut self, bytes: &[u8]) {
            self.0.update(bytes);
        }
        fn finish(&self) -> u64 {
            unreachable!("the whole hash is used")
        }
    }
    let mut hasher = Into(blake3::Hasher::new());
    env!("CARGO_PKG_VERSION").hash(&mut hasher);
    engine.wasmtime().precompile_compatibility_hash().hash(&mut hasher);
    wasm.hash(&mut hasher);
    format!("{}.{ENTRY}", hasher.0.finalize().to_hex())
}

fn write(folder: &Path, name: &str, artifact: &[u8], key: &[u8; HASH]) -> io::Result<()> {
    let unfinished = unfinished(folder, name);
    let mut hasher = blake3::Hasher::new_keyed(key);
    hasher.update(name.as_bytes()).update(artifact);
    let written = create(&unfinished)
        .and_then(|mut file| {
            file.write_all(artifact)?;
            file.write_all(hasher.finalize().as_bytes())
        })
        .and_then(|()| fs::rename(&unfinished, folder.join(name)));
    if written.is_err() {
        let _ = fs::remove_file(&unfinished);
    }
    written
}

/// Loads what an entry has, if somebody with the key wrote it.
fn read<U: Unit>(engine: &Engine, file: File, key: &[u8; HASH], name: &str) -> Option<U> {
    let len = file.metadata().ok()?.len().checked_sub(HASH as u64)?;
    let mut hasher = blake3::Hasher::new_keyed(key);
    hasher.update(name.as_bytes());
    let mut chunk = vec![0; 1 << 20];
    let mut at = 0;
    while at < len {
        let size = chunk.len().min((len - at) as usize);
        file.read_exact_at(&mut chunk[..size], at).ok()?;
        hasher.update(&chunk[..size]);
        at += size as u64;
    }
    let mut written = [0; HASH];
    file.read_exact_at(&mut written, len).ok()?;
    // Compared in constant time.
    if hasher.finalize() != written {
        return None;
    }
    let now = FileTimes::new().set_modified(SystemTime::now());
    let _ = file.set_times(now);
    // SAFETY: this library made the artifact: nobody else has the key. The library replaces and deletes entries, but
    // never changes one.
    unsafe { artifact::load_file(engine, file, len, "the entry of the cache") }.ok()
}
