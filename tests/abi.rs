//! Every function of the ABI with every kind of bad handle and pointer.
//!
//! What functions there are, and what their parameters mean, is read from the same source that the
//! header is generated from, so a function that is added later is tested without anyone thinking of
//! it. The functions are called in the shared library, as a C program would.

#[path = "abi/artifact.rs"]
mod artifact;
#[path = "abi/bools.rs"]
mod bools;
#[path = "abi/componenthost.rs"]
mod componenthost;
#[path = "abi/heap.rs"]
mod heap;
#[path = "abi/taken.rs"]
mod taken;

use libloading::Library;
use std::collections::HashMap;
use std::ffi::{CStr, CString, c_char};
use std::mem::offset_of;
use std::os::fd::IntoRawFd;
use std::process::ExitCode;

/// What a function returns; a value with its size in bytes.
enum Returns {
    Nothing,
    Error,
    Value(usize),
}

/// What a parameter is for.
#[derive(Clone, Copy, PartialEq)]
enum Role {
    /// An object of this type.
    Handle(&'static str),
    /// Where a new object of this type goes.
    OutHandle(&'static str),
    /// Where this type goes, of so many bytes.
    Out(&'static str, usize),
    /// An array of this type.
    Data(&'static str),
    /// A number of this type.
    Number(&'static str),
    /// A `bool`.
    Bool,
    /// A function of this type.
    Callback(&'static str),
    /// What is passed on to a callback.
    Env,
}

struct Param {
    name: &'static str,
    nullable: bool,
    role: Role,
}

struct Function {
    name: &'static str,
    returns: Returns,
    params: &'static [Param],
}

/// A struct whose members callers see, and the places of the `bool`s in it.
struct Struct {
    name: &'static str,
    size: usize,
    bools: &'static [(&'static str, usize)],
}

include!(concat!(env!("OUT_DIR"), "/abi.rs"));

const NULL_POINTER: u64 = 1;
const INVALID_HANDLE: u64 = 2;
const WRONG_STORE: u64 = 3;
const WRONG_ENGINE: u64 = 4;

/// `SAFEWASM_STRLEN`.
const STRLEN: u64 = u64::MAX;

const TEXT: &str = r#"(module
    (func (export "func"))
    (memory (export "memory") 1 2)
    (table (export "table") 1 funcref)
    (global (export "global") (mut i32) (i32.const 0))
    (tag (export "tag") (param i32))
    (func (export "typed") (param i32) (result i32) (local.get 0))
    (tag $tag (param i32))
    (func (export "throw") (throw $tag (i32.const 1)))
    (tag (export "plain"))
    (type $struct (struct))
    (func (export "object") (param (ref $struct)) (result (ref $struct)) (local.get 0))
    (global (export "objects") (ref null $struct) (ref.null $struct))
    (func (export "_start")))"#;
/// A module with an import of each kind, in the order of `EXTERNS`.
const IMPORTER: &str = r#"(module
    (import "a" "func" (func))
    (import "a" "memory" (memory 1))
    (import "a" "table" (table 1 funcref))
    (import "a" "global" (global (mut i32)))
    (import "a" "tag" (tag (param i32)))
    (import "a" "sharedmemory" (memory 1 2 shared)))"#;
/// A module that can be a process.
const COMMAND: &str = r#"(module (func (export "_start")))"#;
/// A module in the binary format.
const EMPTY: &[u8] = b"\0asm\x01\0\0\0";
/// A component that imports a function and exports an interface.
const COMPONENT: &str = r#"(component
    (import "a" (func (param "of" string)))
    (type $b (record (field "c" u8)))
    (instance (export "d") (export "b" (type $b))))"#;
/// A component in the binary format.
const EMPTY_COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";
/// A component that imports nothing, exports a function, and is a command.
const RUNNABLE: &str = r#"(component
    (core module $m (func (export "f")) (func (export "run") (result i32) (i32.const 0)))
    (core instance $i (instantiate $m))
    (func (export "func") (canon lift (core func $i "f")))
    (func $run (result (result)) (canon lift (core func $i "run")))
    (instance $command (export "run" (func $run)))
    (export "wasi:cli/run@0.2.0" (instance $command)))"#;
const EXTERNS: [&str; 6] = ["func", "memory", "table", "global", "tag", "sharedmemory"];
/// Those of them that `TEXT` exports.
const EXPORTS: [&str; 5] = ["func", "memory", "table", "global", "tag"];

#[repr(C)]
#[derive(Clone, Copy)]
struct Extern {
    kind: u32,
    handle: u64,
}

/// A `safewasm_memorytype_t`.
#[repr(C)]
struct MemoryType {
    min: u64,
    max: u64,
    page_size: u64,
    has_max: bool,
    is_64: bool,
    is_shared: bool,
}

/// A `safewasm_tabletype_t`.
#[repr(C)]
struct TableType {
    min: u64,
    max: u64,
    has_max: bool,
    is_64: bool,
    element: [u8; 3],
}

static MEMORY_TYPE: MemoryType =
    MemoryType { min: 1, max: 2, page_size: 0, has_max: true, is_64: false, is_shared: false };
static SHARED_MEMORY_TYPE: MemoryType = MemoryType { is_shared: true, ..MEMORY_TYPE };
static TABLE_TYPE: TableType =
    TableType { min: 1, max: 2, has_max: true, is_64: false, element: [7, 1, 1] };
