//! Counts what happened in a run, and judges whether enough did.

use std::fmt;

#[derive(Default)]
pub struct Tally {
    pub components: u64,
    /// Components whose parameters are in memory, and those whose results are.
    pub spilled: u64,
    pub in_memory: u64,
    pub calls: u64,
    /// Calls with changed nodes, and those of them that are valid nevertheless.
    pub mutations: u64,
    pub valid: u64,
    /// Calls of guests that return, or allocate, what may be wrong.
    pub spoilt: u64,
    pub bent: u64,
    /// Calls of the host function, those with a result that may be wrong, and those by guests that pass what may be wrong.
    pub relayed: u64,
    pub wrong: u64,
    pub tilted: u64,
    pub traps: u64,
    pub failed: u64,
}

/// The most memory that the process may have used, in KiB. A call may take 128 MiB.
const MOST_MEMORY: u64 = 512 << 10;

impl Tally {
    /// Whether each sort of call was made often, with either outcome, and took no more memory than it may.
    pub fn is_meaningful(&self, count: u64) -> bool {
        let enough = [
            self.spilled * 20,
            self.in_memory * 5,
            (self.components - self.in_memory) * 5,
            self.valid * 2,
            (self.mutations - self.valid) / 4,
            self.relayed / 2,
            self.traps * 2,
            (self.spoilt + self.bent + self.wrong + self.tilted - self.traps) / 2,
        ];
        let enough = enough.iter().all(|calls| *calls > self.components);
        if count >= 100 && !enough {
            println!("too few calls of some sort were made");
        }
        let memory = peak_memory();
        let modest = memory.is_none_or(|memory| memory < MOST_MEMORY);
        if !modest {
            println!("the process has used {memory:?} KiB");
        }
        self.components == count && modest && (count < 100 || enough)
    }
}

/// The most memory that this process has used at once, in KiB, where the system tells.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { components, spilled, in_memory, calls, mutations, valid, .. } = self;
        let Self { spoilt, bent, relayed, wrong, tilted, traps, failed, .. } = self;
        writeln!(f, "components with parameters in memory: {spilled}, with results: {in_memory}")?;
        writeln!(f, "calls with changed nodes: {mutations}, of which valid: {valid}")?;
        writeln!(f, "calls of guests that return or allocate what may be wrong: {spoilt}, {bent}")?;
        writeln!(
            f,
            "calls of the host function: {relayed}, with what may be wrong: {wrong}, {tilted}"
        )?;
        if let Some(memory) = peak_memory() {
            writeln!(f, "peak of memory: {} MiB", memory >> 10)?;
        }
        writeln!(
            f,
            "components: {components} types, {calls} calls, {traps} traps, {failed} failed"
        )?;
        write!(f, "components: {} passed, {failed} failed", components - failed)
    }
}
