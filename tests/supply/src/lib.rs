//! The crates that the library is made of, their licences, and where they come from.
//!
//! `cargo run --release -p safewasm-supply` writes `docs/licences.md`. The tests compare the crates with that
//! page, with the policy in `deny.toml`, and with the table of dependencies in `CONTRIBUTING.md`.

use anyhow::{Context, Result, bail, ensure};
use spdx::{Expression, Licensee, ParseMode};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};
use toml::{Table, Value};

/// The targets that the library is built for.
const TARGETS: [&str; 3] =
    ["x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu", "riscv64gc-unknown-linux-gnu"];

/// The command that updates the list.
pub const WRITE_LIST: &str = "cargo run --release -p safewasm-supply";

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

pub fn read(path: impl AsRef<Path>) -> Result<String> {
    let path = root().join(path);
    fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
}

/// Reads the Rust files of a folder. Returns the text of each by its path in the folder.
pub fn rust_files(folder: &Path) -> Result<BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(folder)?.to_str().context("a name is not UTF-8")?;
                found.insert(name.to_owned(), fs::read_to_string(&path)?);
            }
        }
    }
    Ok(found)
}

fn read_table(path: impl AsRef<Path>) -> Result<Table> {
    let path = path.as_ref();
    read(path)?.parse().with_context(|| format!("{} is no TOML", path.display()))
}

/// A crate of another project.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Crate {
    pub name: String,
    pub version: String,
    /// The licence in its manifest; empty if there is none.
    pub licence: String,
}

/// Asks `cargo tree` for a package's crates. `cargo metadata` only knows the crates of the whole workspace, including
/// tests and benches.
fn tree(package: &str, options: &[&str]) -> Result<String> {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or("cargo".into()));
    cargo.current_dir(root()).args(["tree", "--locked", "--package", package]);
    let output =
        cargo.args(["--prefix", "none"]).args(options).output().context("cannot run cargo")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "cargo tree failed: {said}");
    Ok(String::from_utf8(output.stdout)?)
}

/// The crates that are compiled for a package, its own included, each with a tab and its features.
pub fn compiled(package: &str) -> Result<BTreeSet<String>> {
    // A line is the crate, a tab, the features, a tab, and a star if it is repeated.
    let lines = tree(package, &["--edges", "normal,build", "--format", "{p}\t{f}\t"])?;
    let crates = lines.lines().filter_map(|line| line.rsplit_once('\t'));
    Ok(crates.map(|(features, _)| features.to_owned()).collect())
}

/// The crates that the library depends on, by dependencies of the kinds in `edges`.
fn crates(edges: &str) -> Result<BTreeSet<Crate>> {
    let mut options = vec!["--edges", edges, "--format", "{p}\t{l}\t"];
    options.extend(TARGETS.iter().flat_map(|target| ["--target", target]));
    let mut crates = BTreeSet::new();
    // A line is "name v1.2.3 (further words)", a tab, the licence, a tab, and a star if it is repeated.
    for line in tree("safewasm", &options)?.lines().filter(|line| !line.is_empty()) {
        let mut parts = line.split('\t');
        let (Some(package), Some(licence)) = (parts.next(), parts.next()) else {
            bail!("cargo tree printed {line:?}");
        };
        let mut words = package.split(' ');
        let (Some(name), Some(version)) = (words.next(), words.next()) else {
            bail!("cargo tree printed {line:?}");
        };
        let version = version.trim_start_matches('v').to_owned();
        if name != "safewasm" {
            crates.insert(Crate { name: name.to_owned(), version, licence: licence.to_owned() });
        }
    }
    Ok(crates)
}

/// The crates whose code is in the library.
pub fn crates_inside() -> Result<BTreeSet<Crate>> {
    crates("normal,no-proc-macro")
}

/// The crates whose code is in the library, and those that run while it is built.
pub fn all_crates() -> Result<BTreeSet<Crate>> {
    crates("normal,build")
}

/// The section of the page about code in the library that comes from no crate.
const NO_CRATES: &str = "\n## Inside the library, and not from a crate\n\n\
    | code | licence |\n| --- | --- |\n\
    | Rust's standard library | MIT OR Apache-2.0 |\n\
    | GCC's unwinder, `libgcc_eh` | GPL-3.0-or-later WITH GCC-exception-3.1 |\n";