/// A `safewasm_globaltype_t`: a mutable i32.
static GLOBAL_TYPE: [u8; 4] = [1, 0, 0, 1];
/// A `safewasm_val_t`: an i32.
static VALUE: [u64; 3] = [1, 5, 0];
/// A `safewasm_hooks_t` with none.
static HOOKS: [u64; 9] = [72, 0, 0, 0, 0, 0, 0, 0, 0];
/// A `safewasm_sandbox_t` that asks for the defaults.
static SANDBOX: [u64; 10] = [0; 10];

/// A `safewasm_pooling_t` that asks for the defaults.
static POOLING: [u64; 5] = [0; 5];

/// The shared library, and what was found out so far.
struct Abi {
    library: Library,
    calls: usize,
    failures: usize,
}

impl Abi {
    /// Calls a function with the bits of its arguments.
    fn call(&mut self, name: &str, args: &[u64]) -> u64 {
        self.calls += 1;
        let function = unsafe { self.library.get::<*const ()>(name.as_bytes()) }
            .unwrap_or_else(|error| panic!("{name} is not in the library: {error}"));
        let function = *function;
        // All parameters of the ABI are integers or pointers (the generator refuses others), which
        // the C calling conventions of 64-bit machines pass alike.
        macro_rules! call {
            ($($arg:ident)*) => {{
                type F = extern "C" fn($(replace!($arg)),*) -> u64;
                let &[$($arg),*] = args else { unreachable!() };
                let function = unsafe { std::mem::transmute::<*const (), F>(function) };
                function($($arg),*)
            }};
        }
        macro_rules! replace {
            ($arg:ident) => {
                u64
            };
        }
        match args.len() {
            0 => call!(),
            1 => call!(a),
            2 => call!(a b),
            3 => call!(a b c),
            4 => call!(a b c d),
            5 => call!(a b c d e),
            6 => call!(a b c d e f),
            7 => call!(a b c d e f g),
            9 => call!(a b c d e f g h i),
            more => panic!("{name} has {more} parameters: add a line here"),
        }
    }

    /// Calls a fallible function that must succeed.
    fn must(&mut self, name: &str, args: &[u64]) {
        let error = self.call(name, args);
        if error != 0 {
            let message = self.take(error).1;
            panic!("{name} failed: {message}");
        }
    }

    /// The kind and message of an error, which is deleted.
    fn take(&mut self, error: u64) -> (u64, String) {
        let kind = self.call("safewasm_error_kind", &[error]) & 0xffff_ffff;
        let message = self.call("safewasm_error_message", &[error, 0]) as *const c_char;
        let message = unsafe { CStr::from_ptr(message) }.to_str().unwrap().to_owned();
        self.call("safewasm_error_delete", &[error]);
        (kind, message)
    }

    fn fail(&mut self, what: &str) {
        self.failures += 1;
        if self.failures <= 50 {
            println!("FAILED {what}");
        }
    }

    fn expect(&mut self, holds: bool, what: impl FnOnce() -> String) {
        if !holds {
            self.fail(&what());
        }
    }
}

/// One living object of each type.
struct World {
    objects: HashMap<&'static str, u64>,
    /// The types of the module's exports, in the order of `EXTERNS`.
    externtypes: Vec<u64>,
    importer: u64,
    /// For a parameter of a function, an object of another sort than that in `objects`.
    special: HashMap<(&'static str, &'static str), u64>,
}

