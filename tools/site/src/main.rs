//! Puts the sources of the site together, and checks the site that mdBook makes of them. `tools/docs` runs it.

use anyhow::{Result, bail};
use safewasm_site::{book, check, cpp};
use std::env;
use std::path::Path;

const USAGE: &str = "usage: safewasm-site cpp FOLDER              writes the reference for C++
       safewasm-site book REFERENCE FOLDER   writes the book's sources
       safewasm-site check FOLDER            looks for broken links in the site";

fn main() -> Result<()> {
    let args: Vec<String> = env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["book", reference, folder] => {
            book::write(Path::new("."), Path::new(reference), Path::new(folder))
        }
        ["cpp", folder] => cpp::write(Path::new("."), Path::new(folder)),
        ["check", folder] => {
            let broken = check::broken_links(Path::new(folder))?;
            if !broken.is_empty() {
                bail!("these links lead nowhere:\n{}", broken.join("\n"));
            }
            Ok(())
        }
        _ => bail!("{USAGE}"),
    }
}