/// The text of `docs/licences.md`.
pub fn list() -> Result<String> {
    let inside = crates_inside()?;
    let all = all_crates()?;
    let mut page = format!(
        "# Licences of the crates in the library\n\n\
         Generated by `{WRITE_LIST}`; do not edit. A test compares it with `Cargo.lock`.\n\n\
         Each crate's own repository, and its package on <https://crates.io>, has the text of its\n\
         licence. `deny.toml` says which licences are allowed.\n\n\
         ## Inside the library\n\n"
    );
    table(&mut page, inside.iter())?;
    page.push_str("\n## Used to build the library, and not inside it\n\n");
    table(&mut page, all.difference(&inside))?;
    page.push_str(NO_CRATES);
    Ok(page)
}

fn table<'a>(page: &mut String, crates: impl Iterator<Item = &'a Crate>) -> Result<()> {
    page.push_str("| crate | version | licence |\n| --- | --- | --- |\n");
    for Crate { name, version, licence } in crates {
        writeln!(page, "| {name} | {version} | {licence} |")?;
    }
    Ok(())
}

/// The licences that the policy allows.
pub struct Policy {
    allowed: Vec<Licensee>,
    /// Further licences that it allows for some crates, by name.
    exceptions: BTreeMap<String, Vec<Licensee>>,
}

impl Policy {
    pub fn read() -> Result<Self> {
        let policy = read_table("deny.toml")?;
        let licences = &policy["licenses"];
        let mut exceptions = BTreeMap::new();
        for exception in licences["exceptions"].as_array().context("no list of exceptions")? {
            let name = exception["crate"].as_str().context("an exception is for no crate")?;
            exceptions.insert(name.to_owned(), parsed(&exception["allow"])?);
        }
        Ok(Self { allowed: parsed(&licences["allow"])?, exceptions })
    }

    pub fn allows(&self, found: &Crate) -> bool {
        let more = self.exceptions.get(&found.name);
        let allowed = || self.allowed.iter().chain(more.into_iter().flatten());
        // Older crates write a slash instead of "OR".
        Expression::parse_mode(&found.licence, ParseMode::LAX).is_ok_and(|licence| {
            licence.evaluate(|needed| allowed().any(|allowed| allowed.satisfies(needed)))
        })
    }

    /// The names of the crates that have exceptions.
    pub fn exceptions(&self) -> impl Iterator<Item = &String> {
        self.exceptions.keys()
    }
}

fn parsed(licences: &Value) -> Result<Vec<Licensee>> {
    let licence = |licence: &Value| {
        let name = licence.as_str().context("a licence is no text")?;
        Licensee::parse(name).with_context(|| format!("{name} is no licence"))
    };
    licences.as_array().context("the licences are no list")?.iter().map(licence).collect()
}

/// A package in `Cargo.lock`.
#[derive(Debug)]
pub struct Locked {
    pub name: String,
    pub source: Option<String>,
    pub checksum: Option<String>,
}

pub fn locked_packages() -> Result<Vec<Locked>> {
    let lock = read_table("Cargo.lock")?;
    let packages = lock["package"].as_array().context("`package` is no list")?;
    let text = |package: &Value, key| package.get(key).and_then(Value::as_str).map(str::to_owned);
    let locked = |package: &Value| {
        Ok(Locked {
            name: text(package, "name").context("a package has no name")?,
            source: text(package, "source"),
            checksum: text(package, "checksum"),
        })
    };
    packages.iter().map(locked).collect()
}

/// The crates of other projects that each package of the workspace depends on directly.
pub fn direct_dependencies() -> Result<BTreeMap<String, BTreeSet<String>>> {
    let manifest = read_table("Cargo.toml")?;
    let members = manifest["workspace"]["members"].as_array().context("no workspace")?;
    let mut manifests = vec![manifest.clone()];
    for member in members {
        let folder = member.as_str().context("a member is no text")?;
        ensure!(!folder.contains('*'), "a member of the workspace is a pattern; name each folder");
        manifests.push(read_table(Path::new(folder).join("Cargo.toml"))?);
    }
    let mut packages = BTreeMap::new();
    for manifest in &manifests {
        let name = manifest["package"]["name"].as_str().context("a package has no name")?;
        let mut names = BTreeSet::new();
        let targets = manifest.get("target").and_then(Value::as_table).into_iter().flatten();
        let targets = targets.filter_map(|(_, target)| target.as_table());
        for place in [manifest].into_iter().chain(targets) {
            for kind in ["dependencies", "build-dependencies", "dev-dependencies"] {
                for (key, wanted) in place.get(kind).and_then(Value::as_table).into_iter().flatten()
                {
                    if wanted.get("path").is_none() {
                        let renamed = wanted.get("package").and_then(Value::as_str);
                        names.insert(renamed.unwrap_or(key).to_owned());
                    }
                }
            }
        }
        packages.insert(name.to_owned(), names);
    }
    Ok(packages)
}
