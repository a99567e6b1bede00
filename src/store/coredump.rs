//! Core dumps: the memories, globals, instances and frames of a store as they are when a call traps, in the
//! format of WebAssembly's tool conventions.

use crate::error::text::{LONGEST_NAME, cut};
use std::collections::HashMap;
use wasm_encoder::{
    CoreDumpInstancesSection, CoreDumpModulesSection, CoreDumpSection, CoreDumpStackSection,
};
use wasmtime::{AsContext, HeapType, StoreContextMut, ValType, WasmCoreDump};

/// Wasmtime writes a memory in pieces of this size.
const CHUNK: u64 = 4096;

/// The size of a page of memory, unless a module chose another one.
const PAGE: u64 = 64 << 10;

/// More bytes than a piece of a memory, a global, an instance and a frame have beside their contents.
const OVERHEAD: u64 = 32;

/// More bytes than an index has.
const INDEX: u64 = 5;

/// How many times as much memory as a dump has bytes is used while it is made.
const COPIES: u64 = 5;

/// The core dump of a store in which a call has trapped, of at most `max` bytes. A store for whose memories and
/// globals that isn't enough has a dump without them. `None` if there is no memory for one.
pub(crate) fn write<T: 'static>(
    dump: &WasmCoreDump,
    context: StoreContextMut<'_, T>,
    max: u64,
) -> Option<Vec<u8>> {
    let name = dump.frames().first().and_then(|frame| frame.module().name()).unwrap_or_default();
    let name = cut(name, LONGEST_NAME);
    let size = size(dump, &context);
    if size <= max && has_contents(dump, &context) && has_room(size) {
        return Some(dump.serialize(context, &name));
    }
    let size = bare_size(dump);
    (size <= max && has_room(size)).then(|| bare(dump, &context, &name))
}

/// A bound on the size of a whole dump.
fn size(dump: &WasmCoreDump, context: &impl AsContext) -> u64 {
    let memories: u64 = dump
        .memories()
        .iter()
        .map(|memory| memory.data_size(context) as u64)
        .map(|size| size + OVERHEAD * (1 + size / CHUNK))
        .sum();
    let names: u64 = dump.modules().iter().map(|m| m.name().unwrap_or_default().len() as u64).sum();
    let imports: u64 =
        dump.instances().iter().map(|i| i.module(context).imports().len() as u64).sum();
    let globals = dump.globals().len() as u64;
    memories + names + INDEX * imports + (OVERHEAD + INDEX) * globals + bare_size(dump)
}

/// A bound on the size of a dump without memories, globals and whole names.
fn bare_size(dump: &WasmCoreDump) -> u64 {
    let (modules, instances) = (dump.modules().len() as u64, dump.instances().len() as u64);
    let name = LONGEST_NAME as u64;
    name + modules * (OVERHEAD + name) + (instances + dump.frames().len() as u64 + 8) * OVERHEAD
}

/// Whether a dump can hold the store's memories and globals as they are.
fn has_contents(dump: &WasmCoreDump, context: &impl AsContext) -> bool {
    let is_exception = |ty: &ValType| match ty {
        ValType::Ref(reference) => !matches!(
            reference.heap_type().top(),
            HeapType::Extern | HeapType::Func | HeapType::Any
        ),
        _ => false,
    };
    dump.memories().iter().all(|memory| memory.page_size(context) == PAGE)
        && !dump.globals().iter().any(|global| is_exception(global.ty(context).content()))
}

/// Whether there is memory to make a dump of that size.
fn has_room(size: u64) -> bool {
    let Ok(needed) = usize::try_from(size.saturating_mul(COPIES)) else { return false };
    Vec::<u8>::new().try_reserve_exact(needed).is_ok()
}

