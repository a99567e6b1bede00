//! The component of a case: its functions, and its text.

use crate::types::{Core, Type};
use safewasm::abi::safewasm_witkind_t as Kind;
use std::fmt::Write;

/// Parameters of more flat values are in memory.
const MAX_FLAT: usize = 16;

/// Where the guest's allocations begin.
pub const HEAP: u32 = 4096;

/// The memory of a new instance, in bytes.
pub const MEMORY: u32 = 2 << 16;

/// What the component's functions take and return.
pub struct Signature {
    pub params: Vec<Type>,
    /// The type of what the guest keeps.
    pub kept: Type,
    /// Whether `run` returns something.
    pub returns: bool,
    pub encoding: &'static str,
}

/// A function of the component.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Function {
    /// Writes its core parameters into memory, and returns what is kept.
    Run,
    /// Keeps its last parameter, which comes in memory since it follows [`MAX_FLAT`] numbers, and returns it.
    Keep,
    /// Returns whatever is at an address.
    Give,
    /// Writes bytes to an address.
    Poke,
    /// Has `realloc` return addresses that are too large by a number.
    Bend,
    /// Frees and clears all memory.
    Reset,
    /// Returns the memory in use.
    Used,
    /// Passes its parameters to the host function, and returns the result of that.
    Relay,
    /// Has `relay` add a number to its first core parameter.
    Tilt,
}

impl Function {
    pub const ALL: [Self; 9] = [
        Self::Run,
        Self::Keep,
        Self::Give,
        Self::Poke,
        Self::Bend,
        Self::Reset,
        Self::Used,
        Self::Relay,
        Self::Tilt,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Keep => "keep",
            Self::Give => "give",
            Self::Poke => "poke",
            Self::Bend => "bend",
            Self::Reset => "reset",
            Self::Used => "used",
            Self::Relay => "relay",
            Self::Tilt => "tilt",
        }
    }
}

impl Signature {
    pub fn params(&self, function: Function) -> Vec<Type> {
        let number = Type::Prim(Kind::U32);
        match function {
            Function::Run | Function::Relay => self.params.clone(),
            Function::Keep => {
                let mut params = vec![number; MAX_FLAT];
                params.push(self.kept.clone());
                params
            }
            Function::Give | Function::Bend | Function::Tilt => vec![number],
            Function::Poke => vec![number, bytes()],
            Function::Reset | Function::Used => vec![],
        }
    }

    pub fn result(&self, function: Function) -> Option<Type> {
        match function {
            Function::Run | Function::Relay => self.returns.then(|| self.kept.clone()),
            Function::Keep | Function::Give => Some(self.kept.clone()),
            Function::Used => Some(bytes()),
            Function::Poke | Function::Bend | Function::Reset | Function::Tilt => None,
        }
    }

    /// Whether a function takes and returns numbers only.
    pub fn is_of_numbers(&self, function: Function) -> bool {
        let mut types = self.params(function).into_iter().chain(self.result(function));
        types.all(|ty| matches!(ty, Type::Prim(_)))
    }

    /// Whether the parameters of `run` and `relay` are in memory.
    pub fn spills(&self) -> bool {
        flatten(&self.params).len() > MAX_FLAT
    }

    /// Whether what is kept is returned in memory.
    pub fn returns_in_memory(&self) -> bool {
        flatten([&self.kept]).len() > 1
    }

