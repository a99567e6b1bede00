//! Every byte in every `bool` that a caller passes: all bytes but 0 mean the same as 1.
//!
//! The parameters and members are found in the description of the ABI, like the functions.

use crate::{
    Abi, Case, Extern, FUNCTIONS, Function, MEMORY_TYPE, Role, SHARED_MEMORY_TYPE, STRUCTS, Struct,
    TABLE_TYPE, World, deleter, is_array,
};
use std::slice;

/// A `safewasm_globaltype_t` whose `bool`s both count, and a `safewasm_val_t` for it: no function.
static FUNC_GLOBAL_TYPE: [u8; 4] = [7, 1, 1, 1];
static NO_FUNC: [u64; 3] = [7, 0, 0];

/// What a register can hold beside a `bool`'s byte.
const UPPER: [u64; 2] = [0, 0xdead_beef_ffff_ff00];

pub fn test(abi: &mut Abi, function: &'static Function, file: &'static str) {
    for (index, param) in function.params.iter().enumerate() {
        match param.role {
            Role::Bool => test_argument(abi, function, index, file),
            Role::Data(ty) => {
                if let Some(of) = STRUCTS.iter().find(|of| of.name == ty && !of.bools.is_empty()) {
                    test_members(abi, function, index, of, file);
                }
            }
            _ => {}
        }
    }
}

fn test_argument(abi: &mut Abi, function: &'static Function, index: usize, file: &'static str) {
    let world = World::new(abi);
    let mut case = Case::new(function, &world, file);
    let mut effect = |abi: &mut Abi, bits: u64| {
        case.args[index] = bits;
        let Role::Handle(ty) = function.params[0].role else {
            panic!("{}: no way to see what its `bool` does", function.name);
        };
        let object = match ty {
            "safewasm_config_t" => new(abi, "safewasm_config_new", &[]),
            "safewasm_wasi_t" => new(abi, "safewasm_wasi_new", &[]),
            "safewasm_linker_t" => {
                new(abi, "safewasm_linker_new", &[world.objects["safewasm_engine_t"]])
            }
            "safewasm_componentlinker_t" => {
                new(abi, "safewasm_componentlinker_new", &[world.objects["safewasm_engine_t"]])
            }
            _ => panic!("{}: no way to see what its `bool` does", function.name),
        };
        case.args[0] = object;
        let result = case.call(abi, "a `bool`");
        let mut effect = vec![kind(abi, result)];
        effect.extend(match ty {
            "safewasm_config_t" => look_at_config(abi, object),
            "safewasm_wasi_t" => look_at_wasi(abi, &world, object),
            "safewasm_componentlinker_t" => look_at_componentlinker(abi, &world, object),
            _ => look_at_linker(abi, &world, object),
        });
        abi.call(&deleter(ty), &[object]);
        effect
    };
    let known = [effect(abi, 0), effect(abi, 1)];
    for byte in 0..=255 {
        for upper in UPPER {
            let found = effect(abi, upper | byte);
            let name = function.params[index].name;
            abi.expect(found == known[usize::from(byte != 0)], || {
                format!("{}: `{name}` = {:#x}: {found:?}", function.name, upper | byte)
            });
        }
    }
    world.delete(abi);
}

fn test_members(
    abi: &mut Abi,
    function: &'static Function,
    index: usize,
    of: &Struct,
    file: &'static str,
) {
    let world = World::new(abi);
    let mut case = Case::new(function, &world, file);
    if let Some(initial) = function.params.iter().position(|param| param.name == "initial") {
        case.args[initial] = &raw const NO_FUNC as u64;
    }
    for &(member, place) in of.bools {
        let mut data = good(function, of);
        case.args[index] = data.as_mut_ptr() as u64;
        if is_array(function, index) {
            case.args[index + 1] = 1;
        }
        let mut effect = |abi: &mut Abi, byte| {
            data[place] = byte;
            let result = case.call(abi, member);
            if result != 0 { vec![abi.take(result).1] } else { describe(abi, &case) }
        };
        let known = [effect(abi, 0), effect(abi, 1)];
        let name = format!("{}: `{}->{member}`", function.name, function.params[index].name);
        abi.expect(known[0] != known[1], || format!("{name} means nothing: {:?}", known[0]));
        for byte in 0..=255 {
            let found = effect(abi, byte);
            abi.expect(found == known[usize::from(byte != 0)], || {
                format!("{name} = {byte:#x}: {found:?}")
            });
        }
    }
    world.delete(abi);
}

/// Bytes of a good struct, which stay where they are.
fn good(function: &Function, of: &Struct) -> Vec<u8> {
    let shared = function.name.contains("sharedmemory");
    let place = match of.name {
        "safewasm_memorytype_t" if shared => (&raw const SHARED_MEMORY_TYPE).cast(),
        "safewasm_memorytype_t" => (&raw const MEMORY_TYPE).cast(),
        "safewasm_tabletype_t" => (&raw const TABLE_TYPE).cast(),
        "safewasm_globaltype_t" => (&raw const FUNC_GLOBAL_TYPE).cast(),
        "safewasm_valtype_t" => (&raw const TABLE_TYPE.element).cast(),
        name => panic!("no good {name}"),
    };
    // SAFETY: it is a static of that struct's size. Padding isn't copied: the members lie without
    // gaps up to the last one.
    let bytes: &[u8] = unsafe { slice::from_raw_parts(place, of.bools.last().unwrap().1 + 1) };
    let mut bytes = bytes.to_vec();
    bytes.resize(of.size, 0);
    bytes
}

