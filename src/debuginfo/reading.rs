//! Reading of abbreviations, attributes and texts, each at its price.

use super::{Budget, Failure, Result, Slice};
use crate::text::LONGEST_NAME;
use gimli::constants::DW_FORM_implicit_const;
use gimli::{
    Abbreviations, Attribute, AttributeSpecification, AttributeValue, DebugAbbrev,
    DebugAbbrevOffset, EntriesRaw, LittleEndian, Reader, Section, UnitHeader, UnitOffset,
};

/// How many attributes the abbreviations of a unit may have together.
const ABBREVIATED: u64 = 100_000;

/// Reads an attribute of an entry.
pub(super) fn attribute<'a>(
    entries: &mut EntriesRaw<'_, Slice<'a>>,
    specification: AttributeSpecification,
    budget: &mut Budget,
) -> Result<Attribute<Slice<'a>>> {
    budget.spend(1)?;
    let attribute = entries.read_attribute(specification)?;
    // Its end was looked for.
    if let AttributeValue::String(text) = attribute.raw_value() {
        budget.spend(text.len() as u64 / 16)?;
    }
    Ok(attribute)
}

/// The abbreviations of a unit.
pub(super) fn abbreviations(
    section: &DebugAbbrev<Slice<'_>>,
    header: &UnitHeader<Slice<'_>>,
    budget: &mut Budget,
) -> Result<Abbreviations> {
    let start = table(section, header)?;
    let mut rest = start;
    let mut attributes = 0;
    while let Some(abbreviation) = skim(&mut rest, budget)? {
        attributes += abbreviation.attributes;
        if attributes > ABBREVIATED {
            return Err(budget.exceed());
        }
    }
    Ok(parse(start.slice())?)
}

/// The abbreviation of one entry alone, such as the root of one of many units.
pub(super) fn abbreviation_of(
    section: &DebugAbbrev<Slice<'_>>,
    header: &UnitHeader<Slice<'_>>,
    entry: UnitOffset,
    budget: &mut Budget,
) -> Result<Abbreviations> {
    let code = header.range_from(entry..)?.read_uleb128()?;
    let mut rest = table(section, header)?;
    loop {
        let start = rest;
        let abbreviation = skim(&mut rest, budget)?.ok_or(Failure::Malformed)?;
        if abbreviation.code == code {
            let len = start.len() - rest.len();
            if abbreviation.attributes > ABBREVIATED {
                return Err(budget.exceed());
            }
            let mut alone = start.slice().get(..len).ok_or(Failure::Malformed)?.to_vec();
            // The end of the table.
            alone.push(0);
            return Ok(parse(&alone)?);
        }
    }
}

fn parse(table: &[u8]) -> gimli::Result<Abbreviations> {
    DebugAbbrev::new(table, LittleEndian).abbreviations(DebugAbbrevOffset(0))
}

fn table<'a>(
    section: &DebugAbbrev<Slice<'a>>,
    header: &UnitHeader<Slice<'_>>,
) -> Result<Slice<'a>> {
    let mut table = *section.reader();
    table.skip(header.debug_abbrev_offset().0)?;
    Ok(table)
}

struct Skimmed {
    code: u64,
    attributes: u64,
}

/// Reads over an abbreviation; `None` is the end of the table.
fn skim(table: &mut Slice<'_>, budget: &mut Budget) -> Result<Option<Skimmed>> {
    let code = table.read_uleb128()?;
    if code == 0 {
        return Ok(None);
    }
    let (_tag, _has_children) = (table.read_uleb128()?, table.read_u8()?);
    let mut attributes = 0;
    loop {
        budget.spend(1)?;
        let (name, form) = (table.read_uleb128()?, table.read_uleb128()?);
        if form == u64::from(DW_FORM_implicit_const.0) {
            table.read_sleb128()?;
        }
        if (name, form) == (0, 0) {
            return Ok(Some(Skimmed { code, attributes }));
        }
        attributes += 1;
    }
}

/// The beginning of a text that ends with a NUL, as far as a name is shown.
pub(super) fn text(bytes: &[u8]) -> String {
    // What is cut off later is known by being longer.
    let bytes = bytes.get(..LONGEST_NAME + 1).unwrap_or(bytes);
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(&bytes[..end]).into_owned()
}
