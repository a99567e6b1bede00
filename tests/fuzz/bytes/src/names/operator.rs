//! Operators from arbitrary bytes, for their costs.

use crate::call::{CONFIG, Owned, Verdict, answer, ensure};
use crate::mutate::name;
use crate::text::is_no_utf8;
use fastrand::Rng;
use safewasm::abi::safewasm_error_kind_t as Kind;
use safewasm_capi::*;

const OPERATORS: [&str; 4] = ["i32.add", "i32.atomic.rmw8.add_u", "call", "memory.copy per byte"];

/// Sets the cost of an operator: one of those, a mutated one, or arbitrary bytes.
pub fn check(rng: &mut Rng) -> Verdict {
    const FUNCTION: &str = "safewasm_config_set_operator_cost";
    let operator = name::name(rng, &OPERATORS.map(|operator| operator.as_bytes().to_vec()));
    // SAFETY: there is room for a handle.
    let config =
        Owned::made(CONFIG, "safewasm_config_new", |out| unsafe { safewasm_config_new(out) })?;
    let (text, len) = (operator.as_ptr().cast(), operator.len());
    // SAFETY: the name has that length.
    let error = unsafe { safewasm_config_set_operator_cost(config.handle, text, len, 7) };
    match (answer(FUNCTION, error)?, std::str::from_utf8(&operator)) {
        (Ok(()), Ok(operator)) => {
            let is_name =
                operator.bytes().all(|b| b.is_ascii_alphanumeric() || b"._ ".contains(&b));
            ensure!(is_name, "{operator:?} is no operator, but has a cost");
        }
        (Err(refusal), Err(error)) => is_no_utf8("name", error.valid_up_to(), &refusal)?,
        (Err(refusal), Ok(operator)) => {
            let said = refusal.kind == Kind::INVALID_ARGUMENT
                && refusal.message.contains("which is no operator");
            ensure!(said && !OPERATORS.contains(&operator), "{operator:?}: {refusal:?}");
        }
        (Ok(()), Err(_)) => return Err(format!("{operator:?} isn't UTF-8, but has a cost")),
    }
    config.end()
}