impl World {
    fn new(abi: &mut Abi) -> Self {
        let mut objects = HashMap::new();
        let mut make = |abi: &mut Abi, ty, name: &str, args: &[u64]| {
            let mut made = u64::MAX;
            abi.must(name, &[args, &[&raw mut made as u64]].concat());
            objects.insert(ty, made);
            made
        };
        let (text, len) = (TEXT.as_ptr() as u64, TEXT.len() as u64);
        let config = make(abi, "safewasm_config_t", "safewasm_config_new", &[]);
        for setting in ["epoch_interruption", "consume_fuel", "shared_memory"] {
            abi.must(&format!("safewasm_config_set_{setting}"), &[config, 1]);
        }
        let engine = make(abi, "safewasm_engine_t", "safewasm_engine_new", &[config]);
        make(abi, "safewasm_config_t", "safewasm_config_new", &[]);
        let store = make(abi, "safewasm_store_t", "safewasm_store_new", &[engine]);
        abi.must("safewasm_store_set_fuel", &[store, 1 << 40]);
        let shared_type = &raw const SHARED_MEMORY_TYPE as u64;
        let new = "safewasm_sharedmemory_new";
        make(abi, "safewasm_sharedmemory_t", new, &[engine, shared_type]);
        let importer = [engine, IMPORTER.as_ptr() as u64, IMPORTER.len() as u64];
        let importer = make(abi, "safewasm_module_t", "safewasm_module_new_text", &importer);
        let component = [engine, COMPONENT.as_ptr() as u64, COMPONENT.len() as u64];
        let new = "safewasm_component_new_text";
        let component = make(abi, "safewasm_component_t", new, &component);
        artifact::make(abi, importer, component);
        let module =
            make(abi, "safewasm_module_t", "safewasm_module_new_text", &[engine, text, len]);
        make(abi, "safewasm_bytes_t", "safewasm_wat2wasm", &[text, len]);
        make(abi, "safewasm_wasi_t", "safewasm_wasi_new", &[]);
        make(abi, "safewasm_buffer_t", "safewasm_buffer_new", &[1 << 20]);
        let instance =
            make(abi, "safewasm_instance_t", "safewasm_instance_new", &[store, module, 0, 0]);

        let mut text = [0u64; 2];
        let mut externtypes = Vec::new();
        for index in 0..=EXPORTS.len() {
            let args = [module, index as u64, &raw mut text as u64];
            externtypes.push(make(abi, "safewasm_externtype_t", "safewasm_module_export", &args));
        }
        let args = [component, 0, &raw mut text as u64];
        make(abi, "safewasm_wittype_t", "safewasm_component_export", &args);
        // In a store of its own, since a failure in a store ends the components there.
        let [mut runnable, mut calm] = [0u64; 2];
        let text = [engine, RUNNABLE.as_ptr() as u64, RUNNABLE.len() as u64];
        abi.must(new, &[&text[..], &[&raw mut runnable as u64]].concat());
        abi.must("safewasm_store_new", &[engine, &raw mut calm as u64]);
        abi.must("safewasm_store_set_fuel", &[calm, 1 << 40]);
        let new = "safewasm_componentinstance_new";
        let running = make(abi, "safewasm_componentinstance_t", new, &[calm, runnable]);
        let args = [running, 0, 0, "func".as_ptr() as u64, 4];
        let get = "safewasm_componentinstance_func";
        let componentfunc = make(abi, "safewasm_componentfunc_t", get, &args);
        let call = "safewasm_componentfunc_call";
        make(abi, "safewasm_values_t", call, &[componentfunc, 0, 0]);
        let new = "safewasm_componentlinker_new";
        let componentlinker = make(abi, "safewasm_componentlinker_t", new, &[engine]);
        abi.must("safewasm_componentlinker_allow_shadowing", &[componentlinker, 1]);
        let new = "safewasm_componentlinker_instantiate_pre";
        let args = [componentlinker, runnable];
        make(abi, "safewasm_componentinstancepre_t", new, &args);
        let new = "safewasm_resourcetype_new";
        let resourcetype = make(abi, "safewasm_resourcetype_t", new, &[0, 0, 0]);
        let args = [store, resourcetype, 0, 0];
        make(abi, "safewasm_resource_t", "safewasm_resource_new", &args);
        for name in EXPORTS {
            let mut item = Extern { kind: 0, handle: 0 };
            let name_bytes = (name.as_ptr() as u64, name.len() as u64);
            let args = [instance, name_bytes.0, name_bytes.1, &raw mut item as u64];
            abi.must("safewasm_instance_export", &args);
            objects.insert(extern_type(name), item.handle);
        }
        let mut make = |abi: &mut Abi, ty, name: &str, of: &str| {
            let mut out = [u64::MAX; 2];
            let args = [objects[of], &raw mut out[0] as u64, &raw mut out[1] as u64];
            let wanted = FUNCTIONS.iter().find(|f| f.name == name).unwrap().params.len();
            abi.must(name, &args[..wanted]);
            objects.insert(ty, out[0]);
        };
        let typed = "safewasm_externtype_t";
        make(abi, "safewasm_functype_t", "safewasm_externtype_functype", typed);
        make(abi, "safewasm_view_t", "safewasm_memory_view", "safewasm_memory_t");
        let error = abi.call("safewasm_engine_new", &[0, 0]);
        objects.insert("safewasm_error_t", error);
        objects.insert("safewasm_caller_t", run_as_host(abi, store, &mut |_, caller| caller));
        // The last of them is in `objects` as well.
        externtypes.pop();
        let mut linker = 0u64;
        abi.must("safewasm_linker_new", &[engine, &raw mut linker as u64]);
        objects.insert("safewasm_linker_t", linker);
        abi.must("safewasm_linker_allow_shadowing", &[linker, 1]);
        let func = Extern { kind: 1, handle: objects["safewasm_func_t"] };
        let name = ("func".as_ptr() as u64, 4);
        let define = [linker, store, name.0, name.1, name.0, name.1, &raw const func as u64];
        abi.must("safewasm_linker_define", &define);
        let mut pre = 0u64;
        abi.must("safewasm_linker_instantiate_pre", &[linker, module, &raw mut pre as u64]);
        objects.insert("safewasm_instancepre_t", pre);

        let mut special = HashMap::new();
        for function in [
            "safewasm_componentinstance_new",
            "safewasm_componentlinker_instantiate",
            "safewasm_componentlinker_instantiate_pre",
            "safewasm_componentinstancepre_instantiate",
        ] {
            special.insert((function, "component"), runnable);
            special.insert((function, "store"), calm);
        }
        let (mut wittype, mut shown) = (0u64, [0u64; 2]);
        let args = [component, 0, &raw mut shown as u64, &raw mut wittype as u64];
        abi.must("safewasm_component_import", &args);
        special.insert(("safewasm_componentlinker_define_func", "wittype"), wittype);
        let command = [engine, COMMAND.as_ptr() as u64, COMMAND.len() as u64];
        for (param, make, args) in [
            ("module", "safewasm_module_new_text", &command[..]),
            ("linker", "safewasm_linker_new", &command[..1]),
            ("store", "safewasm_store_new", &command[..1]),
        ] {
            let mut made = 0u64;
            abi.must(make, &[args, &[&raw mut made as u64]].concat());
            special.insert(("safewasm_process_new", param), made);
        }
        let mut profiled = 0u64;
        abi.must("safewasm_store_new", &[engine, &raw mut profiled as u64]);
        abi.must("safewasm_store_profile_start", &[profiled, 0, 0]);
        special.insert(("safewasm_store_profile_stop", "store"), profiled);
        let of = |param| special[&("safewasm_process_new", param)];
        abi.must("safewasm_store_set_fuel", &[of("store"), 1 << 40]);
        let (mut process, mut has_ended) = (0u64, false);
        let args = [of("linker"), of("module"), of("store"), 0, 0, 0, &raw mut process as u64];
        abi.must("safewasm_process_new", &args);
        abi.must("safewasm_process_wait", &[process, u64::MAX, &raw mut has_ended as u64]);
        objects.insert("safewasm_process_t", process);
        let [compilation, of_component] = [EMPTY, EMPTY_COMPONENT].map(|wasm| {
            let (wasm, mut made) = ((wasm.as_ptr() as u64, wasm.len() as u64), 0u64);
            let args = [engine, wasm.0, wasm.1, 0, 0, 0, &raw mut made as u64];
            abi.must("safewasm_compilation_new", &args);
            made
        });
        objects.insert("safewasm_compilation_t", compilation);
        special.insert(("safewasm_compilation_component", "compilation"), of_component);
        let mut profile = 0u64;
        abi.must("safewasm_store_profile_start", &[store, 0, 0]);
        abi.must("safewasm_store_profile_stop", &[store, &raw mut profile as u64]);
        objects.insert("safewasm_profile_t", profile);
        special.insert(("safewasm_engine_cache_counts", "engine"), engine_with_cache(abi));
        let mut item = Extern { kind: 0, handle: 0 };
        let throw = [instance, "throw".as_ptr() as u64, 5, &raw mut item as u64];
        abi.must("safewasm_instance_export", &throw);
        let thrown = abi.call("safewasm_func_call", &[item.handle, 0, 0, 0, 0]);
        special.insert(("safewasm_error_exception", "error"), thrown);
        abi.call("safewasm_func_delete", &[item.handle]);
        let mut reference = 0u64;
        for (function, param) in [
            ("safewasm_ref_tag", "reference"),
            ("safewasm_ref_field", "reference"),
            ("safewasm_error_new_exception", "exception"),
        ] {
            abi.must("safewasm_error_exception", &[thrown, &raw mut reference as u64]);
            special.insert((function, param), reference);
        }
        let plain = [instance, "plain".as_ptr() as u64, 5, &raw mut item as u64];
        abi.must("safewasm_instance_export", &plain);
        special.insert(("safewasm_ref_new_exception", "tag"), item.handle);
        let mut functype = 0u64;
        abi.must("safewasm_functype_new", &[engine, 0, 0, 0, 0, &raw mut functype as u64]);
        special.insert(("safewasm_tag_new", "functype"), functype);
        abi.must("safewasm_ref_new_i31", &[store, 5, &raw mut reference as u64]);
        special.insert(("safewasm_ref_i31", "reference"), reference);
        heap::make(abi, &mut objects, &mut special, [engine, store, module, instance]);
        abi.must("safewasm_ref_new_extern", &[store, 0, 0, &raw mut reference as u64]);
        objects.insert("safewasm_ref_t", reference);
        Self { objects, externtypes, importer, special }
    }

