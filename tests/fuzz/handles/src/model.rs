//! The model: what each handle means and what each object contains, as far as the header specifies it.
//!
//! An object of the model is known by its number: its index in the list of its kind in `World`.

pub use crate::externkinds::{EXTERNS, ExternKind};
use safewasm_capi::Kind;

use crate::ops::Features;
use safewasm::abi::safewasm_error_kind_t as ErrorKind;
use safewasm::abi::safewasm_heapkind_t as HeapKind;
use safewasm::abi::safewasm_trap_code_t as TrapCode;
use safewasm::abi::safewasm_valkind_t as ValKind;
use safewasm::abi::safewasm_valtype_t;

/// The kinds of values, as in `safewasm_val_t`.
pub const I32: u8 = ValKind::I32 as u8;
pub const I64: u8 = ValKind::I64 as u8;
pub const F32: u8 = ValKind::F32 as u8;
pub const F64: u8 = ValKind::F64 as u8;
pub const V128: u8 = ValKind::V128 as u8;
pub const REF: u8 = ValKind::REF as u8;
pub const FUNC: u8 = ValKind::FUNC as u8;

/// A handle that the library has given out.
#[derive(Clone, Debug)]
pub struct Handle {
    pub bits: u64,
    pub kind: Kind,
    pub deleted: bool,
    /// The store that it belongs to.
    pub store: Option<usize>,
    /// The number of its object.
    pub of: usize,
    /// The thread on which it was made. A caller is valid only there.
    pub thread: usize,
}

/// An error that a call must return.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    pub kind: ErrorKind,
    /// A word that its message has in backquotes, if it isn't empty.
    pub names: String,
    pub trap: Option<TrapCode>,
    pub env: Option<usize>,
    /// The exception in it, a reference.
    pub exception: Option<usize>,
    /// Whether it has a backtrace. Either is right for `None`.
    pub frames: Option<bool>,
}

/// The outcome that a call must have.
pub type Want<T = ()> = Result<T, Refusal>;

/// An error of that kind whose message names `names`.
pub fn refuse<T>(kind: ErrorKind, names: impl Into<String>) -> Want<T> {
    Err(Refusal { kind, names: names.into(), trap: None, env: None, exception: None, frames: None })
}

/// A trap with that code.
pub fn trap<T>(code: TrapCode) -> Want<T> {
    let refusal = refuse::<()>(ErrorKind::TRAP, "").unwrap_err();
    Err(Refusal { trap: Some(code), ..refusal })
}

/// A type of values.
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
    /// All types.
    pub const ALL: [Self; 9] = [
        Self::I32,
        Self::I64,
        Self::F32,
        Self::F64,
        Self::V128,
        Self::Func,
        Self::Extern,
        Self::Any,
        Self::Exn,
    ];

    /// The kind of its values.
    pub fn kind(self) -> u8 {
        match self {
            Ty::I32 => I32,
            Ty::I64 => I64,
            Ty::F32 => F32,
            Ty::F64 => F64,
            Ty::V128 => V128,
            Ty::Func => FUNC,
            Ty::Extern | Ty::Any | Ty::Exn => REF,
        }
    }

    /// The type as the library describes it.
    pub fn raw(self) -> safewasm_valtype_t {
        let heap = match self {
            Ty::Func => HeapKind::FUNC as u8,
            Ty::Extern => HeapKind::EXTERN as u8,
            Ty::Any => HeapKind::ANY as u8,
            Ty::Exn => HeapKind::EXN as u8,
            _ => 0,
        };
        safewasm_valtype_t { kind: self.kind(), heap, nullable: self.is_ref().into() }
    }

    pub fn is_ref(self) -> bool {
        matches!(self.kind(), REF | FUNC)
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

/// The signature of most functions that are called.
pub const CALL: Sig = SIGS[0];
/// The signature without parameters and results.
pub const NOTHING: Sig = SIGS[1];
/// The signature of tags.
pub const TAG: Sig = SIGS[2];

/// The signatures in use.
pub const SIGS: [Sig; 6] = [
    (&[Ty::I32], &[Ty::I32]),
    (&[], &[]),
    (&[Ty::I32], &[]),
    (&[Ty::Extern], &[Ty::Extern]),
    (&[Ty::I64, Ty::F64, Ty::V128], &[Ty::F32]),
    (&[Ty::Func, Ty::Any, Ty::Exn], &[]),
];

/// A type of structures or arrays.
pub struct HeapType {
    pub text: &'static str,
    pub is_array: bool,
    /// The types of its fields, and whether they are mutable.
    pub fields: &'static [(Ty, bool)],
}

/// The heap types in use.
pub const HEAP_TYPES: [HeapType; 4] = [
    HeapType {
        text: "(struct (field (mut i32)) (field i32))",
        is_array: false,
        fields: &[(Ty::I32, true), (Ty::I32, false)],
    },
    HeapType {
        text: "(struct (field (mut externref)) (field i32))",
        is_array: false,
        fields: &[(Ty::Extern, true), (Ty::I32, false)],
    },
    HeapType { text: "(array (mut anyref))", is_array: true, fields: &[(Ty::Any, true)] },
    HeapType { text: "(array (mut i32))", is_array: true, fields: &[(Ty::I32, true)] },
];

/// Whether a signature has references, which slots can't hold.
pub fn has_references((params, results): Sig) -> bool {
    params.iter().chain(results).any(|ty| ty.is_ref())
}

/// A signature as the library writes it.
pub fn sig_text((params, results): Sig) -> String {
    let list = |types: &[Ty]| types.iter().map(|ty| ty.text()).collect::<Vec<_>>().join(", ");
    match results {
        [one] => format!("({}) -> {}", list(params), one.text()),
        many => format!("({}) -> ({})", list(params), list(many)),
    }
}

/// The type of an import or export. Numbers are the least and the greatest size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Item {
    Func(Sig),
    Memory(u64, Option<u64>),
    Table(u64, Option<u64>, Ty),
    /// The type of its value, and whether it is mutable.
    Global(Ty, bool),
    Tag(Sig),
    Shared(u64, u64),
}

