//! What each handle is, as far as the header says it.

use safewasm::error::safewasm_error_kind_t as ErrorKind;
use safewasm::error::safewasm_trap_code_t as TrapCode;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Config,
    Engine,
    Store,
    Module,
    Error,
    Bytes,
    FuncType,
    ExternType,
    View,
    Linker,
    Pre,
    SharedMemory,
    Instance,
    Func,
    Memory,
    Table,
    Global,
    Tag,
    Ref,
    Caller,
}

pub const KINDS: [Kind; 20] = [
    Kind::Config,
    Kind::Engine,
    Kind::Store,
    Kind::Module,
    Kind::Error,
    Kind::Bytes,
    Kind::FuncType,
    Kind::ExternType,
    Kind::View,
    Kind::Linker,
    Kind::Pre,
    Kind::SharedMemory,
    Kind::Instance,
    Kind::Func,
    Kind::Memory,
    Kind::Table,
    Kind::Global,
    Kind::Tag,
    Kind::Ref,
    Kind::Caller,
];

/// The kinds of import and export, in the order of their numbers, from 1.
pub const EXTERNS: [Kind; 6] =
    [Kind::Func, Kind::Memory, Kind::Table, Kind::Global, Kind::Tag, Kind::SharedMemory];

/// What an import of that kind is called in messages, as a member of `of`.
pub fn member(kind: Kind) -> &'static str {
    match kind {
        Kind::Func => "func",
        Kind::Memory => "memory",
        Kind::Table => "table",
        Kind::Global => "global",
        Kind::Tag => "tag",
        _ => "sharedmemory",
    }
}

/// A handle that was seen.
#[derive(Clone, Debug)]
pub struct Handle {
    pub bits: u64,
    pub kind: Kind,
    pub deleted: bool,
    /// The store that it belongs to.
    pub store: Option<usize>,
    /// What it means: the number of that among the objects of its kind.
    pub of: usize,
    /// Of a caller, the thread that it is valid on.
    pub thread: usize,
}

/// An error that is to come: its kind, what its message names, and the trap.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    pub kind: ErrorKind,
    pub names: String,
    pub trap: Option<TrapCode>,
    pub env: Option<usize>,
    pub exception: Option<usize>,
    pub frames: Option<bool>,
}

pub type Want<T = ()> = Result<T, Refusal>;

pub fn refuse<T>(kind: ErrorKind, names: impl Into<String>) -> Want<T> {
    Err(Refusal { kind, names: names.into(), trap: None, env: None, exception: None, frames: None })
}

pub fn trap<T>(code: TrapCode) -> Want<T> {
    let refusal = refuse::<()>(ErrorKind::TRAP, "").unwrap_err();
    Err(Refusal { trap: Some(code), ..refusal })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ty {
    I32,
    I64,
    F32,
    F64,
    V128,
    Func,
    Extern,
    Any,
    Exn,
}

impl Ty {
    /// The kind of value, and what a reference refers to.
    pub fn parts(self) -> (u8, u8) {
        match self {
            Ty::I32 => (1, 0),
            Ty::I64 => (2, 0),
            Ty::F32 => (3, 0),
            Ty::F64 => (4, 0),
            Ty::V128 => (5, 0),
            Ty::Func => (7, 1),
            Ty::Extern => (6, 2),
            Ty::Any => (6, 3),
            Ty::Exn => (6, 8),
        }
    }

    pub fn is_ref(self) -> bool {
        self.parts().0 > 5
    }

    pub fn text(self) -> &'static str {
        match self {
            Ty::I32 => "i32",
            Ty::I64 => "i64",
            Ty::F32 => "f32",
            Ty::F64 => "f64",
            Ty::V128 => "v128",
            Ty::Func => "funcref",
            Ty::Extern => "externref",
            Ty::Any => "anyref",
            Ty::Exn => "exnref",
        }
    }
}

/// Parameters and results.
pub type Sig = (&'static [Ty], &'static [Ty]);

/// The signatures in use: the second is that of most functions, the third that of tags.
pub const SIGS: [Sig; 6] = [
    (&[Ty::I32], &[Ty::I32]),
    (&[], &[]),
    (&[Ty::I32], &[]),
    (&[Ty::Extern], &[Ty::Extern]),
    (&[Ty::I64, Ty::F64, Ty::V128], &[Ty::F32]),
    (&[Ty::Func, Ty::Any, Ty::Exn], &[]),
];

pub fn sig_text((params, results): Sig) -> String {
    let list = |types: &[Ty]| types.iter().map(|ty| ty.text()).collect::<Vec<_>>().join(", ");
    match results {
        [one] => format!("({}) -> {}", list(params), one.text()),
        many => format!("({}) -> ({})", list(params), list(many)),
    }
}

/// The type of an import or export.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Item {
    Func(Sig),
    Memory(u64, Option<u64>),
    Table(u64, Option<u64>, Ty),
    Global(Ty, bool),
    Tag(Sig),
    Shared(u64, u64),
}

