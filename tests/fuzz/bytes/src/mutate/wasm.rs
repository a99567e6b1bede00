//! Mutations of the sections of binary modules.

use crate::leb;
use crate::mutate::{LONGEST, bytes, name, pick};
use crate::sections::{self, Section};
use fastrand::Rng;

/// Mutates `seed`. May take parts of `other`.
pub fn mutated(rng: &mut Rng, seed: &[u8], other: &[u8]) -> Vec<u8> {
    let mut wasm = seed.to_vec();
    for _ in 0..crate::mutate::count(rng) {
        match sections::split(&wasm) {
            Some(sections) if rng.u8(..4) > 0 => wasm = in_sections(rng, sections, other),
            _ => bytes::mutate(rng, &mut wasm, other),
        }
    }
    wasm
}

/// Changes the sections once.
fn in_sections(rng: &mut Rng, mut sections: Vec<Section>, other: &[u8]) -> Vec<u8> {
    if sections.is_empty() || rng.u8(..6) == 0 {
        let at = rng.usize(..=sections.len());
        sections.insert(at, custom(rng));
        return sections::join(&sections);
    }
    let at = rng.usize(..sections.len());
    match rng.u8(..10) {
        0 => {
            let to = rng.usize(..sections.len());
            sections.swap(at, to);
        }
        1 => drop(sections.remove(at)),
        2 => sections.insert(at, sections[at].clone()),
        3 => sections[at].id = rng.u8(..16),
        4 => {
            let others = sections::split(other).filter(|others| !others.is_empty());
            if let Some(others) = others {
                // Preferably a section with the same id.
                let same = others.iter().find(|other| other.id == sections[at].id);
                sections[at] = same.unwrap_or_else(|| pick(rng, &others)).clone();
            }
        }
        5 => return with_wrong_length(rng, &sections, at),
        6 => {
            // Most sections begin with the number of their items.
            let body = &mut sections[at].body;
            let mut end = 0;
            if leb::read(body, &mut end).is_some() {
                body.splice(..end, leb::edge(rng));
            }
        }
        // A change of the contents. `join` writes the right length.
        _ => bytes::mutate(rng, &mut sections[at].body, other),
    }
    let mut wasm = sections::join(&sections);
    wasm.truncate(LONGEST);
    wasm
}

/// Joins the sections, but writes a wrong length for one of them.
fn with_wrong_length(rng: &mut Rng, sections: &[Section], at: usize) -> Vec<u8> {
    let mut wasm = sections::join(&sections[..at]);
    let section = &sections[at];
    wasm.push(section.id);
    let len = section.body.len() as u64;
    match rng.u8(..3) {
        0 => leb::write(&mut wasm, len + 1),
        1 => leb::write(&mut wasm, len.saturating_sub(1)),
        _ => wasm.extend(leb::edge(rng)),
    }
    wasm.extend(&section.body);
    wasm.extend(&sections::join(&sections[at + 1..])[sections::PREAMBLE.len()..]);
    wasm
}

/// Draws a custom section, with a name that tools know or a made-up one.
fn custom(rng: &mut Rng) -> Section {
    let known: [&[u8]; 7] = [
        b"name",
        b"producers",
        b"dylink.0",
        b"metadata.code.branch_hint",
        b".debug_info",
        b".debug_line",
        b"target_features",
    ];
    let name =
        if rng.bool() { pick(rng, &known).to_vec() } else { name::name(rng, &[b"n".to_vec()]) };
    let mut body = Vec::new();
    leb::write(&mut body, name.len() as u64);
    body.extend(&name);
    if name == b"name" && rng.bool() {
        // The name of the module, which may be any bytes.
        let module = name::name(rng, &[b"m".to_vec()]);
        let mut part = Vec::new();
        leb::write(&mut part, module.len() as u64);
        part.extend(module);
        body.push(0);
        leb::write(&mut body, part.len() as u64);
        body.extend(part);
    }
    body.extend(bytes::random(rng, 24));
    Section { id: 0, body }
}
