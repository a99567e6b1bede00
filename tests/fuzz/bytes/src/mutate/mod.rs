//! Mutations of bytes, of binary modules and of texts, and made-up names.

pub mod bytes;
pub mod name;
pub mod text;
pub mod wasm;

use fastrand::Rng;

/// How many bytes a mutated input may have.
pub const LONGEST: usize = 64 << 10;

/// Draws how many mutations an input gets. Mostly few, since the first mistake in an input hides the others.
pub fn count(rng: &mut Rng) -> usize {
    match rng.u8(..16) {
        0 | 1 => 0,
        2..11 => 1,
        11..14 => 2,
        _ => rng.usize(3..9),
    }
}

/// Draws an item of a list, which must not be empty.
pub fn pick<'a, T>(rng: &mut Rng, from: &'a [T]) -> &'a T {
    &from[rng.usize(..from.len())]
}
