//! Texts of modules with very many or very deeply nested parts. Some are just within a limit of Wasmtime, some
//! are beyond it.

use crate::mutate::pick;
use fastrand::Rng;

/// Draws a text, mostly that of a module.
pub fn text(rng: &mut Rng) -> String {
    let n = *pick(rng, &[1, 99, 999, 1000, 1001, 5000, 20_000, 50_001]);
    let few = n.min(5000);
    match rng.u8(..16) {
        0 => format!("(module (func {} {}))", "block ".repeat(few), "end ".repeat(few)),
        1 => format!("(module (func {} {}))", "(block ".repeat(few), ")".repeat(few)),
        2 => format!("(module (func (local {})))", "i64 ".repeat(n)),
        3 => format!("(module (func (param {})))", "i32 ".repeat(few)),
        4 => format!(
            "(module (type (func (result {}))) (import \"\" \"\" (func (type 0))))",
            "f64 ".repeat(few)
        ),
        5 => format!("(module (func (param i32) (br_table {} (local.get 0))))", "0 ".repeat(n)),
        6 => {
            let exports: String = (0..few).map(|i| format!("(export \"{i}\" (func 0))")).collect();
            format!("(module (func) {exports})")
        }
        7 => {
            let name = "\\c3\\a9".repeat(n);
            format!("(module (import \"{name}\" \"\" (func)) (func (export \"{name}\")))")
        }
        8 => format!("(module ${} (func))", "x".repeat(n)),
        9 => format!("(module {})", "(global i32 (i32.const 0)) ".repeat(few)),
        10 => format!("(module {})", "(table 1 funcref) ".repeat(n.min(1001))),
        11 => format!("(module {})", "(memory 0) ".repeat(n.min(1001))),
        12 => format!("(module (memory 1) (data (i32.const 0) \"{}\"))", "\\00".repeat(n)),
        13 => {
            let sum = "(i32.const 1) ".to_owned() + &"i32.const 1 i32.add ".repeat(few);
            format!("(module (global i32 {sum}))")
        }
        14 => {
            let types: String =
                (1..few).map(|i| format!("(type (sub {} (struct)))", i - 1)).collect();
            format!("(module (type (sub (struct))) {types})")
        }
        _ => format!("{}{}", "(;".repeat(n), ";)".repeat(n)),
    }
}
