//! Describes types as text, so that both sides can be compared.

use safewasm::abi::safewasm_valtype_t;

pub fn valtype(ty: &safewasm_valtype_t) -> String {
    format!("{}.{}{}", ty.kind, ty.heap, if ty.nullable.get() { "?" } else { "" })
}

pub fn signature(params: &[safewasm_valtype_t], results: &[safewasm_valtype_t]) -> String {
    let list = |types: &[_]| types.iter().map(valtype).collect::<Vec<_>>().join(" ");
    format!("({}) -> ({})", list(params), list(results))
}
