//! The fuel that operators consume.

use crate::error::{Error, ErrorKind, Result};
use wasmtime::{OperatorCost, VariableOperatorCost};

type Cost = fn(&mut OperatorCost) -> &mut u8;

/// Each operator as wasmparser names it, with its cost.
macro_rules! operators {
    ($(@$proposal:ident $op:ident $({ $($arg:ident: $type:ty),* })? => $visit:ident ($($types:tt)*))*) => {
        const OPERATORS: &[(&str, Cost)] = &[$((stringify!($visit), |cost| &mut cost.$op)),*];
    };
}
wasmparser::for_each_operator!(operators);

/// The costs of work whose size is an operand.
macro_rules! sizes {
    ($($name:ident)*) => {
        const SIZES: &[(&str, Cost)] = &[$((stringify!($name), |cost| &mut cost.variable.$name)),*];

        /// Fails to compile if a field is missing above.
        const _: fn(VariableOperatorCost) = |VariableOperatorCost { $($name: _),* }| ();
    };
}
sizes! {
    memory_copy_per_byte memory_fill_per_byte memory_init_per_byte memory_grow_per_page
    table_copy_per_element table_fill_per_element table_init_per_element table_grow_per_element
    array_copy_per_element array_fill_per_element array_new_data_per_element
    array_init_data_per_element array_new_elem_per_element array_init_elem_per_element
    array_new_default_per_element array_new_per_element
}

/// Sets the cost of an operator, such as `i32.add`, or of a part of its work, such as `memory.copy per byte`.
pub(crate) fn set(costs: &mut OperatorCost, name: &str, cost: u8) -> Result<()> {
    let known = name.replace(['.', ' '], "_");
    let operator = OPERATORS.iter().find(|(visit, _)| visit.strip_prefix("visit_") == Some(&known));
    let Some((_, of)) = operator.or_else(|| SIZES.iter().find(|(size, _)| *size == known)) else {
        return Err(Error::new(
            ErrorKind::INVALID_ARGUMENT,
            format!("`name` is {name:?}, which is no operator, such as \"i32.add\""),
        ));
    };
    *of(costs) = cost;
    Ok(())
}