    /// The component in the text format.
    pub fn component(&self) -> String {
        let mut types = Types::default();
        let options = format!(
            "(memory (core memory $i \"memory\")) (realloc (core func $i \"realloc\")) string-encoding={}",
            self.encoding
        );
        let mut funcs = String::new();
        for function in Function::ALL {
            let name = function.name();
            let module = match function {
                Function::Relay | Function::Tilt => "$r",
                _ => "$i",
            };
            let ty = self.text(function, &mut types);
            writeln!(
                funcs,
                "(func (export \"{name}\") {ty} (canon lift (core func {module} \"{name}\") {options}))"
            )
            .unwrap();
        }
        let host = self.text(Function::Relay, &mut types);
        let mut params = flatten(&self.params);
        if params.len() > MAX_FLAT {
            params = vec![Core::I32];
        }
        let names: Vec<_> = params.iter().map(|core| core.name()).collect();
        let mut store = String::new();
        for (index, name) in names.iter().enumerate() {
            let place = 64 + 8 * index;
            writeln!(store, "({name}.store (i32.const {place}) (local.get {index}))").unwrap();
        }
        let result = match flatten([&self.kept]).as_slice() {
            [core] => core.name(),
            _ => "i32",
        };
        let kept = self.load("(global.get $kept)", false);
        let (run_result, run_value) =
            if self.returns { (format!("(result {result})"), &*kept) } else { (String::new(), "") };
        let relay = self.relay(&names, &run_result);
        format!(
            r#"(component
(core module $m
  (memory (export "memory") {pages})
  (global $top (mut i32) (i32.const {HEAP}))
  (global $kept (mut i32) (i32.const 0))
  (global $bend (mut i32) (i32.const 0))
  (func (export "realloc") (param $old i32) (param $old_size i32) (param $align i32) (param $size i32)
    (result i32)
    (local $new i32)
    (local.set $new (i32.and (i32.add (global.get $top) (i32.sub (local.get $align) (i32.const 1)))
      (i32.sub (i32.const 0) (local.get $align))))
    (global.set $top (i32.add (local.get $new) (local.get $size)))
    (block $fits
      (br_if $fits (i32.le_u (global.get $top) (i32.mul (memory.size) (i32.const 65536))))
      (br_if $fits (i32.ne (i32.const -1)
        (memory.grow (i32.add (i32.const 1) (i32.shr_u (local.get $size) (i32.const 16))))))
      unreachable)
    (local.set $new (i32.add (local.get $new) (global.get $bend)))
    (if (local.get $old_size) (then
      (memory.copy (local.get $new) (local.get $old)
        (select (local.get $old_size) (local.get $size)
          (i32.lt_u (local.get $old_size) (local.get $size))))))
    (local.get $new))
  (func (export "run") (param {params}) {run_result}
    {store}
    {run_value})
  (func (export "keep") (param i32) (result {result})
    (global.set $kept (i32.add (local.get 0) (i32.const 64)))
    (i32.store (i32.const 16) (global.get $kept))
    {kept})
  (func (export "give") (param i32) (result {result})
    {given})
  (func (export "poke") (param i32 i32 i32)
    (memory.copy (local.get 0) (local.get 1) (local.get 2)))
  (func (export "bend") (param i32) (global.set $bend (local.get 0)))
  (func (export "reset")
    (memory.fill (i32.const 0) (i32.const 0) (i32.mul (memory.size) (i32.const 65536)))
    (global.set $top (i32.const {HEAP})))
  (func (export "used") (result i32)
    (i32.store (i32.const 0) (i32.const 0))
    (i32.store (i32.const 4) (global.get $top))
    (i32.const 0)))
(core instance $i (instantiate $m))
{types}
(import "host" (func $host {host}))
(core func $lowered (canon lower (func $host) {options}))
{relay}
(core instance $r (instantiate $relay (with "" (instance
  (export "host" (func $lowered)) (export "realloc" (func $i "realloc"))))))
{funcs})"#,
            pages = MEMORY >> 16,
            params = names.join(" "),
            given = self.load("(local.get 0)", true),
            types = types.text,
        )
    }

    /// The parameters and the result of a function as text.
    fn text(&self, function: Function, types: &mut Types) -> String {
        let mut text = String::new();
        for (index, ty) in self.params(function).iter().enumerate() {
            write!(text, " (param \"p{index}\" {})", types.of(ty)).unwrap();
        }
        if let Some(ty) = self.result(function) {
            write!(text, " (result {})", types.of(&ty)).unwrap();
        }
        text
    }

    /// The module that calls the host function, whose core parameters and result are as those of `run`.
    fn relay(&self, params: &[&str], result: &str) -> String {
        let mut args = String::new();
        for (index, name) in params.iter().enumerate() {
            match (index, *name) {
                (0, "i32") => args += "(i32.add (local.get 0) (global.get $tilt))",
                _ => write!(args, "(local.get {index})").unwrap(),
            }
        }
        let params = params.join(" ");
        // A result in memory comes to where the last parameter says.
        let in_memory = self.returns && self.returns_in_memory();
        let (place, host, call) = if in_memory {
            (
                "(local.set $place (call $realloc (i32.const 0) (i32.const 0) (i32.const 8) (i32.const 8192)))",
                format!("(param {params} i32)"),
                format!("(call $host {args} (local.get $place)) (local.get $place)"),
            )
        } else {
            ("", format!("(param {params}) {result}"), format!("(call $host {args})"))
        };
        format!(
            r#"(core module $relay
  (import "" "host" (func $host {host}))
  (import "" "realloc" (func $realloc (param i32 i32 i32 i32) (result i32)))
  (global $tilt (mut i32) (i32.const 0))
  (func (export "relay") (param {params}) {result} (local $place i32)
    {place}
    {call})
  (func (export "tilt") (param i32) (global.set $tilt (local.get 0))))"#
        )
    }

    /// Code for the core result: a value of the type that is kept, from an address. With `dirty` there may be more bits
    /// than the value has.
    fn load(&self, address: &str, dirty: bool) -> String {
        match flatten([&self.kept]).as_slice() {
            [Core::I32] if !dirty => match self.kept.size_of_one() {
                1 => format!("(i32.load8_u {address})"),
                2 => format!("(i32.load16_u {address})"),
                _ => format!("(i32.load {address})"),
            },
            [core] => format!("({}.load {address})", core.name()),
            _ => address.to_owned(),
        }
    }
}

