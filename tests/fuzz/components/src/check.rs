//! Runs a case in Wasmtime and through the library, and compares.

use crate::guest::{Function, HEAP, MEMORY, Signature, bytes};
use crate::library;
use crate::mutate::mutate;
use crate::nodes::{Draft, decode, encode};
use crate::tally::Tally;
use crate::types::{PRIMS, Type};
use crate::value::{Value, fits, narrow};
use crate::wasmtime_side;
use fastrand::Rng;
use safewasm::abi::safewasm_error_kind_t as Kind;
use safewasm::abi::safewasm_witkind_t as WitKind;
use safewasm_capi::Failure;

/// How often each sort of call is made for a component.
const ROUNDS: usize = 3;
const MUTATIONS: usize = 12;
const SPOILT: usize = 6;
const BENT: usize = 2;
const TILTED: usize = 3;
const WRONG: usize = 3;

/// One case of this many has the attack that only takes memory.
const GREEDY: u64 = 100;

/// The engines of both sides.
pub struct Checker {
    ours: library::Engine,
    theirs: wasmtime::Engine,
}

impl Checker {
    pub fn new() -> Result<Self, String> {
        let ours = library::Engine::new().map_err(|failure| failure.to_string())?;
        let theirs = wasmtime_side::engine().map_err(|error| format!("{error:?}"))?;
        Ok(Self { ours, theirs })
    }

    /// Runs the case with that number. The error describes the first difference.
    pub fn check(&self, case: &Plan, tally: &mut Tally) -> Result<(), String> {
        let Plan { signature, greedy, .. } = case;
        let mut random = case.random.clone();
        let wasm = wat::parse_str(&case.text).map_err(|error| error.to_string())?;
        let ours = library::Component::new(&self.ours, signature, &wasm)
            .map_err(|failure| format!("the component: {failure}"))?;
        let theirs = wasmtime::component::Component::new(&self.theirs, &wasm)
            .map_err(|error| format!("the component in Wasmtime: {error:?}"))?;
        tally.components += 1;
        tally.spilled += u64::from(signature.spills());
        tally.in_memory += u64::from(signature.returns_in_memory());
        let mut pair = Pair {
            signature,
            ours_component: &ours,
            theirs_component: &theirs,
            ours: instance(&ours)?,
            theirs: wasmtime_side::Instance::new(&theirs, signature)
                .map_err(|error| format!("an instance in Wasmtime: {error:?}"))?,
            tally,
        };
        for _ in 0..ROUNDS {
            pair.round(&mut random)?;
        }
        for _ in 0..MUTATIONS {
            pair.mutated(&mut random)?;
            pair.slots(&mut random)?;
        }
        pair.round(&mut random)?;
        for _ in 0..SPOILT {
            pair.spoilt(&mut random)?;
        }
        for _ in 0..BENT {
            pair.bent(&mut random)?;
        }
        for _ in 0..ROUNDS {
            pair.relayed(&mut random)?;
        }
        for _ in 0..WRONG {
            pair.wrong(&mut random)?;
        }
        for _ in 0..TILTED {
            pair.tilted(&mut random)?;
        }
        if *greedy {
            pair.greedy()?;
        }
        Ok(())
    }
}

/// A case: a component, and the random numbers for its values.
pub struct Plan {
    pub text: String,
    signature: Signature,
    greedy: bool,
    random: Rng,
}

impl Plan {
    pub fn new(seed: u64, number: u64) -> Self {
        let mut random = Rng::with_seed(seed.rotate_left(32) ^ number);
        let depth = random.u32(..4);
        let params = if random.u8(..4) == 0 { random.usize(..24) } else { random.usize(..4) };
        let greedy = number.is_multiple_of(GREEDY);
        // Only functions of numbers can be called with slots.
        let of_numbers = !greedy && random.u8(..8) == 0;
        let depth = if of_numbers { 0 } else { depth };
        let param = |random: &mut Rng| match of_numbers {
            true => Type::Prim(PRIMS[random.usize(..PRIMS.len())]),
            false => Type::random(random, depth),
        };
        let kept = match number / GREEDY % 3 {
            _ if of_numbers => param(&mut random),
            _ if !greedy => {
                // Rarely a number, since little of it can be wrong.
                let mut types = (0..3).map(|_| Type::random(&mut random, depth.max(1)));
                types.find(|ty| !matches!(ty, Type::Prim(_))).unwrap_or(Type::Prim(WitKind::CHAR))
            }
            0 => Type::String,
            1 => bytes(),
            _ => Type::List(Box::new(Type::Tuple(vec![Type::Prim(WitKind::U8); 3]))),
        };
        let signature = Signature {
            params: (0..params).map(|_| param(&mut random)).collect(),
            kept: if greedy { Type::List(Box::new(kept)) } else { kept },
            returns: random.u8(..8) != 0,
            encoding: ["utf8", "utf16", "latin1+utf16"][random.usize(..3)],
        };
        Self { text: signature.component(), signature, greedy, random }
    }
}

