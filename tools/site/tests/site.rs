//! Builds the site, which fails if a link in it leads nowhere, and looks for what it must have.

use anyhow::{Context, Result, bail, ensure};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Builds the site once. What the build prints is the error if it fails.
fn build() -> Result<(), String> {
    let output = Command::new(root().join("tools/docs")).output();
    let output = output.map_err(|error| format!("tools/docs can't be run: {error}"))?;
    if output.status.success() {
        Ok(())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into())
    }
}

/// The text of a page of the site.
fn page(path: &str) -> Result<String> {
    static BUILT: LazyLock<Result<(), String>> = LazyLock::new(build);
    BUILT.clone().map_err(anyhow::Error::msg)?;
    fs::read_to_string(root().join("target/docs").join(path)).with_context(|| format!("no {path}"))
}

#[test]
fn the_site_starts_with_the_readme_and_can_be_searched() -> Result<()> {
    let start = page("index.html")?;
    ensure!(start.contains("SafeWasm runs WebAssembly"), "the readme is not the first page");
    ensure!(start.contains("id=\"mdbook-searchbar\""), "there is no field for searching");
    for entry in fs::read_dir(root().join("target/docs"))? {
        let path = entry?.path();
        if path.to_string_lossy().contains("/searchindex-") {
            let index = fs::read_to_string(path)?;
            for found in
                ["safewasm_memory_grow", "Linker::instantiate", "with_timeout", "guides/cpp.html"]
            {
                ensure!(index.contains(found), "a search doesn't find {found}");
            }
            ensure!(!index.contains("source/"), "a search finds source files");
            return Ok(());
        }
    }
    bail!("there is no index for searching")
}

/// The pages of a reference, from the site.
fn reference(language: &str) -> Result<Vec<String>> {
    page("index.html")?;
    let folder = root().join("target/docs/reference").join(language);
    fs::read_dir(folder)?.map(|entry| Ok(fs::read_to_string(entry?.path())?)).collect()
}

#[test]
fn each_name_that_the_julia_package_exports_has_its_place() -> Result<()> {
    let pages = reference("julia")?.concat();
    let source = fs::read_to_string(root().join("julia/src/SafeWasm.jl"))?;
    let names = source
        .lines()
        .filter_map(|line| line.strip_prefix("export "))
        .flat_map(|line| line.split(", "));
    let mut count = 0;
    for name in names {
        ensure!(pages.contains(&format!("id=\"{name}\"")), "the reference has no place for {name}");
        count += 1;
    }
    ensure!(count > 60, "there are more names than {count}");
    Ok(())
}

#[test]
fn a_reference_in_a_docstring_to_a_name_without_a_place_is_an_error() -> Result<()> {
    let julia = Command::new(root().join("tools/get/julia")).output()?;
    let program = r#"include("tools/site/reference.jl"); print(markdown("[`call`](@ref)", link_from("a.md")));
        markdown("[`gone`](@ref)", link_from("a.md"))"#;
    let mut command = Command::new(String::from_utf8(julia.stdout)?.trim());
    command.current_dir(root()).env("JULIA_LOAD_PATH", "@:@stdlib");
    let output = command.args(["--project=julia", "--startup-file=no", "-e", program]).output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.stdout == b"[`call`](functions.md#call)",
        "the reference to `call` is wrong: {said}"
    );
    ensure!(
        !output.status.success() && said.contains("a docstring refers to gone"),
        "no error: {said}"
    );
    Ok(())
}

/// A text without HTML's tags, and with each run of white space as one space.
fn plain(html: &str) -> String {
    let parts = html.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text));
    let words = parts.collect::<String>();
    words.split_whitespace().collect::<Vec<_>>().join(" ").replace("( ", "(")
}

/// The functions that a header of C declares, and its types of functions.
fn declared(header: &str) -> BTreeSet<String> {
    let is_code = |line: &&str| !line.starts_with("//") && !line.starts_with('#');
    let code: Vec<_> = header.lines().map(str::trim_start).filter(is_code).collect();
    let code = code.join(" ").replace("SAFEWASM_MUST_USE", "");
    let statements = code.split_inclusive(';').map(plain);
    statements.filter(|text| text.ends_with(");")).collect()
}

#[test]
fn the_reference_for_c_declares_the_functions_as_the_header_does() -> Result<()> {
    let pages = reference("c")?.concat();
    let blocks = pages.split("<pre>").skip(1).filter_map(|rest| Some(rest.split_once("</pre>")?.0));
    let shown: BTreeSet<_> = blocks.map(plain).filter(|text| text.ends_with(");")).collect();
    let declared = declared(&fs::read_to_string(root().join("include/safewasm.h"))?);
    ensure!(declared.len() > 150, "there are more functions than {}", declared.len());
    let differences: Vec<_> = declared.symmetric_difference(&shown).collect();
    ensure!(differences.is_empty(), "the header or the reference doesn't have {differences:#?}");
    Ok(())
}

#[test]
fn each_name_of_the_c_header_has_its_place() -> Result<()> {
    let pages = reference("c")?.concat();
    let header = fs::read_to_string(root().join("include/safewasm.h"))?;
    let (_, header) = header.split_once("extern \"C\"").context("no start of the declarations")?;
    let words = header.split(|c: char| !c.is_alphanumeric() && c != '_');
    let is_name = |word: &&str| word.to_lowercase().starts_with("safewasm_");
    let names: BTreeSet<_> = words.filter(is_name).collect();
    let others = ["SAFEWASM_H", "SAFEWASM_MUST_USE"];
    for name in names.into_iter().filter(|name| !others.contains(name)) {
        ensure!(pages.contains(&format!("id=\"{name}\"")), "the reference has no place for {name}");
    }
    Ok(())
}

/// The classes and enumerations that a header of C++ defines for users.
fn classes(header: &str) -> Vec<&str> {
    let parts = header.split("namespace detail {").map(|part| {
        match part.split_once("}  // namespace detail") {
            Some((_, after)) => after,
            None => part,
        }
    });
    let lines = parts.flat_map(str::lines).filter(|line| line.ends_with(['{', ',']));
    let named = lines.filter_map(|line| {
        let words = ["class ", "struct ", "enum class "];
        words.iter().find_map(|word| line.strip_prefix(word))
    });
    named
        .map(|rest| rest.trim_start_matches("[[nodiscard]] "))
        .filter_map(|rest| rest.split([' ', '<']).next())
        .collect()
}

#[test]
fn each_class_for_cpp_has_its_place() -> Result<()> {
    let pages = reference("cpp")?.concat();
    let mut count = 0;
    for entry in fs::read_dir(root().join("include/safewasm"))? {
        let header = fs::read_to_string(entry?.path())?;
        if header.contains("namespace safewasm::detail {") {
            continue;
        }
        for class in classes(&header) {
            ensure!(
                pages.contains(&format!("id=\"{class}\"")),
                "the reference has no place for {class}"
            );
            count += 1;
        }
    }
    ensure!(count > 40, "there are more classes than {count}");
    ensure!(pages.contains("id=\"Linker::instantiate\""), "the reference has no place for members");
    Ok(())
}