/// A dump of the modules, instances and frames.
fn bare(dump: &WasmCoreDump, context: &impl AsContext, name: &str) -> Vec<u8> {
    let (mut modules, mut instances) =
        (CoreDumpModulesSection::new(), CoreDumpInstancesSection::new());
    let (mut module_indices, mut instance_indices) = (HashMap::new(), HashMap::new());
    let key = |module: &wasmtime::Module| module.image_range().start.addr();
    for (index, module) in (0..).zip(dump.modules()) {
        module_indices.insert(key(module), index);
        modules.module(cut(module.name().unwrap_or_default(), LONGEST_NAME));
    }
    for (index, instance) in (0..).zip(dump.instances()) {
        let module = key(instance.module(context));
        instance_indices.insert(module, index);
        instances.instance(module_indices.get(&module).copied().unwrap_or(0), [], []);
    }
    let mut stack = CoreDumpStackSection::new("main");
    for frame in dump.frames() {
        let instance = instance_indices.get(&key(frame.module())).copied().unwrap_or(0);
        let offset = frame.func_offset().and_then(|offset| u32::try_from(offset).ok());
        stack.frame(instance, frame.func_index(), offset.unwrap_or(0), [], []);
    }
    let mut written = wasm_encoder::Module::new();
    written.section(&CoreDumpSection::new(name));
    written.section(&modules).section(&instances).section(&stack);
    written.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasmparser::{Data, DataKind, KnownCustom, Parser, Payload};
    use wasmtime::{AsContextMut, Config, Engine, Instance, Module, Store};

    /// The sections of a dump in words, and the pieces of its memories.
    fn sections(dump: &[u8]) -> (Vec<String>, Vec<(i32, Vec<u8>)>) {
        let (mut found, mut pieces) = (Vec::new(), Vec::new());
        for payload in Parser::new(0).parse_all(dump) {
            match payload.unwrap() {
                Payload::MemorySection(memories) => {
                    let pages = memories.into_iter().map(|memory| memory.unwrap().initial);
                    found.push(format!("memories {:?}", pages.collect::<Vec<_>>()));
                }
                Payload::GlobalSection(globals) => {
                    let types = globals.into_iter().map(|global| global.unwrap().ty.content_type);
                    found.push(format!("globals {:?}", types.collect::<Vec<_>>()));
                }
                Payload::DataSection(data) => {
                    for piece in data {
                        let Data { kind: DataKind::Active { offset_expr, .. }, data, .. } =
                            piece.unwrap()
                        else {
                            panic!("a piece of no memory")
                        };
                        let mut operators = offset_expr.get_operators_reader();
                        let wasmparser::Operator::I32Const { value } = operators.read().unwrap()
                        else {
                            panic!("no constant offset")
                        };
                        pieces.push((value, data.to_vec()));
                    }
                }
                Payload::CustomSection(section) => found.push(match section.as_known() {
                    KnownCustom::CoreDump(dump) => format!("core {}", dump.name),
                    KnownCustom::CoreDumpModules(known) => format!("modules {:?}", known.modules),
                    KnownCustom::CoreDumpInstances(known) => {
                        let of = |i: &wasmparser::CoreDumpInstance| {
                            (i.module_index, i.memories.clone(), i.globals.clone())
                        };
                        format!(
                            "instances {:?}",
                            known.instances.iter().map(of).collect::<Vec<_>>()
                        )
                    }
                    KnownCustom::CoreDumpStack(stack) => {
                        let of = |f: &wasmparser::CoreDumpStackFrame| (f.instanceidx, f.funcidx);
                        format!("frames {:?}", stack.frames.iter().map(of).collect::<Vec<_>>())
                    }
                    _ => panic!("another section: {}", section.name()),
                }),
                _ => {}
            }
        }
        (found, pieces)
    }

    /// The dump of the trap in the export `run` of a module, of at most `max` bytes.
    fn dump_of(text: &str, max: u64) -> Option<Vec<u8>> {
        let mut config = Config::new();
        // The library's handler of signals knows the code of the library's own engines only.
        config.signals_based_traps(false).coredump_on_trap(true).wasm_custom_page_sizes(true);
        let engine = Engine::new(&config).unwrap();
        let module = Module::new(&engine, wat::parse_str(text).unwrap()).unwrap();
        let mut store = Store::new(&engine, ());
        let instance = Instance::new(&mut store, &module, &[]).unwrap();
        let run = instance.get_typed_func::<(), ()>(&mut store, "run").unwrap();
        let error = run.call(&mut store, ()).unwrap_err();
        write(error.downcast_ref().unwrap(), store.as_context_mut(), max)
    }

    const MODULE: &str = r#"(module $guest
        (memory 2) (data (i32.const 65530) "across the pages")
        (global (mut i32) (i32.const 7)) (global funcref (ref.null func))
        (func $inner (i32.store (i32.const 8) (i32.const 0x01020304)) unreachable)
        (func (export "run") (call $inner)))"#;

    #[test]
    fn a_dump_has_the_state_of_the_store_at_the_trap() {
        let (found, pieces) = sections(&dump_of(MODULE, 1 << 20).unwrap());
        assert_eq!(
            found,
            [
                "core guest",
                "memories [2]",
                "globals [I32, Ref(funcref)]",
                "modules [\"guest\"]",
                "instances [(0, [0], [0, 1])]",
                "frames [(0, 0), (0, 1)]",
            ]
        );
        let mut memory = vec![0; 2 << 16];
        for (offset, data) in pieces {
            memory[offset as usize..][..data.len()].copy_from_slice(&data);
        }
        let mut expected = vec![0; 2 << 16];
        expected[8..12].copy_from_slice(&[4, 3, 2, 1]);
        expected[65530..65546].copy_from_slice(b"across the pages");
        assert_eq!(memory, expected);
    }

    #[test]
    fn a_dump_that_could_exceed_the_limit_has_no_memories_and_globals() {
        let bare = dump_of(MODULE, 128 << 10).unwrap();
        let expected = [
            "core guest",
            "modules [\"guest\"]",
            "instances [(0, [], [])]",
            "frames [(0, 0), (0, 1)]",
        ];
        assert_eq!(sections(&bare), (expected.map(str::to_owned).to_vec(), Vec::new()));
        assert_eq!(dump_of(MODULE, 100), None);
    }

    #[test]
    fn a_dump_is_never_larger_than_the_limit() {
        let many = "(func (export \"run\") unreachable)".to_owned()
            + &"(global i64 (i64.const -1))".repeat(5000)
            + "(memory 1) (memory 1) (data (memory 1) (i32.const 4095) \"across\")";
        let name = "n".repeat(3000);
        let text = format!("(module ${name} {many})");
        let (mut whole, mut bare) = (0, 0);
        for max in (0..600 << 10).step_by(10_000) {
            let Some(dump) = dump_of(&text, max) else { continue };
            assert!(dump.len() as u64 <= max, "{} bytes, not {max}", dump.len());
            if sections(&dump).1.is_empty() { bare += 1 } else { whole += 1 }
        }
        assert!(whole > 0 && bare > 0, "{whole} and {bare}");
    }

    #[test]
    fn names_are_cut_in_a_dump_without_memories() {
        let name = "long".repeat(20_000);
        let text = format!("(module ${name} (func (export \"run\") unreachable))");
        let bare = dump_of(&text, 10_000).unwrap();
        assert!(bare.len() < 3000 && sections(&bare).0[0].ends_with('…'));
    }

    #[test]
    fn memories_and_globals_that_a_dump_cannot_hold_are_left_out() {
        for (part, held) in [
            ("(memory 10 (pagesize 1)) (global i32 (i32.const 0))", 0),
            ("(global exnref (ref.null exn))", 0),
            ("(global i32 (i32.const 0)) (global anyref (ref.null any))", 1),
            ("(global (ref null struct) (ref.null struct))", 1),
        ] {
            let text = format!("(module {part} (func (export \"run\") unreachable))");
            let found = sections(&dump_of(&text, 1 << 20).unwrap()).0;
            assert_eq!(
                found.iter().filter(|part| part.starts_with("globals")).count(),
                held,
                "{part}"
            );
        }
    }

    #[test]
    fn there_is_no_room_for_more_than_the_address_space() {
        assert!(has_room(1 << 20) && !has_room(1 << 60) && !has_room(u64::MAX));
    }
}
