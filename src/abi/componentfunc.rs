//! Component funcs: functions of component instances.
//!
//! Arguments and results are arrays of nodes. All arguments of a call are in one array, and so is its result. The
//! library checks arguments against the function's type before the component sees anything.
//!
//! Example: examples/component.c

pub use crate::canonical::node::{safewasm_node_t, safewasm_nodevalue_t};
pub use crate::kinds::{safewasm_componentfunc_t, safewasm_values_t};

use crate::abi::args::{Nullable, array};
use crate::abi::boundary::{Out, boundary};
use crate::call::component;
use crate::kinds::safewasm_error_t;
use crate::process::unwind::quietly;
use crate::registry::{self, ObjectHandle, SharedHandle};
use smallvec::SmallVec;

/// The most nodes that a call copies to the stack.
const FEW: usize = 16;

/// Calls a component func.
///
/// `args` holds the nodes of all arguments, `args_len` nodes. What they point to is only read, and only
/// during the call. It MUST NOT be written meanwhile, so it MUST NOT be in a memory of the component. A resource
/// that is passed as `own` is given away: its handle is deleted. One that is passed as `borrow` is lent for the call.
///
/// On success `*values_out` is a new values object with the result: the nodes of one value, or none if the
/// function returns nothing. Delete it with `safewasm_values_delete`. Resources in it are new handles, which the
/// caller owns. On failure it is NULL.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`;
/// `SAFEWASM_ERROR_INVALID_ARGUMENT` if `args` isn't aligned or is too long;
/// `SAFEWASM_ERROR_TYPE_MISMATCH` if the nodes don't fit the function's type, with the path to the one that
/// doesn't; `SAFEWASM_ERROR_TRAP`, also if the component returns an invalid value or more than the library
/// allows for one call (128 MiB);
/// `SAFEWASM_ERROR_COMPONENTS_ENDED` after such a failure; `SAFEWASM_ERROR_TASK`;
/// `SAFEWASM_ERROR_STORE_BUSY`, `SAFEWASM_ERROR_STORE_POISONED`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_componentfunc_call(
    func: *mut safewasm_componentfunc_t,
    args: Nullable<*const safewasm_node_t>,
    args_len: usize,
    values_out: *mut *mut safewasm_values_t,
) -> *mut safewasm_error_t {
    boundary(Out("values_out", values_out), || {
        // SAFETY: the header demands `args_len` nodes at an `args` that isn't NULL. A copy, which nothing
        // changes between the check and the use.
        let args: SmallVec<[_; FEW]> = unsafe { &*array(args, args_len, "args")? }.into();
        let (mut guard, func) = func.enter("func")?;
        // SAFETY: the header demands that what the nodes point to is there, and that nothing writes it.
        registry::insert(unsafe { component::call(&func, &args, &mut guard) }?)
    })
}

/// Returns true if `func` is a component func that has not been deleted. Never fails. May be called from any
/// thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_componentfunc_is_valid(func: *mut safewasm_componentfunc_t) -> bool {
    quietly(|| func.is_valid())
}

/// Deletes the handle `func`. The function itself lives as long as its store. Does nothing if `func` is NULL or was deleted already. Never
/// fails and never waits. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_componentfunc_delete(func: *mut safewasm_componentfunc_t) {
    quietly(|| func.delete());
}

/// Gets the nodes of values. May be called from any thread.
///
/// On success `*nodes_out` is the first node and `*len_out` is the number of nodes. They, and what they point
/// to, live until `safewasm_values_delete`. On failure they are NULL and 0.
///
/// Errors: `SAFEWASM_ERROR_NULL_POINTER`, `SAFEWASM_ERROR_INVALID_HANDLE`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn safewasm_values_nodes(
    values: *mut safewasm_values_t,
    nodes_out: *mut *const safewasm_node_t,
    len_out: *mut usize,
) -> *mut safewasm_error_t {
    boundary((Out("nodes_out", nodes_out), Out("len_out", len_out)), || {
        let values = values.get("values")?;
        let nodes = values.nodes();
        Ok((nodes.as_ptr(), nodes.len()))
    })
}

/// Returns true if `values` is a values object that has not been deleted. Never fails. May be called from any
/// thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_values_is_valid(values: *mut safewasm_values_t) -> bool {
    quietly(|| values.is_valid())
}

/// Deletes `values` and what its nodes point to. Does nothing if `values` is NULL or was deleted already. Never
/// fails and never waits. May be called from any thread.
#[unsafe(no_mangle)]
pub extern "C" fn safewasm_values_delete(values: *mut safewasm_values_t) {
    quietly(|| values.delete());
}
