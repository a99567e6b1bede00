//! Names of imports and exports, ordinary and hostile ones.

use crate::mutate::{bytes, pick};
use fastrand::Rng;

const NAMES: [&[u8]; 14] = [
    b"",
    b"\0",
    b"a\0b",
    b"memory\0",
    b"`",
    b"\"; drop",
    b"{}%s%n",
    "é".as_bytes(),
    "\u{202e}\u{feff}".as_bytes(),
    "\u{10ffff}".as_bytes(),
    b"\xff",
    b"a\xed\xa0\x80",
    b"\xc3",
    b"\n\r\t\x1b[31m",
];

/// Draws a name: one of `known`, a mutation of one, or a made-up one. It often isn't UTF-8.
pub fn name(rng: &mut Rng, known: &[Vec<u8>]) -> Vec<u8> {
    match rng.u8(..8) {
        0..3 => pick(rng, known).clone(),
        3 => {
            let mut name = pick(rng, known).clone();
            bytes::mutate(rng, &mut name, b"other");
            name
        }
        4 | 5 => pick(rng, &NAMES).to_vec(),
        6 => {
            let long = pick(rng, &NAMES);
            long.repeat(rng.usize(..5000))
        }
        _ => bytes::random(rng, 12),
    }
}
