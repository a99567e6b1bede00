//! Everything that pages run with: compilers, Julia, and an installed copy of the library.

use crate::process::{limited, run};
use anyhow::{Context, Result, bail, ensure};
use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{self, Command};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{env, fs};

const SUPPORT: &str = include_str!("support.c");
const VALIDATE: &str = include_str!("validate.c");

pub struct SetUp {
    /// The root of the repository.
    pub root: PathBuf,
    /// The folder for everything that pages make. It is removed in the end.
    pub folder: PathBuf,
    pub julia: PathBuf,
    pub cc: PathBuf,
    pub cxx: PathBuf,
    /// The flag by which programs find the headers.
    pub include: String,
    /// The flags that link a program with the installed library.
    pub flags: Vec<String>,
    /// The program that validates modules.
    pub validate: PathBuf,
    /// The most seconds that a process may take.
    pub seconds: u32,
    /// The environment of each process.
    pub environment: BTreeMap<String, String>,
    /// The suites of `tests/run`.
    pub suites: BTreeSet<String>,
    /// The values of `needs=` so far, and whether each was found.
    known: Mutex<BTreeMap<String, bool>>,
}

impl SetUp {
    pub fn new() -> Result<SetUp> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize()?;
        // Tests make more than one.
        static MADE: AtomicUsize = AtomicUsize::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        remove_abandoned(&root.join("target/pages"))?;
        let folder = root.join(format!("target/pages/{}-{number}", process::id()));
        let bin = folder.join("bin");
        fs::create_dir_all(&bin)?;
        let installed = install(&root, &folder)?;
        let julia = command(&bin, "julia", &got(&root, "julia")?)?;
        let cc = command(&bin, "cc", &c_compiler()?)?;
        let cxx = command(&bin, "c++", &got(&root, "cxx")?)?;
        for name in ["pkg-config", "cmake"] {
            command(&bin, name, &got(&root, name)?)?;
        }
        let environment = environment(&root, &bin, &installed)?;
        let suites = suites(&root)?;
        let validate = folder.join("validate");
        let mut set_up = SetUp {
            root,
            folder,
            julia,
            cc,
            cxx,
            include: format!("-I{}", installed.join("include").display()),
            flags: Vec::new(),
            validate,
            seconds: 300,
            environment,
            suites,
            known: Mutex::new(BTreeMap::new()),
        };
        set_up.compile_support(&installed)?;
        set_up.precompile()?;
        Ok(set_up)
    }

    /// Has Julia precompile the package, so that no page does.
    fn precompile(&self) -> Result<()> {
        let mut julia = Command::new(&self.julia);
        julia.args(["--startup-file=no", "-e", "using SafeWasm"]).envs(&self.environment);
        self.succeeds(&mut julia)
    }

    /// Compiles the project's own part of each program, and the program that validates modules.
    fn compile_support(&mut self, installed: &Path) -> Result<()> {
        let (support, library) = (self.folder.join("support.o"), installed.join("lib"));
        self.flags = vec![
            support.display().to_string(),
            format!("-L{}", library.display()),
            "-lsafewasm".to_owned(),
            format!("-Wl,-rpath,{}", library.display()),
            "-pthread".to_owned(),
            "-lm".to_owned(),
        ];
        let source = self.folder.join("support.c");
        fs::write(&source, SUPPORT)?;
        self.succeeds(Command::new(&self.cc).arg("-c").arg(source).arg("-o").arg(&support))?;
        let source = self.folder.join("validate.c");
        fs::write(&source, VALIDATE)?;
        let validate = &self.validate;
        self.succeeds(
            Command::new(&self.cc)
                .arg(&self.include)
                .arg(source)
                .arg("-o")
                .arg(validate)
                .args(&self.flags),
        )
    }

    fn succeeds(&self, command: &mut Command) -> Result<()> {
        let (failure, printed) = run(command, &self.folder.join("log"))?;
        ensure!(failure.is_none(), "{command:?} failed: {printed}");
        Ok(())
    }

    /// Whether a page that has `needs=NEEDED` can be run.
    pub fn has(&self, needed: &str) -> Result<bool> {
        let mut known = self.known.lock().expect("no worker panics");
        if let Some(&has) = known.get(needed) {
            return Ok(has);
        }
        let has = match needed {
            "npm" => self.reaches_npm()?,
            "clang" => self.gets("clang", "clang-wasm")?,
            "rust" => self.gets("rustc", "rust-wasm")?,
            _ => bail!("no page can need {needed:?}"),
        };
        known.insert(needed.to_owned(), has);
        Ok(has)
    }

    fn reaches_npm(&self) -> Result<bool> {
        let mut asks = limited("npm", 60, "KILL");
        asks.args(["view", "--silent", "xxhash-wasm", "version"]).envs(&self.environment);
        Ok(run(&mut asks, &self.folder.join("npm.log"))?.0.is_none())
    }

    /// Whether a script of `tools/get` has a compiler, which pages then find by its name.
    fn gets(&self, name: &str, script: &str) -> Result<bool> {
        let Ok(path) = got(&self.root, script) else { return Ok(false) };
        command(&self.folder.join("bin"), name, &path)?;
        Ok(true)
    }
}

