//! The plan for a module, which both sides carry out: the configuration, the limits, the arguments of calls,
//! and the results of host functions.

use crate::trace::{Plain, hash};
use safewasm::abi::{safewasm_heapkind_t as Heap, safewasm_valtype_t};

/// How many external references the host makes.
pub const EXTERNS: usize = 3;

/// How many times all exports are called.
pub const ROUNDS: u64 = 2;

/// The features that are turned on: all but continuations, which this build of Wasmtime lacks.
pub const FEATURES: std::ops::Range<u32> = 0..15;

/// The plan for the module with a number.
#[derive(Clone, Copy)]
pub struct Plan {
    pub seed: u64,
    pub number: u64,
    /// Whether the engine has epochs. Some calls of host functions then increment the epoch.
    pub epochs: bool,
    /// Whether the compiler optimizes.
    pub optimised: bool,
    /// Whether the module is damaged first, and only compiled.
    pub damaged: bool,
    pub fuel: u64,
    /// The limit of all memories together, in bytes.
    pub memory_limit: u64,
    /// The limit of all tables together, in elements.
    pub table_limit: u64,
}

/// The outcome of a host function.
pub enum Answer {
    Results(Vec<Plain>),
    Failure(String),
}

impl Plan {
    pub fn new(seed: u64, number: u64) -> Self {
        let mut random = fastrand::Rng::with_seed(seed.rotate_left(32) ^ number);
        Self {
            seed,
            number,
            epochs: random.u8(..4) == 0,
            optimised: random.bool(),
            damaged: random.u8(..12) == 0,
            fuel: [300, 2_000, 10_000][random.usize(..3)],
            memory_limit: [1 << 19, 1 << 20, 2 << 20][random.usize(..3)],
            table_limit: [100, 300, 1_000][random.usize(..3)],
        }
    }

    fn random(&self, salt: u64) -> fastrand::Rng {
        let number = self.number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        fastrand::Rng::with_seed((self.seed ^ number).wrapping_add(salt))
    }

    /// Flips a few bits of the module.
    pub fn damage(&self, module: &mut [u8]) {
        let mut random = self.random(u64::MAX);
        for _ in 0..random.usize(1..4) {
            let place = random.usize(..module.len());
            module[place] ^= 1 << random.u8(..8);
        }
    }

    /// The arguments for the export at `index`, or none if a program can't make values of these types.
    pub fn args(
        &self,
        round: u64,
        index: usize,
        params: &[safewasm_valtype_t],
    ) -> Option<Vec<Plain>> {
        let mut random = self.random(1 + round * 1_000_003 + index as u64);
        params.iter().map(|ty| value(*ty, &mut random, true)).collect()
    }

    /// The initial value of an imported global, or of the elements of an imported table.
    pub fn initial(&self, import: usize, ty: safewasm_valtype_t) -> Option<Plain> {
        value(ty, &mut self.random(1 << 40 | import as u64), false)
    }

    /// The outcome of the host function for an import when it is called with `args` for the `nth` time.
    pub fn answer(
        &self,
        import: usize,
        nth: u64,
        args: &[Plain],
        results: &[safewasm_valtype_t],
    ) -> Answer {
        // The outcome depends on the arguments, so that wrong ones are noticed.
        let given = hash(format!("{args:?}").as_bytes());
        let mut random = self.random(given ^ (import as u64) << 48 ^ nth << 56);
        if random.u8(..12) == 0 {
            return Answer::Failure(format!("import {import} has had enough of {given:x}"));
        }
        match results.iter().map(|ty| value(*ty, &mut random, false)).collect() {
            Some(results) => Answer::Results(results),
            None => Answer::Failure(format!("import {import} has no such value")),
        }
    }

    /// Whether the `nth` of all calls of host functions increments the epoch.
    pub fn ticks(&self, nth: u64) -> bool {
        self.epochs && nth.is_multiple_of(3)
    }
}

/// Draws a value of a type, if a program can make one. `functions` says whether there is a function.
fn value(ty: safewasm_valtype_t, random: &mut fastrand::Rng, functions: bool) -> Option<Plain> {
    Some(match ty.kind {
        1 => Plain::I32(number(random) as i32),
        2 => Plain::I64(number(random) as i64),
        3 => Plain::F32(match random.u8(..3) {
            0 => (number(random) as i32 as f32).to_bits(),
            1 => [0, 1 << 31, 0x7f80_0000, 0x7fc0_0000, 0xffa0_0001, 1][random.usize(..6)],
            _ => random.u32(..),
        }),
        4 => Plain::F64(match random.u8(..3) {
            0 => (number(random) as i64 as f64).to_bits(),
            1 => [0, 1 << 63, 0x7ff0 << 48, 0x7ff8 << 48, 0xfff4 << 48 | 1, 1][random.usize(..6)],
            _ => random.u64(..),
        }),
        5 => Plain::V128(random.u128(..).to_le_bytes()),
        _ if ty.nullable.get() && random.u8(..3) == 0 => Plain::Null,
        _ if ty.heap == Heap::EXTERN as u8 => Plain::Extern(random.usize(..EXTERNS)),
        _ if [Heap::ANY, Heap::EQ, Heap::I31].map(|heap| heap as u8).contains(&ty.heap) => {
            Plain::I31(number(random) as u32 & 0x7fff_ffff)
        }
        _ if functions && ty.heap == Heap::FUNC as u8 => Plain::Func(String::new()),
        _ if ty.nullable.get() => Plain::Null,
        _ => return None,
    })
}

/// Draws a number: small, at an edge, of medium size, or any.
fn number(random: &mut fastrand::Rng) -> u64 {
    match random.u8(..4) {
        0 => random.u64(..16),
        1 => [u64::MAX, 1 << 31, (1 << 31) - 1, 1 << 63, (1 << 63) - 1, 65_535][random.usize(..6)],
        2 => random.u64(..1 << 17),
        _ => random.u64(..),
    }
}

/// Whether a program can describe the type. It can't describe types that a module defines.
pub fn can_describe(ty: safewasm_valtype_t) -> bool {
    ty.heap < Heap::CONCRETE_FUNC as u8
}
