//! The modules that cases use, and their imports, exports and sections.

use crate::model::{CALL, Item, NOTHING, SIGS, TAG, Ty};

pub struct Module {
    /// The module in the text format. `World::add_instance` knows what its functions do.
    pub text: &'static str,
    pub name: Option<&'static str>,
    pub imports: &'static [(&'static str, Item)],
    pub exports: &'static [(&'static str, Item)],
    pub custom: &'static [(&'static str, &'static [u8])],
    /// The number of memories, the number of tables, the size of the largest memory in pages, and the
    /// size of the largest table.
    pub resources: (u32, u32, u64, u64),
    /// Whether its start function calls its first import with 3.
    pub starts: bool,
}

/// The section of names. Its bytes aren't compared.
pub const NAMES: (&str, &[u8]) = ("name", &[]);

const EMPTY: Module = Module {
    text: "",
    name: None,
    imports: &[],
    exports: &[],
    custom: &[],
    resources: (0, 0, 0, 0),
    starts: false,
};

// Indexes of `MODULES`.
pub const PLAIN: usize = 0;
pub const VIA: usize = 1;
pub const IMPORTER: usize = 2;
pub const REACTOR: usize = 5;
pub const COMMAND: usize = 6;
/// The module name of all imports.
pub const NAMESPACE: &str = "h";

pub const MODULES: [Module; 7] = [
    // PLAIN: it exports an object of each kind.
    Module {
        text: r#"(module $plain
            (memory (export "memory") 1 3)
            (table (export "table") 2 8 funcref)
            (global (export "global") (mut i32) (i32.const 7))
            (tag $tag (export "tag") (param i32))
            (func (export "add") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
            (func (export "divide") (param i32) (result i32)
                (i32.div_s (i32.const 100) (local.get 0)))
            (func (export "trap") unreachable)
            (func (export "throw") (param i32) (throw $tag (local.get 0)))
            (func (export "echo") (param externref) (result externref) (local.get 0))
            (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
            (func (export "bump") (global.set 0 (i32.add (global.get 0) (i32.const 1))))
            (@custom "note" "\01\02\03")
            (@custom "note" ""))"#,
        name: Some("plain"),
        exports: &[
            ("memory", Item::Memory(1, Some(3))),
            ("table", Item::Table(2, Some(8), Ty::Func)),
            ("global", Item::Global(Ty::I32, true)),
            ("tag", Item::Tag(TAG)),
            ("add", Item::Func(CALL)),
            ("divide", Item::Func(CALL)),
            ("trap", Item::Func(NOTHING)),
            ("throw", Item::Func(TAG)),
            ("echo", Item::Func(SIGS[3])),
            ("grow", Item::Func(CALL)),
            ("bump", Item::Func(NOTHING)),
        ],
        custom: &[("note", &[1, 2, 3]), ("note", &[]), NAMES],
        resources: (1, 1, 1, 2),
        ..EMPTY
    },
    // VIA: its functions call an import.
    Module {
        text: r#"(module
            (import "h" "f" (func $f (param i32) (result i32)))
            (func (export "via") (param i32) (result i32)
                (local.set 0 (call $f (local.get 0)))
                (loop)
                (i32.add (local.get 0) (i32.const 1)))
            (func (export "catch") (param i32) (result i32)
                (block $caught
                    (return (try_table (result i32) (catch_all $caught) (call $f (local.get 0)))))
                (i32.const -1)))"#,
        imports: &[("f", Item::Func(CALL))],
        exports: &[("via", Item::Func(CALL)), ("catch", Item::Func(CALL))],
        custom: &[NAMES],
        ..EMPTY
    },
    // IMPORTER: it exports what it imports.
    Module {
        text: r#"(module
            (import "h" "memory" (memory 1))
            (import "h" "table" (table 1 funcref))
            (import "h" "global" (global (mut i32)))
            (import "h" "tag" (tag $tag (param i32)))
            (export "memory" (memory 0))
            (export "table" (table 0))
            (export "global" (global 0))
            (export "tag" (tag 0))
            (func (export "throw") (param i32) (throw $tag (local.get 0)))
            (func (export "bump") (global.set 0 (i32.add (global.get 0) (i32.const 1)))))"#,
        imports: &[
            ("memory", Item::Memory(1, None)),
            ("table", Item::Table(1, None, Ty::Func)),
            ("global", Item::Global(Ty::I32, true)),
            ("tag", Item::Tag(TAG)),
        ],
        exports: &[
            ("memory", Item::Memory(1, None)),
            ("table", Item::Table(1, None, Ty::Func)),
            ("global", Item::Global(Ty::I32, true)),
            ("tag", Item::Tag(TAG)),
            ("throw", Item::Func(TAG)),
            ("bump", Item::Func(NOTHING)),
        ],
        custom: &[NAMES],
        ..EMPTY
    },
    Module {
        text: r#"(module
            (import "h" "f" (func $f (param i32) (result i32)))
            (func $start (drop (call $f (i32.const 3))))
            (start $start))"#,
        imports: &[("f", Item::Func(CALL))],
        starts: true,
        custom: &[NAMES],
        ..EMPTY
    },
    Module {
        text: r#"(module
            (import "h" "shared" (memory 1 2 shared))
            (export "shared" (memory 0)))"#,
        imports: &[("shared", Item::Shared(1, 2))],
        exports: &[("shared", Item::Shared(1, 2))],
        ..EMPTY
    },
    // REACTOR: a linker calls its `_initialize`.
    Module {
        text: r#"(module
            (global $n (export "count") (mut i32) (i32.const 0))
            (func (export "_initialize") (global.set $n (i32.const 1))))"#,
        exports: &[("count", Item::Global(Ty::I32, true)), ("_initialize", Item::Func(NOTHING))],
        custom: &[NAMES],
        ..EMPTY
    },
    // COMMAND: a linker makes an instance of it for each call.
    Module {
        text: r#"(module
            (func (export "_start"))
            (func (export "next") (param i32) (result i32)
                (i32.add (local.get 0) (i32.const 1))))"#,
        exports: &[("_start", Item::Func(NOTHING)), ("next", Item::Func(CALL))],
        ..EMPTY
    },
];
