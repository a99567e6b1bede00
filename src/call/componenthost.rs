//! Host functions that components call.

use super::activation::{Activation, ComponentCall, HostCall};
use super::host::{call_host, finalize, no_callback, outcome};
use crate::canonical::host::{HostResult, Signature};
use crate::canonical::node::safewasm_node_t;
use crate::canonical::values::Values;
use crate::error::hostfailure::HostFailure;
use crate::error::{Error, ErrorKind, Result};
use crate::kinds::{safewasm_caller_t, safewasm_error_t};
use crate::process::finalizer::Env;
use crate::store::data::StoreData;
use std::ffi::c_void;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};
use wasmtime::{AsContextMut, StoreContextMut};

/// A host function: a function of the program that a component calls.
///
/// `env` is the pointer that the host function was created with. `caller` is valid until the function
/// returns. `args` holds the nodes of all arguments, `args_len` nodes. They, and what they point to, are
/// valid until the function returns, and fit the type that the function was defined with.
///
/// A function that has a result gives it by `safewasm_caller_return`.
///
/// Returns NULL for success, or an error that `safewasm_error_new` created or that another function
/// of the library returned. The library takes the error over. The call of the component during which the
/// function ran then fails with that error, and the components of the store end.
///
/// The function may call any function of the library, also with the same store, but not a function of
/// the component instance that called it. It MUST NOT leave by `longjmp`. If it throws a C++ exception or
/// ends its thread, the process ends.
pub type safewasm_component_callback_t = Option<
    unsafe extern "C-unwind" fn(
        env: *mut c_void,
        caller: *mut safewasm_caller_t,
        args: *const safewasm_node_t,
        args_len: usize,
    ) -> *mut safewasm_error_t,
>;

/// A [`safewasm_component_callback_t`].
type NodeFn = unsafe extern "C-unwind" fn(
    *mut c_void,
    *mut safewasm_caller_t,
    *const safewasm_node_t,
    usize,
) -> *mut safewasm_error_t;

/// A host function for components, with its `env`.
pub(crate) struct ComponentHost {
    callback: NodeFn,
    env: Env,
    /// Whether it has run. Kept only if the engine has hooks.
    has_run: AtomicBool,
}

impl ComponentHost {
    pub(crate) fn new(callback: safewasm_component_callback_t, env: Env) -> Result<Self> {
        let callback = callback.ok_or_else(no_callback)?;
        Ok(Self { callback, env, has_run: AtomicBool::new(false) })
    }
}

/// An import of a component that a host function serves.
pub(crate) struct HostImport {
    pub(crate) host: Arc<ComponentHost>,
    /// What messages call it.
    pub(crate) name: String,
    /// Set before the component is instantiated.
    pub(crate) signature: OnceLock<Signature>,
}

impl HostImport {
    /// Called by a component.
    pub(crate) fn call(
        &self,
        mut context: StoreContextMut<'_, StoreData>,
        args: Values,
    ) -> wasmtime::Result<HostResult> {
        let frame = ComponentCall::new(context.as_context_mut(), self.signature.get());
        let (host, activation) = HostCall::<true>::of_component(context.as_context_mut(), &frame);
        let (handle, store) = (activation.caller(), activation.store());
        let entered = host.enter(&activation);
        let (hooks, thread) = (entered.hooks(), entered.thread());
        if entered.reentry().take_due() {
            finalize(hooks, thread);
        }
        let nodes = args.nodes();
        // SAFETY: the program gave this function for this `env`; the nodes live until it returns.
        let error = call_host(hooks, thread, &self.host.has_run, || unsafe {
            (self.host.callback)(self.host.env.data(), handle, nodes.as_ptr(), nodes.len())
        });
        let outcome = outcome(error, store).and_then(|()| self.result(&frame));
        let (result, failure) = match outcome {
            Ok(result) => (Some(result), None),
            Err(failure) => (None, Some(failure)),
        };
        entered.leave(context.as_context_mut(), failure.map(|failure| || failure))?;
        // Wasmtime can't go on with a component after a failure, even if the program went on.
        let ended = context.data().ended.check();
        ended.map_err(|error| wasmtime::Error::new(HostFailure::from(error)))?;
        match result {
            Some(result) => Ok(result),
            None => unreachable!("a failure has ended the call"),
        }
    }

    /// The result that the program gave.
    fn result(&self, frame: &ComponentCall) -> Result<HostResult, HostFailure> {
        if let Some(result) = frame.take() {
            return Ok(result);
        }
        let Some(signature) = self.signature.get() else { unreachable!("set before") };
        // SAFETY: there are no nodes.
        unsafe { signature.result(&[], "result") }.map_err(|_| {
            let why = format!(
                "the host function for {} returned without a result; give it by \
                 `safewasm_caller_return`",
                self.name
            );
            Error::new(ErrorKind::TYPE_MISMATCH, why).into()
        })
    }
}

/// Gives the result of the host function that `caller` called.
///
/// # Safety
///
/// What the nodes point to is there, and nothing writes it meanwhile.
pub(crate) unsafe fn give(caller: *mut safewasm_caller_t, nodes: &[safewasm_node_t]) -> Result<()> {
    let activation = Activation::get(caller)?;
    // SAFETY: found in the list, so its frame is still running.
    let called = unsafe { (*activation).component_call() };
    let Some((call, signature)) = called.and_then(|call| Some((call, call.signature()?))) else {
        return Err(Error::new(
            ErrorKind::UNSUPPORTED,
            "`caller` called a host function of core WebAssembly, which gives its results in its arguments",
        ));
    };
    // SAFETY: as the caller vouches.
    call.give(unsafe { signature.result(nodes, "nodes") }?);
    Ok(())
}