impl Item {
    pub fn kind(self) -> Kind {
        match self {
            Item::Func(_) => Kind::Func,
            Item::Memory(..) => Kind::Memory,
            Item::Table(..) => Kind::Table,
            Item::Global(..) => Kind::Global,
            Item::Tag(_) => Kind::Tag,
            Item::Shared(..) => Kind::SharedMemory,
        }
    }

    /// The type as the library writes it.
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

/// A value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Val {
    /// Its kind and its bytes.
    Number(u8, [u8; 16]),
    /// NULL of a kind of references.
    Null(u8),
    /// The number of a reference.
    Ref(usize),
    /// The number of a function.
    Func(usize),
}

impl Val {
    /// Stands for the result of a call without results.
    pub const NONE: Self = Val::Null(0);

    pub fn of_i32(x: i32) -> Self {
        Val::Number(I32, number(I32, x))
    }

    /// The value of an `i32`, and 0 of others.
    pub fn i32(self) -> i32 {
        match self {
            Val::Number(I32, bytes) => i32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]),
            _ => 0,
        }
    }
}

/// The bytes of a value of that kind, made from `number`; the rest are 0.
pub fn number(kind: u8, number: i32) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[..4].copy_from_slice(&number.to_le_bytes());
    if matches!(kind, I64 | F64 | V128) {
        bytes[4..8].copy_from_slice(&number.to_le_bytes());
    }
    if kind == V128 {
        bytes[12..].copy_from_slice(&number.to_le_bytes());
    }
    bytes
}

/// What a compilation compiles: the index of a module in `MODULES`, or of a component in `COMPONENTS`.
#[derive(Clone, Copy)]
pub enum Unit {
    Module(usize),
    Component(usize),
}

pub struct Engine {
    pub features: Features,
    pub epoch: u64,
}

pub struct Store {
    pub engine: usize,
    pub deleted: bool,
    pub poisoned: bool,
    /// The number of its instances, and the limit.
    pub instances: (u64, u64),
    /// The number of elements of its tables, and the limit.
    pub elements: (u64, u64),
    /// Whether its memory limit is 0 bytes.
    pub tight: bool,
    /// The fuel that is left, or an upper bound of it.
    pub fuel: u64,
    pub fuel_is_exact: bool,
    /// The sum of all fuel that the store was given since it was last set.
    pub fuel_given: u128,
    pub interrupted: bool,
    pub epoch_deadline: u64,
    /// Whether its deadline has passed.
    pub is_late: bool,
    /// The time limits that have begun, as the library numbers them.
    pub timeouts: Vec<u64>,
    /// The `env` that is attached to it, or 0.
    pub data: usize,
    pub has_wasi: bool,
    /// Whether a profile of it is recorded.
    pub is_profiled: bool,
    /// Whether a failure has ended its components.
    pub has_ended: bool,
}