impl Item {
    /// The number of the kind.
    pub fn kind(self) -> u32 {
        match self {
            Item::Func(_) => 1,
            Item::Memory(..) => 2,
            Item::Table(..) => 3,
            Item::Global(..) => 4,
            Item::Tag(_) => 5,
            Item::Shared(..) => 6,
        }
    }

    pub fn text(self) -> String {
        let max = |max: Option<u64>| max.map_or(String::new(), |max| format!(" {max}"));
        let list = |what: &str, types: &[Ty]| {
            let types: String = types.iter().map(|ty| format!(" {}", ty.text())).collect();
            if types.is_empty() { types } else { format!(" ({what}{types})") }
        };
        match self {
            Item::Func((params, results)) => {
                format!("(func{}{})", list("param", params), list("result", results))
            }
            Item::Memory(min, most) => format!("(memory {min}{})", max(most)),
            Item::Table(min, most, ty) => format!("(table {min}{} {})", max(most), ty.text()),
            Item::Global(ty, true) => format!("(global (mut {}))", ty.text()),
            Item::Global(ty, false) => format!("(global {})", ty.text()),
            Item::Tag((params, _)) => format!("(tag{})", list("param", params)),
            Item::Shared(min, most) => format!("(memory {min} {most} shared)"),
        }
    }
}

/// A value, with the numbers of the objects that references refer to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Val {
    Number(u8, [u8; 16]),
    Null(u8),
    Ref(usize),
    Func(usize),
}

pub struct Engine {
    pub fuel: bool,
    pub epochs: bool,
    pub shared: bool,
    pub epoch: u64,
}

pub struct Store {
    pub engine: usize,
    pub deleted: bool,
    pub poisoned: bool,
    /// What it has of each thing, and may have.
    pub instances: (u64, u64),
    pub elements: (u64, u64),
    /// Whether it may have no more memory.
    pub tight: bool,
    pub fuel: u64,
    /// Whether `fuel` is just what is left, and not only the most that can be.
    pub fuel_is_exact: bool,
    pub fuel_given: u128,
    pub interrupted: bool,
    pub epoch_deadline: u64,
    pub is_late: bool,
    /// The numbers of its time limits.
    pub timeouts: Vec<u64>,
}

/// What a function does.
#[derive(Clone, Debug)]
pub enum Does {
    Host,
    AddOne,
    Divide,
    Trap,
    Throw(usize),
    Echo,
    Grow(usize),
    Bump(usize),
    /// Calls a function, and looks at the clock and the fuel afterwards.
    Via(usize),
    Catch(usize),
    /// What a linker puts in the place of an import that is missing.
    Undefined,
    Zero,
    /// Makes an instance for each call.
    Command,
}

pub struct Func {
    pub sig: Sig,
    pub does: Does,
    /// Whether another handle of it may say that it is another.
    pub is_vague: bool,
}

pub struct Memory {
    pub size: u64,
    pub max: Option<u64>,
    /// Those of its bytes that aren't 0.
    pub bytes: std::collections::BTreeMap<u64, u8>,
}

pub struct Table {
    pub ty: Ty,
    pub elements: Vec<Val>,
    pub max: Option<u64>,
}

pub struct Global {
    pub ty: Ty,
    pub is_mutable: bool,
    pub val: Val,
    /// Whether a race has left the value open: the next look at it settles it.
    pub is_open: bool,
}

#[derive(Clone, Debug)]
pub enum Ref {
    Extern(usize),
    I31(u32),
    Exn(usize, Vec<Val>),
}

pub struct Report {
    pub kind: ErrorKind,
    pub message: String,
    pub trap: TrapCode,
    pub env: Option<usize>,
    pub exception: Option<usize>,
    pub frames: Option<bool>,
}

pub struct Instance {
    pub module: usize,
    pub exports: Vec<(&'static str, Kind, usize)>,
}

pub struct Linker {
    pub engine: usize,
    pub store: Option<usize>,
    pub shadowing: bool,
    /// Names, type, and the object where it is one of a store.
    pub definitions: Vec<Definition>,
}

#[derive(Clone)]
pub struct Definition {
    pub module: String,
    pub name: String,
    pub ty: Item,
    pub kind: Kind,
    pub of: usize,
}

pub struct Pre {
    pub module: usize,
    pub store: Option<usize>,
    pub imports: Vec<Definition>,
}

pub struct View {
    pub store: usize,
    pub memory: usize,
    pub cell: usize,
    pub generation: u64,
}

pub struct Shared {
    pub engine: usize,
    pub memory: Memory,
}

/// Who has the `env` of a finalizer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Owner {
    Nobody,
    /// Errors, those that a host function returned among them.
    Errors,
    /// A host function of a store.
    Func(usize),
    /// A reference in a store.
    Ref(usize, usize),
    Linker(usize),
}