/// The type of a list of bytes.
pub fn bytes() -> Type {
    Type::List(Box::new(Type::Prim(Kind::U8)))
}

fn flatten<'a>(types: impl IntoIterator<Item = &'a Type>) -> Vec<Core> {
    let mut flat = Vec::new();
    types.into_iter().for_each(|ty| ty.flatten(&mut flat));
    flat
}

/// Definitions of types in the text format.
#[derive(Default)]
struct Types {
    text: String,
    len: usize,
}

impl Types {
    /// Defines a type. Returns its name.
    fn of(&mut self, ty: &Type) -> String {
        let each = |types: &mut Self, all: &[Type]| {
            all.iter().map(|ty| types.of(ty)).collect::<Vec<_>>().join(" ")
        };
        let list = |count: usize, item: &mut dyn FnMut(usize) -> String| {
            (0..count).map(item).collect::<Vec<_>>().join(" ")
        };
        let body = match ty {
            Type::Prim(kind) => return format!("{kind:?}").to_lowercase(),
            Type::String => return "string".to_owned(),
            Type::List(ty) => format!("(list {})", self.of(ty)),
            Type::Option(ty) => format!("(option {})", self.of(ty)),
            Type::Tuple(types) => format!("(tuple {})", each(self, types)),
            Type::Result(ok, error) => {
                let ok = ok.as_ref().map(|ty| self.of(ty)).unwrap_or_default();
                let error = error.as_ref().map(|ty| format!("(error {})", self.of(ty)));
                format!("(result {ok} {})", error.unwrap_or_default())
            }
            Type::Record(types) => {
                let mut field = |index| format!("(field \"f{index}\" {})", self.of(&types[index]));
                format!("(record {})", list(types.len(), &mut field))
            }
            Type::Variant(cases) => {
                let mut case = |index| {
                    let ty: &Option<Type> = &cases[index];
                    let ty = ty.as_ref().map(|ty| self.of(ty)).unwrap_or_default();
                    format!("(case \"c{index}\" {ty})")
                };
                format!("(variant {})", list(cases.len(), &mut case))
            }
            Type::Enum(cases) => {
                format!("(enum {})", list(*cases as usize, &mut |index| format!("\"c{index}\"")))
            }
            Type::Flags(flags) => {
                format!("(flags {})", list(*flags as usize, &mut |index| format!("\"g{index}\"")))
            }
        };
        let number = self.len;
        self.len += 1;
        let text = &mut self.text;
        if matches!(ty, Type::Record(_) | Type::Variant(_) | Type::Enum(_) | Type::Flags(_)) {
            // A function that is imported or exported takes only such types as are that too.
            writeln!(
                text,
                "(type $d{number} {body}) (import \"t{number}\" (type $t{number} (eq $d{number})))"
            )
        } else {
            writeln!(text, "(type $t{number} {body})")
        }
        .unwrap();
        format!("$t{number}")
    }
}
