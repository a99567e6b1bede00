//! Carries out the commands of a script.

use crate::command::{Action, Command};
use crate::runtime::{Failure, Result, Runtime};
use crate::value::Value;
use safewasm::abi::safewasm_feature_t as Feature;
use safewasm::abi::safewasm_trap_code_t as Trap;
use std::collections::HashMap;
use wast::core::WastRetCore;

/// The state of a script that is running.
pub struct Script<R: Runtime> {
    runtime: R,
    definitions: HashMap<Option<String>, R::Module>,
    /// The instances by name. The last one is also there without a name.
    instances: HashMap<Option<String>, R::Instance>,
}

/// The outcome of a command. The error describes the mistake.
pub type Verdict = std::result::Result<(), String>;

impl<R: Runtime> Script<R> {
    pub fn new(off: &[Feature]) -> Result<Self> {
        let (definitions, instances) = (HashMap::new(), HashMap::new());
        Ok(Self { runtime: R::new(off)?, definitions, instances })
    }

    pub fn run(&mut self, command: &Command<'_>) -> Verdict {
        match command {
            Command::Module { name, source } => {
                let instance = self.runtime.module(source);
                let instance = instance.and_then(|module| self.runtime.instantiate(&module));
                self.keep(name, instance)
            }
            Command::Definition { name, source } => {
                let module = self.runtime.module(source).map_err(unexpected)?;
                self.definitions.insert(name.clone(), module);
                Ok(())
            }
            Command::Instance { name, module } => {
                let module = self.definitions.get(module).ok_or("there is no such module")?;
                let instance = self.runtime.instantiate(module);
                self.keep(name, instance)
            }
            Command::Register { name, instance } => {
                let instance = self.instances.get(instance).ok_or("there is no such instance")?;
                self.runtime.register(name, instance).map_err(unexpected)
            }
            Command::Invoke(action) => self.perform(action).map(drop).map_err(unexpected),
            Command::Return { action, results } => {
                let values = self.perform(action).map_err(unexpected)?;
                compare(&values, results)
            }
            Command::Trap { action, message } => match self.perform(action) {
                Err(Failure::Trap(code, _)) if traps(message).contains(&code) => Ok(()),
                other => Err(instead(&other, &format!("the trap \"{message}\""))),
            },
            Command::Exhaustion(action) => match self.perform(action) {
                Err(Failure::Trap(Trap::STACK_OVERFLOW, _)) => Ok(()),
                other => Err(instead(&other, "an exhausted stack")),
            },
            Command::Exception(action) => match self.perform(action) {
                Err(Failure::Exception) => Ok(()),
                other => Err(instead(&other, "an exception")),
            },
            Command::Refused { source, message } => match self.runtime.module(source) {
                Err(Failure::Invalid(_)) => Ok(()),
                other => Err(instead(&other, &format!("an invalid module, \"{message}\""))),
            },
            Command::Unlinkable { source, message } => {
                let module = self.runtime.module(source).map_err(unexpected)?;
                match self.runtime.instantiate(&module) {
                    Err(Failure::Link(_)) => Ok(()),
                    other => Err(instead(&other, &format!("a link error, \"{message}\""))),
                }
            }
            Command::Unknown(what) => Err(format!("this program can't run the directive {what}")),
        }
    }

    /// Makes an instance the last one. If it could not be made, there is no last one.
    fn keep(&mut self, name: &Option<String>, instance: Result<R::Instance>) -> Verdict {
        self.instances.remove(&None);
        let instance = instance.map_err(unexpected)?;
        if name.is_some() {
            self.instances.insert(name.clone(), instance.clone());
        }
        self.instances.insert(None, instance);
        Ok(())
    }

    fn perform(&mut self, action: &Action) -> Result<Vec<Value>> {
        let no_instance = || Failure::Other("there is no such instance".to_owned());
        match action {
            Action::Invoke { instance, name, args } => {
                let instance = self.instances.get(instance).ok_or_else(no_instance)?;
                self.runtime.invoke(instance, name, args)
            }
            Action::Get { instance, name } => {
                let instance = self.instances.get(instance).ok_or_else(no_instance)?;
                Ok(vec![self.runtime.get(instance, name)?])
            }
            Action::Module(source) => {
                let module = self.runtime.module(source)?;
                self.runtime.instantiate(&module)?;
                Ok(Vec::new())
            }
        }
    }
}

fn unexpected(failure: Failure) -> String {
    failure.to_string()
}

fn instead<T>(result: &Result<T>, expected: &str) -> String {
    match result {
        Ok(_) => format!("no failure instead of {expected}"),
        Err(failure) => format!("{failure}, instead of {expected}"),
    }
}

