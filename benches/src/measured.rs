//! What was measured, by name.

use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Medians in nanoseconds.
pub struct Measured(BTreeMap<String, f64>);

impl Measured {
    /// What Criterion measured last.
    pub fn by_criterion() -> Result<Self> {
        let program = std::env::current_exe()?;
        let target = program.ancestors().nth(2).context("the program is in no target folder")?;
        let mut found = BTreeMap::new();
        let folder = target.join("criterion");
        collect(&folder, &mut found).with_context(|| format!("in {}", folder.display()))?;
        if found.is_empty() {
            bail!("there are no results in {}", folder.display());
        }
        // For what is to cost no more than that.
        found.insert("a nanosecond".to_owned(), 1.0);
        Ok(Self(found))
    }

    /// Adds the lines of a file.
    pub fn add(&mut self, file: &Path) -> Result<()> {
        let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
        for line in text.lines() {
            let (name, value) = line.split_once(' ').context("a line has a name and a number")?;
            self.0.insert(name.to_owned(), value.trim().parse()?);
        }
        Ok(())
    }

    pub fn of(&self, name: &str) -> Result<f64> {
        self.0.get(name).copied().with_context(|| format!("`{name}` wasn't measured"))
    }

    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }
}

/// Each `new/benchmark.json` has a name, and `new/estimates.json` beside it the result.
fn collect(folder: &Path, found: &mut BTreeMap<String, f64>) -> Result<()> {
    let folders: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    for folder in folders.iter().filter(|path| path.is_dir()) {
        let about = folder.join("benchmark.json");
        if folder.ends_with("new") && about.exists() {
            let about = read(&about)?;
            let estimates = read(&folder.join("estimates.json"))?;
            let name = about["full_id"].as_str().context("a benchmark has no name")?;
            let median = estimates["median"]["point_estimate"].as_f64();
            found.insert(name.to_owned(), median.context("a benchmark has no median")?);
        }
        collect(folder, found)?;
    }
    Ok(())
}

fn read(path: &Path) -> Result<Value> {
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    Ok(serde_json::from_str(&text)?)
}