    fn externs(&self) -> Vec<Extern> {
        let handles = EXTERNS.iter().map(|name| self.objects[extern_type(name)]);
        (1..).zip(handles).map(|(kind, handle)| Extern { kind, handle }).collect()
    }

    fn delete(&self, abi: &mut Abi) {
        let deleters = self.objects.iter().map(|(&ty, &object)| (ty, object));
        let types = self.externtypes.iter().map(|&object| ("safewasm_externtype_t", object));
        let special = self.special.iter().map(|(&(_, param), &object)| {
            let ty = match param {
                "error" => "safewasm_error_t",
                "tag" => "safewasm_tag_t",
                "functype" => "safewasm_functype_t",
                "compilation" => "safewasm_compilation_t",
                "component" => "safewasm_component_t",
                "wittype" => "safewasm_wittype_t",
                "module" => "safewasm_module_t",
                "linker" => "safewasm_linker_t",
                "store" => "safewasm_store_t",
                "heaptype" => "safewasm_heaptype_t",
                "externtype" => "safewasm_externtype_t",
                _ => "safewasm_ref_t",
            };
            (ty, object)
        });
        let importer = [("safewasm_module_t", self.importer)];
        for (ty, object) in deleters.chain(types).chain(special).chain(importer) {
            // Callers belong to nobody.
            if ty != "safewasm_caller_t" {
                abi.call(&deleter(ty), &[object]);
            }
        }
    }
}

