//! Every function that takes over an `env`, called so that it fails: the finalizer runs once.
//!
//! The functions are found in the description of the ABI: they have a finalizer as a parameter.

use crate::{Abi, Case, Function, Role};
use std::sync::atomic::{AtomicU32, Ordering};

static FINALIZED: AtomicU32 = AtomicU32::new(0);

extern "C" fn count(env: *const AtomicU32) {
    // SAFETY: the `env` of `test` is a static.
    unsafe { &*env }.fetch_add(1, Ordering::Relaxed);
}

/// Makes each argument of a call bad in turn. The arguments of `case` are good.
pub fn test(abi: &mut Abi, function: &'static Function, case: &mut Case) {
    let is_finalizer = |role| role == Role::Callback("safewasm_finalizer_t");
    let Some(finalizer) = function.params.iter().position(|param| is_finalizer(param.role)) else {
        return;
    };
    let env = finalizer - 1;
    assert!(function.params[env].role == Role::Env, "{}: whose finalizer?", function.name);
    let good = case.args.clone();
    case.args[env] = &raw const FINALIZED as u64;
    case.args[finalizer] = count as *const () as u64;
    for (index, param) in function.params.iter().enumerate() {
        let is_checked = !matches!(param.role, Role::Number(_) | Role::Bool);
        if !is_checked || param.nullable {
            continue;
        }
        let good = std::mem::replace(&mut case.args[index], 0);
        FINALIZED.store(0, Ordering::Relaxed);
        case.refused_as_is(abi, param.name, crate::NULL_POINTER, "an `env` with a finalizer");
        let times = FINALIZED.load(Ordering::Relaxed);
        abi.expect(times == 1, || {
            format!(
                "{}: without `{}` the `env` is finalized {times} times",
                function.name, param.name
            )
        });
        case.args[index] = good;
    }
    case.args = good;
}
