//! Mutations: of bytes of any kind, of binary modules, of texts, and names that are made up.

pub mod bytes;
pub mod name;
pub mod text;
pub mod wasm;

use fastrand::Rng;

/// How long a mutated input may be.
pub const LONGEST: usize = 64 << 10;

/// How many mutations one after the other an input gets: mostly few, as what is wrong in several places is
/// refused for the first.
pub fn count(rng: &mut Rng) -> usize {
    match rng.u8(..16) {
        0 | 1 => 0,
        2..11 => 1,
        11..14 => 2,
        _ => rng.usize(3..9),
    }
}

/// One of them, which is there.
pub fn pick<'a, T>(rng: &mut Rng, from: &'a [T]) -> &'a T {
    &from[rng.usize(..from.len())]
}
