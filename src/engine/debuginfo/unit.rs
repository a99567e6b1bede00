//! Units: the debug info of the code that was compiled at once.

use super::lines::Position;
use super::reading::{Entries, abbreviation_of, abbreviations, at_index};
use super::{BYTES_PER_STEP, Budget, Failure, MAX_INLINED, MAX_STEPS, Result, Slice, within};
use gimli::constants as dw;
use gimli::{
    Attribute, AttributeValue, DebugAddrBase, DebugLineOffset, DebugRngListsBase,
    DebugStrOffsetsBase, Dwarf, RangeListsOffset, RawRngListEntry, Reader, Section, UnitHeader,
    UnitOffset, UnitType,
};
use std::ops::Range;

/// How deep functions and inlined calls may be nested.
const MAX_DEPTH: usize = 256;

type Value<'a> = AttributeValue<Slice<'a>>;

/// A unit, with the attributes of its root entry.
pub(super) struct Unit<'a> {
    pub(super) header: UnitHeader<Slice<'a>>,
    pub(super) lines: Option<DebugLineOffset>,
    pub(super) directory: Option<Value<'a>>,
    pub(super) name: Option<Value<'a>>,
    pub(super) texts: DebugStrOffsetsBase<usize>,
    addresses: DebugAddrBase<usize>,
    range_lists: DebugRngListsBase<usize>,
    extent: Extent<'a>,
}

/// The attributes of an entry that give the ranges of its code.
#[derive(Default)]
struct Extent<'a> {
    low: Option<Value<'a>>,
    high: Option<Value<'a>>,
    ranges: Option<Value<'a>>,
}

/// A function, or an inlined call of one.
pub(super) struct Call {
    pub(super) offset: UnitOffset,
    pub(super) name: Option<String>,
    /// The position of the call, if it was inlined.
    pub(super) position: Position,
}

impl<'a> Extent<'a> {
    fn note(&mut self, attribute: &Attribute<Slice<'a>>) {
        match attribute.name() {
            dw::DW_AT_low_pc => self.low = Some(attribute.value()),
            dw::DW_AT_high_pc => self.high = Some(attribute.value()),
            dw::DW_AT_ranges => self.ranges = Some(attribute.value()),
            _ => {}
        }
    }
}

impl<'a> Unit<'a> {
    /// Reads the root entry of a unit. `None` for a unit of a kind that has no code.
    pub(super) fn read(
        dwarf: &Dwarf<Slice<'a>>,
        header: UnitHeader<Slice<'a>>,
        budget: &mut Budget,
    ) -> Result<Option<Self>> {
        if !matches!(
            header.type_(),
            UnitType::Compilation | UnitType::Skeleton(_) | UnitType::Partial
        ) {
            return Ok(None);
        }
        // Reading a text without an end may read the whole unit.
        if header.length_including_self() as u64 / BYTES_PER_STEP > MAX_STEPS {
            return Err(budget.exceed());
        }
        let mut unit = Self {
            header,
            lines: None,
            directory: None,
            name: None,
            texts: DebugStrOffsetsBase(0),
            addresses: DebugAddrBase(0),
            range_lists: DebugRngListsBase(0),
            extent: Extent::default(),
        };
        let table = abbreviation_of(&dwarf.debug_abbrev, &header, header.root_offset(), budget)?;
        let mut entries = Entries::from(header.root_offset(), &header, &table)?;
        let root = entries.begin(budget)?.ok_or(Failure::Malformed)?;
        for specification in root.attributes() {
            let attribute = entries.attribute(*specification, budget)?;
            match (attribute.name(), attribute.value()) {
                (dw::DW_AT_stmt_list, AttributeValue::DebugLineRef(at)) => unit.lines = Some(at),
                (dw::DW_AT_comp_dir, value) => unit.directory = Some(value),
                (dw::DW_AT_name, value) => unit.name = Some(value),
                (dw::DW_AT_str_offsets_base, AttributeValue::DebugStrOffsetsBase(base)) => {
                    unit.texts = base;
                }
                (dw::DW_AT_addr_base, AttributeValue::DebugAddrBase(base)) => unit.addresses = base,
                (dw::DW_AT_rnglists_base, AttributeValue::DebugRngListsBase(base)) => {
                    unit.range_lists = base;
                }
                _ => unit.extent.note(&attribute),
            }
        }
        Ok(Some(unit))
    }

    /// The ranges of the unit's code.
    pub(super) fn ranges(
        &self,
        dwarf: &Dwarf<Slice<'a>>,
        budget: &mut Budget,
        body: &mut dyn FnMut(Range<u64>, &mut Budget) -> Result<()>,
    ) -> Result<()> {
        self.each_range(dwarf, &self.extent, budget, body)
    }

    /// For each of the addresses, which are sorted: the function that has it, and the inlined calls in that
    /// function that lead to it.
    pub(super) fn calls(
        &self,
        dwarf: &Dwarf<Slice<'a>>,
        addresses: &[u64],
        budget: &mut Budget,
    ) -> Vec<Vec<Call>> {
        let mut calls: Vec<Vec<Call>> = addresses.iter().map(|_| Vec::new()).collect();
        // Calls that were found before an error are valid.
        let _ = self.find_calls(dwarf, addresses, budget, &mut calls);
        calls
    }