/// The behaviour of a function. Numbers are those of objects.
#[derive(Clone, Debug)]
pub enum Does {
    /// Runs the script of the call.
    Host,
    AddOne,
    /// Divides 100 by its argument.
    Divide,
    Trap,
    /// Throws its argument with that tag.
    Throw(usize),
    /// Returns its argument.
    Echo,
    /// Grows that memory.
    Grow(usize),
    /// Adds 1 to that global.
    Bump(usize),
    /// Calls that function, checks fuel and epoch in a loop, and adds 1.
    Via(usize),
    /// Calls that function and returns -1 if it throws.
    Catch(usize),
    /// Traps in the place of a missing import.
    Undefined,
    /// Returns zeros in the place of a missing import.
    Zero,
    /// Is a command's export in a linker: it makes an instance for each call.
    Command,
}

pub struct Func {
    pub sig: Sig,
    pub does: Does,
    /// Whether `safewasm_func_same` may deny that two handles of it are the same function.
    pub is_vague: bool,
}

pub struct Memory {
    /// In pages, as is `max`.
    pub size: u64,
    pub max: Option<u64>,
    /// The bytes that were written, by address; the others are 0.
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
    /// Whether several values are possible after a race, until the global is read.
    pub is_open: bool,
}

#[derive(Clone, Debug)]
pub enum Ref {
    /// The `env` of an external reference.
    Extern(usize),
    I31(u32),
    /// The tag of an exception, and its fields.
    Exn(usize, Vec<Val>),
    /// The index of its type in `HEAP_TYPES`, and its fields or elements.
    Object(usize, Vec<Val>),
}

impl Ref {
    /// The values in it.
    pub fn values(&self) -> &[Val] {
        match self {
            Ref::Exn(_, values) | Ref::Object(_, values) => values,
            Ref::Extern(_) | Ref::I31(_) => &[],
        }
    }

    /// The type of a value in it, and whether that is mutable.
    pub fn field(&self, index: u64) -> Want<(Ty, bool)> {
        if index >= self.values().len() as u64 {
            return refuse(ErrorKind::NOT_FOUND, "index");
        }
        match self {
            Ref::Object(ty, _) if HEAP_TYPES[*ty].is_array => Ok(HEAP_TYPES[*ty].fields[0]),
            Ref::Object(ty, _) => Ok(HEAP_TYPES[*ty].fields[index as usize]),
            _ => Ok((Ty::I32, false)),
        }
    }
}

/// The contents of an error.
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
    /// The name, kind and number of each export.
    pub exports: Vec<(&'static str, Kind, usize)>,
}

/// A component whose imports are bound.
#[derive(Clone, Copy)]
pub struct Bound {
    /// Its index in `COMPONENTS`.
    pub component: usize,
    /// Whether its import traps when it is called.
    pub traps: bool,
}

pub struct ComponentLinker {
    pub engine: usize,
    pub shadowing: bool,
    /// Whether WASI is defined.
    pub wasi: bool,
    /// What is defined for the import of `IMPORTING` in each version of its interface.
    pub imports: [Option<Import>; 2],
    /// Whether the import of the first component is defined, as a trap.
    pub has_first: bool,
    /// Whether the imports that no component has are defined, as resource types.
    pub resources: [bool; 2],
}

/// A definition in a component linker.
#[derive(Clone, Copy)]
pub enum Import {
    /// A host function with its `env`, and whether it has the right type.
    Func(usize, bool),
    Module,
    Trap,
}

pub struct Linker {
    pub engine: usize,
    /// The store that its definitions belong to, once there is one.
    pub store: Option<usize>,
    pub shadowing: bool,
    pub definitions: Vec<Defined>,
}

/// A definition in a linker.
#[derive(Clone)]
pub struct Defined {
    pub module: &'static str,
    pub name: &'static str,
    pub ty: Item,
    /// The number of the object.
    pub of: usize,
}

/// A pre-instantiation.
pub struct Pre {
    pub module: usize,
    pub store: Option<usize>,
    /// The numbers of its imports.
    pub imports: Vec<usize>,
}

pub struct View {
    pub store: usize,
    pub memory: usize,
    /// The address of its cell.
    pub cell: usize,
    /// The generation in its cell, which must not change.
    pub generation: u64,
}

pub struct Shared {
    pub engine: usize,
    pub memory: Memory,
}

/// The owner of an `env`, which decides when its finalizer runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Owner {
    /// The call that it was passed to failed, so its finalizer has run.
    Nobody,
    /// One or several errors.
    Errors,
    /// A host function in that store.
    Func(usize),
    /// That reference, the second number, in that store.
    Ref(usize, usize),
    Linker(usize),
    ComponentLinker(usize),
    ResourceType(usize),
    /// That resource of the program, the second number, in that store.
    Resource(usize, usize),
    /// That store, which it is attached to.
    Data(usize),
}
