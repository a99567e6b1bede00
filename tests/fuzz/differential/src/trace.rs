//! What a run of a module showed, in a form that says nothing of who ran it.

use std::fmt;

/// A value, with what can be seen of a reference.
#[derive(Clone, Debug, PartialEq)]
pub enum Plain {
    I32(i32),
    I64(i64),
    /// Floats are bits: two NaNs are equal only if all of their bits are.
    F32(u32),
    F64(u64),
    V128([u8; 16]),
    Null,
    /// One of the host's external references, by its number.
    Extern(usize),
    I31(u32),
    /// A function, by its signature.
    Func(String),
    Struct(Vec<Self>),
    /// An array's length and first elements.
    Array(usize, Vec<Self>),
    Exception(Vec<Self>),
    /// A reference of that heap type with nothing more to be seen.
    Other(u8),
}

/// How something ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    Returned(Vec<Plain>),
    /// A trap, by Wasmtime's name of it.
    Trapped(String),
    /// An exception, by what it carries.
    Threw(Vec<Plain>),
    /// The failure of a host function, by its message.
    HostFailed(String),
    Unlinkable,
    Limit,
    /// Not done, as there are no arguments for it.
    Skipped,
    /// Anything else, which is none of what is expected.
    Unexpected(String),
}

/// An entry of a backtrace: function index, offsets in the module and in the function.
pub type Frame = (u32, u64, u64);

/// Something that was done.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// What, such as the call of an export.
    pub what: String,
    pub outcome: Outcome,
    pub frames: Vec<Frame>,
    /// Afterwards: the fuel left, the calls of each import, and all memories, tables and globals.
    pub fuel: u64,
    pub host_calls: Vec<u64>,
    pub state: Vec<String>,
}

/// An event and what the error's message says, or has to contain.
pub struct Step {
    pub event: Event,
    pub said: String,
}

/// All that a run showed.
pub struct Trace {
    /// What the module imports and exports, or why it isn't compiled.
    pub module: Result<Vec<String>, String>,
    pub steps: Vec<Step>,
}

/// A difference between two runs.
pub struct Difference(String);

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Trace {
    /// Compares what the library showed with what Wasmtime does.
    pub fn compare(&self, wasmtime: &Self) -> Result<(), Difference> {
        let differ = |what: &str, ours: &dyn fmt::Debug, theirs: &dyn fmt::Debug| {
            Err(Difference(format!("{what}\n  library:  {ours:?}\n  wasmtime: {theirs:?}")))
        };
        match (&self.module, &wasmtime.module) {
            (Ok(ours), Ok(theirs)) if ours == theirs => {}
            // The library says more around Wasmtime's words.
            (Err(ours), Err(theirs)) if ours.contains(theirs.as_str()) => {}
            (ours, theirs) => return differ("the module", ours, theirs),
        }
        for (index, (ours, theirs)) in self.steps.iter().zip(&wasmtime.steps).enumerate() {
            let (a, b) = (&ours.event, &theirs.event);
            let at = |part: &str| format!("step {index}, {}: {part}", b.what);
            if a.what != b.what {
                return differ(&at("what is done"), &a.what, &b.what);
            }
            if a.outcome != b.outcome {
                let ours = (&a.outcome, &ours.said);
                return differ(&at("outcome"), &ours, &(&b.outcome, &theirs.said));
            }
            if a.frames != b.frames {
                return differ(&at("backtrace"), &a.frames, &b.frames);
            }
            // Of limits the library says the same of the same numbers, in words of its own.
            let same = match b.outcome {
                Outcome::Limit => numbers(&theirs.said).all(|number| ours.said.contains(number)),
                _ => ours.said.contains(&theirs.said),
            };
            if !same {
                return differ(&at("message"), &ours.said, &theirs.said);
            }
            // Where the stack ends depends on the frames of whoever called wasm, which differ: what
            // was done on the last few calls before that isn't to be compared.
            if a.outcome == Outcome::Trapped("StackOverflow".to_owned()) {
                return Ok(());
            }
            if a.fuel != b.fuel {
                return differ(&at("fuel left"), &a.fuel, &b.fuel);
            }
            if a.host_calls != b.host_calls {
                return differ(&at("calls of imports"), &a.host_calls, &b.host_calls);
            }
            if a.state != b.state {
                return differ(&at("state"), &a.state, &b.state);
            }
        }
        if self.steps.len() != wasmtime.steps.len() {
            return differ("number of steps", &self.steps.len(), &wasmtime.steps.len());
        }
        Ok(())
    }
}

/// A number for a memory's contents.
pub fn hash(bytes: &[u8]) -> u64 {
    let mix =
        |hash: u64, word: u64| (hash.rotate_left(29) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let (words, rest) = bytes.as_chunks::<8>();
    let hash = words.iter().fold(bytes.len() as u64, |h, word| mix(h, u64::from_le_bytes(*word)));
    rest.iter().fold(hash, |h, byte| mix(h, u64::from(*byte)))
}

fn numbers(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_digit()).filter(|number| !number.is_empty())
}
