//! Mutations of texts, token by token.

use crate::mutate::{LONGEST, bytes, pick};
use fastrand::Rng;

const WORDS: &[&str] = &[
    "module",
    "func",
    "param",
    "result",
    "local",
    "i32",
    "i64",
    "f32",
    "f64",
    "v128",
    "funcref",
    "externref",
    "anyref",
    "(ref null func)",
    "(ref 0)",
    "memory",
    "table",
    "global",
    "mut",
    "elem",
    "data",
    "start",
    "type",
    "rec",
    "sub",
    "final",
    "struct",
    "array",
    "field",
    "import",
    "export",
    "block",
    "loop",
    "if",
    "then",
    "else",
    "end",
    "br",
    "br_table",
    "call",
    "call_indirect",
    "return_call",
    "unreachable",
    "nop",
    "drop",
    "select",
    "try_table",
    "catch",
    "throw",
    "tag",
    "offset",
    "item",
    "quote",
    "binary",
    "definition",
    "instance",
    "component",
    "shared",
    "pagesize",
    "declare",
    "i32.const",
    "local.get",
    "memory.grow",
    "v128.const i32x4",
    "align=3",
    "offset=-1",
    "_start",
    "_initialize",
    "\"_start\"",
    "\"_initialize\"",
    "@custom",
    "@name",
    "@metadata.code.branch_hint",
    "$x",
    "$",
    "$\"a b\"",
    "@",
    "\"",
    "\"\"",
    ";;",
    "(;",
    ";)",
    "\"\\00\\ff\"",
    "\"\\u{10ffff}\"",
    "\"\\u{d800}\"",
    "\"\\zz\"",
    "\u{202e}",
    "\u{feff}",
    "é",
    "\0",
    "\r",
];

const NUMBERS: &[&str] = &[
    "0",
    "-1",
    "+0",
    "65536",
    "65537",
    "4294967295",
    "4294967296",
    "18446744073709551615",
    "18446744073709551616",
    "99999999999999999999999999999999",
    "-9223372036854775809",
    "0x",
    "0x1_0000",
    "1__0",
    "1_",
    "nan",
    "nan:0x0",
    "nan:0x1",
    "nan:canonical",
    "-nan:0xfffffffffffffffff",
    "inf",
    "0x1p+99999",
    "1e999999999",
    "0x1.fffffffffffffffffp-1023",
    "0x1p-1074",
    "1.e",
    ".5",
];

/// Mutates `seed`. May take parts of `other`.
pub fn mutated(rng: &mut Rng, seed: &[u8], other: &[u8]) -> Vec<u8> {
    let mut text = seed.to_vec();
    for _ in 0..crate::mutate::count(rng) {
        if rng.u8(..5) == 0 {
            bytes::mutate(rng, &mut text, other);
        } else {
            text = in_tokens(rng, &text, other);
        }
    }
    text
}

/// Changes the tokens once.
fn in_tokens(rng: &mut Rng, text: &[u8], other: &[u8]) -> Vec<u8> {
    let mut tokens = tokens(text);
    if tokens.is_empty() {
        return b"(module)".to_vec();
    }
    let at = rng.usize(..tokens.len());
    let to = rng.usize(..tokens.len());
    let nested;
    match rng.u8(..11) {
        0 => tokens[at] = pick(rng, WORDS).as_bytes(),
        1 => tokens[at] = pick(rng, NUMBERS).as_bytes(),
        // Another number in the place of a number, since the text often stays valid.
        2 => {
            let is_number = |token: &[u8]| token[0].is_ascii_digit() || token[0] == b'-';
            let places: Vec<_> =
                (0..tokens.len()).filter(|place| is_number(tokens[*place])).collect();
            if !places.is_empty() {
                tokens[*pick(rng, &places)] = pick(rng, NUMBERS).as_bytes();
            }
        }
        3 => drop(tokens.remove(at)),
        4 => tokens.insert(at, tokens[at]),
        5 => tokens.swap(at, to),
        6 => {
            let (from, to) = (at.min(to), at.max(to));
            drop(tokens.drain(from..to.min(from + 20)));
        }
        7 => {
            let (from, to) = (at.min(to), at.max(to));
            let part = tokens[from..to.min(from + 40)].to_vec();
            tokens.splice(at..at, part);
        }
        8 => {
            let others = self::tokens(other);
            let from = rng.usize(..=others.len());
            let part = others[from..others.len().min(from + 20)].to_vec();
            tokens.splice(at..at, part);
        }
        9 => tokens.insert(at, pick(rng, WORDS).as_bytes()),
        _ => {
            nested = nest(rng, tokens[at]);
            tokens[at] = &nested;
        }
    }
    let mut text = tokens.concat();
    text.truncate(LONGEST);
    text
}

/// Nests a token in many parentheses, comments or blocks. Some may not be closed.
fn nest(rng: &mut Rng, token: &[u8]) -> Vec<u8> {
    let depth = *pick(rng, &[2, 20, 99, 101, 1000, 10_000]);
    let pairs = [("(", ")"), ("(block ", ")"), ("(;", ";)"), ("block ", " end"), ("(@a ", ")")];
    let (open, close) = *pick(rng, &pairs);
    let ends = if rng.u8(..4) == 0 { rng.usize(..=depth) } else { depth };
    [open.repeat(depth).as_bytes(), token, close.repeat(ends).as_bytes()].concat()
}

/// Splits a text into tokens. Blanks are tokens too, so the tokens together are the text.
fn tokens(text: &[u8]) -> Vec<&[u8]> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.first() {
        let is_blank = |byte: &u8| byte.is_ascii_whitespace();
        let ends = |byte: &u8| is_blank(byte) || matches!(byte, b'(' | b')' | b'"');
        let len = match first {
            b'(' | b')' => 1,
            b'"' => rest[1..].iter().position(|byte| *byte == b'"').map_or(rest.len(), |at| at + 2),
            byte if is_blank(byte) => rest.iter().take_while(|byte| is_blank(byte)).count(),
            _ => rest.iter().take_while(|byte| !ends(byte)).count(),
        };
        let (token, after) = rest.split_at(len);
        tokens.push(token);
        rest = after;
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tokens_are_the_text() {
        let text = br#"(module (func $f (export "a b")) "unclosed"#;
        assert_eq!(tokens(text).concat(), text);
        assert!(tokens(text).contains(&&br#""a b""#[..]));
    }
}
