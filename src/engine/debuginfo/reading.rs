//! Reads abbreviations, attributes, tables and texts, and takes their cost from the budget.

use super::{BYTES_PER_STEP, Budget, Failure, Result, Slice};
use crate::error::text::LONGEST_NAME;
use gimli::constants::DW_FORM_implicit_const;
use gimli::{
    Abbreviation, Abbreviations, Attribute, AttributeSpecification, DebugAbbrev, DebugAbbrevOffset,
    EntriesRaw, LittleEndian, Reader, Section, UnitHeader, UnitOffset,
};

/// How large the abbreviations of a unit may be together. An attribute counts as 1, an abbreviation as
/// [`ABBREVIATION`].
const MAX_ABBREVIATIONS: u64 = 200_000;
const ABBREVIATION: u64 = 8;

/// The entries of a unit, from a first one on.
pub(super) struct Entries<'t, 'a> {
    raw: EntriesRaw<'t, Slice<'a>>,
    /// The end of the unit.
    end: usize,
}

impl<'t, 'a> Entries<'t, 'a> {
    pub(super) fn from(
        start: UnitOffset,
        header: &UnitHeader<Slice<'a>>,
        table: &'t Abbreviations,
    ) -> Result<Self> {
        let raw = header.entries_raw(table, Some(start))?;
        Ok(Self { raw, end: header.length_including_self() })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.raw.is_empty()
    }

    /// The offset and the depth of the next entry.
    pub(super) fn next_entry(&self) -> (UnitOffset, isize) {
        (self.raw.next_offset(), self.raw.next_depth())
    }

    /// Reads the abbreviation of the next entry; `None` at the end of a list of entries.
    pub(super) fn begin(&mut self, budget: &mut Budget) -> Result<Option<&'t Abbreviation>> {
        budget.spend(1)?;
        Ok(self.raw.read_abbreviation()?)
    }

    pub(super) fn attribute(
        &mut self,
        specification: AttributeSpecification,
        budget: &mut Budget,
    ) -> Result<Attribute<Slice<'a>>> {
        budget.spend(1)?;
        self.pay_for(budget, |raw| raw.read_attribute(specification))
    }

    /// Skips the attributes of an entry.
    pub(super) fn skip(
        &mut self,
        attributes: &[AttributeSpecification],
        budget: &mut Budget,
    ) -> Result<()> {
        budget.spend(attributes.len() as u64 / 4)?;
        // One by one: `skip_attributes` adds up their lengths, which could overflow.
        self.pay_for(budget, |raw| {
            attributes.iter().try_for_each(|attribute| raw.read_attribute(*attribute).map(drop))
        })
    }

    /// Takes the bytes that `read` reads from the budget, even if it fails.
    fn pay_for<T>(
        &mut self,
        budget: &mut Budget,
        read: impl FnOnce(&mut EntriesRaw<'t, Slice<'a>>) -> gimli::Result<T>,
    ) -> Result<T> {
        let start = self.raw.next_offset().0;
        let read = read(&mut self.raw);
        let end = match read {
            // A text without an end was read to the end of the unit.
            Err(gimli::Error::UnexpectedEof(_)) => self.end,
            _ => self.raw.next_offset().0,
        };
        budget.spend(end.saturating_sub(start) as u64 / BYTES_PER_STEP)?;
        Ok(read?)
    }
}

/// The abbreviations of a unit.
pub(super) fn abbreviations(
    section: &DebugAbbrev<Slice<'_>>,
    header: &UnitHeader<Slice<'_>>,
    budget: &mut Budget,
) -> Result<Abbreviations> {
    let start = table(section, header)?;
    let mut rest = start;
    let mut size = 0;
    while let Some(abbreviation) = skim(&mut rest, budget)? {
        budget.spend(ABBREVIATION)?;
        size += ABBREVIATION + abbreviation.attributes;
        if size > MAX_ABBREVIATIONS {
            return Err(budget.exceed());
        }
    }
    Ok(parse(start.slice())?)
}

/// The abbreviation of a single entry. Cheaper than all abbreviations if they are shared by many units.
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
            if abbreviation.attributes > MAX_ABBREVIATIONS {
                return Err(budget.exceed());
            }
            return Ok(parse(start.slice().get(..len).ok_or(Failure::Malformed)?)?);
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

/// Skips an abbreviation; `None` at the end of the table.
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

/// The bytes from an index on of a table that begins at `base` in a section and has entries of `size` bytes.
pub(super) fn at_index<'a>(
    section: &Slice<'a>,
    base: usize,
    index: usize,
    size: u8,
) -> Result<Slice<'a>> {
    let offset = index.checked_mul(usize::from(size)).and_then(|offset| base.checked_add(offset));
    let mut rest = *section;
    rest.skip(offset.ok_or(Failure::Malformed)?)?;
    Ok(rest)
}

/// A text that ends with a NUL, cut to the length that is shown.
pub(super) fn text(bytes: &[u8]) -> String {
    let bytes = bytes.get(..LONGEST_NAME + 1).unwrap_or(bytes);
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    shown(String::from_utf8_lossy(&bytes[..end]).into_owned())
}

/// Cuts a text a little beyond the length that is shown, so that a later cut still sees that it is too long.
pub(super) fn shown(mut text: String) -> String {
    text.truncate(text.ceil_char_boundary(LONGEST_NAME + 1));
    text.shrink_to_fit();
    text
}