impl Drop for SetUp {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Removes the folders of runs that were ended before they could do so.
fn remove_abandoned(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let process = name.to_str().and_then(|name| name.split('-').next()).unwrap_or_default();
        if !Path::new("/proc").join(process).exists() {
            // Another run may be doing the same.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
    Ok(())
}

/// The compiler that `CC` selects, or else `cc`.
fn c_compiler() -> Result<String> {
    if let Ok(selected) = env::var("CC") {
        return Ok(selected);
    }
    let path = env::var("PATH")?;
    let found = env::split_paths(&path).map(|folder| folder.join("cc")).find(|path| path.exists());
    Ok(found.context("there is no cc")?.display().to_string())
}

/// The command that a script of `tools/get` prints.
fn got(root: &Path, name: &str) -> Result<String> {
    let script = root.join("tools/get").join(name);
    let output = Command::new(&script).stderr(process::Stdio::inherit()).output();
    let output = output.with_context(|| format!("cannot run {}", script.display()))?;
    ensure!(output.status.success(), "tools/get/{name} failed");
    Ok(String::from_utf8(output.stdout)?.trim_end().to_owned())
}

/// Makes a program `name` that starts a command.
fn command(bin: &Path, name: &str, command: &str) -> Result<PathBuf> {
    let path = bin.join(name);
    fs::write(&path, format!("#!/bin/sh\nexec {command} \"$@\"\n"))?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
    Ok(path)
}

/// Installs the built library. Returns the folder with `lib` and `include`.
fn install(root: &Path, folder: &Path) -> Result<PathBuf> {
    let installed = folder.join("installed");
    let mut install = Command::new(root.join("tools/install"));
    install.env_clear().env("PATH", env::var("PATH")?).env("PREFIX", &installed);
    let (failure, printed) = run(&mut install, &folder.join("log"))?;
    ensure!(failure.is_none(), "{printed}");
    Ok(installed)
}

/// The environment in which programs, `pkg-config` and CMake find the installed library, and Julia the package.
fn environment(root: &Path, bin: &Path, installed: &Path) -> Result<BTreeMap<String, String>> {
    let lib = installed.join("lib");
    let variables = [
        ("PATH", format!("{}:{}", bin.display(), env::var("PATH")?)),
        ("LD_LIBRARY_PATH", lib.display().to_string()),
        ("PKG_CONFIG_PATH", lib.join("pkgconfig").display().to_string()),
        ("CMAKE_PREFIX_PATH", installed.display().to_string()),
        ("JULIA_LOAD_PATH", "@:@stdlib".to_owned()),
        ("JULIA_PROJECT", root.join("julia").display().to_string()),
        // Packages of npm are fetched once.
        ("npm_config_cache", root.join("target/npm-cache").display().to_string()),
        ("npm_config_prefer_offline", "true".to_owned()),
        ("npm_config_fetch_retries", "1".to_owned()),
        ("npm_config_fetch_timeout", "20000".to_owned()),
    ];
    Ok(variables.map(|(name, value)| (name.to_owned(), value)).into())
}

/// The names in the list `suites` of `tests/run`.
fn suites(root: &Path) -> Result<BTreeSet<String>> {
    let script = fs::read_to_string(root.join("tests/run"))?;
    let Some((_, rest)) = script.split_once("\nsuites=(") else { bail!("tests/run has no suites") };
    let (list, _) = rest.split_once(')').context("the list of suites has no end")?;
    Ok(list.split_whitespace().map(str::to_owned).collect())
}
