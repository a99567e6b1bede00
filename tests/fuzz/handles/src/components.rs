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

pub const COMPONENTS: [Component; 3] = [
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
    // RUNNABLE: it can be instantiated. `LOOKUPS` says what its functions do.
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
                    items: &[(
                        "next",
                        Wit {
                            text: "func(x: u32) -> u32",
                            nodes: &[(WitKind::FUNC, 2), (WitKind::U32, 0), (WitKind::U32, 0)],
                            items: &[],
                        },
                    )],
                },
            ),
        ],
        wit: "export run: func();",
    },
];

/// A function without parameters and results.
const NOTHING: Wit =
    Wit { text: "func()", nodes: &[(WitKind::FUNC, 1), (WitKind::NONE, 0)], items: &[] };

/// The index in `COMPONENTS` of the one that can be instantiated.
pub const RUNNABLE: usize = 2;

/// What a function of a component does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Action {
    /// Takes and returns nothing.
    Run,
    /// Returns its argument plus 1.
    Next,
    Trap,
}

/// What is looked up in an instance of `RUNNABLE`: the interface and the name, and what is found there, or the
/// error and what its message names.
pub type Lookup = (Option<&'static str>, &'static str, Result<Action, (ErrorKind, &'static str)>);

pub const LOOKUPS: [Lookup; 9] = [
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
