//! What inputs are made from: modules of the specification's test suite, ours with debug info, and what
//! Wasmtime compiles them to.

use crate::engine::Engine;
use safewasm_suite::{FILES, File};
use wasmtime::Precompiled;
use wast::lexer::{Lexer, TokenKind};
use wast::parser::{self, ParseBuffer};
use wast::token::Span;
use wast::{QuoteWat, QuoteWatTest, Wast, WastDirective};

/// What there is to mutate.
pub struct Seeds {
    pub binaries: Vec<Vec<u8>>,
    pub texts: Vec<Vec<u8>>,
    /// Compiled code, which no function may take for a module.
    pub artefacts: Vec<Vec<u8>>,
}

/// How many valid and other modules of a file are taken, and how large each may be.
const GOOD_PER_FILE: usize = 8;
const BAD_PER_FILE: usize = 1;
const LARGEST: usize = 6 << 10;

/// What has names, custom sections and a backtrace with lines.
const OWN_TEXT: &str = r#"(module $own
    (@custom "note" (before first) "\00\01\ff")
    (@custom "" "")
    (memory $m (export "memory") 1 3)
    (table $t (export "") 2 funcref)
    (global $g (export "\00\e2\80\ae") (mut i64) (i64.const -1))
    (tag $e (export "tag") (param i32))
    (elem (i32.const 0) func $trap)
    (data (i32.const 8) "data")
    (func $trap (export "trap") (local $x i32) (call $deep (i32.const 3)))
    (func $deep (param $n i32)
        (if (local.get $n)
            (then (call $deep (i32.sub (local.get $n) (i32.const 1))))
            (else unreachable)))
    (func (export "loop") (loop (br 0)))
    (func (export "throw") (throw $e (i32.const 7)))
    (func $start) (start $start))"#;

const WITH_LINES: &[u8] = include_bytes!("../../../../julia/examples/lines.wasm");

impl Seeds {
    /// Reads the suite, and compiles a few modules for the engines.
    pub fn new(engines: &[Engine]) -> Result<Self, String> {
        let mut seeds = Self { binaries: Vec::new(), texts: Vec::new(), artefacts: Vec::new() };
        for file in FILES.iter().filter(|file| is_new(file)) {
            seeds.read(file).map_err(|error| format!("{}/{}: {error}", file.folder, file.name))?;
        }
        let own = wat::parse_str(OWN_TEXT).map_err(|error| error.to_string())?;
        // These two are worth more than one of the suite.
        for _ in 0..seeds.binaries.len() / 40 {
            seeds.binaries.extend([WITH_LINES.to_vec(), own.clone()]);
            seeds.texts.push(OWN_TEXT.as_bytes().to_vec());
        }
        for engine in engines {
            for wasm in [&b"\0asm\x01\0\0\0"[..], WITH_LINES] {
                seeds.artefacts.push(artefact(engine, wasm)?);
            }
        }
        Ok(seeds)
    }

    fn read(&mut self, file: &File) -> Result<(), wast::Error> {
        let lexer = || {
            let mut lexer = Lexer::new(file.text);
            lexer.allow_confusing_unicode(true);
            lexer
        };
        let buffer = ParseBuffer::new_with_lexer(lexer())?;
        let script = parser::parse::<Wast<'_>>(&buffer)?;
        let modules = script.directives.into_iter().filter_map(module);
        let (mut good, mut bad): (Vec<_>, Vec<_>) = modules.partition(|(_, is_good)| *is_good);
        // They are spread over the file, which often goes from the simple to the special.
        let step = |all: &[_], most: usize| all.len().div_ceil(most).max(1);
        let (of_good, of_bad) = (step(&good, GOOD_PER_FILE), step(&bad, BAD_PER_FILE));
        let good = good.iter_mut().step_by(of_good);
        for (module, _) in good.chain(bad.iter_mut().step_by(of_bad)) {
            let span = module.span();
            match module.to_test() {
                Ok(QuoteWatTest::Binary(bytes)) => self.binary(bytes),
                Ok(QuoteWatTest::Text(text)) => self.text(&text),
                Err(_) => {}
            }
            if let QuoteWat::Wat(_) = module {
                self.text(text_of(file.text, lexer(), span)?.as_bytes());
            }
        }
        Ok(())
    }

    fn binary(&mut self, bytes: Vec<u8>) {
        if bytes.len() <= LARGEST {
            self.binaries.push(bytes);
        }
    }

    fn text(&mut self, text: &[u8]) {
        if text.len() <= LARGEST {
            self.texts.push(text.to_vec());
        }
    }
}

/// The older versions have much of the same.
fn is_new(file: &File) -> bool {
    file.folder.contains("latest") || file.folder.starts_with("proposals/")
}

/// The module of a directive, and whether it is valid.
fn module(directive: WastDirective<'_>) -> Option<(QuoteWat<'_>, bool)> {
    match directive {
        WastDirective::Module(module) | WastDirective::ModuleDefinition(module) => {
            Some((module, true))
        }
        WastDirective::AssertMalformed { module, .. }
        | WastDirective::AssertInvalid { module, .. } => Some((module, false)),
        _ => None,
    }
}

/// The text of a module, of which `span` is the keyword.
fn text_of<'a>(script: &'a str, lexer: Lexer<'a>, span: Span) -> Result<&'a str, wast::Error> {
    let begin = script[..span.offset()].rfind('(').unwrap_or(0);
    let (mut depth, mut position) = (0, begin);
    while let Some(token) = lexer.parse(&mut position)? {
        match token.kind {
            TokenKind::LParen => depth += 1,
            TokenKind::RParen => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    Ok(&script[begin..position])
}

/// What Wasmtime compiles a module to, which it would load again.
fn artefact(engine: &Engine, wasm: &[u8]) -> Result<Vec<u8>, String> {
    let made = engine.theirs.precompile_module(wasm).map_err(|error| format!("{error:#}"))?;
    match wasmtime::Engine::detect_precompiled(&made) {
        Some(Precompiled::Module) => Ok(made),
        other => Err(format!("an artefact is {other:?} to Wasmtime")),
    }
}