/// An instance on each side, with the same calls.
struct Pair<'a> {
    signature: &'a Signature,
    ours_component: &'a library::Component<'a>,
    theirs_component: &'a wasmtime::component::Component,
    ours: library::Instance<'a>,
    theirs: wasmtime_side::Instance<'a>,
    tally: &'a mut Tally,
}

fn number(number: u32) -> Value {
    Value::Bits(number.into())
}

impl Pair<'_> {
    /// Calls a function with values of its parameters.
    fn call(&mut self, function: Function, args: &[Value]) -> Result<Outcome, String> {
        let ours = self.ours.call(function, args);
        let theirs = self.theirs.call(function, args);
        self.compare(function, args, ours, theirs)
    }

    /// Compares the outcomes of a call. If it has failed, there are new instances afterwards.
    fn compare(
        &mut self,
        function: Function,
        args: &[Value],
        ours: Result<Option<Value>, Failure>,
        theirs: wasmtime::Result<Option<Value>>,
    ) -> Result<Outcome, String> {
        self.tally.calls += 1;
        let differ = |ours: &dyn std::fmt::Debug, theirs: &dyn std::fmt::Debug| {
            let name = function.name();
            Err(format!("`{name}` of {args:?}\nlibrary:  {ours:?}\nWasmtime: {theirs:?}"))
        };
        match (ours, theirs) {
            (Ok(Some(Value::Bytes(ours))), Ok(Some(Value::Bytes(theirs)))) if ours != theirs => {
                let same = ours.iter().zip(&theirs).take_while(|(ours, theirs)| ours == theirs);
                let from = same.count();
                Err(format!(
                    "`{}`: byte {from} of {} and {} differs: {:?}, {:?}",
                    function.name(),
                    ours.len(),
                    theirs.len(),
                    ours.get(from),
                    theirs.get(from)
                ))
            }
            (Ok(ours), Ok(theirs)) if ours == theirs => Ok(Outcome::Returned(ours)),
            (Err(ours), Err(_)) if ours.kind == Kind::TRAP => {
                self.renew()?;
                Ok(Outcome::Trapped)
            }
            // Each side allows for as much memory, but a value takes more of it in Wasmtime.
            (Ok(_), Err(theirs)) if format!("{theirs:?}").contains("exhausted") => {
                self.renew()?;
                Ok(Outcome::Trapped)
            }
            (ours, theirs) => differ(&ours, &theirs),
        }
    }

    /// Checks that nothing runs in our store after a failure, and makes new instances.
    fn renew(&mut self) -> Result<(), String> {
        let ended = |what: &str, failure: Option<Failure>| match failure {
            Some(failure) if failure.kind == Kind::COMPONENTS_ENDED => Ok(()),
            other => Err(format!("{what} after a failure: {other:?}")),
        };
        ended("a call", self.ours.call(Function::Reset, &[]).err())?;
        ended("an instance", self.ours.another().err())?;
        self.tally.traps += 1;
        self.fresh()
    }

    fn fresh(&mut self) -> Result<(), String> {
        self.ours = instance(self.ours_component)?;
        self.theirs = wasmtime_side::Instance::new(self.theirs_component, self.signature)
            .map_err(|error| format!("an instance in Wasmtime: {error:?}"))?;
        Ok(())
    }

    /// A call that must return.
    fn must(&mut self, function: Function, args: &[Value]) -> Result<Option<Value>, String> {
        match self.call(function, args)? {
            Outcome::Returned(value) => Ok(value),
            Outcome::Trapped => Err(format!("`{}` of {args:?} has trapped", function.name())),
        }
    }

    /// Empties the guest's memory and has it keep a value. Returns the value.
    fn keep(&mut self, random: &mut Rng) -> Result<Value, String> {
        self.must(Function::Reset, &[])?;
        let value = Value::random(random, &self.signature.kept, 0);
        let mut args: Vec<_> = (0..16).map(|_| number(random.u32(..))).collect();
        args.push(value.clone());
        let kept = self.must(Function::Keep, &args)?;
        if kept.as_ref() != Some(&value) {
            return Err(format!("the guest keeps {kept:?} instead of {value:?}"));
        }
        Ok(value)
    }

    /// The guest's memory in use.
    fn used(&mut self) -> Result<Vec<u8>, String> {
        match self.must(Function::Used, &[])? {
            Some(Value::Bytes(bytes)) => Ok(bytes),
            other => unreachable!("{other:?} are bytes"),
        }
    }

    fn args(&self, random: &mut Rng) -> Vec<Value> {
        self.signature.params.iter().map(|ty| Value::random(random, ty, 0)).collect()
    }

    /// Calls with valid values.
    fn round(&mut self, random: &mut Rng) -> Result<(), String> {
        let value = self.keep(random)?;
        let args = self.args(random);
        let result = self.must(Function::Run, &args)?;
        if result != self.signature.returns.then_some(value) {
            return Err(format!("`run` has returned {result:?}"));
        }
        // `must` has compared the memory on both sides.
        self.used().map(drop)
    }

    /// A call with changed nodes.
    fn mutated(&mut self, random: &mut Rng) -> Result<(), String> {
        let args = self.args(random);
        let mut drafts = Vec::new();
        for (ty, arg) in self.signature.params.iter().zip(&args) {
            encode(ty, arg, &mut drafts);
        }
        mutate(random, &mut drafts);
        self.tally.mutations += 1;
        let ours = self.ours.call_nodes(Function::Run, &drafts);
        match values(&self.signature.params, &drafts) {
            Some(args) => {
                self.tally.valid += 1;
                let theirs = self.theirs.call(Function::Run, &args);
                self.compare(Function::Run, &args, ours, theirs)?;
            }
            None => match ours {
                Err(failure) if failure.kind == Kind::TYPE_MISMATCH => self.tally.calls += 1,
                other => return Err(format!("{drafts:?} are invalid, but: {other:?}")),
            },
        }
        self.used().map(drop)
    }

    /// A call with slots or columns, of which one may hold no value of its type.
    fn slots(&mut self, random: &mut Rng) -> Result<(), String> {
        let in_columns = random.bool();
        let call = |ours: &library::Instance<'_>, bits: &[u64]| match in_columns {
            true => ours.call_columns(Function::Run, bits),
            false => ours.call_slots(Function::Run, bits),
        };
        if !self.signature.is_of_numbers(Function::Run) {
            return match call(&self.ours, &[]) {
                Err(failure) if failure.kind == Kind::UNSUPPORTED => Ok(()),
                other => Err(format!("slots for more than numbers: {other:?}")),
            };
        }
        self.tally.slots += 1;
        let numbers = self.signature.params.iter().zip(self.args(random));
        let mut numbers: Vec<_> = numbers
            .map(|(ty, arg)| match (ty, arg) {
                (Type::Prim(kind), Value::Bits(bits)) => (*kind, bits),
                other => unreachable!("{other:?} is a number"),
            })
            .collect();
        let len = numbers.len();
        if len > 0 {
            let (_, bits) = &mut numbers[random.usize(..len)];
            *bits = match random.u8(..3) {
                0 => random.u64(..),
                1 => random.u64(..0x2_0000),
                _ => *bits ^ 1 << random.u8(..64),
            };
        }
        // Whatever is in a column is a value, unless it is a bool or a char.
        let is_value = |&(kind, bits): &(WitKind, u64)| match in_columns {
            true => fits(kind, narrow(kind, bits)),
            false => fits(kind, bits),
        };
        let bits: Vec<_> = numbers.iter().map(|(_, bits)| *bits).collect();
        let ours = call(&self.ours, &bits);
        if numbers.iter().all(is_value) {
            let number = |&(kind, bits): &(WitKind, u64)| Value::Bits(narrow(kind, bits));
            let args: Vec<_> = numbers.iter().map(number).collect();
            let theirs = self.theirs.call(Function::Run, &args);
            self.compare(Function::Run, &args, ours, theirs)?;
        } else {
            match ours {
                Err(failure) if failure.kind == Kind::TYPE_MISMATCH => self.tally.misfits += 1,
                other => return Err(format!("{numbers:?} are invalid, but: {other:?}")),
            }
        }
        self.used().map(drop)
    }

    /// A guest that returns what is wrong.
    fn spoilt(&mut self, random: &mut Rng) -> Result<(), String> {
        self.keep(random)?;
        let memory = self.used()?;
        let kept = word(&memory, 16);
        let end = memory.len() as u32;
        let near = (kept + 64).min(end);
        let edges = [
            0,
            1,
            2,
            3,
            255,
            256,
            0xd800,
            0x10_ffff,
            0x11_0000,
            0x7fff_ffff,
            0x8000_0000,
            0x8000_0001,
            0xffff_ffff,
            0xffff_fffe,
            MEMORY,
            MEMORY - 1,
            MEMORY + 1,
            MEMORY - 8,
            kept,
            kept + 1,
            end,
        ];
        for _ in 0..random.u8(1..4) {
            let mut at = if random.bool() { random.u32(kept..near) } else { random.u32(kept..end) };
            let bytes: &[u8] = match random.u8(..4) {
                0 => &[random.u8(..)],
                1 => &[[0xff, 0x80, 0xc0, 2][random.usize(..4)]],
                sort => {
                    at &= !3;
                    let old = word(&memory, at.min(end - 4));
                    let near = [old.wrapping_add(1), old.wrapping_sub(1), old << 1, old | 1 << 31];
                    let all = if sort == 2 { &edges[..] } else { &near[..] };
                    &all[random.usize(..all.len())].to_le_bytes()
                }
            };
            self.poke(at, bytes)?;
        }
        let offset = [1, 2, 4, 8][random.usize(..4)];
        let at = match random.u8(..8) {
            0 => kept + offset,
            1 => [0, u32::MAX, u32::MAX - 3, MEMORY - offset, MEMORY][random.usize(..5)],
            _ => kept,
        };
        self.call(Function::Give, &[number(at)])?;
        self.tally.spoilt += 1;
        self.round(random)
    }

    /// A guest whose `realloc` returns what is wrong.
    fn bent(&mut self, random: &mut Rng) -> Result<(), String> {
        self.keep(random)?;
        let by = [1, 2, 4, 8, 1 << 16, 1 << 31, u32::MAX, MEMORY - HEAP][random.usize(..8)];
        self.must(Function::Bend, &[number(by)])?;
        let args = self.args(random);
        self.tally.bent += 1;
        let function = if random.bool() { Function::Run } else { Function::Relay };
        let value = Value::random(random, &self.signature.kept, 0);
        self.set_result(&value);
        if matches!(self.call(function, &args)?, Outcome::Returned(_)) {
            self.used()?;
        }
        self.fresh()?;
        self.round(random)
    }

    /// Has the host function return a value.
    fn set_result(&mut self, value: &Value) {
        let value = self.signature.returns.then_some(value);
        let mut drafts = Vec::new();
        if let Some(value) = value {
            encode(&self.signature.kept, value, &mut drafts);
        }
        self.ours_component.set_result(drafts);
        self.theirs.set_result(value);
    }

    /// Compares what the host functions got. Returns it.
    fn got(&mut self) -> Result<Option<Vec<Value>>, String> {
        let (ours, theirs) = (self.ours_component.take_got(), self.theirs.take_got());
        if ours != theirs {
            return Err(format!("the host function got {ours:?}\nin Wasmtime: {theirs:?}"));
        }
        Ok(ours)
    }

    /// Valid values go to the host function, and one comes back.
    fn relayed(&mut self, random: &mut Rng) -> Result<(), String> {
        self.must(Function::Reset, &[])?;
        let args = self.args(random);
        let value = Value::random(random, &self.signature.kept, 0);
        self.set_result(&value);
        let result = self.must(Function::Relay, &args)?;
        if result != self.signature.returns.then_some(value) {
            return Err(format!("`relay` has returned {result:?}"));
        }
        let got = self.got()?;
        if got.as_ref() != Some(&args) {
            return Err(format!("the host function got {got:?} instead of {args:?}"));
        }
        self.tally.relayed += 1;
        self.used().map(drop)
    }

    /// A host function that returns changed nodes.
    fn wrong(&mut self, random: &mut Rng) -> Result<(), String> {
        self.must(Function::Reset, &[])?;
        let args = self.args(random);
        let signature = self.signature;
        let types = if signature.returns { std::slice::from_ref(&signature.kept) } else { &[] };
        let mut drafts = Vec::new();
        for ty in types {
            encode(ty, &Value::random(random, ty, 0), &mut drafts);
        }
        mutate(random, &mut drafts);
        let valid = values(types, &drafts);
        self.ours_component.set_result(drafts.clone());
        self.tally.wrong += 1;
        match valid {
            Some(valid) => {
                self.theirs.set_result(valid.first());
                let result = self.must(Function::Relay, &args)?;
                if result.as_ref() != valid.first() {
                    return Err(format!("`relay` has returned {result:?} instead of {valid:?}"));
                }
            }
            None => match self.ours.call(Function::Relay, &args) {
                Err(failure) if failure.kind == Kind::TYPE_MISMATCH => {
                    self.tally.calls += 1;
                    self.ours_component.take_got();
                    self.renew()?;
                }
                other => return Err(format!("the result {drafts:?} is invalid, but: {other:?}")),
            },
        }
        self.got().map(drop)
    }

    /// A guest that passes what is wrong to the host function.
    fn tilted(&mut self, random: &mut Rng) -> Result<(), String> {
        self.must(Function::Reset, &[])?;
        let by = [1, 2, 4, 8, 255, 1 << 16, 1 << 31, u32::MAX, MEMORY - HEAP][random.usize(..9)];
        self.must(Function::Tilt, &[number(by)])?;
        let args = self.args(random);
        let value = Value::random(random, &self.signature.kept, 0);
        self.set_result(&value);
        self.tally.tilted += 1;
        match self.call(Function::Relay, &args)? {
            Outcome::Returned(_) => {
                self.got()?;
                self.used()?;
                self.fresh()
            }
            Outcome::Trapped => Ok(()),
        }
    }

    /// A guest that returns a list whose elements are all in one place, so that it takes far more memory outside of the
    /// guest than in it.
    fn greedy(&mut self) -> Result<(), String> {
        // The list's elements are 8192 pairs of an address and a length, which together are 128 MiB at least.
        let (list, len) = (MEMORY / 2, MEMORY / 16);
        let pairs: Vec<_> = (0..len).flat_map(|_| [0u32, MEMORY / 8]).collect();
        self.must(Function::Reset, &[])?;
        self.poke(list, &pairs.iter().flat_map(|word| word.to_le_bytes()).collect::<Vec<_>>())?;
        self.poke(256, &[list.to_le_bytes(), len.to_le_bytes()].concat())?;
        let given = self.ours.call(Function::Give, &[number(256)]);
        self.tally.calls += 1;
        match given {
            Err(failure) if failure.kind == Kind::TRAP => self.renew(),
            other => Err(format!("a list of everything: {:?}", other.map(drop))),
        }
    }

    fn poke(&mut self, at: u32, bytes: &[u8]) -> Result<(), String> {
        let bytes = Value::Bytes(bytes.to_vec());
        self.must(Function::Poke, &[number(at), bytes]).map(drop)
    }
}

/// How a call ended on both sides.
enum Outcome {
    Returned(Option<Value>),
    Trapped,
}

/// The values of these types that these nodes are.
fn values(types: &[Type], drafts: &[Draft]) -> Option<Vec<Value>> {
    let nodes: Vec<_> = drafts.iter().map(Draft::node).collect();
    let mut rest = &*nodes;
    // SAFETY: drafts own what they point to.
    let values = types.iter().map(|ty| unsafe { decode(ty, &mut rest) }).collect::<Option<_>>()?;
    rest.is_empty().then_some(values)
}

fn instance<'a>(component: &'a library::Component<'a>) -> Result<library::Instance<'a>, String> {
    library::Instance::new(component).map_err(|failure| format!("an instance: {failure}"))
}

fn word(memory: &[u8], at: u32) -> u32 {
    let bytes = &memory[at as usize..][..4];
    u32::from_le_bytes(bytes.try_into().expect("four bytes are a word"))
}
