//! Files, lines and inlined calls, from the debug info (DWARF) that a module carries.
//!
//! A module may claim anything. So everything here runs in loops and not in recursion, at the cost of one
//! [`Budget`] for each error, and what goes beyond is left out.

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

/// How many steps the debug info of the modules in a backtrace may take together: each attribute, row of
/// lines and range is one, also one that can't be read. They take some tenths of a second.
const STEPS: u64 = 8_000_000;

/// How many bytes cost a step where each is looked at, as those of a text are.
const BYTES: u64 = 16;

/// How many inlined calls are shown of one function, and of all functions in a backtrace.
const INLINED: usize = 32;
const ALL_INLINED: usize = 400;

/// What one backtrace may cost.
pub(crate) struct Budget {
    steps: u64,
    inlined: usize,
    /// Whether something was left out.
    exceeded: bool,
}

/// Why something in the debug info isn't read.
enum Failure {
    /// It would cost too much.
    Limit,
    /// It makes no sense.
    Malformed,
}

impl From<gimli::Error> for Failure {
    fn from(_: gimli::Error) -> Self {
        Self::Malformed
    }
}

type Result<T, E = Failure> = std::result::Result<T, E>;

impl Budget {
    pub(crate) fn new() -> Self {
        Self { steps: STEPS, inlined: ALL_INLINED, exceeded: false }
    }

    /// Whether something was left out, as it would have cost too much.
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

    /// Drops the innermost of these locations, which are of one function, if there are too many in all.
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

/// A place in the source, and the function that it is in.
#[derive(Clone, Debug, Default)]
pub(crate) struct Location {
    pub(crate) func: Option<String>,
    pub(crate) file: Option<String>,
    pub(crate) line: u32,
    pub(crate) column: u32,
}

/// What the debug info says of code.
struct DebugInfo<'a> {
    dwarf: Dwarf<Slice<'a>>,
    /// Where the units begin that were read so far.
    units: Vec<usize>,
}

/// Where the code at `addresses` comes from, innermost inlined call first. Addresses count from the beginning
/// of the code section; `section` gives the bytes of a section by its name.
pub(crate) fn locate<'a>(
    section: impl Fn(&str) -> &'a [u8],
    addresses: &[u64],
    budget: &mut Budget,
) -> Vec<Vec<Location>> {
    let load = |id: SectionId| Ok::<_, Failure>(Slice::new(section(id.name()), LittleEndian));
    let mut found = vec![Vec::new(); addresses.len()];
    let Ok(dwarf) = Dwarf::load(load) else { return found };
    let mut info = DebugInfo { dwarf, units: Vec::new() };
    let mut sought: Vec<u64> = addresses.to_vec();
    sought.sort_unstable();
    sought.dedup();
    info.search(sought, budget, |address, locations: Vec<Location>| {
        for (place, _) in found.iter_mut().zip(addresses).filter(|(_, at)| **at == address) {
            place.clone_from(&locations);
        }
    });
    found
}

impl<'a> DebugInfo<'a> {
    /// Looks for the units that have code at the addresses, which are sorted, and tells what they say.
    fn search(
        &mut self,
        mut sought: Vec<u64>,
        budget: &mut Budget,
        mut tell: impl FnMut(u64, Vec<Location>),
    ) {
        let mut hits = Vec::new();
        // What was found before something that can't be read is right.
        let _ = self.find_units(&mut sought, &mut hits, budget);
        for (unit, addresses) in hits {
            // Names first, as tables of lines may take all that is left.
            let mut calls = unit.calls(&self.dwarf, &addresses, budget);
            for call in calls.iter_mut().flatten() {
                call.name = self.name(&unit, call.offset, budget);
            }
            let lines = lines::rows(&self.dwarf, &unit, &addresses, budget);
            for ((calls, row), address) in calls.into_iter().zip(lines.rows).zip(addresses) {
                tell(address, self.locations(&unit, calls, row, &lines.files));
            }
        }
    }

    /// Takes from the addresses those of which units have the code.
    fn find_units(
        &mut self,
        sought: &mut Vec<u64>,
        hits: &mut Vec<(Unit<'a>, Vec<u64>)>,
        budget: &mut Budget,
    ) -> Result<()> {
        let mut headers = self.dwarf.debug_info.units();
        while let Some(header) = headers.next()? {
            budget.spend(16)?;
            let Some(offset) = header.debug_info_offset() else { continue };
            self.units.push(offset.0);
            // Names may be in units that follow, so that all are noted.
            if sought.is_empty() {
                continue;
            }
            let unit = match Unit::read(&self.dwarf, header, budget) {
                Ok(Some(unit)) => unit,
                Ok(None) | Err(Failure::Malformed) => continue,
                Err(Failure::Limit) => return Err(Failure::Limit),
            };
            let mut is_here = vec![false; sought.len()];
            let read = unit.ranges(&self.dwarf, budget, &mut |range, budget| {
                let here = within(sought, &range);
                budget.spend(here.len() as u64)?;
                is_here.get_mut(here).unwrap_or_default().fill(true);
                Ok(())
            });
            if let Err(Failure::Limit) = read {
                return Err(Failure::Limit);
            }
            let mut marks = is_here.into_iter();
            let here: Vec<u64> =
                sought.extract_if(.., |_| marks.next().unwrap_or_default()).collect();
            if !here.is_empty() {
                hits.push((unit, here));
            }
        }
        Ok(())
    }

    /// The function and the inlined calls that lead to code, innermost first.
    fn locations(
        &self,
        unit: &Unit<'a>,
        calls: Vec<unit::Call>,
        row: Option<lines::Place>,
        files: &lines::Files<'a>,
    ) -> Vec<Location> {
        let at = |place: Option<lines::Place>, func| match place {
            Some(place) => Location {
                func,
                file: files.path(&self.dwarf, unit, place.file),
                line: place.line,
                column: place.column,
            },
            None => Location { func, ..Location::default() },
        };
        if calls.is_empty() {
            return row.map(|row| at(Some(row), None)).into_iter().collect();
        }
        let mut place = row;
        let inner_first = calls.into_iter().rev();
        inner_first.map(|call| at(place.replace(call.place), call.name)).collect()
    }
}

/// Which of the sorted addresses lie in a range.
fn within(addresses: &[u64], range: &Range<u64>) -> Range<usize> {
    let place = |end| addresses.partition_point(|address| *address < end);
    place(range.start)..place(range.end)
}
