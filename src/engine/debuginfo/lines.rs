//! Line tables.

use super::reading::shown;
use super::unit::Unit;
use super::{BYTES_PER_STEP, Budget, Failure, Result, Slice, within};
use gimli::{
    ColumnType, DebugLineOffset, Dwarf, IncompleteLineProgram, LineInstruction, LineRow, Reader,
    Section,
};

/// How large the lists of directories and files of a unit may be, in bytes. In memory they are larger, above
/// all from version 5 on, where a file may take a single byte.
const MAX_HEADER: usize = 256 << 10;
const MAX_HEADER_5: usize = 64 << 10;

/// A position in the source. `file` is an index into the unit's list.
#[derive(Clone, Copy, Default)]
pub(super) struct Position {
    pub(super) file: u64,
    pub(super) line: u32,
    pub(super) column: u32,
}

/// The files of a unit, if they can be read.
pub(super) struct Files<'a>(Option<IncompleteLineProgram<Slice<'a>>>);

pub(super) struct Lines<'a> {
    /// The position of each address, if it was found.
    pub(super) rows: Vec<Option<Position>>,
    pub(super) files: Files<'a>,
}

/// The source positions of the code at the addresses, which are sorted.
pub(super) fn rows<'a>(
    dwarf: &Dwarf<Slice<'a>>,
    unit: &Unit<'a>,
    addresses: &[u64],
    budget: &mut Budget,
) -> Lines<'a> {
    let mut rows = vec![None; addresses.len()];
    let program = unit.lines.and_then(|offset| program(dwarf, unit, offset, budget).ok());
    let mut files = Files(program);
    if let Some(program) = &mut files.0 {
        // Rows that were found before an error are valid.
        let _ = run(program, addresses, &mut rows, budget);
    }
    Lines { rows, files }
}

fn program<'a>(
    dwarf: &Dwarf<Slice<'a>>,
    unit: &Unit<'a>,
    offset: DebugLineOffset,
    budget: &mut Budget,
) -> Result<IncompleteLineProgram<Slice<'a>>> {
    let mut header = *dwarf.debug_line.reader();
    header.skip(offset.0)?;
    let (_, format) = header.read_initial_length()?;
    let mut longest = MAX_HEADER;
    if header.read_u16()? >= 5 {
        longest = MAX_HEADER_5;
        // Skips the sizes of addresses and of selectors.
        header.skip(2)?;
    }
    let len = header.read_length(format)?;
    if len > longest {
        return Err(budget.exceed());
    }
    budget.spend(len as u64)?;
    Ok(dwarf.debug_line.program(offset, unit.header.address_size(), None, None)?)
}

/// Runs the program that makes the table.
fn run(
    program: &mut IncompleteLineProgram<Slice<'_>>,
    addresses: &[u64],
    rows: &mut [Option<Position>],
    budget: &mut Budget,
) -> Result<()> {
    budget.spend(program.header().raw_program_buf().len() as u64 / BYTES_PER_STEP)?;
    let mut instructions = program.header().instructions();
    let mut row = LineRow::new(program.header());
    // The row before it in its sequence.
    let mut before: Option<(u64, Position)> = None;
    let mut left = addresses.len();
    while let Some(instruction) = instructions.next_instruction(program.header())? {
        budget.spend(match instruction {
            // The list of files grows.
            LineInstruction::DefineFile(_) => 256,
            // Its negation is not an `i64`.
            LineInstruction::AdvanceLine(i64::MIN) => return Err(Failure::Malformed),
            _ => 1,
        })?;
        if !row.execute(instruction, program)? {
            continue;
        }
        if let Some((start, position)) = before
            && start < row.address()
        {
            let here = within(addresses, &(start..row.address()));
            budget.spend(here.len() as u64)?;
            for row in rows.get_mut(here).unwrap_or_default().iter_mut() {
                left -= usize::from(row.is_none());
                row.get_or_insert(position);
            }
        }
        if left == 0 {
            break;
        }
        before = (!row.end_sequence()).then(|| (row.address(), position(&row)));
        row.reset(program.header());
    }
    Ok(())
}

fn position(row: &LineRow) -> Position {
    let small = |number: u64| u32::try_from(number).unwrap_or(0);
    Position {
        file: row.file_index(),
        line: small(row.line().map_or(0, |line| line.get())),
        column: match row.column() {
            ColumnType::LeftEdge => 0,
            ColumnType::Column(column) => small(column.get()),
        },
    }
}

impl<'a> Files<'a> {
    /// The path of a file, with its directory and the directory in which the unit was compiled.
    pub(super) fn path(
        &self,
        dwarf: &Dwarf<Slice<'a>>,
        unit: &Unit<'a>,
        file: u64,
    ) -> Option<String> {
        let header = self.0.as_ref()?.header();
        let version = header.version();
        let Some(entry) = header.file(file) else {
            // Before version 5 the unit's own file is in no list.
            return (version < 5 && file == 0).then(|| unit.text(dwarf, unit.name?)).flatten();
        };
        let mut path = String::new();
        let directory = entry.directory_index();
        for part in [
            unit.directory,
            // Directory 0 is the directory of the unit.
            (directory != 0).then(|| header.directory(directory)).flatten(),
            Some(entry.path_name()),
        ] {
            let Some(part) = part.and_then(|part| unit.text(dwarf, part)) else { continue };
            if part.starts_with('/') {
                path.clear();
            } else if !path.is_empty() && !path.ends_with('/') {
                path.push('/');
            }
            path.push_str(&part);
        }
        Some(shown(path))
    }
}
