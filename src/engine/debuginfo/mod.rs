//! Files, lines and inlined calls, from the debug info (DWARF) of a module.
//!
//! Debug info is not trusted. All code here runs in loops and not in recursion, and each error has one
//! [`Budget`] for its whole backtrace. Debug info beyond the budget is left out.

mod lines;
mod names;
mod reading;
#[cfg(test)]
mod tests;
mod unit;

use gimli::{Dwarf, EndianSlice, LittleEndian, SectionId};
use std::ops::Range;
use unit::Unit;

/// Bytes of a module's debug info.
type Slice<'a> = EndianSlice<'a, LittleEndian>;

/// How many steps the debug info of all modules in a backtrace may take together. Each attribute, row of
/// a line table and range is a step, even if it can't be read. All steps take some tenths of a second.
const MAX_STEPS: u64 = 8_000_000;

/// How many bytes are a step where each byte is read, as in a text.
const BYTES_PER_STEP: u64 = 16;

/// How many inlined calls are shown for one function, and for all functions of a backtrace.
const MAX_INLINED: usize = 32;
const MAX_INLINED_IN_ALL: usize = 400;

/// The cost that is left for one backtrace.
pub(crate) struct Budget {
    steps: u64,
    inlined: usize,
    /// Whether something was left out.
    exceeded: bool,
}

/// Why a part of the debug info isn't read.
enum Failure {
    /// It would cost too much.
    Limit,
    /// It is malformed.
    Malformed,
}

impl From<gimli::Error> for Failure {
    fn from(_: gimli::Error) -> Self {
        Self::Malformed
    }
}

type Result<T, E = Failure> = std::result::Result<T, E>;

impl Budget {
    /// The budget that is left for a backtrace of which other parts have cost `spent`.
    pub(crate) fn after(spent: u64) -> Self {
        let steps = MAX_STEPS.saturating_sub(spent);
        Self { steps, inlined: MAX_INLINED_IN_ALL, exceeded: false }
    }

    /// The cost of the backtrace so far, with that of its other parts.
    pub(crate) fn spent(&self) -> u64 {
        MAX_STEPS - self.steps
    }

    /// Whether something was left out because it would have cost too much.
    pub(crate) fn is_exceeded(&self) -> bool {
        self.exceeded
    }

    fn spend(&mut self, steps: u64) -> Result<()> {
        match self.steps.checked_sub(steps) {
            Some(left) => {
                self.steps = left;
                Ok(())
            }
            None => {
                self.steps = 0;
                Err(self.exceed())
            }
        }
    }

    /// Takes the locations of one function from the budget. Drops the innermost of them if all functions
    /// together have too many.
    pub(crate) fn spend_on_inlined(&mut self, locations: &mut Vec<Location>) {
        let inlined = locations.len().saturating_sub(1);
        let excess = inlined.saturating_sub(self.inlined);
        if excess > 0 {
            locations.drain(..excess);
            self.exceeded = true;
        }
        self.inlined -= inlined - excess;
    }

    fn exceed(&mut self) -> Failure {
        self.exceeded = true;
        Failure::Limit
    }
}

/// A function, and a position in its source.
#[derive(Clone, Debug, Default)]
pub(crate) struct Location {
    pub(crate) func: Option<String>,
    pub(crate) file: Option<String>,
    pub(crate) line: u32,
    pub(crate) column: u32,
}

/// The debug info of a module.
struct DebugInfo<'a> {
    dwarf: Dwarf<Slice<'a>>,
    /// The offsets of the units that were read so far.
    units: Vec<usize>,
}

/// The source locations of the code at `addresses`, for each address innermost inlined call first. Addresses
/// count from the beginning of the code section; `section` returns the bytes of a section by its name.
pub(crate) fn locate<'a>(
    section: impl Fn(&str) -> &'a [u8],
    addresses: &[u64],
    budget: &mut Budget,
) -> Vec<Vec<Location>> {
    let load = |id: SectionId| Ok::<_, Failure>(Slice::new(section(id.name()), LittleEndian));
    let mut found = vec![Vec::new(); addresses.len()];
    let Ok(dwarf) = Dwarf::load(load) else { return found };
    let mut info = DebugInfo { dwarf, units: Vec::new() };
    let mut wanted: Vec<u64> = addresses.to_vec();
    wanted.sort_unstable();
    wanted.dedup();
    info.search(wanted, budget, |address, locations: Vec<Location>| {
        for (position, _) in found.iter_mut().zip(addresses).filter(|(_, at)| **at == address) {
            position.clone_from(&locations);
        }
    });
    found
}