/// Runs `body` in a host function, with the library and the caller's handle.
fn run_as_host(abi: &mut Abi, store: u64, body: &mut dyn FnMut(&mut Abi, u64) -> u64) -> u64 {
    struct Env<'a> {
        abi: *mut Abi,
        body: &'a mut dyn FnMut(&mut Abi, u64) -> u64,
        result: u64,
    }
    extern "C" fn callback(env: *mut Env<'_>, caller: u64, _: u64, _: u64) -> u64 {
        // SAFETY: `env` is the one below, which waits for this call.
        let env = unsafe { &mut *env };
        // SAFETY: as above.
        env.result = (env.body)(unsafe { &mut *env.abi }, caller);
        0
    }
    const CALLING: &str = r#"(module (import "" "" (func $f)) (memory (export "memory") 1)
        (func (export "func") (call $f)))"#;
    let [mut engine, mut functype, mut func, mut module, mut instance] = [0u64; 5];
    let mut calling = Extern { kind: 0, handle: 0 };
    abi.must("safewasm_store_engine", &[store, &raw mut engine as u64]);
    abi.must("safewasm_functype_new", &[engine, 0, 0, 0, 0, &raw mut functype as u64]);
    let mut env = Env { abi, body, result: 0 };
    let pointer = &raw mut env;
    let args =
        [store, functype, callback as *const () as u64, pointer as u64, 0, &raw mut func as u64];
    // SAFETY: the two pointers are to what lives here, and nothing else uses it meanwhile.
    unsafe {
        (*(*pointer).abi).must("safewasm_func_new_slots", &args);
        let import = Extern { kind: 1, handle: func };
        let text = [engine, CALLING.as_ptr() as u64, CALLING.len() as u64, &raw mut module as u64];
        (*(*pointer).abi).must("safewasm_module_new_text", &text);
        let args = [store, module, &raw const import as u64, 1, &raw mut instance as u64];
        (*(*pointer).abi).must("safewasm_instance_new", &args);
        let args = [instance, "func".as_ptr() as u64, 4, &raw mut calling as u64];
        (*(*pointer).abi).must("safewasm_instance_export", &args);
        (*(*pointer).abi).must("safewasm_func_call_slots", &[calling.handle, 0, 0]);
        let made = [
            ("func", func),
            ("func", calling.handle),
            ("functype", functype),
            ("module", module),
            ("instance", instance),
            ("engine", engine),
        ];
        for (name, object) in made {
            (*(*pointer).abi).call(&format!("safewasm_{name}_delete"), &[object]);
        }
        (*pointer).result
    }
}

/// A host function, a finalizer: what is there for functions that are only passed.
extern "C" fn nothing() -> u64 {
    0
}

fn extern_type(name: &str) -> &'static str {
    match name {
        "func" => "safewasm_func_t",
        "memory" => "safewasm_memory_t",
        "table" => "safewasm_table_t",
        "global" => "safewasm_global_t",
        "sharedmemory" => "safewasm_sharedmemory_t",
        _ => "safewasm_tag_t",
    }
}

/// `safewasm_store_delete` of `safewasm_store_t`.
fn deleter(ty: &str) -> String {
    format!("{}_delete", ty.trim_end_matches("_t"))
}

/// A call with good arguments, of which one is to be made bad.
struct Case {
    function: &'static Function,
    args: Vec<u64>,
    /// What the out-parameters point to: filled with ones before each call.
    outs: Vec<(usize, Box<[u8]>)>,
}

impl Case {
    fn new(function: &'static Function, world: &World, file: &'static str) -> Self {
        let wasm = if is_of_components(function) { EMPTY_COMPONENT } else { EMPTY };
        let mut outs = Vec::new();
        let mut args = Vec::new();
        for (index, param) in function.params.iter().enumerate() {
            args.push(match (param.role, param.name) {
                (Role::Handle(_), name) if world.special.contains_key(&(function.name, name)) => {
                    world.special[&(function.name, name)]
                }
                (Role::Handle("safewasm_externtype_t"), _) => {
                    let of = ["functype", "memorytype", "tabletype", "globaltype"];
                    let of = of.iter().position(|of| function.name.ends_with(of)).unwrap_or(0);
                    world.externtypes[of]
                }
                (Role::Callback(_) | Role::Env, _) if param.nullable => 0,
                (Role::Callback(_), _) => nothing as *const () as u64,
                (Role::Env, name) => panic!("{}: `{name}` must be nullable", function.name),
                (Role::Handle(_), "module") if function.name == "safewasm_module_import" => {
                    world.importer
                }
                (Role::Handle(ty), _) => world.objects[ty],
                (Role::OutHandle(_), _) => out(&mut outs, index, 8),
                (Role::Out(_, size), _) => out(&mut outs, index, size),
                (Role::Data(_), _) if param.nullable => 0,
                (Role::Data(_), "bytes") if artifact::is_taken_by(function.name) => {
                    artifact::of(function.name).as_ptr() as u64
                }
                (Role::Number(_), "bytes_len") if artifact::is_taken_by(function.name) => {
                    artifact::of(function.name).len() as u64
                }
                (Role::Data(_), "bytes" | "wasm") => wasm.as_ptr() as u64,
                (Role::Data(_), "text") => text_for(function).as_ptr() as u64,
                (Role::Data(_), "path") if function.name.ends_with("_deserialize_file") => {
                    artifact::path(function.name).as_ptr() as u64
                }
                (Role::Number(_), "path_len") if function.name.ends_with("_deserialize_file") => {
                    artifact::path(function.name).len() as u64
                }
                (Role::Data(_), "path") => file.as_ptr() as u64,
                (Role::Data(_), "message") => "message".as_ptr() as u64,
                (Role::Data(_), "name") => name_for(function).as_ptr() as u64,
                (Role::Data(_), "item") if function.name == "safewasm_extern_delete" => {
                    Box::leak(Box::new(Extern { kind: 0, handle: 0 })) as *mut Extern as u64
                }
                (Role::Data(_), "item") => {
                    let func = Extern { kind: 1, handle: world.objects["safewasm_func_t"] };
                    Box::leak(Box::new(func)) as *mut Extern as u64
                }
                (Role::Data(_), "hooks") => &raw const HOOKS as u64,
                (Role::Data(_), "sandbox") => &raw const SANDBOX as u64,
                (Role::Data(_), "pooling") => &raw const POOLING as u64,
                (Role::Data(_), "memorytype") if function.name.contains("sharedmemory") => {
                    &raw const SHARED_MEMORY_TYPE as u64
                }
                (Role::Data(_), "memorytype") => &raw const MEMORY_TYPE as u64,
                (Role::Data(_), "tabletype") => &raw const TABLE_TYPE as u64,
                (Role::Data(_), "globaltype") => &raw const GLOBAL_TYPE as u64,
                (Role::Data("safewasm_val_t"), _) => &raw const VALUE as u64,
                (Role::Data(_), "arg" | "value" | "host" | "guest") => "/".as_ptr() as u64,
                (Role::Data(_), "module_name") => "func".as_ptr() as u64,
                (Role::Number(_), "stream") => u64::from(!function.name.contains("_stream_f")),
                (Role::Number(_), "fd") => {
                    std::fs::File::open("/dev/null").unwrap().into_raw_fd() as u64
                }
                (Role::Number(_), "module_name_len") => "func".len() as u64,
                (Role::Number(_), "max_wasm_stack") => 1 << 20,
                (Role::Data(_), name) => panic!("{}: no good value for `{name}`", function.name),
                (Role::Number(_), "bytes_len" | "wasm_len") => wasm.len() as u64,
                (Role::Number(_), "text_len") => text_for(function).len() as u64,
                (Role::Number(_), "path_len") => file.len() as u64,
                (Role::Number(_), "message_len") => "message".len() as u64,
                (Role::Number(_), "arg_len" | "value_len" | "host_len" | "guest_len") => 1,
                (Role::Number(_), "name_len") => name_for(function).len() as u64,
                (Role::Number(_) | Role::Bool, _) => 0,
            });
        }
        Self { function, args, outs }
    }

