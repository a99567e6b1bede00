//! A host function that a component calls.

use super::Abi;

const CALLING: &str = r#"(component (import "f" (func $f)) (core func $g (canon lower (func $f)))
    (func (export "func") (canon lift (core func $g))))"#;

struct Env<'a> {
    abi: *mut Abi,
    body: &'a mut dyn FnMut(&mut Abi, u64),
}

extern "C" fn callback(env: *mut Env<'_>, caller: u64, _: u64, _: u64) -> u64 {
    // SAFETY: `env` is the one below, which waits for this call.
    let env = unsafe { &mut *env };
    // SAFETY: as above.
    (env.body)(unsafe { &mut *env.abi }, caller);
    0
}

/// Runs `body` in a host function that a component calls, with the library and the caller's handle.
pub fn run(abi: &mut Abi, engine: u64, body: &mut dyn FnMut(&mut Abi, u64)) {
    let [mut store, mut component, mut wittype, mut linker] = [0u64; 4];
    let [mut instance, mut func, mut values] = [0u64; 3];
    let mut name = [0u64; 2];
    let mut env = Env { abi, body };
    let pointer = &raw mut env;
    // SAFETY: the pointers are to what lives here, and nothing else uses it meanwhile.
    unsafe {
        let abi = (*pointer).abi;
        (*abi).must("safewasm_store_new", &[engine, &raw mut store as u64]);
        (*abi).must("safewasm_store_set_fuel", &[store, 1 << 40]);
        let text = [engine, CALLING.as_ptr() as u64, CALLING.len() as u64];
        let out = &raw mut component as u64;
        (*abi).must("safewasm_component_new_text", &[&text[..], &[out]].concat());
        let (name, out) = (&raw mut name as u64, &raw mut wittype as u64);
        (*abi).must("safewasm_component_import", &[component, 0, name, out]);
        (*abi).must("safewasm_componentlinker_new", &[engine, &raw mut linker as u64]);
        let (callback, env) = (callback as *const () as u64, pointer as u64);
        let args = [linker, 0, 0, "f".as_ptr() as u64, 1, wittype, callback, env, 0];
        (*abi).must("safewasm_componentlinker_define_func", &args);
        let args = [linker, store, component, &raw mut instance as u64];
        (*abi).must("safewasm_componentlinker_instantiate", &args);
        let args = [instance, 0, 0, "func".as_ptr() as u64, 4, &raw mut func as u64];
        (*abi).must("safewasm_componentinstance_func", &args);
        (*abi).must("safewasm_componentfunc_call", &[func, 0, 0, &raw mut values as u64]);
        for (name, object) in [
            ("values", values),
            ("componentfunc", func),
            ("componentinstance", instance),
            ("componentlinker", linker),
            ("wittype", wittype),
            ("component", component),
            ("store", store),
        ] {
            (*abi).call(&format!("safewasm_{name}_delete"), &[object]);
        }
    }
}