fn compare(values: &[Value], expected: &[WastRetCore<'_>]) -> Verdict {
    let same = values.len() == expected.len()
        && values.iter().zip(expected).all(|(value, expected)| value.is(expected));
    if same { Ok(()) } else { Err(format!("{values:?} instead of {expected:?}")) }
}

/// The traps, each with its messages in the specification.
const TRAPS: [(Trap, &[&str]); 13] = [
    (Trap::MEMORY_OUT_OF_BOUNDS, &["out of bounds memory access"]),
    (Trap::HEAP_MISALIGNED, &["unaligned atomic"]),
    (Trap::TABLE_OUT_OF_BOUNDS, &["out of bounds table access", "undefined element"]),
    (Trap::INDIRECT_CALL_TO_NULL, &["uninitialized element"]),
    (Trap::BAD_SIGNATURE, &["indirect call type mismatch"]),
    (Trap::INTEGER_OVERFLOW, &["integer overflow"]),
    (Trap::INTEGER_DIVISION_BY_ZERO, &["integer divide by zero"]),
    (Trap::BAD_CONVERSION_TO_INTEGER, &["invalid conversion to integer"]),
    (Trap::UNREACHABLE, &["unreachable"]),
    (Trap::ATOMIC_WAIT_NON_SHARED_MEMORY, &["expected shared memory"]),
    (
        Trap::NULL_REFERENCE,
        &[
            "null reference",
            "null function reference",
            "null exception reference",
            "null structure reference",
            "null array reference",
            "null i31 reference",
        ],
    ),
    (Trap::ARRAY_OUT_OF_BOUNDS, &["out of bounds array access"]),
    (Trap::CAST_FAILURE, &["cast failure"]),
];

/// The traps that a message in a script may mean. The message may be the beginning of the specification's
/// message, or add the number of an element to it.
pub fn traps(message: &str) -> Vec<Trap> {
    let means = |words: &str| words.starts_with(message) || message.starts_with(words);
    let meant = TRAPS.iter().filter(|(_, words)| words.iter().any(|words| means(words)));
    meant.map(|(trap, _)| *trap).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command;
    use crate::library::LibraryRuntime;
    use crate::wasmtime::WasmtimeRuntime;

    const MODULE: &str = r#"(module
        (global (export "g") i32 (i32.const 7))
        (func (export "two") (result i32) (i32.const 2))
        (func (export "nan") (result f32) (f32.const nan:0x200000))
        (func (export "trap") unreachable)
        (func (export "loop") (call 3))
        (func (export "null") (result externref) (ref.null extern)))"#;

    /// Runs a script of `MODULE` and these directives. Returns the last verdict, which must be the same in
    /// Wasmtime.
    fn last_verdict(directives: &str) -> Verdict {
        let text = format!("{MODULE}\n{directives}");
        let buffer = command::buffer(&text).unwrap();
        let commands = command::read(&text, &buffer).unwrap();
        let mut ours = Script::<LibraryRuntime>::new(&[]).unwrap();
        let mut wasmtimes = Script::<WasmtimeRuntime>::new(&[]).unwrap();
        let mut last = Ok(());
        for (_, command) in &commands {
            last = ours.run(command);
            assert_eq!(last.is_ok(), wasmtimes.run(command).is_ok());
        }
        last
    }

    #[test]
    fn a_correct_directive_passes() {
        for directive in [
            r#"(assert_return (invoke "two") (i32.const 2))"#,
            r#"(assert_return (invoke "two") (either (i32.const 1) (i32.const 2)))"#,
            r#"(assert_return (get "g") (i32.const 7))"#,
            r#"(assert_return (invoke "null") (ref.null extern))"#,
            r#"(assert_trap (invoke "trap") "unreachable")"#,
            r#"(assert_exhaustion (invoke "loop") "call stack exhausted")"#,
            r#"(assert_invalid (module (func (result i32))) "type mismatch")"#,
            r#"(assert_malformed (module quote "(func") "unclosed")"#,
            r#"(assert_unlinkable (module (import "a" "b" (func))) "unknown import")"#,
        ] {
            assert_eq!(last_verdict(directive), Ok(()), "{directive}");
        }
    }

    #[test]
    fn a_wrong_directive_fails() {
        for directive in [
            r#"(assert_return (invoke "two") (i32.const 3))"#,
            r#"(assert_return (invoke "two") (i64.const 2))"#,
            r#"(assert_return (invoke "two"))"#,
            r#"(assert_return (invoke "two") (either (i32.const 1) (i32.const 3)))"#,
            r#"(assert_return (invoke "nan") (f32.const nan:canonical))"#,
            r#"(assert_return (invoke "nan") (f32.const nan:arithmetic))"#,
            r#"(assert_return (invoke "null") (ref.extern 0))"#,
            r#"(assert_return (invoke "trap"))"#,
            r#"(assert_return (invoke "none"))"#,
            r#"(assert_return (get "g") (i32.const 8))"#,
            r#"(assert_trap (invoke "trap") "integer overflow")"#,
            r#"(assert_trap (invoke "two") "unreachable")"#,
            r#"(assert_exhaustion (invoke "trap") "call stack exhausted")"#,
            r#"(assert_exception (invoke "trap"))"#,
            r#"(assert_invalid (module) "type mismatch")"#,
            r#"(assert_malformed (module quote "(func)") "unclosed")"#,
            r#"(assert_unlinkable (module) "unknown import")"#,
            r#"(module (import "a" "b" (func)))"#,
            r#"(invoke "two" (i32.const 1))"#,
        ] {
            assert!(last_verdict(directive).is_err(), "{directive}");
        }
    }
}
