//! The measured times, by name.

use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Nanoseconds: the lowest of the medians of several passes. Other work on the machine only makes a pass
/// slower.
pub struct Measured(BTreeMap<String, f64>);

impl Measured {
    /// Criterion's results in each saved pass.
    pub fn by_criterion() -> Result<Self> {
        let program = std::env::current_exe()?;
        let target = program.ancestors().nth(2).context("the program is in no target folder")?;
        let mut found = Self(BTreeMap::new());
        let folder = target.join("criterion");
        found.collect(&folder).with_context(|| format!("in {}", folder.display()))?;
        if found.0.is_empty() {
            bail!("there are no results in {}", folder.display());
        }
        // A peer for operations whose cost is compared with a fixed time.
        found.note("a nanosecond", 1.0);
        Ok(found)
    }

    /// Adds the lines of a file.
    pub fn add(&mut self, file: &Path) -> Result<()> {
        let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
        for line in text.lines() {
            let (name, value) = line.split_once(' ').context("a line has a name and a number")?;
            self.note(name, value.trim().parse()?);
        }
        Ok(())
    }

    pub fn of(&self, name: &str) -> Result<f64> {
        self.0.get(name).copied().with_context(|| format!("`{name}` wasn't measured"))
    }

    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    fn note(&mut self, name: &str, nanoseconds: f64) {
        let best = self.0.entry(name.to_owned()).or_insert(nanoseconds);
        *best = best.min(nanoseconds);
    }

    /// Each `pass-N/benchmark.json` has a name, and `pass-N/estimates.json` beside it the result.
    fn collect(&mut self, folder: &Path) -> Result<()> {
        for entry in fs::read_dir(folder)? {
            let folder = entry?.path();
            if !folder.is_dir() {
                continue;
            }
            let about = folder.join("benchmark.json");
            let name = folder.file_name().unwrap_or_default().to_string_lossy();
            if name.starts_with("pass-") && about.exists() {
                let about = read(&about)?;
                let estimates = read(&folder.join("estimates.json"))?;
                let name = about["full_id"].as_str().context("a benchmark has no name")?;
                let median = estimates["median"]["point_estimate"].as_f64();
                self.note(name, median.context("a benchmark has no median")?);
            }
            self.collect(&folder)?;
        }
        Ok(())
    }
}

fn read(path: &Path) -> Result<Value> {
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    Ok(serde_json::from_str(&text)?)
}
