use super::*;
use crate::engine::{settings::Settings, wat};
use crate::process::finalizer::Env;
use std::panic::{catch_unwind, panic_any};
use std::ptr;

unsafe extern "C-unwind" fn panic_and_catch(_: *mut c_void) {
    assert!(catch_unwind(|| panic_any("a panic of the program's own")).is_err());
}

#[test]
fn a_panic_that_a_notice_catches_delays_no_fork() {
    let engine = Engine::new(Settings::default()).unwrap();
    let notice = Notice::new(Some(panic_and_catch), Env::default());
    let wasm = wat::to_wasm(Module::NOUN, "(module)").unwrap();
    Compilation::start::<Module>(engine, wasm, notice).unwrap().module().unwrap();
    // SAFETY: the child ends at once.
    let child = unsafe { libc::fork() };
    if child == 0 {
        // SAFETY: it runs nothing more.
        unsafe { libc::_exit(0) };
    }
    // SAFETY: the call takes NULL.
    let ended = unsafe { libc::waitpid(child, ptr::null_mut(), 0) };
    assert_eq!(ended, child);
}

#[test]
fn a_compilation_that_is_dropped_leaves_functions_uncompiled() {
    let functions = "(func (param i32) (result i32) (i32.mul (local.get 0) (local.get 0)))";
    let wasm =
        wat::to_wasm(Module::NOUN, &format!("(module {})", functions.repeat(50_000))).unwrap();
    let engine = Engine::new(Settings::default()).unwrap();
    let compilation = Compilation::start::<Module>(engine, wasm, Notice::none()).unwrap();
    let job = Arc::clone(&compilation.0);
    drop(compilation);
    assert!(matches!(job.outcome.wait(u64::MAX), Some(Err(_))));
    assert!(job.progress.done() < job.progress.total());
}