    fn find_calls(
        &self,
        dwarf: &Dwarf<Slice<'a>>,
        addresses: &[u64],
        budget: &mut Budget,
        calls: &mut [Vec<Call>],
    ) -> Result<()> {
        let table = abbreviations(&dwarf.debug_abbrev, &self.header, budget)?;
        let mut entries = Entries::from(self.header.root_offset(), &self.header, &table)?;
        // The functions and inlined calls that the entry is nested in, with their depths.
        let mut ancestors: Vec<(isize, UnitOffset)> = Vec::new();
        while !entries.is_empty() {
            let (offset, depth) = entries.next_entry();
            let Some(abbreviation) = entries.begin(budget)? else { continue };
            ancestors.truncate(ancestors.partition_point(|(outer, _)| *outer < depth));
            let attributes = abbreviation.attributes();
            let is_function = abbreviation.tag() == dw::DW_TAG_subprogram;
            if !is_function && abbreviation.tag() != dw::DW_TAG_inlined_subroutine {
                entries.skip(attributes, budget)?;
                continue;
            }
            let (mut extent, mut position) = (Extent::default(), Position::default());
            for specification in attributes {
                let attribute = entries.attribute(*specification, budget)?;
                let number = || attribute.udata_value().unwrap_or(0);
                let small = || u32::try_from(number()).unwrap_or(0);
                match (attribute.name(), attribute.value()) {
                    (dw::DW_AT_call_file, AttributeValue::FileIndex(file)) => position.file = file,
                    (dw::DW_AT_call_line, _) => position.line = small(),
                    (dw::DW_AT_call_column, _) => position.column = small(),
                    _ => extent.note(&attribute),
                }
            }
            let outer = ancestors.last().map(|(_, offset)| *offset);
            let found = self.each_range(dwarf, &extent, budget, &mut |range, budget| {
                let here = within(addresses, &range);
                budget.spend(here.len() as u64)?;
                for calls in calls.get_mut(here).unwrap_or_default() {
                    let inner = calls.last().map(|call: &Call| call.offset);
                    if is_function && calls.is_empty() {
                        calls.push(Call { offset, name: None, position });
                    } else if is_function || inner.is_none() || inner != outer {
                        // A function inside another, or a call beside the one that was found.
                    } else if calls.len() > MAX_INLINED {
                        budget.exceed();
                    } else {
                        calls.push(Call { offset, name: None, position });
                    }
                }
                Ok(())
            });
            if let Err(Failure::Limit) = found {
                return Err(Failure::Limit);
            }
            if ancestors.len() < MAX_DEPTH {
                ancestors.push((depth, offset));
            } else {
                budget.exceed();
            }
        }
        Ok(())
    }

    /// Calls `body` with each range of an entry's code. Code that the linker removed has addresses beyond all
    /// code.
    fn each_range(
        &self,
        dwarf: &Dwarf<Slice<'a>>,
        extent: &Extent<'a>,
        budget: &mut Budget,
        body: &mut dyn FnMut(Range<u64>, &mut Budget) -> Result<()>,
    ) -> Result<()> {
        let low = self.address(dwarf, extent.low)?;
        let mut report = |start: u64, end: u64, budget: &mut Budget| {
            if start < end { body(start..end, budget) } else { Ok(()) }
        };
        let offset = match extent.ranges {
            None => {
                let Some(start) = low else { return Ok(()) };
                let end = match extent.high.and_then(|high| high.udata_value()) {
                    Some(len) => start.checked_add(len),
                    None => self.address(dwarf, extent.high)?,
                };
                return report(start, end.unwrap_or(0), budget);
            }
            Some(AttributeValue::RangeListsRef(offset)) => RangeListsOffset(offset.0),
            Some(AttributeValue::DebugRngListsIndex(index)) => {
                let (lists, format) = (dwarf.ranges.debug_rnglists(), self.header.format());
                let base = self.range_lists.0;
                let mut at = at_index(lists.reader(), base, index.0, format.word_size())?;
                let offset = base.checked_add(at.read_offset(format)?);
                RangeListsOffset(offset.ok_or(Failure::Malformed)?)
            }
            Some(_) => return Err(Failure::Malformed),
        };
        let mut base = self.address(dwarf, self.extent.low)?.unwrap_or(0);
        let mut entries = dwarf.ranges.raw_ranges(offset, self.header.encoding())?;
        while let Some(entry) = entries.next()? {
            budget.spend(1)?;
            let indexed = |index| self.address(dwarf, Some(AttributeValue::DebugAddrIndex(index)));
            let (start, end) = match entry {
                RawRngListEntry::BaseAddress { addr } => {
                    base = addr;
                    continue;
                }
                RawRngListEntry::BaseAddressx { addr } => {
                    base = indexed(addr)?.unwrap_or(0);
                    continue;
                }
                RawRngListEntry::AddressOrOffsetPair { begin, end }
                | RawRngListEntry::OffsetPair { begin, end } => {
                    (base.wrapping_add(begin), base.wrapping_add(end))
                }
                RawRngListEntry::StartEnd { begin, end } => (begin, end),
                RawRngListEntry::StartLength { begin, length } => {
                    (begin, begin.saturating_add(length))
                }
                RawRngListEntry::StartxEndx { begin, end } => {
                    (indexed(begin)?.unwrap_or(0), indexed(end)?.unwrap_or(0))
                }
                RawRngListEntry::StartxLength { begin, length } => {
                    let begin = indexed(begin)?.unwrap_or(0);
                    (begin, begin.saturating_add(length))
                }
            };
            report(start, end, budget)?;
        }
        Ok(())
    }

    fn address(&self, dwarf: &Dwarf<Slice<'a>>, value: Option<Value<'a>>) -> Result<Option<u64>> {
        Ok(match value {
            Some(AttributeValue::Addr(address)) => Some(address),
            Some(AttributeValue::DebugAddrIndex(index)) => {
                let size = self.header.address_size();
                let section = dwarf.debug_addr.reader();
                Some(at_index(section, self.addresses.0, index.0, size)?.read_address(size)?)
            }
            _ => None,
        })
    }
}