    /// Calls, and looks at what must hold after any call.
    fn call(&mut self, abi: &mut Abi, what: &str) -> u64 {
        for (_, bytes) in &mut self.outs {
            bytes.fill(0xff);
        }
        let result = abi.call(self.function.name, &self.args);
        let failed = match self.function.returns {
            Returns::Error => result != 0,
            Returns::Value(1) => result & 0xff == 0,
            _ => false,
        };
        for (index, bytes) in &self.outs {
            // A cleared out-parameter is all zero. (Those that were passed as NULL are not looked
            // at: their storage still has the ones.)
            let passed = self.args[*index] != 0;
            if passed && failed && bytes.iter().any(|&byte| byte != 0) {
                let name = self.function.params[*index].name;
                abi.fail(&format!("{}: {what}: `{name}` is not cleared", self.function.name));
            }
        }
        result
    }

    /// Calls with one argument replaced, and expects an error of that kind that names `name`.
    fn refused(&mut self, abi: &mut Abi, index: usize, bits: u64, name: &str, kind: u64) {
        let good = std::mem::replace(&mut self.args[index], bits);
        self.refused_as_is(abi, name, kind, &format!("`{name}` = {bits:#x}"));
        self.args[index] = good;
    }

    fn refused_as_is(&mut self, abi: &mut Abi, name: &str, kind: u64, what: &str) {
        let function = self.function.name;
        let result = self.call(abi, what);
        match self.function.returns {
            Returns::Error => {
                let (found, message) = abi.take(result);
                abi.expect(found == kind, || {
                    format!("{function}: {what}: kind {found}, not {kind}: {message}")
                });
                abi.expect(message.contains(&format!("`{name}`")), || {
                    format!("{function}: {what}: the message doesn't name it: {message}")
                });
            }
            Returns::Value(size) => {
                // Those that can't fail: `_is_valid`, and the accessors of errors.
                let result = if size == 8 { result } else { result & ((1 << (8 * size)) - 1) };
                let right = match function {
                    // NULL means success.
                    "safewasm_error_kind" | "safewasm_error_take" if kind == NULL_POINTER => {
                        result == 0
                    }
                    "safewasm_error_kind" | "safewasm_error_take" => result == INVALID_HANDLE,
                    "safewasm_error_message" => {
                        let text = unsafe { CStr::from_ptr(result as *const c_char) };
                        text.to_str().unwrap().starts_with("invalid error")
                    }
                    _ => result == 0,
                };
                abi.expect(right, || format!("{function}: {what}: gives {result:#x}"));
            }
            Returns::Nothing => {}
        }
    }
}

/// The name of an export for a function that looks one up: of the kind that the function is named after, else
/// of a function. For the function that sets the cost of an operator it is the name of one.
fn name_for(function: &Function) -> &'static str {
    let is_meant = |kind: &&str| {
        ["instance", "caller"].iter().any(|of| function.name == format!("safewasm_{of}_{kind}"))
    };
    if function.name == "safewasm_config_set_operator_cost" {
        return "nop";
    }
    EXPORTS.into_iter().find(is_meant).unwrap_or("func")
}

/// Whether a function is one of components.
fn is_of_components(function: &Function) -> bool {
    function.name.starts_with("safewasm_component_")
}

/// An engine with a cache.
fn engine_with_cache(abi: &mut Abi) -> u64 {
    let (mut config, mut engine) = (0u64, 0u64);
    let folder = concat!(env!("CARGO_TARGET_TMPDIR"), "/cache");
    abi.must("safewasm_config_new", &[&raw mut config as u64]);
    let size = 1 << 20;
    let args = [config, folder.as_ptr() as u64, folder.len() as u64, size];
    abi.must("safewasm_config_set_cache", &args);
    abi.must("safewasm_engine_new", &[config, &raw mut engine as u64]);
    engine
}

