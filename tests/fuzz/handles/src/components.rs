//! The components that cases use, and the types of their imports and exports.

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
    Component {
        text: r#"(component
            (core module $m (func (export "f")))
            (core instance $i (instantiate $m))
            (func (export "run") (canon lift (core func $i "f"))))"#,
        imports: &[],
        exports: &[(
            "run",
            Wit { text: "func()", nodes: &[(WitKind::FUNC, 1), (WitKind::NONE, 0)], items: &[] },
        )],
        wit: "export run: func();",
    },
];
