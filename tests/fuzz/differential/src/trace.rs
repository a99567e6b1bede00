//! The trace of a run: what happened and what could be observed, in the same form for both sides.

use std::fmt;

/// A value. A reference is described by what a program can observe of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Plain {
    I32(i32),
    I64(i64),
    /// Floats are bits: two NaNs are equal only if all of their bits are.
    F32(u32),
    F64(u64),
    V128([u8; 16]),
    Null,
    /// The number of one of the host's external references.
    Extern(usize),
    I31(u32),
    /// The signature of a function.
    Func(String),
    Struct(Vec<Self>),
    /// The length of an array, and its first elements.
    Array(usize, Vec<Self>),
    Exception(Vec<Self>),
    /// The heap type of any other reference.
    Other(u8),
}

/// The outcome of a step.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    Returned(Vec<Plain>),
    /// Wasmtime's name of the trap.
    Trapped(String),
    /// The fields of the exception.
    Threw(Vec<Plain>),
    /// The message of the host function that failed.
    HostFailed(String),
    Unlinkable,
    Limit,
    /// The plan has no arguments for the call.
    Skipped,
    /// Anything else. It is always a mistake.
    Unexpected(String),
}

/// A frame of a backtrace: the function's index, and the offsets in the module and in the function.
pub type Frame = (u32, u64, u64);

/// A step, and what could be observed afterwards.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// The name of the step, for example the call of an export.
    pub what: String,
    pub outcome: Outcome,
    pub frames: Vec<Frame>,
    /// The fuel that is left.
    pub fuel: u64,
    /// The number of calls of each import.
    pub host_calls: Vec<u64>,
    /// The contents of all memories, tables and globals.
    pub state: Vec<String>,
}

/// An event with the message of its error. The trace of Wasmtime has the text that the library's message
/// must contain.
pub struct Step {
    pub event: Event,
    pub said: String,
}

/// The trace of a run.
pub struct Trace {
    /// The imports and exports of the module, or the message that refuses it.
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
    /// Compares the library's trace with Wasmtime's.
    pub fn compare(&self, wasmtime: &Self) -> Result<(), Difference> {
        let differ = |what: &str, ours: &dyn fmt::Debug, theirs: &dyn fmt::Debug| {
            Err(Difference(format!("{what}\n  library:  {ours:?}\n  wasmtime: {theirs:?}")))
        };
        match (&self.module, &wasmtime.module) {
            (Ok(ours), Ok(theirs)) if ours == theirs => {}
            // The library's message contains Wasmtime's.
            (Err(ours), Err(theirs)) if ours.contains(theirs.as_str()) => {}
            // Wasmtime shows the bytes as Rust does.
            (Err(ours), Err(theirs))
                if ours.starts_with("Invalid module: it ")
                    && theirs.starts_with("magic header not detected") => {}
            (ours, theirs) => return differ("the module", ours, theirs),
        }
        for (index, (ours, theirs)) in self.steps.iter().zip(&wasmtime.steps).enumerate() {
            let (a, b) = (&ours.event, &theirs.event);
            let at = |part: &str| format!("step {index}, {}: {part}", b.what);
            if a.what != b.what {
                return differ(&at("the step"), &a.what, &b.what);
            }
            if a.outcome != b.outcome {
                let ours = (&a.outcome, &ours.said);
                return differ(&at("outcome"), &ours, &(&b.outcome, &theirs.said));
            }
            if a.frames != b.frames {
                return differ(&at("backtrace"), &a.frames, &b.frames);
            }
            // A message about a limit has other words, but the same numbers; one about fuel has other words.
            let same = match &b.outcome {
                Outcome::Trapped(code) if code == "OutOfFuel" => {
                    ours.said.starts_with("out of fuel: ")
                }
                Outcome::Limit => numbers(&theirs.said).all(|number| ours.said.contains(number)),
                _ => ours.said.contains(&theirs.said),
            };
            if !same {
                return differ(&at("message"), &ours.said, &theirs.said);
            }
            // The depth of the recursion depends on the stack frames below wasm, which differ. So the
            // effects of the last few calls differ too.
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

/// A hash of some bytes.
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
