//! What was measured, by name.

use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Medians in nanoseconds, one for each pass.
pub struct Measured(BTreeMap<String, Vec<f64>>);

impl Measured {
    /// What Criterion measured, in each pass that it was told to save as one.
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
        found.insert("a nanosecond".to_owned(), vec![1.0]);
        Ok(Self(found))
    }

    /// Adds the lines of a file.
    pub fn add(&mut self, file: &Path) -> Result<()> {
        let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
        for line in text.lines() {
            let (name, value) = line.split_once(' ').context("a line has a name and a number")?;
            self.0.entry(name.to_owned()).or_default().push(value.trim().parse()?);
        }
        Ok(())
    }

    /// The median of the passes.
    pub fn of(&self, name: &str) -> Result<f64> {
        Ok(median(self.passes(name)?.to_vec()))
    }

    /// How many times as long as `peer` the other took. What others do on the machine changes from minute
    /// to minute, so it is the median of what the passes say.
    pub fn ratio(&self, ours: &str, peer: &str) -> Result<f64> {
        let (ours, peer) = (self.passes(ours)?, self.passes(peer)?);
        if ours.len() == peer.len() {
            return Ok(median(ours.iter().zip(peer).map(|(ours, peer)| ours / peer).collect()));
        }
        Ok(median(ours.to_vec()) / median(peer.to_vec()))
    }

    fn passes(&self, name: &str) -> Result<&[f64]> {
        Ok(self.0.get(name).with_context(|| format!("`{name}` wasn't measured"))?)
    }

    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Each `pass-N/benchmark.json` has a name, and `pass-N/estimates.json` beside it the result.
fn collect(folder: &Path, found: &mut BTreeMap<String, Vec<f64>>) -> Result<()> {
    let mut folders: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    folders.sort_unstable();
    for folder in folders.iter().filter(|path| path.is_dir()) {
        let about = folder.join("benchmark.json");
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with("pass-") && about.exists() {
            let about = read(&about)?;
            let estimates = read(&folder.join("estimates.json"))?;
            let name = about["full_id"].as_str().context("a benchmark has no name")?;
            let median = estimates["median"]["point_estimate"].as_f64();
            let median = median.context("a benchmark has no median")?;
            found.entry(name.to_owned()).or_default().push(median);
        }
        collect(folder, found)?;
    }
    Ok(())
}

fn read(path: &Path) -> Result<Value> {
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    Ok(serde_json::from_str(&text)?)
}