/// The `bool`s that the library says of the objects that a call made, which are deleted.
fn describe(abi: &mut Abi, case: &Case) -> Vec<String> {
    let mut said = Vec::new();
    for (index, bytes) in &case.outs {
        let Role::OutHandle(ty) = case.function.params[*index].role else { continue };
        let object = u64::from_ne_bytes((**bytes).try_into().unwrap());
        let is_of = |function: &&Function| match function.params.first() {
            Some(param) => param.role == Role::Handle(ty),
            None => false,
        };
        for function in FUNCTIONS.iter().filter(is_of) {
            let Some(Role::Out(of, size)) = function.params.last().map(|param| param.role) else {
                continue;
            };
            let of = STRUCTS.iter().find(|item| item.name == of && !item.bools.is_empty());
            let Some(of) = of else { continue };
            let mut out = vec![0u64; size.div_ceil(8)];
            let mut args = vec![0; function.params.len()];
            args[0] = object;
            *args.last_mut().unwrap() = out.as_mut_ptr() as u64;
            let result = abi.call(function.name, &args);
            said.push(format!("{}: {}", function.name, kind(abi, result)));
            for &(member, place) in of.bools {
                let byte = out[place / 8].to_ne_bytes()[place % 8];
                said.push(format!("{member} {byte}"));
            }
        }
        abi.call(&deleter(ty), &[object]);
    }
    said
}

/// The kind of an error, which is deleted; 0 if there is none.
fn kind(abi: &mut Abi, error: u64) -> u64 {
    if error == 0 { 0 } else { abi.take(error).0 }
}

fn new(abi: &mut Abi, name: &str, args: &[u64]) -> u64 {
    let mut made = 0u64;
    abi.must(name, &[args, &[&raw mut made as u64]].concat());
    made
}

/// How a program exits that makes a folder in the folder of a WASI config: with the errno.
fn look_at_wasi(abi: &mut Abi, world: &World, wasi: u64) -> Vec<u64> {
    const MAKER: &str = r#"(module
        (import "wasi_snapshot_preview1" "path_create_directory"
            (func $make (param i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (memory (export "memory") 1)
        (data (i32.const 0) ".")
        (func (export "_start")
            (call $exit (call $make (i32.const 3) (i32.const 0) (i32.const 1)))))"#;
    let engine = world.objects["safewasm_engine_t"];
    let text = [engine, MAKER.as_ptr() as u64, MAKER.len() as u64];
    let module = new(abi, "safewasm_module_new_text", &text);
    let store = new(abi, "safewasm_store_new", &[engine]);
    let linker = new(abi, "safewasm_linker_new", &[engine]);
    abi.must("safewasm_store_set_fuel", &[store, 1 << 20]);
    abi.must("safewasm_store_set_wasi", &[store, wasi]);
    abi.must("safewasm_linker_define_wasi", &[linker]);
    let instance = new(abi, "safewasm_linker_instantiate", &[linker, store, module]);
    let mut status = 0u32;
    abi.must("safewasm_instance_run", &[instance, &raw mut status as u64]);
    abi.call("safewasm_linker_delete", &[linker]);
    abi.call("safewasm_store_delete", &[store]);
    abi.call("safewasm_module_delete", &[module]);
    vec![status.into()]
}

/// What an engine can do that is made with the config.
fn look_at_config(abi: &mut Abi, config: u64) -> Vec<u64> {
    const SEVERAL: &str = "(module (func (result i32 i32) unreachable))";
    let [mut engine, mut made] = [0u64; 2];
    let result = abi.call("safewasm_engine_new", &[config, &raw mut engine as u64]);
    let mut seen = vec![kind(abi, result)];
    let store = new(abi, "safewasm_store_new", &[engine]);
    let made = &raw mut made as u64;
    let shared = &raw const SHARED_MEMORY_TYPE as u64;
    let several = (SEVERAL.as_ptr() as u64, SEVERAL.len() as u64);
    for (name, args) in [
        ("safewasm_store_set_fuel", vec![store, 1]),
        ("safewasm_store_interrupt", vec![store]),
        ("safewasm_sharedmemory_new", vec![engine, shared, made]),
        ("safewasm_module_new_text", vec![engine, several.0, several.1, made]),
    ] {
        let result = abi.call(name, &args);
        seen.push(kind(abi, result));
    }
    abi.call("safewasm_store_delete", &[store]);
    abi.call("safewasm_engine_delete", &[engine]);
    seen
}

/// Whether a name can be defined twice.
fn look_at_linker(abi: &mut Abi, world: &World, linker: u64) -> Vec<u64> {
    let func = Extern { kind: 1, handle: world.objects["safewasm_func_t"] };
    let (name, len) = ("func".as_ptr() as u64, 4);
    let store = world.objects["safewasm_store_t"];
    let define = [linker, store, name, len, name, len, &raw const func as u64];
    let mut define = || {
        let result = abi.call("safewasm_linker_define", &define);
        kind(abi, result)
    };
    vec![define(), define()]
}

fn look_at_componentlinker(abi: &mut Abi, world: &World, linker: u64) -> Vec<u64> {
    let define = [linker, 0, 0, "m".as_ptr() as u64, 1, world.objects["safewasm_module_t"]];
    let mut define = || {
        let result = abi.call("safewasm_componentlinker_define_module", &define);
        kind(abi, result)
    };
    vec![define(), define()]
}
