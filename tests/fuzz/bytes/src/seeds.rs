//! The seeds that inputs are mutations of: modules of the specification's test suite, two of this project, and
//! modules that Wasmtime has compiled.

use crate::engine::Engine;
use safewasm_suite::{FILES, File};
use wasmtime::Precompiled;
use wast::lexer::{Lexer, TokenKind};
use wast::parser::{self, ParseBuffer};
use wast::token::Span;
use wast::{QuoteWat, QuoteWatTest, Wast, WastDirective};

/// The seeds.
#[derive(Default)]
pub struct Seeds {
    pub binaries: Vec<Vec<u8>>,
    pub texts: Vec<Vec<u8>>,
    /// Modules that Wasmtime has compiled. No function may take them for modules, or for artifacts.
    pub artefacts: Vec<Vec<u8>>,
    /// Artifacts of the library, for the engines.
    pub artifacts: Vec<Vec<u8>>,
    pub components: Vec<Vec<u8>>,
    pub component_texts: Vec<Vec<u8>>,
    /// Artifacts of components, for the engines.
    pub component_artifacts: Vec<Vec<u8>>,
}

/// How many valid modules are taken from a file.
const GOOD_PER_FILE: usize = 8;
/// How many invalid modules are taken from a file.
const BAD_PER_FILE: usize = 1;
/// How many bytes a seed may have.
const LARGEST: usize = 6 << 10;

/// A module with names, custom sections, and a function that traps at some depth.
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

/// Components with types of every kind, and with components in them.
const COMPONENTS: [&str; 4] = [
    r#"(component
        (core module $m (func (export "f") (param f64 f64) (result f64) (local.get 0)))
        (core instance $i (instantiate $m))
        (type $size (record (field "width" f64) (field "height" f64)))
        (export $sized "size" (type $size))
        (func (export "area") (param "of" $sized) (result f64) (canon lift (core func $i "f"))))"#,
    r#"(component
        (type $r (record (field "a" u8) (field "b" (list string))))
        (type $v (variant (case "none") (case "some" (tuple s8 u16 s16 char)) (case "c" $r)))
        (type $e (enum "x" "y"))
        (type $f (flags "p" "q" "r"))
        (import "r" (type $R (eq $r)))
        (import "v" (type $V (eq $v)))
        (import "e" (type $E (eq $e)))
        (import "f" (type $F (eq $f)))
        (import "g" (func (param "r" $R) (param "v" (option $V)) (result (result $E (error $F)))))
        (import "h" (func (param "x" (result)) (result (list (list f32)))))
        (import "m" (core module (import "" "" (func)) (export "a" (memory 1)))))"#,
    r#"(component
        (import "a:b/c@1.2.3" (instance $i
            (export "r" (type $r (sub resource)))
            (export "[constructor]r" (func (param "n" u32) (result (own $r))))
            (export "[method]r.get" (func (param "self" (borrow $r)) (result u64)))
            (export "[static]r.all" (func (result (list (own $r)))))))
        (alias export $i "r" (type $r))
        (core func $drop (canon resource.drop $r))
        (type $own (resource (rep i32)))
        (core func $new (canon resource.new $own))
        (export "mine" (type $own))
        (import "take" (func $take (param "r" (borrow $r)) (param "s" bool)))
        (core func (canon lower (func $take))))"#,
    r#"(component
        (component $c
            (core module $m (memory (export "m") 1)
                (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 8))
                (func (export "say") (result i32) (i32.const 0)))
            (core instance $i (instantiate $m))
            (func (export "say") (result string) (canon lift (core func $i "say")
                (memory (core memory $i "m")) (realloc (core func $i "realloc")) string-encoding=utf16)))
        (component $d (alias outer 1 $c (component $e)) (instance $i (instantiate $e))
            (export "i" (instance $i)))
        (instance $a (instantiate $d))
        (instance $b (instantiate $c))
        (export "a" (instance $a))
        (alias export $b "say" (func $say))
        (export "say" (func $say)))"#,
];

/// A module with debug info.
const WITH_LINES: &[u8] = include_bytes!("../../../../julia/examples/lines.wasm");

impl Seeds {
    /// Reads the suite, and compiles a few modules for the engines.
    pub fn new(engines: &[Engine]) -> Result<Self, String> {
        let mut seeds = Self::default();
        for file in FILES.iter().filter(|file| is_new(file)) {
            seeds.read(file).map_err(|error| format!("{}/{}: {error}", file.folder, file.name))?;
        }
        let own = wat::parse_str(OWN_TEXT).map_err(|error| error.to_string())?;
        // Several times, so that they are drawn more often than others.
        for _ in 0..seeds.binaries.len() / 40 {
            seeds.binaries.extend([WITH_LINES.to_vec(), own.clone()]);
            seeds.texts.push(OWN_TEXT.as_bytes().to_vec());
        }
        for text in COMPONENTS {
            seeds.component_texts.push(text.as_bytes().to_vec());
            let wasm = wat::parse_str(text).map_err(|error| error.to_string())?;
            seeds.components.push(wasm);
        }
        for engine in engines {
            let wasm = &seeds.components[0];
            seeds.component_artifacts.push(crate::component::artifact(engine, wasm)?);
            for wasm in [&b"\0asm\x01\0\0\0"[..], WITH_LINES] {
                seeds.artefacts.push(artefact(engine, wasm)?);
                seeds.artifacts.push(crate::artifact::artifact(engine, wasm)?);
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
        // Taken at regular distances, since files often go from simple modules to special ones.
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

/// Whether a file is of the latest version or of a proposal. Older versions repeat most of these.
fn is_new(file: &File) -> bool {
    file.folder.contains("latest") || file.folder.starts_with("proposals/")
}

/// The module in a directive, and whether it is valid.
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

/// The text of a module whose keyword is at `span`.
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

/// Compiles a module with Wasmtime.
fn artefact(engine: &Engine, wasm: &[u8]) -> Result<Vec<u8>, String> {
    let made = engine.theirs.precompile_module(wasm).map_err(|error| format!("{error:#}"))?;
    match wasmtime::Engine::detect_precompiled(&made) {
        Some(Precompiled::Module) => Ok(made),
        other => Err(format!("Wasmtime takes an artefact for {other:?}")),
    }
}
