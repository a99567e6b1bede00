//! Host functions.

use super::{Data, types, values};
use crate::plan::Answer;
use std::fmt;
use wasmtime::{AsContextMut, Error, Func, FuncType, Store, Trap};

/// The failure of a host function.
#[derive(Debug)]
pub struct HostFailed(pub String);

impl fmt::Display for HostFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for HostFailed {}

/// Makes the function for the import at `index`.
pub fn func(store: &mut Store<Data>, index: usize, ty: FuncType) -> Func {
    let kinds: Vec<_> = ty.results().map(|ty| types::valtype(&ty)).collect();
    let types: Vec<_> = ty.results().collect();
    Func::new(store, ty, move |mut caller, args, results| {
        let args: Vec<_> = args.iter().map(|arg| values::plain(&mut caller, arg)).collect();
        let data = caller.data_mut();
        data.host_calls[index] += 1;
        let all = data.host_calls.iter().sum();
        let answer = data.plan.answer(index, data.host_calls[index], &args, &kinds);
        let ends = data.plan.ticks(all);
        if ends {
            caller.engine().increment_epoch();
        }
        match answer {
            Answer::Failure(said) => Err(Error::new(HostFailed(said))),
            Answer::Results(answers) => {
                for ((result, answer), ty) in results.iter_mut().zip(&answers).zip(&types) {
                    *result = values::val(caller.as_context_mut(), answer, ty)?;
                }
                // The library also checks the epoch when a host function returns. Wasmtime checks it only
                // at the start of functions and in loops.
                if ends { Err(Trap::Interrupt.into()) } else { Ok(()) }
            }
        }
    })
}
