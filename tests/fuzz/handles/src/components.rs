//! The components that cases use, and the types of their imports and exports.

use safewasm::abi::safewasm_error_kind_t as ErrorKind;
use safewasm::abi::safewasm_witkind_t as WitKind;

/// A WIT type.
#[derive(Debug)]
pub struct Wit {
    /// As the library writes it.
    pub text: &'static str,
    /// Its nodes: the kind and the number of children of each.
    pub nodes: &'static [(WitKind, usize)],
    pub items: &'static [Named],
}

/// A type with its name.
pub type Named = (&'static str, Wit);

pub struct Component {
    /// The component in the text format.
    pub text: &'static str,
    pub imports: &'static [Named],
    pub exports: &'static [Named],
    /// A part of its world in WIT.
    pub wit: &'static str,
}

pub const COMPONENTS: [Component; 4] = [
    Component {
        text: r#"(component
            (import "f" (func (param "x" u32) (param "y" (list string)) (result bool)))
            (type $t (record (field "a" char)))
            (export "t" (type $t)))"#,
        imports: &[(
            "f",
            Wit {
                text: "func(x: u32, y: list<string>) -> bool",
                nodes: &[
                    (WitKind::FUNC, 3),
                    (WitKind::U32, 0),
                    (WitKind::LIST, 1),
                    (WitKind::STRING, 0),
                    (WitKind::BOOL, 0),
                ],
                items: &[],
            },
        )],
        exports: &[(
            "t",
            Wit {
                text: "record { a: char }",
                nodes: &[(WitKind::RECORD, 1), (WitKind::CHAR, 0)],
                items: &[],
            },
        )],
        wit: "import f: func(x: u32, y: list<string>) -> bool;",
    },
    Component {
        text: r#"(component
            (import "a:b/c" (instance (export "r" (type (sub resource))) (export "g" (func)))))"#,
        imports: &[(
            "a:b/c",
            Wit {
                text: "interface {\n  resource r;\n  g: func();\n}",
                nodes: &[(WitKind::INTERFACE, 2)],
                items: &[
                    ("r", Wit { text: "resource r", nodes: &[(WitKind::RESOURCE, 0)], items: &[] }),
                    (
                        "g",
                        Wit {
                            text: "func()",
                            nodes: &[(WitKind::FUNC, 1), (WitKind::NONE, 0)],
                            items: &[],
                        },
                    ),
                ],
            },
        )],
        exports: &[],
        wit: "import a:b/c;",
    },
    // RUNNABLE: it can be instantiated. `lookups` says what its functions do.
    Component {
        text: r#"(component
            (core module $m
                (func (export "run"))
                (func (export "next") (param i32) (result i32)
                    (i32.add (local.get 0) (i32.const 1)))
                (func (export "trap") unreachable))
            (core instance $i (instantiate $m))
            (func $run (canon lift (core func $i "run")))
            (func $next (param "x" u32) (result u32) (canon lift (core func $i "next")))
            (func $trap (canon lift (core func $i "trap")))
            (export "run" (func $run))
            (export "trap" (func $trap))
            (instance $api (export "next" (func $next)))
            (export "a:b/d" (instance $api)))"#,
        imports: &[],
        exports: &[
            ("run", NOTHING),
            ("trap", NOTHING),
            (
                "a:b/d",
                Wit {
                    text: "interface {\n  next: func(x: u32) -> u32;\n}",
                    nodes: &[(WitKind::INTERFACE, 1)],
                    items: &[("next", UNARY)],
                },
            ),
        ],
        wit: "export run: func();",
    },
    // IMPORTING: its function calls its import, and then enters a loop.
    Component {
        text: r#"(component
            (import "a:b/e@0.1.0" (instance $e
                (export "call" (func (param "x" u32) (result u32)))))
            (core func $f (canon lower (func $e "call")))
            (core module $m
                (import "" "f" (func $f (param i32) (result i32)))
                (func (export "call") (param i32) (result i32)
                    (local.set 0 (call $f (local.get 0)))
                    (loop)
                    (local.get 0)))
            (core instance $i (instantiate $m (with "" (instance (export "f" (func $f))))))
            (func (export "call") (param "x" u32) (result u32)
                (canon lift (core func $i "call"))))"#,
        imports: &[(
            "a:b/e@0.1.0",
            Wit {
                text: "interface {\n  call: func(x: u32) -> u32;\n}",
                nodes: &[(WitKind::INTERFACE, 1)],
                items: &[("call", UNARY)],
            },
        )],
        exports: &[("call", UNARY)],
        wit: "export call: func(x: u32) -> u32;",
    },
];

/// A function that takes a number and returns one: the type of what `IMPORTING` imports.
pub const UNARY: Wit = Wit {
    text: "func(x: u32) -> u32",
    nodes: &[(WitKind::FUNC, 2), (WitKind::U32, 0), (WitKind::U32, 0)],
    items: &[],
};

/// A function without parameters and results.
const NOTHING: Wit =
    Wit { text: "func()", nodes: &[(WitKind::FUNC, 1), (WitKind::NONE, 0)], items: &[] };

/// The index in `COMPONENTS` of the one that can be instantiated.
pub const RUNNABLE: usize = 2;

/// The index in `COMPONENTS` of the one with an import that host functions can serve.
pub const IMPORTING: usize = 3;

/// The interface and the name of that import. Definitions are for a compatible version too.
pub const INTERFACES: [&str; 2] = ["a:b/e@0.1.0", "a:b/e@0.1.2"];
pub const IMPORT: &str = "call";

/// What a function of a component does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Action {
    /// Takes and returns nothing.
    Run,
    /// Returns its argument plus 1.
    Next,
    Trap,
    /// Returns what the import returns for its argument.
    Import,
}

/// What is looked up in an instance: the interface and the name, and what is found there, or the
/// error and what its message names.
pub type Lookup = (Option<&'static str>, &'static str, Result<Action, (ErrorKind, &'static str)>);

/// What is looked up in an instance of that component.
pub fn lookups(component: usize) -> &'static [Lookup] {
    match component {
        RUNNABLE => &LOOKUPS,
        IMPORTING => &[
            (None, IMPORT, Ok(Action::Import)),
            (None, "absent", Err((ErrorKind::NOT_FOUND, "absent"))),
        ],
        _ => &[(None, "absent", Err((ErrorKind::NOT_FOUND, "absent")))],
    }
}

const LOOKUPS: [Lookup; 9] = [
    (None, "run", Ok(Action::Run)),
    (Some("a:b/d"), "next", Ok(Action::Next)),
    (None, "trap", Ok(Action::Trap)),
    (Some("a:b/d"), "next", Ok(Action::Next)),
    (None, "run", Ok(Action::Run)),
    (None, "next", Err((ErrorKind::NOT_FOUND, "next"))),
    (Some("a:b/d"), "run", Err((ErrorKind::NOT_FOUND, "run"))),
    (Some("a:b/e"), "next", Err((ErrorKind::NOT_FOUND, "a:b/e"))),
    (None, "a:b/d", Err((ErrorKind::TYPE_MISMATCH, "a:b/d"))),
];
