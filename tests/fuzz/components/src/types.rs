//! Random WIT types.

use fastrand::Rng;
use safewasm::abi::safewasm_witkind_t as Kind;

#[derive(Clone, Debug, PartialEq)]
pub enum Type {
    /// `bool`, a number or `char`.
    Prim(Kind),
    String,
    List(Box<Type>),
    Record(Vec<Type>),
    Tuple(Vec<Type>),
    Variant(Vec<Option<Type>>),
    Enum(u32),
    Option(Box<Type>),
    Result(Option<Box<Type>>, Option<Box<Type>>),
    Flags(u32),
}

/// The types with one core value, in the order of their kinds.
pub const PRIMS: [Kind; 12] = [
    Kind::BOOL,
    Kind::S8,
    Kind::U8,
    Kind::S16,
    Kind::U16,
    Kind::S32,
    Kind::U32,
    Kind::S64,
    Kind::U64,
    Kind::F32,
    Kind::F64,
    Kind::CHAR,
];

/// A type of core values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Core {
    I32,
    I64,
    F32,
    F64,
}

impl Core {
    pub fn name(self) -> &'static str {
        match self {
            Self::I32 => "i32",
            Self::I64 => "i64",
            Self::F32 => "f32",
            Self::F64 => "f64",
        }
    }
}

/// How many bytes a value of such a type takes, in memory and in a packed list.
pub fn size_of(kind: Kind) -> usize {
    match kind {
        Kind::BOOL | Kind::S8 | Kind::U8 => 1,
        Kind::S16 | Kind::U16 => 2,
        Kind::S64 | Kind::U64 | Kind::F64 => 8,
        _ => 4,
    }
}

impl Type {
    /// Draws a type in which others are nested up to `depth` deep.
    pub fn random(random: &mut Rng, depth: u32) -> Self {
        let inner = |random: &mut Rng| Self::random(random, depth - 1);
        let boxed = |random: &mut Rng| Box::new(inner(random));
        match random.u8(..if depth == 0 { 14 } else { 24 }) {
            prim @ 0..12 => Self::Prim(PRIMS[usize::from(prim)]),
            12..14 => Self::String,
            14..16 => Self::List(boxed(random)),
            16 => Self::Tuple((0..random.usize(1..5)).map(|_| inner(random)).collect()),
            17 => Self::Option(boxed(random)),
            18 => {
                let mut side = || (random.u8(..4) != 0).then(|| boxed(random));
                Self::Result(side(), side())
            }
            19..21 => Self::Record((0..random.usize(1..6)).map(|_| inner(random)).collect()),
            21 => {
                // Now and then more than 256 cases, for a discriminant of two bytes.
                let cases = if random.u8(..12) == 0 { 300 } else { random.usize(1..6) };
                let case = |case| (case < 6 && random.u8(..4) != 0).then(|| inner(random));
                Self::Variant((0..cases).map(case).collect())
            }
            22 => Self::Enum(if random.u8(..6) == 0 { 300 } else { random.u32(1..10) }),
            _ => Self::Flags(random.u32(1..=32)),
        }
    }

    /// Appends the core values that a value of the type becomes.
    pub fn flatten(&self, out: &mut Vec<Core>) {
        match self {
            Self::Prim(kind) => out.push(match kind {
                Kind::S64 | Kind::U64 => Core::I64,
                Kind::F32 => Core::F32,
                Kind::F64 => Core::F64,
                _ => Core::I32,
            }),
            Self::String | Self::List(_) => out.extend([Core::I32; 2]),
            Self::Record(types) | Self::Tuple(types) => types.iter().for_each(|ty| ty.flatten(out)),
            Self::Variant(cases) => join(cases.iter().flatten(), out),
            Self::Option(ty) => join([&**ty], out),
            Self::Result(ok, error) => join([ok, error].into_iter().flatten().map(|ty| &**ty), out),
            Self::Enum(_) | Self::Flags(_) => out.push(Core::I32),
        }
    }

    /// The type of the value in a case of a variant, an option or a result, which a case may lack. `None` if there
    /// is no such case.
    pub fn payload(&self, index: u32) -> Option<Option<&Self>> {
        match (self, index) {
            (Self::Variant(cases), _) => cases.get(index as usize).map(Option::as_ref),
            (Self::Option(_), 0) => Some(None),
            (Self::Option(ty), 1) => Some(Some(ty)),
            (Self::Result(ok, _), 0) => Some(ok.as_deref()),
            (Self::Result(_, error), 1) => Some(error.as_deref()),
            _ => None,
        }
    }

    /// How many bytes a value of the type takes in memory, if it becomes one core value.
    pub fn size_of_one(&self) -> usize {
        let discriminant = |cases: usize| if cases > 256 { 2 } else { 1 };
        match self {
            Self::Prim(kind) => size_of(*kind),
            Self::Record(types) | Self::Tuple(types) => types[0].size_of_one(),
            Self::Variant(cases) => discriminant(cases.len()),
            Self::Enum(cases) => discriminant(*cases as usize),
            Self::Flags(flags) => match flags {
                ..=8 => 1,
                9..=16 => 2,
                _ => 4,
            },
            Self::Result(..) => 1,
            Self::String | Self::List(_) | Self::Option(_) => {
                unreachable!("such a value becomes several core values")
            }
        }
    }
}

/// Appends a discriminant, and the core values that serve the payloads of all cases.
fn join<'a>(payloads: impl IntoIterator<Item = &'a Type>, out: &mut Vec<Core>) {
    out.push(Core::I32);
    let start = out.len();
    for ty in payloads {
        let mut flat = Vec::new();
        ty.flatten(&mut flat);
        for (index, core) in flat.into_iter().enumerate() {
            match out.get_mut(start + index) {
                None => out.push(core),
                Some(old) if *old == core => {}
                Some(old) if [*old, core].iter().all(|c| [Core::I32, Core::F32].contains(c)) => {
                    *old = Core::I32;
                }
                Some(old) => *old = Core::I64,
            }
        }
    }
}
