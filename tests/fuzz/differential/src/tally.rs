//! Counts what happened in a run, and judges whether enough did.

use crate::trace::{Outcome, Trace};
use std::collections::BTreeMap;
use std::fmt;

#[derive(Default)]
pub struct Tally {
    modules: u64,
    refused: u64,
    instances: u64,
    calls: u64,
    returned: u64,
    traps: BTreeMap<String, u64>,
    pub failed: u64,
    /// Other outcomes of instances and calls.
    others: BTreeMap<String, u64>,
    host_calls: u64,
    backtraces: u64,
}

impl Tally {
    pub fn add(&mut self, trace: &Trace) {
        self.modules += 1;
        if trace.module.is_err() {
            self.refused += 1;
        }
        for step in &trace.steps {
            let event = &step.event;
            let is_call = event.what.starts_with("call of ");
            match &event.outcome {
                Outcome::Returned(_) if event.what == "instance" => self.instances += 1,
                Outcome::Returned(_) if is_call => self.returned += 1,
                Outcome::Returned(_) => {}
                Outcome::Trapped(code) if is_call => {
                    *self.traps.entry(code.clone()).or_default() += 1
                }
                outcome => {
                    let name = format!("{outcome:?}");
                    let name = name.split(['(', ' ']).next().unwrap_or_default();
                    let what = if is_call {
                        "call"
                    } else {
                        event.what.trim_end_matches(|c: char| c.is_ascii_digit() || c == ' ')
                    };
                    *self.others.entry(format!("{what}: {name}")).or_default() += 1;
                }
            }
            self.calls += u64::from(is_call && event.outcome != Outcome::Skipped);
            self.backtraces += u64::from(!event.frames.is_empty());
        }
        if let Some(last) = trace.steps.last() {
            self.host_calls += last.event.host_calls.iter().sum::<u64>();
        }
    }

    /// Whether most modules were instantiated and many calls returned, so that agreement means something.
    /// Few modules need not; all `count` of them must have run.
    pub fn is_meaningful(&self, count: u64) -> bool {
        let enough = self.instances * 2 > self.modules && self.returned > self.modules;
        if count >= 100 && !enough {
            println!("too few modules were instantiated, or calls returned");
        }
        self.modules == count && (count < 100 || enough)
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let traps: u64 = self.traps.values().sum();
        writeln!(f, "damaged modules that are refused: {}", self.refused)?;
        writeln!(f, "calls that returned: {}, of imports: {}", self.returned, self.host_calls)?;
        writeln!(f, "backtraces: {}", self.backtraces)?;
        for (code, count) in &self.traps {
            writeln!(f, "trap {code}: {count}")?;
        }
        for (what, count) in &self.others {
            writeln!(f, "{what}: {count}")?;
        }
        writeln!(
            f,
            "differential: {} modules, {} instances, {} calls, {traps} traps, {} failed",
            self.modules, self.instances, self.calls, self.failed
        )?;
        write!(f, "differential: {} passed, {} failed", self.modules - self.failed, self.failed)
    }
}
