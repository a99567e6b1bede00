//! Mutations of bytes, without regard to their meaning.

use crate::leb;
use crate::mutate::{LONGEST, pick};
use fastrand::Rng;

/// Bytes that end or begin something, or that are invalid in UTF-8.
const SPECIAL: [&[u8]; 12] = [
    b"\0",
    b"\xff",
    b"\x7f",
    b"\x80",
    b"\0asm",
    b"\x01\0\0\0",
    b"\x7fELF",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"\xc0\x80",
    b"\xe2\x80\xae",
    b"\n",
];

/// Changes the bytes once. May take parts of `other`.
pub fn mutate(rng: &mut Rng, bytes: &mut Vec<u8>, other: &[u8]) {
    if bytes.is_empty() {
        bytes.extend(random(rng, 16));
        return;
    }
    let at = rng.usize(..bytes.len());
    let part = at..(at + rng.usize(1..=16)).min(bytes.len());
    match rng.u8(..11) {
        0 | 1 => bytes[at] ^= 1 << rng.u8(..8),
        2 => bytes[at] = rng.u8(..),
        3 => bytes[at] = bytes[at].wrapping_add(*pick(rng, &[1, 0xff])),
        4 => drop(bytes.splice(at..at, random(rng, 8))),
        5 => drop(bytes.drain(part)),
        6 => {
            let part = bytes[part].to_vec();
            let to = rng.usize(..=bytes.len());
            bytes.splice(to..to, part);
        }
        7 => bytes.truncate(at),
        8 => {
            let from = rng.usize(..=other.len());
            let to = rng.usize(from..=other.len());
            let end = rng.usize(at..=bytes.len());
            bytes.splice(at..end, other[from..to].iter().copied());
        }
        9 => {
            let edge = leb::edge(rng);
            let end = (at + rng.usize(..=edge.len())).min(bytes.len());
            bytes.splice(at..end, edge);
        }
        _ => {
            let special = *pick(rng, &SPECIAL);
            let end = (at + rng.usize(..=special.len())).min(bytes.len());
            bytes.splice(at..end, special.iter().copied());
        }
    }
    bytes.truncate(LONGEST);
}

/// Draws up to `most` random bytes.
pub fn random(rng: &mut Rng, most: usize) -> Vec<u8> {
    let len = rng.usize(..=most);
    std::iter::repeat_with(|| rng.u8(..)).take(len).collect()
}

/// Mutates the end of an artifact, or leaves it.
pub fn artifact(rng: &mut Rng, artifact: &[u8], other: &[u8]) -> Vec<u8> {
    // More bytes than the text and the trailer have.
    const END: usize = 200;
    let (start, end) = artifact.split_at(artifact.len().saturating_sub(END));
    let mut end = end.to_vec();
    for _ in 0..crate::mutate::count(rng) {
        mutate(rng, &mut end, other);
    }
    [start, &end].concat()
}

/// Mutates the header of an artefact, or leaves it.
pub fn artefact(rng: &mut Rng, artefact: &[u8], other: &[u8]) -> Vec<u8> {
    // The length of the header of an ELF file.
    const HEADER: usize = 64;
    let mut header = artefact[..HEADER.min(artefact.len())].to_vec();
    for _ in 0..crate::mutate::count(rng) {
        match rng.u8(..4) {
            // The first bytes of a module, before the header or in place of its first bytes.
            0 => drop(header.splice(..0, b"\0asm\x01\0\0\0".iter().copied())),
            1 => drop(header.splice(..header.len().min(8), b"\0asm\x01\0\0\0".iter().copied())),
            _ => mutate(rng, &mut header, other),
        }
    }
    let rest = &artefact[HEADER.min(artefact.len())..];
    let rest = if rng.bool() { rest } else { &rest[..rng.usize(..=rest.len())] };
    [&header, rest].concat()
}
