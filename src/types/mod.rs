//! Values without references, and the types of values, functions and externs.

pub(crate) mod boolean;
pub(crate) mod externkind;
pub(crate) mod externtype;
pub(crate) mod functype;
pub(crate) mod heaptype;
pub(crate) mod notation;
pub(crate) mod signature;
pub(crate) mod valtype;
pub(crate) mod value;
pub(crate) mod wit;
