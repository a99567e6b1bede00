//! Records commands for the Julia package, which carries them out in a test: calls whose arguments and results
//! are numbers, null references and objects of the host, and the commands that these calls need.
//!
//! `commands.txt` has one command on each line. Its words have a space between them. A name is `x` and its bytes
//! in hexadecimal, or `-` for none. A value is its type, a colon and its bits. `modules.bin` has the modules,
//! one after another; a command gives the offset and the length of one. `julia/test/spec.jl` reads both files.

use crate::command::{Action, Command};
use crate::runtime::Source;
use crate::script::traps;
use crate::value::{Reference, Value};
use safewasm::abi::safewasm_feature_t as Feature;
use std::fmt::Write;
use std::path::PathBuf;
use std::{fs, io};
use wast::core::{NanPattern, V128Pattern, WastRetCore};

pub struct Record {
    folder: PathBuf,
    commands: String,
    modules: Vec<u8>,
}

impl Record {
    pub fn new(folder: PathBuf) -> Self {
        Self { folder, commands: String::new(), modules: Vec::new() }
    }

    pub fn finish(&self) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        fs::write(self.folder.join("commands.txt"), &self.commands)?;
        fs::write(self.folder.join("modules.bin"), &self.modules)
    }

    /// Adds the commands of a file that have passed. Only files of the specification's versions and of the
    /// proposal for vectors are recorded.
    pub fn file(
        &mut self,
        folder: &str,
        name: &str,
        off: &[Feature],
        commands: &[(usize, &Command<'_>)],
    ) {
        if !folder.starts_with("wasm-") && folder != "proposals/simd" {
            return;
        }
        let off: String = off.iter().map(|feature| format!(" {feature:?}")).collect();
        self.line(&format!("file {name}{}", off.to_lowercase()));
        for (line, command) in commands {
            if let Some(command) = self.command(command) {
                self.line(&format!("{line} {command}"));
            }
        }
    }

    fn line(&mut self, line: &str) {
        self.commands.push_str(line);
        self.commands.push('\n');
    }

    fn command(&mut self, command: &Command<'_>) -> Option<String> {
        Some(match command {
            Command::Module { name, source } => {
                format!("module {} {}", id(name), self.module(source))
            }
            Command::Definition { name, source } => {
                format!("definition {} {}", id(name), self.module(source))
            }
            Command::Instance { name, module } => format!("instance {} {}", id(name), id(module)),
            Command::Register { name, instance } => {
                format!("register {} {}", hex(name), id(instance))
            }
            Command::Invoke(action) => format!("invoke {}", self.action(action)?),
            Command::Return { action, results } => {
                let results = results.iter().map(result).collect::<Option<Vec<_>>>()?;
                format!("return {} = {}", self.action(action)?, results.join(" "))
            }
            Command::Trap { action, message } => {
                let codes = traps(message).into_iter();
                let codes: Vec<_> = codes.map(|trap| format!("{trap:?}").to_lowercase()).collect();
                format!("trap {} = {}", self.action(action)?, codes.join("|"))
            }
            Command::Exhaustion(action) => {
                format!("trap {} = stack_overflow", self.action(action)?)
            }
            // Commands that only compile or link modules aren't recorded.
            _ => return None,
        })
    }

    /// Adds a module. Returns the words for its format, its offset and its length.
    fn module(&mut self, source: &Source) -> String {
        let (begin, len) = (self.modules.len(), source.bytes().len());
        self.modules.extend_from_slice(source.bytes());
        let format = if matches!(source, Source::Binary(_)) { "binary" } else { "text" };
        format!("{format} {begin} {len}")
    }

    fn action(&mut self, action: &Action) -> Option<String> {
        match action {
            Action::Invoke { instance, name, args } => {
                let mut text = format!("call {} {}", id(instance), hex(name));
                for arg in args {
                    write!(text, " {}", argument(arg)?).expect("writing to a String never fails");
                }
                Some(text)
            }
            Action::Get { instance, name } => Some(format!("get {} {}", id(instance), hex(name))),
            Action::Module(source) => Some(format!("start {}", self.module(source))),
        }
    }
}

fn hex(name: &str) -> String {
    name.bytes().fold("x".to_owned(), |text, byte| text + &format!("{byte:02x}"))
}

fn id(name: &Option<String>) -> String {
    name.as_deref().map_or_else(|| "-".to_owned(), hex)
}

fn argument(value: &Value) -> Option<String> {
    Some(match value {
        Value::I32(x) => format!("i32:{x:08x}"),
        Value::I64(x) => format!("i64:{x:016x}"),
        Value::F32(x) => format!("f32:{x:08x}"),
        Value::F64(x) => format!("f64:{x:016x}"),
        Value::V128(x) => format!("v128:{:032x}", u128::from_le_bytes(*x)),
        Value::Ref(Reference::Null) => "null:".to_owned(),
        Value::Ref(Reference::Extern(Some(x))) => format!("extern:{x:x}"),
        Value::Ref(_) => return None,
    })
}

/// An expected result: a value like an argument, a sort of NaN, or several alternatives.
fn result(expected: &WastRetCore<'_>) -> Option<String> {
    Some(match expected {
        WastRetCore::I32(x) => format!("i32:{x:08x}"),
        WastRetCore::I64(x) => format!("i64:{x:016x}"),
        WastRetCore::F32(x) => format!("f32:{}", nan(x, |x| format!("{:08x}", x.bits))),
        WastRetCore::F64(x) => format!("f64:{}", nan(x, |x| format!("{:016x}", x.bits))),
        WastRetCore::V128(x) => vector(x),
        WastRetCore::RefNull(_) => "null:".to_owned(),
        WastRetCore::RefExtern(Some(x)) => format!("extern:{x:x}"),
        WastRetCore::Either(cases) => {
            cases.iter().map(result).collect::<Option<Vec<_>>>()?.join("|")
        }
        _ => return None,
    })
}

fn nan<T>(pattern: &NanPattern<T>, value: impl Fn(&T) -> String) -> String {
    match pattern {
        NanPattern::CanonicalNan => "canonical".to_owned(),
        NanPattern::ArithmeticNan => "arithmetic".to_owned(),
        NanPattern::Value(x) => value(x),
    }
}

/// An expected vector: one value for integers, a list of lanes for floats, since these may be NaNs.
fn vector(pattern: &V128Pattern) -> String {
    let bytes: Vec<u8> = match pattern {
        V128Pattern::I8x16(x) => x.iter().flat_map(|x| x.to_le_bytes()).collect(),
        V128Pattern::I16x8(x) => x.iter().flat_map(|x| x.to_le_bytes()).collect(),
        V128Pattern::I32x4(x) => x.iter().flat_map(|x| x.to_le_bytes()).collect(),
        V128Pattern::I64x2(x) => x.iter().flat_map(|x| x.to_le_bytes()).collect(),
        V128Pattern::F32x4(x) => {
            let lanes = x.each_ref().map(|x| nan(x, |x| format!("{:08x}", x.bits)));
            return format!("f32x4:{}", lanes.join(","));
        }
        V128Pattern::F64x2(x) => {
            let lanes = x.each_ref().map(|x| nan(x, |x| format!("{:016x}", x.bits)));
            return format!("f64x2:{}", lanes.join(","));
        }
    };
    let bytes = bytes.try_into().expect("a vector has 16 bytes");
    format!("v128:{:032x}", u128::from_le_bytes(bytes))
}
