//! Changes of valid nodes.

use crate::nodes::{Draft, Hold};
use fastrand::Rng;
use safewasm::abi::safewasm_witkind_t as Kind;

/// The most elements that a node with changes has, unless so many that the library must refuse them unseen.
const MOST: usize = 4_096;

/// Changes some of the nodes. They may still be valid.
pub fn mutate(random: &mut Rng, drafts: &mut Vec<Draft>) {
    for _ in 0..random.usize(1..4) {
        let fresh = Draft {
            kind: random.u8(..25),
            index: random.u32(..3),
            len: random.usize(..4),
            of: Hold::Bits(number(random)),
        };
        if drafts.is_empty() {
            drafts.push(fresh);
            continue;
        }
        let at = random.usize(..drafts.len());
        let other = random.usize(..drafts.len());
        let draft = &mut drafts[at];
        match random.u8(..12) {
            0 => draft.kind = if random.bool() { random.u8(..25) } else { random.u8(..) },
            1 => {
                let small = random.u32(..9);
                let index = draft.index;
                let near = [index.wrapping_add(1), index.wrapping_sub(1), 256, 299, 300, u32::MAX];
                draft.index = if random.bool() { small } else { near[random.usize(..near.len())] };
            }
            2 => {
                let len = draft.len;
                let lens = [
                    0,
                    1,
                    len.wrapping_add(1),
                    len.wrapping_sub(1),
                    len.wrapping_mul(2),
                    33,
                    1 << 32,
                    1 << 61,
                    usize::MAX,
                ];
                draft.len = lens[random.usize(..lens.len())];
            }
            3 => draft.of = Hold::Bits(number(random)),
            4 => draft.of = Hold::Bits(0),
            5 | 6 => match &mut draft.of {
                Hold::Bits(bits) => *bits ^= 1 << random.u32(..64),
                Hold::Bytes(bytes) => spoil(random, bytes),
            },
            7 => drafts.swap(at, other),
            8 => drop(drafts.remove(at)),
            9 => drafts.insert(at, fresh),
            10 => drafts.insert(at, drafts[other].clone()),
            _ => drafts.truncate(at),
        }
    }
    drafts.iter_mut().for_each(|draft| make_readable(random, draft));
}

/// Draws a number that is at an edge of something, or any.
fn number(random: &mut Rng) -> u64 {
    let edges = [
        0,
        1,
        2,
        127,
        128,
        255,
        256,
        32_767,
        32_768,
        65_535,
        65_536,
        0xd7ff,
        0xd800,
        0xdfff,
        0xe000,
        0x10_ffff,
        0x11_0000,
        i32::MAX as u64,
        1 << 31,
        u32::MAX.into(),
        1 << 32,
        1 << 63,
        u64::MAX,
        u64::MAX - 127,
        u64::MAX - 128,
        u64::MAX << 31,
    ];
    if random.u8(..4) == 0 { random.u64(..) } else { edges[random.usize(..edges.len())] }
}

/// Overwrites some bytes, often with such as are no UTF-8, no `bool` and no `char`.
fn spoil(random: &mut Rng, bytes: &mut [u8]) {
    if bytes.is_empty() {
        return;
    }
    let odd: [&[u8]; 9] = [
        b"\xff",
        b"\xc0\x80",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
        b"\xe2\x82",
        b"\x80",
        b"\x02",
        b"\x00\x00\x11\x00",
        b"\x00\xd8\x00\x00",
    ];
    // Often where an element begins.
    let at = random.usize(..bytes.len()) & if random.bool() { !3 } else { !0 };
    let any = [random.u8(..)];
    let with = if random.u8(..4) == 0 { &any[..] } else { odd[random.usize(..odd.len())] };
    for (byte, new) in bytes[at..].iter_mut().zip(with) {
        *byte = *new;
    }
}

/// Has a node point to as many bytes as it says, which the header demands.
fn make_readable(random: &mut Rng, draft: &mut Draft) {
    let points = [Kind::STRING as u8, Kind::LIST as u8].contains(&draft.kind);
    match &mut draft.of {
        // NULL.
        Hold::Bits(0) => {}
        Hold::Bits(bits) if points => draft.of = Hold::Bytes(bits.to_le_bytes().to_vec()),
        Hold::Bytes(bytes) if !points => {
            let mut bits = [0; 8];
            bits.iter_mut().zip(bytes).for_each(|(bit, byte)| *bit = *byte);
            draft.of = Hold::Bits(u64::from_le_bytes(bits));
        }
        _ => {}
    }
    if points && draft.len < 1 << 32 {
        draft.len = draft.len.min(MOST);
    }
    if let Hold::Bytes(bytes) = &mut draft.of
        && draft.len <= MOST
    {
        let fill = [0, 1, b'a', 0x80][random.usize(..4)];
        bytes.resize(bytes.len().max(draft.len * 8), fill);
    }
}
