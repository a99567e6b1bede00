//! Tests with debug info that is good, broken, or made to cost as much as possible.

use super::*;
use crate::error::text::LONGEST_NAME;
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// Sections by their names.
type Sections = HashMap<&'static str, Vec<u8>>;

/// The address that the tests ask for.
const ADDRESS: u64 = 0x100;

fn leb(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = (number & 0x7f) as u8;
        number >>= 7;
        if number == 0 {
            bytes.push(low);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}

fn words(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

/// An abbreviation: code, tag, whether there are children, and attributes with their forms.
fn abbreviation(code: u64, tag: u64, children: bool, attributes: &[(u64, u64)]) -> Vec<u8> {
    let mut bytes = [leb(code), leb(tag), vec![u8::from(children)]].concat();
    for (name, form) in attributes.iter().chain(&[(0, 0)]) {
        bytes.extend([leb(*name), leb(*form)].concat());
    }
    bytes
}

const COMPILE_UNIT: u64 = 0x11;
const SUBPROGRAM: u64 = 0x2e;
const INLINED: u64 = 0x1d;
const NAME_STRP: (u64, u64) = (0x03, 0x0e);
const NAME_STRING: (u64, u64) = (0x03, 0x08);
const LOW_PC: (u64, u64) = (0x11, 0x01);
const HIGH_PC: (u64, u64) = (0x12, 0x06);
const RANGES: (u64, u64) = (0x55, 0x17);
const STMT_LIST: (u64, u64) = (0x10, 0x17);
const ORIGIN: (u64, u64) = (0x31, 0x13);
const FLAG_PRESENT: u64 = 0x19;

/// A unit of version 4 with these entries, whose abbreviations are at that offset.
fn unit(abbreviations: u32, entries: &[u8]) -> Vec<u8> {
    let len = (7 + entries.len()) as u32;
    [words(&[len]), vec![4, 0], words(&[abbreviations]), vec![4], entries.to_vec()].concat()
}

/// The offset of a unit's first entry.
const ROOT: usize = 11;

fn sections(parts: impl IntoIterator<Item = (&'static str, Vec<u8>)>) -> Sections {
    parts.into_iter().collect()
}

/// The locations of one address, and whether something was left out. Checks that this takes little time and
/// memory.
fn find(sections: &Sections, address: u64) -> (Vec<Location>, bool) {
    let mut budget = Budget::after(0);
    let start = Instant::now();
    let section = |name: &str| sections.get(name).map_or(&[][..], Vec::as_slice);
    let mut found = locate(section, &[address], &mut budget);
    // Some tenths of a second, unless the machine is busy.
    assert!(start.elapsed() < Duration::from_secs(5), "it took {:?}", start.elapsed());
    println!("{:?}, {} steps left", start.elapsed(), budget.steps);
    let found = found.remove(0);
    for location in &found {
        for text in [&location.func, &location.file].into_iter().flatten() {
            assert!(text.len() < LONGEST_NAME + 10);
        }
    }
    assert!(found.len() <= 1 + super::MAX_INLINED);
    (found, budget.is_exceeded())
}

/// A unit that covers all addresses. Its one function has `name`, with `depth` nested inlined calls of itself.
fn nested(depth: usize, name: &str) -> Sections {
    let table = [
        abbreviation(1, COMPILE_UNIT, true, &[LOW_PC, HIGH_PC]),
        abbreviation(2, SUBPROGRAM, true, &[NAME_STRP, LOW_PC, HIGH_PC]),
        abbreviation(3, INLINED, true, &[ORIGIN, LOW_PC, HIGH_PC]),
        vec![0],
    ];
    let root = [vec![1], words(&[1, 0x1000])].concat();
    let function = ROOT + root.len();
    let entries = [
        root,
        [vec![2], words(&[0, 1, 0x1000])].concat(),
        [vec![3], words(&[function as u32, 1, 0x1000])].concat().repeat(depth),
        vec![0; depth + 2],
    ];
    sections([
        (".debug_abbrev", table.concat()),
        (".debug_info", unit(0, &entries.concat())),
        (".debug_str", [name.as_bytes(), &[0]].concat()),
    ])
}

#[test]
fn inlined_calls_are_found_innermost_first_up_to_a_limit() {
    for (depth, exceeded) in
        [(0, false), (32, false), (33, true), (50_000, true), (2_000_000, true)]
    {
        let (found, is_exceeded) = find(&nested(depth, "f"), ADDRESS);
        assert_eq!((found.len(), is_exceeded), (1 + depth.min(32), exceeded));
        if depth <= 50_000 {
            assert!(found.iter().all(|location| location.func.as_deref() == Some("f")));
        }
    }
    assert!(find(&nested(3, "f"), 0x5000).0.is_empty());
}

#[test]
fn a_long_name_is_read_no_further_than_it_is_shown() {
    let mut sections = nested(32, &"n".repeat(50_000_000));
    let (found, exceeded) = find(&sections, ADDRESS);
    assert!(!exceeded && found[0].func.as_ref().is_some_and(|name| name.len() == LONGEST_NAME + 1));
    // Without an end, and no UTF-8.
    sections.insert(".debug_str", vec![0xff; 2_000_000]);
    assert!(find(&sections, ADDRESS).0[0].func.is_some());
}

#[test]
fn a_missing_name_is_left_out() {
    let mut sections = nested(1, "f");
    let info = sections.get_mut(".debug_info").unwrap();
    // The inlined call is of itself.
    let call = ROOT + 9 + 13;
    info[call + 1..call + 5].copy_from_slice(&words(&[call as u32]));
    let (found, exceeded) = find(&sections, ADDRESS);
    assert_eq!((found.len(), exceeded), (2, true));
    assert_eq!((found[0].func.as_deref(), found[1].func.as_deref()), (None, Some("f")));
}

#[test]
fn a_text_inside_entries_is_paid_for_each_time() {
    let table = [
        abbreviation(1, COMPILE_UNIT, true, &[LOW_PC, HIGH_PC]),
        abbreviation(2, SUBPROGRAM, true, &[NAME_STRING, LOW_PC, HIGH_PC]),
        abbreviation(3, INLINED, true, &[ORIGIN, LOW_PC, HIGH_PC]),
        vec![0],
    ];
    let root = [vec![1], words(&[1, 0x1000])].concat();
    let function = (ROOT + root.len()) as u32;
    let entries = [
        root,
        [vec![2], vec![b'n'; 40_000_000], vec![0], words(&[1, 0x1000])].concat(),
        [vec![3], words(&[function, 1, 0x1000])].concat().repeat(30),
        vec![0; 32],
    ];
    let info = unit(0, &entries.concat());
    let sections = sections([(".debug_abbrev", table.concat()), (".debug_info", info)]);
    let (found, exceeded) = find(&sections, ADDRESS);
    assert!(exceeded && found.len() == 31);
}

#[test]
fn a_name_or_form_without_an_end_is_paid_for_each_time() {
    const INDIRECT: u64 = 0x16;
    // A name that is looked for by each of many calls, and that no NUL or no form ends.
    for (form, fill) in [(NAME_STRING, b'n'), ((NAME_STRING.0, INDIRECT), INDIRECT as u8)] {
        let table = [
            abbreviation(1, COMPILE_UNIT, true, &[LOW_PC, HIGH_PC]),
            abbreviation(2, SUBPROGRAM, true, &[ORIGIN, LOW_PC, HIGH_PC]),
            abbreviation(3, INLINED, true, &[ORIGIN, LOW_PC, HIGH_PC]),
            abbreviation(4, 0x34, false, &[form]),
            vec![0],
        ];
        let root = [vec![1], words(&[1, 0x1000])].concat();
        let named = (ROOT + root.len() + 32 * 13 + 32) as u32;
        let entries = [
            root,
            [vec![2], words(&[named, 1, 0x1000])].concat(),
            [vec![3], words(&[named, 1, 0x1000])].concat().repeat(31),
            vec![0; 32],
            [vec![4], vec![fill; 20_000_000]].concat(),
        ];
        let info = unit(0, &entries.concat());
        let sections = sections([(".debug_abbrev", table.concat()), (".debug_info", info)]);
        let (found, exceeded) = find(&sections, ADDRESS);
        assert!(exceeded && found.len() == 32 && found.iter().all(|place| place.func.is_none()));
    }
}

#[test]
fn a_unit_that_no_budget_pays_for_is_left_out() {
    let mut sections = nested(0, "f");
    sections.get_mut(".debug_info").unwrap().resize(130_000_000, 0);
    sections.get_mut(".debug_info").unwrap()[..4].copy_from_slice(&words(&[129_999_996]));
    let (found, exceeded) = find(&sections, ADDRESS);
    assert!(exceeded && found.is_empty());
}

#[test]
fn lengths_whose_sum_overflows_end_the_reading() {
    let table = [
        abbreviation(1, COMPILE_UNIT, true, &[LOW_PC, HIGH_PC]),
        // A block and a number of 8 bytes.
        abbreviation(2, 0x34, false, &[(0x1c, 0x09), (0x1c, 0x07)]),
        abbreviation(3, SUBPROGRAM, false, &[LOW_PC, HIGH_PC]),
        vec![0],
    ];
    let entries = [
        [vec![1], words(&[1, 0x1000])].concat(),
        [vec![2], leb(u64::MAX), vec![0; 7]].concat(),
        [vec![3], words(&[1, 0x1000]), vec![0]].concat(),
    ];
    let info = unit(0, &entries.concat());
    let sections = sections([(".debug_abbrev", table.concat()), (".debug_info", info)]);
    assert!(find(&sections, ADDRESS).0.is_empty());
}

/// A unit of version 5 in the 64-bit format with these entries.
fn unit_5(entries: &[u8]) -> Vec<u8> {
    let len = (12 + entries.len()) as u64;
    let header = [&[0xff; 4], &len.to_le_bytes()[..], &[5, 0, 1, 4], &[0; 8]].concat();
    [header, entries.to_vec()].concat()
}

#[test]
fn an_index_that_is_too_large_finds_nothing() {
    // In each of them an index, or the sum of a base and an offset, is 0 if its highest bits are lost.
    let numbers = |numbers: &[u64]| numbers.iter().flat_map(|of| of.to_le_bytes()).collect();
    let huge: Vec<u8> = leb(1 << 62);
    let bases = [(0x72, 0x17), (0x73, 0x17), (0x74, 0x17)];
    let function = |named: (u64, u64), extent: &[(u64, u64)], values: Vec<u8>, base: u64| {
        let table = [
            abbreviation(1, COMPILE_UNIT, true, &[&[LOW_PC, HIGH_PC], &bases[..]].concat()),
            abbreviation(2, SUBPROGRAM, false, &[&[named], extent].concat()),
            vec![0],
        ];
        let root = [vec![1], words(&[0, 0x1000]), numbers(&[0, 0, base])].concat();
        let sections = sections([
            (".debug_abbrev", table.concat()),
            (".debug_info", unit_5(&[root, vec![2], values, vec![0]].concat())),
            (".debug_str", b"f\0".to_vec()),
            (".debug_str_offsets", numbers(&[0; 4])),
            (".debug_addr", words(&[1, 1])),
            // All addresses.
            (".debug_rnglists", [vec![7], words(&[0]), leb(0x1000), vec![0], vec![0; 32]].concat()),
        ]);
        find(&sections, ADDRESS).0.into_iter().map(|found| found.func).collect::<Vec<_>>()
    };
    let high = words(&[0x1000]);
    let (strx, addrx, rnglistx) = ((0x03, 0x1a), (0x11, 0x1b), (0x55, 0x23));
    let f = || vec![Some("f".to_owned())];
    for (index, found) in [(leb(0), f()), (huge.clone(), vec![None])] {
        let values = [index, words(&[1]), high.clone()].concat();
        assert_eq!(function(strx, &[LOW_PC, HIGH_PC], values, 0), found);
    }
    for (index, found) in [(leb(0), f()), (huge.clone(), vec![])] {
        let values = [leb(0), index, high.clone()].concat();
        assert_eq!(function(strx, &[addrx, HIGH_PC], values, 0), found);
    }
    for (index, base, found) in
        [(leb(1), 0, f()), (leb(1 << 61 | 1), 0, vec![]), (leb(0), u64::MAX, vec![])]
    {
        let values = [leb(0), index].concat();
        assert_eq!(function(strx, &[rnglistx], values, base), found);
    }
}

#[test]
fn a_list_of_ranges_is_paid_for_each_time() {
    let table = [
        abbreviation(1, COMPILE_UNIT, true, &[LOW_PC, HIGH_PC]),
        abbreviation(2, SUBPROGRAM, false, &[RANGES]),
        vec![0],
    ];
    let entries = [
        [vec![1], words(&[1, 0x1000])].concat(),
        [vec![2], words(&[0])].concat().repeat(10_000),
        vec![0],
    ];
    let sections = sections([
        (".debug_abbrev", table.concat()),
        (".debug_info", unit(0, &entries.concat())),
        (".debug_ranges", [words(&[0x2000, 0x2001]).repeat(1_000_000), words(&[0, 0])].concat()),
    ]);
    let (found, exceeded) = find(&sections, ADDRESS);
    assert!(exceeded && found.is_empty());
}

#[test]
fn many_units_and_large_abbreviations_are_paid_for() {
    let flags = vec![(0x3f, FLAG_PRESENT); 20_000];
    let tables = [
        // Those of many units: the root's is the last of many.
        [
            (2..10_000).flat_map(|code| abbreviation(code, SUBPROGRAM, false, &[])).collect(),
            abbreviation(1, COMPILE_UNIT, false, &[LOW_PC, HIGH_PC]),
            vec![0],
        ]
        .concat(),
        // One that takes no bytes in its entries, but many steps.
        [
            abbreviation(1, COMPILE_UNIT, true, &[LOW_PC, HIGH_PC]),
            abbreviation(2, SUBPROGRAM, false, &flags),
            vec![0],
        ]
        .concat(),
        // More than a table may have.
        [
            abbreviation(1, COMPILE_UNIT, true, &[LOW_PC, HIGH_PC]),
            abbreviation(3, SUBPROGRAM, false, &flags).repeat(11),
        ]
        .concat(),
        // Those without attributes, which are far larger in memory.
        [
            abbreviation(1, COMPILE_UNIT, true, &[LOW_PC, HIGH_PC]),
            (2..50_000).flat_map(|code| abbreviation(code << 32, SUBPROGRAM, false, &[])).collect(),
            vec![0],
        ]
        .concat(),
    ];
    let root = |low: u32| [vec![1], words(&[low, 0x1000])].concat();
    let infos = [
        unit(0, &root(0x2000)).repeat(100_000),
        unit(0, &[root(1), vec![2; 100_000_000], vec![0]].concat()),
        unit(0, &root(1)),
        unit(0, &root(1)),
    ];
    for (table, info) in tables.into_iter().zip(infos) {
        let sections = sections([(".debug_abbrev", table), (".debug_info", info)]);
        let (found, exceeded) = find(&sections, ADDRESS);
        assert!(exceeded && found.is_empty());
    }
}

/// A table of lines of version 4 with this header and program.
fn lines(header: &[u8], program: &[u8]) -> Vec<u8> {
    let start = [vec![1, 1, 1, 0xfb, 14, 13], vec![0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1]].concat();
    let len = (start.len() + header.len()) as u32;
    let whole = 6 + len + program.len() as u32;
    [words(&[whole]), vec![4, 0], words(&[len]), start, header.to_vec(), program.to_vec()].concat()
}

fn with_lines(lines: Vec<u8>) -> Sections {
    let table = [
        abbreviation(1, COMPILE_UNIT, true, &[LOW_PC, HIGH_PC, STMT_LIST]),
        abbreviation(2, SUBPROGRAM, false, &[NAME_STRP, LOW_PC, HIGH_PC]),
        vec![0],
    ];
    let entries =
        [[vec![1], words(&[1, 0x1000, 0])], [vec![2], words(&[0, 1, 0x1000])], [vec![0], vec![]]];
    sections([
        (".debug_abbrev", table.concat()),
        (".debug_info", unit(0, &entries.concat().concat())),
        (".debug_str", b"f\0".to_vec()),
        (".debug_line", lines),
    ])
}

/// An instruction that sets the address.
fn set_address(address: u32) -> Vec<u8> {
    [vec![0, 5, 2], words(&[address])].concat()
}

const COPY: u8 = 1;
const END_OF_SEQUENCE: [u8; 3] = [0, 1, 1];

/// The directory `d` with the file `a.c`.
const A_FILE: &[u8] = b"d\0\0a.c\0\x01\0\0\0";

#[test]
fn a_line_has_its_file_in_its_directory() {
    let program =
        [set_address(0xf0), vec![3, 41, 5, 7, COPY], set_address(0x110), END_OF_SEQUENCE.to_vec()];
    let (found, exceeded) = find(&with_lines(lines(A_FILE, &program.concat())), ADDRESS);
    let location = &found[0];
    assert_eq!((found.len(), exceeded, location.line, location.column), (1, false, 42, 7));
    assert_eq!((location.func.as_deref(), location.file.as_deref()), (Some("f"), Some("d/a.c")));
}

#[test]
fn tables_of_lines_are_paid_for() {
    let copies = vec![COPY; 50_000_000];
    let addresses = set_address(0x50).repeat(9_000_000);
    let files = [b"d\0\0".to_vec(), b"a\0\0\0\0".repeat(100_000), vec![0]].concat();
    let defined = [vec![0, 6, 3], b"a\0\0\0\0".to_vec()].concat().repeat(2_000_000);
    for (header, program) in [
        (A_FILE.to_vec(), copies),
        (A_FILE.to_vec(), addresses),
        (files, vec![]),
        (A_FILE.to_vec(), defined),
    ] {
        let (found, exceeded) = find(&with_lines(lines(&header, &program)), ADDRESS);
        assert!(exceeded && found.len() == 1 && found[0].line == 0);
        assert_eq!(found[0].func.as_deref(), Some("f"));
    }
}

#[test]
fn many_files_in_a_header_or_by_instructions_are_too_many() {
    // Version 5: no directory but one, and files of a byte each.
    let file_format = vec![1, 1, 0x25];
    let directories = [file_format.clone(), vec![1, 0]].concat();
    let files = [directories, file_format, leb(70_000), vec![0; 70_000]].concat();
    let mut lines_5 = lines(&files, &[]);
    let len = (lines_5.len() - 4 + 2) as u32;
    lines_5.splice(0..6, [words(&[len]), vec![5, 0, 4, 0]].concat());
    let (found, exceeded) = find(&with_lines(lines_5), ADDRESS);
    assert!(exceeded && found.len() == 1 && found[0].line == 0);
    let defined = [vec![0, 6, 3], b"a\0\0\0\0".to_vec()].concat().repeat(40_000);
    let (found, exceeded) = find(&with_lines(lines(A_FILE, &defined)), ADDRESS);
    assert!(exceeded && found.len() == 1 && found[0].line == 0);
}

#[test]
fn an_instruction_without_an_end_is_paid_for_each_time() {
    // Many units, each with code that is asked for, have the table in common.
    let name_without_end = [vec![0], leb(20_000_000), vec![3], vec![b'n'; 19_999_999]].concat();
    let mut sections = with_lines(lines(A_FILE, &name_without_end));
    let table = abbreviation(1, COMPILE_UNIT, false, &[LOW_PC, HIGH_PC, STMT_LIST]);
    let units = (0..100).map(|low| unit(0, &[vec![1], words(&[low, 1, 0])].concat()));
    sections.insert(".debug_abbrev", [table, vec![0]].concat());
    sections.insert(".debug_info", units.flatten().collect());
    let mut budget = Budget::after(0);
    let section = |name: &str| sections.get(name).map_or(&[][..], Vec::as_slice);
    let addresses: Vec<u64> = (0..100).collect();
    let found = locate(section, &addresses, &mut budget);
    assert!(budget.is_exceeded() && found.iter().all(Vec::is_empty));
}

#[test]
fn a_line_that_no_number_counts_ends_the_table() {
    let advance = [vec![3], vec![0x80; 9], vec![0x7f]].concat();
    let program = [set_address(0xf0), advance, vec![COPY], set_address(0x110), vec![COPY]];
    let (found, exceeded) = find(&with_lines(lines(A_FILE, &program.concat())), ADDRESS);
    assert_eq!((found.len(), exceeded, found[0].file.as_deref()), (1, false, None));
}

#[test]
fn a_path_is_kept_no_longer_than_it_is_shown() {
    let part = vec![0xff; 5000];
    let header = [part.clone(), vec![0, 0], part, b"\0\x01\0\0\0".to_vec()].concat();
    let program = [set_address(0xf0), vec![COPY], set_address(0x110), vec![COPY]];
    let (found, _) = find(&with_lines(lines(&header, &program.concat())), ADDRESS);
    let path = found[0].file.as_ref().unwrap();
    assert!(path.len() > LONGEST_NAME && path.capacity() < LONGEST_NAME + 10);
}

/// The sections of a real module, and an address in it.
fn real() -> (Sections, u64) {
    let wasm = include_bytes!("../../../julia/examples/lines.wasm");
    let names = [".debug_abbrev", ".debug_info", ".debug_line", ".debug_str", ".debug_ranges"];
    let found = crate::engine::sections::Sections::of(wasm);
    let section = |name: &str| {
        let (_, range) = found.custom().iter().find(|(of, _)| of.as_str() == name).unwrap();
        wasm[range.clone()].to_vec()
    };
    (sections(names.map(|name| (name, section(name)))), found.code())
}

fn all(sections: &Sections) -> Vec<Vec<Location>> {
    let addresses: Vec<u64> = (0..200).collect();
    let section = |name: &str| sections.get(name).map_or(&[][..], Vec::as_slice);
    locate(section, &addresses, &mut Budget::after(0))
}

#[test]
fn the_parts_of_a_backtrace_share_its_budget() {
    let (whole, _) = real();
    let addresses: Vec<u64> = (0..200).collect();
    let section = |name: &str| whole.get(name).map_or(&[][..], Vec::as_slice);
    let mut first = Budget::after(0);
    locate(section, &addresses, &mut first);
    let cost = first.spent();
    assert!(cost > 0 && !first.is_exceeded());
    let mut second = Budget::after(cost);
    locate(section, &addresses, &mut second);
    assert_eq!(second.spent(), 2 * cost);
    let mut none_left = Budget::after(u64::MAX);
    let found = locate(section, &addresses, &mut none_left);
    assert!(none_left.is_exceeded() && found.iter().all(|calls| calls.len() < 2));
}

#[test]
fn broken_debug_info_is_left_out() {
    let (whole, _) = real();
    assert!(all(&whole).iter().any(|found| found.len() == 2 && found[1].line == 17));
    // A number that a test can repeat.
    let mut state = 0x2545_f491_u32;
    let mut random = |below: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as usize % below
    };
    for name in whole.keys().copied() {
        let len = whole[name].len();
        for end in (0..len).step_by(7) {
            let mut cut = whole.clone();
            cut.get_mut(name).unwrap().truncate(end);
            all(&cut);
        }
        for _ in 0..2000 {
            let mut changed = whole.clone();
            for _ in 0..=random(3) {
                changed.get_mut(name).unwrap()[random(len)] = random(256) as u8;
            }
            all(&changed);
        }
    }
}
