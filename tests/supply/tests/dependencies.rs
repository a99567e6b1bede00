//! The origin and the licence of each crate of the library.

use anyhow::{Result, ensure};
use safewasm_supply::{
    Crate, Policy, WRITE_LIST, all_crates, compiled, crates_inside, direct_dependencies, list,
    locked_packages, read,
};
use std::collections::BTreeSet;

#[test]
fn each_crate_of_the_library_has_a_licence_that_the_policy_allows() -> Result<()> {
    let policy = Policy::read()?;
    let crates = all_crates()?;
    ensure!(crates.iter().any(|found| found.name == "wasmtime"), "{crates:?}");
    for found in crates {
        ensure!(
            policy.allows(&found),
            "{} {}: the policy (deny.toml) doesn't allow the licence {:?}; use another crate, or, if \
             the licence is acceptable, add it there",
            found.name,
            found.version,
            found.licence
        );
    }
    Ok(())
}

#[test]
fn no_crate_that_the_policy_makes_an_exception_for_is_inside_the_library() -> Result<()> {
    let inside = crates_inside()?;
    for name in Policy::read()?.exceptions() {
        ensure!(inside.iter().all(|found| found.name != *name), "{name} is inside the library");
    }
    Ok(())
}

#[test]
fn a_licence_that_the_policy_does_not_name_is_refused() -> Result<()> {
    let policy = Policy::read()?;
    let allows = |name: &str, licence: &str| {
        let (name, version) = (name.to_owned(), "1.0.0".to_owned());
        policy.allows(&Crate { name, version, licence: licence.to_owned() })
    };
    assert!(allows("some", "MIT"));
    assert!(allows("some", "MIT/Apache-2.0"));
    assert!(allows("some", "GPL-3.0-only OR MIT"));
    assert!(allows("some", "(MIT OR Apache-2.0) AND Unicode-3.0"));
    assert!(!allows("some", "GPL-3.0-only"));
    assert!(!allows("some", "MIT AND GPL-3.0-only"));
    assert!(!allows("some", "MPL-2.0"));
    assert!(allows("cbindgen", "MPL-2.0"));
    assert!(!allows("some", ""));
    assert!(!allows("some", "mine"));
    Ok(())
}

#[test]
fn each_package_is_of_the_workspace_or_comes_from_crates_io_with_a_checksum() -> Result<()> {
    let own = direct_dependencies()?;
    let packages = locked_packages()?;
    for package in &packages {
        let name = &package.name;
        match package.source.as_deref() {
            None => {
                ensure!(own.contains_key(name), "{name} is neither published nor of the workspace")
            }
            Some("registry+https://github.com/rust-lang/crates.io-index") => {
                let hex =
                    |sum: &String| sum.len() == 64 && sum.bytes().all(|b| b.is_ascii_hexdigit());
                ensure!(package.checksum.as_ref().is_some_and(hex), "{name} has no checksum");
            }
            Some(source) => ensure!(false, "{name} comes from {source}, not from crates.io"),
        }
    }
    for name in own.keys() {
        ensure!(
            packages.iter().any(|package| package.name == *name),
            "{name} is not in Cargo.lock"
        );
    }
    Ok(())
}

#[test]
fn the_guide_for_contributors_names_each_direct_dependency_and_nothing_else() -> Result<()> {
    let guide = read("CONTRIBUTING.md")?;
    let named: BTreeSet<&str> = guide
        .lines()
        .filter_map(|line| line.strip_prefix("| [")?.split_once("](https://crates.io/crates/"))
        .filter_map(|(_, rest)| Some(rest.split_once(')')?.0))
        .collect();
    let packages = direct_dependencies()?;
    let mut wrong = Vec::new();
    for (package, dependencies) in &packages {
        for name in dependencies.iter().filter(|name| !named.contains(name.as_str())) {
            wrong.push(format!(
                "{package} depends on {name}, which the table lacks; add it with its purpose"
            ));
        }
    }
    for name in named {
        if !packages.values().any(|dependencies| dependencies.contains(name)) {
            wrong.push(format!("{name} is in the table, but nothing depends on it"));
        }
    }
    ensure!(
        wrong.is_empty(),
        "the dependencies in CONTRIBUTING.md are wrong:\n{}",
        wrong.join("\n")
    );
    Ok(())
}

/// A package that asks for further features of a crate has it compiled a second time, and all that depend on it.
#[test]
fn the_library_and_its_crates_are_compiled_only_once_for_all_tests() -> Result<()> {
    let is_library = |line: &&String| line.starts_with("safewasm v");
    let library = compiled("libsafewasm")?;
    ensure!(library.iter().any(|line| is_library(&line)), "{library:?}");
    let mut users = 0;
    for package in direct_dependencies()?.keys() {
        let crates = compiled(package)?;
        if crates.iter().any(|line| is_library(&line)) {
            users += 1;
            let missing = library.difference(&crates);
            let again: Vec<_> = missing.filter(|line| !line.starts_with("libsafewasm v")).collect();
            ensure!(again.is_empty(), "{package} has other features, and not {again:?}");
        }
    }
    ensure!(users > 5, "only {users} packages depend on the library");
    Ok(())
}

#[test]
fn the_list_of_licences_is_up_to_date() -> Result<()> {
    let (is, should_be) = (read("docs/licences.md")?, list()?);
    if let Some((is, should_be)) = is.lines().zip(should_be.lines()).find(|(a, b)| a != b) {
        ensure!(false, "docs/licences.md says {is:?}, not {should_be:?}; run `{WRITE_LIST}`");
    }
    ensure!(is == should_be, "docs/licences.md is too long or too short; run `{WRITE_LIST}`");
    Ok(())
}