impl<'a> DebugInfo<'a> {
    /// Finds the units that have code at the addresses, which are sorted, and reports the locations.
    fn search(
        &mut self,
        mut wanted: Vec<u64>,
        budget: &mut Budget,
        mut report: impl FnMut(u64, Vec<Location>),
    ) {
        let mut hits = Vec::new();
        // Units that were found before an error are valid.
        let _ = self.find_units(&mut wanted, &mut hits, budget);
        for (unit, addresses) in hits {
            // Names first, since line tables may take all that is left of the budget.
            let mut calls = unit.calls(&self.dwarf, &addresses, budget);
            for call in calls.iter_mut().flatten() {
                call.name = self.name(&unit, call.offset, budget);
            }
            let lines = lines::rows(&self.dwarf, &unit, &addresses, budget);
            for ((calls, row), address) in calls.into_iter().zip(lines.rows).zip(addresses) {
                report(address, self.locations(&unit, calls, row, &lines.files));
            }
        }
    }

    /// Finds the units that have the code of the addresses, and removes those addresses from `wanted`.
    fn find_units(
        &mut self,
        wanted: &mut Vec<u64>,
        hits: &mut Vec<(Unit<'a>, Vec<u64>)>,
        budget: &mut Budget,
    ) -> Result<()> {
        let mut headers = self.dwarf.debug_info.units();
        while let Some(header) = headers.next()? {
            budget.spend(16)?;
            let Some(offset) = header.debug_info_offset() else { continue };
            self.units.push(offset.0);
            // Names may be in later units, so the offsets of all are noted.
            if wanted.is_empty() {
                continue;
            }
            let unit = match Unit::read(&self.dwarf, header, budget) {
                Ok(Some(unit)) => unit,
                Ok(None) | Err(Failure::Malformed) => continue,
                Err(Failure::Limit) => return Err(Failure::Limit),
            };
            let mut is_here = vec![false; wanted.len()];
            let read = unit.ranges(&self.dwarf, budget, &mut |range, budget| {
                let here = within(wanted, &range);
                budget.spend(here.len() as u64)?;
                is_here.get_mut(here).unwrap_or_default().fill(true);
                Ok(())
            });
            if let Err(Failure::Limit) = read {
                return Err(Failure::Limit);
            }
            let mut marks = is_here.into_iter();
            let here: Vec<u64> =
                wanted.extract_if(.., |_| marks.next().unwrap_or_default()).collect();
            if !here.is_empty() {
                hits.push((unit, here));
            }
        }
        Ok(())
    }

    /// The locations of one address: its function and the inlined calls, innermost first.
    fn locations(
        &self,
        unit: &Unit<'a>,
        calls: Vec<unit::Call>,
        row: Option<lines::Position>,
        files: &lines::Files<'a>,
    ) -> Vec<Location> {
        let at = |position: Option<lines::Position>, func| match position {
            Some(position) => Location {
                func,
                file: files.path(&self.dwarf, unit, position.file),
                line: position.line,
                column: position.column,
            },
            None => Location { func, ..Location::default() },
        };
        if calls.is_empty() {
            return row.map(|row| at(Some(row), None)).into_iter().collect();
        }
        let mut position = row;
        let inner_first = calls.into_iter().rev();
        inner_first.map(|call| at(position.replace(call.position), call.name)).collect()
    }
}

/// The indexes of the addresses, which are sorted, that lie in a range.
fn within(addresses: &[u64], range: &Range<u64>) -> Range<usize> {
    let position = |end| addresses.partition_point(|address| *address < end);
    position(range.start)..position(range.end)
}