/// A good text for a function.
fn text_for(function: &Function) -> &'static str {
    match function.name {
        "safewasm_functype_new_text" => "(i32, funcref) -> ()",
        "safewasm_heaptype_new_text" => "(struct (field i32))",
        _ if is_of_components(function) => COMPONENT,
        _ => TEXT,
    }
}

fn out(outs: &mut Vec<(usize, Box<[u8]>)>, index: usize, size: usize) -> u64 {
    outs.push((
        index,
        vec![0u64; size.div_ceil(8)].iter().flat_map(|_| [0; 8]).take(size).collect(),
    ));
    outs.last_mut().unwrap().1.as_mut_ptr() as u64
}

/// Pseudo-random numbers, the same in each run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }
}

/// Bits that mean no object of type `ty`, given a living one.
fn bad_handles(
    ty: &str,
    living: u64,
    dead: &World,
    world: &World,
    random: &mut Random,
) -> Vec<u64> {
    let on_the_stack = 0u64;
    let mut bad = vec![dead.objects[ty], &raw const on_the_stack as u64, u64::MAX, 1];
    // Objects of all other types; and the living one's bits with another kind, generation, slot.
    bad.extend(world.objects.iter().filter(|&(&other, _)| other != ty).map(|(_, &object)| object));
    bad.extend((0..=255).map(|kind| living & !(0xff << 56) | kind << 56).filter(|&b| b != living));
    bad.extend([living + (1 << 24), living - (1 << 24), living ^ (1 << 55), living ^ (1 << 23)]);
    bad.extend((0..1000).map(|_| random.next()));
    let kind = living & (0xff << 56);
    bad.extend((0..1000).map(|_| random.next() >> 8 | kind));
    bad
}

fn test(abi: &mut Abi, function: &'static Function, file: &'static str, random: &mut Random) {
    let (mut world, other, dead) = (World::new(abi), World::new(abi), World::new(abi));
    dead.delete(abi);
    let is_caller = |param: &Param| param.role == Role::Handle("safewasm_caller_t");
    if function.name == "safewasm_caller_return" {
        componenthost::run(abi, world.objects["safewasm_engine_t"], &mut |abi, caller| {
            world.objects.insert("safewasm_caller_t", caller);
            test_in(abi, function, file, random, [&world, &other, &dead]);
        });
    } else if function.params.iter().any(is_caller) {
        run_as_host(abi, world.objects["safewasm_store_t"], &mut |abi, caller| {
            world.objects.insert("safewasm_caller_t", caller);
            test_in(abi, function, file, random, [&world, &other, &dead]);
            0
        });
    } else {
        test_in(abi, function, file, random, [&world, &other, &dead]);
    }
    for world in [&world, &other] {
        world.delete(abi);
    }
}

fn test_in(
    abi: &mut Abi,
    function: &'static Function,
    file: &'static str,
    random: &mut Random,
    [world, other, dead]: [&World; 3],
) {
    let mut case = Case::new(function, world, file);

    for (index, param) in function.params.iter().enumerate() {
        match param.role {
            Role::Handle(ty) => {
                let living = case.args[index];
                if !param.nullable {
                    // Of an error that is NULL nothing is said but that it is none.
                    case.refused(abi, index, 0, param.name, NULL_POINTER);
                }
                for bits in bad_handles(ty, living, dead, world, random) {
                    case.refused(abi, index, bits, param.name, INVALID_HANDLE);
                }
            }
            Role::OutHandle(_) | Role::Out(..) if !param.nullable => {
                case.refused(abi, index, 0, param.name, NULL_POINTER);
            }
            Role::Data("safewasm_extern_t") if param.nullable => {
                bad_externs(abi, &mut case, index, world, other, dead, random);
            }
            Role::Data(_) if param.nullable && !is_array(function, index) => {}
            Role::Data(_) if param.nullable => {
                // NULL with a length is no empty array.
                let len = case.args[index + 1];
                case.args[index + 1] = 1;
                case.refused(abi, index, 0, param.name, NULL_POINTER);
                case.args[index + 1] = len;
            }
            Role::Callback(_) if !param.nullable => {
                case.refused(abi, index, 0, param.name, NULL_POINTER);
            }
            Role::Data("c_char") if is_array(function, index) => {
                case.refused(abi, index, 0, param.name, NULL_POINTER);
                let len = std::mem::replace(&mut case.args[index + 1], STRLEN);
                case.refused(abi, index, 0, param.name, NULL_POINTER);
                case.args[index + 1] = len;
            }
            Role::Data(_) if matches!(function.returns, Returns::Error) => {
                case.refused(abi, index, 0, param.name, NULL_POINTER);
            }
            _ => {}
        }
    }

    taken::test(abi, function, &mut case);

    // With good arguments, NULL for all that may be NULL, it succeeds; and what it gives is valid.
    for (index, param) in function.params.iter().enumerate() {
        if param.nullable {
            case.args[index] = 0;
        }
    }
    if function.name == "safewasm_process_new" {
        // The calls that failed have consumed the store all the same.
        let store = &mut case.args[2];
        abi.must(
            "safewasm_store_new",
            &[world.objects["safewasm_engine_t"], store as *mut u64 as u64],
        );
    }
    if function.name == "safewasm_store_set_wasi" {
        // They have consumed the WASI config, too.
        abi.must("safewasm_wasi_new", &[&raw mut case.args[1] as u64]);
    }
    succeeds(abi, &mut case, "good arguments");

    let texts: Vec<_> = (0..function.params.len())
        .filter(|&index| function.params[index].role == Role::Data("c_char"))
        .filter(|&index| is_array(function, index) && !function.params[index].nullable)
        .map(|index| {
            let (start, len) = (case.args[index] as *const u8, case.args[index + 1]);
            // SAFETY: the good arguments have these bytes.
            let text = unsafe { std::slice::from_raw_parts(start, len as usize) };
            let text = CString::new(text).unwrap();
            (case.args[index], case.args[index + 1]) = (text.as_ptr() as u64, STRLEN);
            text
        })
        .collect();
    if !texts.is_empty() {
        succeeds(abi, &mut case, "texts that end with a NUL");
    }
}

