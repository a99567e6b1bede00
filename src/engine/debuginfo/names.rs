//! Names of functions.

use super::reading::{Entries, abbreviation_of, at_index, text};
use super::unit::Unit;
use super::{Budget, DebugInfo, Result, Slice};
use gimli::constants as dw;
use gimli::{AttributeValue, DebugInfoOffset, Dwarf, Reader, Section, UnitOffset};

/// How many references are followed from an entry to the entry that has its name.
const MAX_REFERENCES: usize = 8;

/// Where the name of an entry is.
enum Named<'a> {
    Here(AttributeValue<Slice<'a>>),
    InUnit(UnitOffset),
    Elsewhere(DebugInfoOffset),
    Nowhere,
}

impl<'a> DebugInfo<'a> {
    /// The name of the function that the entry at `offset` describes, or is a call of.
    pub(super) fn name(
        &self,
        unit: &Unit<'a>,
        offset: UnitOffset,
        budget: &mut Budget,
    ) -> Option<String> {
        let (mut elsewhere, mut offset) = (None, offset);
        for _ in 0..MAX_REFERENCES {
            let unit = elsewhere.as_ref().unwrap_or(unit);
            match self.named(unit, offset, budget).ok()? {
                Named::Here(value) => return unit.text(&self.dwarf, value),
                Named::InUnit(other) => offset = other,
                Named::Elsewhere(other) => {
                    let other_unit = self.unit_with(other, budget).ok()??;
                    offset = other.to_unit_offset(&other_unit.header)?;
                    elsewhere = Some(other_unit);
                }
                Named::Nowhere => return None,
            }
        }
        budget.exceed();
        None
    }

    fn named(&self, unit: &Unit<'a>, offset: UnitOffset, budget: &mut Budget) -> Result<Named<'a>> {
        let table = abbreviation_of(&self.dwarf.debug_abbrev, &unit.header, offset, budget)?;
        let mut entries = Entries::from(offset, &unit.header, &table)?;
        let mut named = Named::Nowhere;
        let Some(abbreviation) = entries.begin(budget)? else { return Ok(named) };
        for specification in abbreviation.attributes() {
            let attribute = entries.attribute(*specification, budget)?;
            match (attribute.name(), attribute.value()) {
                (dw::DW_AT_name, value) => return Ok(Named::Here(value)),
                (dw::DW_AT_linkage_name | dw::DW_AT_MIPS_linkage_name, value) => {
                    named = Named::Here(value);
                }
                (dw::DW_AT_abstract_origin | dw::DW_AT_specification, value)
                    if !matches!(named, Named::Here(_)) =>
                {
                    named = match value {
                        AttributeValue::UnitRef(offset) => Named::InUnit(offset),
                        AttributeValue::DebugInfoRef(offset) => Named::Elsewhere(offset),
                        _ => Named::Nowhere,
                    };
                }
                _ => {}
            }
        }
        Ok(named)
    }

    /// The unit that has an entry.
    fn unit_with(&self, entry: DebugInfoOffset, budget: &mut Budget) -> Result<Option<Unit<'a>>> {
        let after = self.units.partition_point(|unit| *unit <= entry.0);
        let Some(start) = after.checked_sub(1).and_then(|index| self.units.get(index)) else {
            return Ok(None);
        };
        let header = self.dwarf.debug_info.header_from_offset(DebugInfoOffset(*start))?;
        Unit::read(&self.dwarf, header, budget)
    }
}

impl<'a> Unit<'a> {
    /// The text of an attribute's value, cut to the length that is shown.
    pub(super) fn text(
        &self,
        dwarf: &Dwarf<Slice<'a>>,
        value: AttributeValue<Slice<'a>>,
    ) -> Option<String> {
        let from = |section: &Slice<'a>, offset: usize| section.slice().get(offset..).map(text);
        match value {
            AttributeValue::String(inline) => Some(text(inline.slice())),
            AttributeValue::DebugStrRef(offset) => from(dwarf.debug_str.reader(), offset.0),
            AttributeValue::DebugLineStrRef(offset) => {
                from(dwarf.debug_line_str.reader(), offset.0)
            }
            AttributeValue::DebugStrOffsetsIndex(index) => {
                let format = self.header.format();
                let offsets = dwarf.debug_str_offsets.reader();
                let mut at = at_index(offsets, self.texts.0, index.0, format.word_size()).ok()?;
                from(dwarf.debug_str.reader(), at.read_offset(format).ok()?)
            }
            _ => None,
        }
    }
}