/// Calls with good arguments, which must succeed and give valid objects. Deletes these.
fn succeeds(abi: &mut Abi, case: &mut Case, what: &str) {
    let name = case.function.name;
    let result = case.call(abi, what);
    if let Returns::Error = case.function.returns {
        if name == "safewasm_provoke_panic" {
            let (kind, message) = abi.take(result);
            abi.expect(kind == 20, || format!("{name}: {message}"));
        } else if result != 0 {
            let message = abi.take(result).1;
            abi.fail(&format!("{name}: {what}: {message}"));
        }
    }
    for (index, bytes) in &case.outs {
        if let (Role::OutHandle(ty), Ok(bits)) =
            (case.function.params[*index].role, (**bytes).try_into())
        {
            let object = u64::from_ne_bytes(bits);
            let valid = abi.call(&format!("{}_is_valid", ty.trim_end_matches("_t")), &[object]);
            abi.expect(valid & 0xff == 1, || format!("{name}: gives an object that isn't valid"));
            // A caller's store is the store's own handle.
            if name != "safewasm_caller_store" {
                abi.call(&deleter(ty), &[object]);
            }
        }
    }
}

/// Whether a parameter points to so many elements as the next one says.
fn is_array(function: &Function, index: usize) -> bool {
    let len = format!("{}_len", function.params[index].name);
    function.params.get(index + 1).is_some_and(|param| param.name == len || param.name == "len")
}

/// The handles in an array of externs, one after another.
fn bad_externs(
    abi: &mut Abi,
    case: &mut Case,
    index: usize,
    world: &World,
    other: &World,
    dead: &World,
    random: &mut Random,
) {
    let module = case.function.params.iter().position(|param| param.name == "module");
    let good = (case.args[index], case.args[index + 1]);
    let module = module.expect("externs go with a module");
    let plain = std::mem::replace(&mut case.args[module], world.importer);
    let mut externs = world.externs();
    case.args[index] = externs.as_mut_ptr() as u64;
    case.args[index + 1] = externs.len() as u64;
    for (place, kind) in EXTERNS.into_iter().enumerate() {
        let living = externs[place].handle;
        let ty = extern_type(kind);
        let name = format!("{}[{place}].of.{kind}", case.function.params[index].name);
        let mut refuse = |abi: &mut Abi, bits, kind| {
            externs[place].handle = bits;
            case.refused_as_is(abi, &name, kind, &format!("{name} = {bits:#x}"));
        };
        refuse(abi, 0, NULL_POINTER);
        // A shared memory belongs to no store, but to an engine.
        let foreign = if kind == "sharedmemory" { WRONG_ENGINE } else { WRONG_STORE };
        refuse(abi, other.objects[ty], foreign);
        for bits in bad_handles(ty, living, dead, world, random) {
            refuse(abi, bits, INVALID_HANDLE);
        }
        externs[place].handle = living;
    }
    let result = case.call(abi, "good externs");
    abi.expect(result == 0, || "an instance with good imports is refused".to_owned());
    case.args[module] = plain;
    (case.args[index], case.args[index + 1]) = good;
}

fn main() -> ExitCode {
    let path = std::env::current_exe().unwrap();
    let path = path.with_file_name(libloading::library_filename("safewasm"));
    let library = unsafe { Library::new(&path) };
    let library = library.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut abi = Abi { library, calls: 0, failures: 0 };
    let files = [("module", TEXT), ("component", COMPONENT)].map(|(name, text)| {
        let name = format!("safewasm-abi-{name}-{}.wat", std::process::id());
        let file = std::env::temp_dir().join(name);
        std::fs::write(&file, text).unwrap();
        &*file.to_str().unwrap().to_owned().leak()
    });

    // The panics that `safewasm_provoke_panic` is there for are expected.
    let mut random = Random(20_261_123);
    for function in FUNCTIONS {
        let file = files[usize::from(is_of_components(function))];
        test(&mut abi, function, file, &mut random);
        bools::test(&mut abi, function, file);
    }
    // After all that, a normal program works.
    let world = World::new(&mut abi);
    abi.must("safewasm_func_call", &[world.objects["safewasm_func_t"], 0, 0, 0, 0]);
    world.delete(&mut abi);
    files.iter().for_each(|file| std::fs::remove_file(file).unwrap());
    artifact::remove();

    println!("abi: {} functions, {} calls, {} failed", FUNCTIONS.len(), abi.calls, abi.failures);
    if abi.failures == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
