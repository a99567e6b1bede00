//! The notation of function types, read: `(i32, i64) -> f64`, as [`signature`](super::functype::signature)
//! writes it.

use super::valtype::{describable, reference_name, type_name};
use crate::error::text::quoted;
use crate::error::{Error, ErrorKind, Result};
use wasmtime::ValType;

/// The parameters and the results of the function type that `text` says. Takes time in proportion to the
/// length of `text`.
pub(crate) fn parse(text: &str) -> Result<(Vec<ValType>, Vec<ValType>)> {
    let names = describable().flat_map(|ty| {
        let long = ty.as_ref().map(|reference| (reference_name(reference), ty.clone()));
        [(type_name(&ty), ty)].into_iter().chain(long)
    });
    let names: Vec<_> = names.collect();
    let mut reader = Reader { text, at: 0, names: &names };
    let params = reader.list()?;
    reader.expect("->")?;
    let results = if reader.is_at_list() { reader.list()? } else { vec![reader.ty()?] };
    match reader.token() {
        (_, "") => Ok((params, results)),
        found => Err(unexpected("its end", found)),
    }
}

/// A part of the text: where it begins, and the part. Empty at the end of the text.
type Token<'text> = (usize, &'text str);

/// Reads the text from `at` on.
#[derive(Clone, Copy)]
struct Reader<'text> {
    text: &'text str,
    at: usize,
    /// The types that can be said, by their names.
    names: &'text [(String, ValType)],
}

impl<'text> Reader<'text> {
    /// The next token: `(`, `)`, `,`, `->`, or a word.
    fn token(&mut self) -> Token<'text> {
        let rest = self.text[self.at..].trim_start();
        let start = self.text.len() - rest.len();
        let is_end = |c: char| c.is_whitespace() || "(),".contains(c);
        let len = match rest.as_bytes() {
            [b'(' | b')' | b',', ..] => 1,
            [b'-', b'>', ..] => 2,
            _ => rest.find(is_end).unwrap_or(rest.len()),
        };
        self.at = start + len;
        (start, &rest[..len])
    }

    /// Reads the next token if it is `wanted`.
    fn skip(&mut self, wanted: &str) -> bool {
        let mut ahead = *self;
        let is_wanted = ahead.token().1 == wanted;
        if is_wanted {
            *self = ahead;
        }
        is_wanted
    }

    /// Reads the next token, which must be `wanted`.
    fn expect(&mut self, wanted: &str) -> Result<()> {
        match self.token() {
            (_, token) if token == wanted => Ok(()),
            found => Err(unexpected(&format!("`{wanted}`"), found)),
        }
    }

    /// Whether a list of types comes next, and not the type of a reference, which may begin with `(` too.
    fn is_at_list(mut self) -> bool {
        self.skip("(") && !self.skip("ref")
    }

    /// `()`, `(i32)`, `(i32, i64)`.
    fn list(&mut self) -> Result<Vec<ValType>> {
        let mut types = Vec::new();
        self.expect("(")?;
        if self.skip(")") {
            return Ok(types);
        }
        loop {
            types.push(self.ty()?);
            match self.token() {
                (_, ")") => return Ok(types),
                (_, ",") => {}
                found => return Err(unexpected("`,` or `)`", found)),
            }
        }
    }

    /// `i32`, `funcref`, `(ref null func)`.
    fn ty(&mut self) -> Result<ValType> {
        let mut found = self.token();
        let (name, expected) = if found.1 == "(" {
            self.expect("ref")?;
            let null = if self.skip("null") { "null " } else { "" };
            found = self.token();
            let expected = "a type that needs no definition, such as `func` or `extern`";
            (format!("(ref {null}{})", found.1), expected)
        } else {
            (found.1.to_owned(), "a type such as `i32` or `funcref`")
        };
        let ty = self.names.iter().find(|(known, _)| *known == name);
        let (_, ty) = ty.ok_or_else(|| unexpected(expected, found))?;
        if name.starts_with('(') {
            self.expect(")")?;
        }
        Ok(ty.clone())
    }
}

#[cold]
fn unexpected(expected: &str, (start, token): Token<'_>) -> Error {
    let found =
        if token.is_empty() { "its end".to_owned() } else { format!("`{}`", quoted(token)) };
    Error::new(
        ErrorKind::INVALID_ARGUMENT,
        format!(
            "`text` is no function type: {expected} is expected at byte {start}, not {found}; \
             a function type is written as `(i32, f64) -> i32` or `(i32) -> ()`"
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::functype::signature;
    use wasmtime::{Engine, FuncType};

    /// A function type, written by the library, after it was read from `text`.
    fn read_and_written(text: &str) -> String {
        let (params, results) = parse(text).unwrap_or_else(|error| panic!("{}", error.message()));
        signature(&FuncType::new(&Engine::default(), params, results))
    }

    fn refusal(text: &str) -> String {
        let error = parse(text).expect_err(text);
        assert_eq!(error.kind(), ErrorKind::INVALID_ARGUMENT);
        let refusal = error.message().strip_prefix("`text` is no function type: ").unwrap();
        refusal
            .strip_suffix("; a function type is written as `(i32, f64) -> i32` or `(i32) -> ()`")
            .unwrap()
            .to_owned()
    }

    #[test]
    fn each_type_that_can_be_described_is_read_as_it_is_written() {
        let all: Vec<_> = describable().collect();
        assert_eq!(all.len(), 5 + 2 * 12);
        for ty in &all {
            for (params, results) in
                [(vec![ty], vec![]), (vec![], vec![ty]), (vec![ty, ty], vec![ty, ty])]
            {
                let engine = Engine::default();
                let types = |types: Vec<&ValType>| types.into_iter().cloned().collect::<Vec<_>>();
                let text = signature(&FuncType::new(&engine, types(params), types(results)));
                assert_eq!(read_and_written(&text), text);
            }
        }
    }

    #[test]
    fn random_types_are_read_as_they_are_written() {
        let (all, mut state) = (describable().collect::<Vec<_>>(), 1_usize);
        let mut random = |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 33) % below
        };
        for _ in 0..1000 {
            let [params, results] = [0, 0].map(|_| {
                (0..random(6)).map(|_| all[random(all.len())].clone()).collect::<Vec<_>>()
            });
            let text = signature(&FuncType::new(&Engine::default(), params, results));
            assert_eq!(read_and_written(&text), text);
            // Whatever is cut out of it is read, or refused with a place in it.
            let (from, to) = (random(text.len()), random(text.len()));
            if let Some(part) = text.get(from.min(to)..from.max(to))
                && let Err(error) = parse(part)
            {
                assert!(error.message().contains(" at byte "), "{part}: {}", error.message());
            }
        }
    }

    #[test]
    fn space_and_other_spellings_are_accepted() {
        for (text, written) in [
            ("()->()", "() -> ()"),
            (" ( i32,i64 )\n->\tf64 ", "(i32, i64) -> f64"),
            ("(i32) -> (i32)", "(i32) -> i32"),
            (
                "((ref null func), (ref  null\textern)) -> (ref i31)",
                "(funcref, externref) -> (ref i31)",
            ),
            ("() -> ((ref func))", "() -> (ref func)"),
        ] {
            assert_eq!(read_and_written(text), written);
        }
    }

    #[test]
    fn a_text_that_is_no_type_is_refused_with_the_place_and_with_what_is_expected_there() {
        let ty = "a type such as `i32` or `funcref`";
        let heap = "a type that needs no definition, such as `func` or `extern`";
        for (text, message) in [
            ("", "`(` is expected at byte 0, not its end".to_owned()),
            ("i32 -> i32", "`(` is expected at byte 0, not `i32`".to_owned()),
            ("(i32", "`,` or `)` is expected at byte 4, not its end".to_owned()),
            ("(i32 i32) -> ()", "`,` or `)` is expected at byte 5, not `i32`".to_owned()),
            ("(i32,) -> ()", format!("{ty} is expected at byte 5, not `)`")),
            ("(, i32) -> ()", format!("{ty} is expected at byte 1, not `,`")),
            ("(i33) -> ()", format!("{ty} is expected at byte 1, not `i33`")),
            ("(I32) -> ()", format!("{ty} is expected at byte 1, not `I32`")),
            ("(é, i32) -> ()", format!("{ty} is expected at byte 1, not `é`")),
            ("(i32\0) -> ()", format!("{ty} is expected at byte 1, not `i32\\0`")),
            ("(i32)", "`->` is expected at byte 5, not its end".to_owned()),
            ("(i32) => ()", "`->` is expected at byte 6, not `=>`".to_owned()),
            ("(i32) -> ", format!("{ty} is expected at byte 9, not its end")),
            ("() -> i32, i32", "its end is expected at byte 9, not `,`".to_owned()),
            ("() -> () ()", "its end is expected at byte 9, not `(`".to_owned()),
            ("((i32)) -> ()", "`ref` is expected at byte 2, not `i32`".to_owned()),
            ("((ref)) -> ()", format!("{heap} is expected at byte 5, not `)`")),
            ("((ref cont)) -> ()", format!("{heap} is expected at byte 6, not `cont`")),
            ("((ref (func))) -> ()", format!("{heap} is expected at byte 6, not `(`")),
            ("((ref func i32)) -> ()", "`)` is expected at byte 11, not `i32`".to_owned()),
            ("(contref) -> ()", format!("{ty} is expected at byte 1, not `contref`")),
        ] {
            assert_eq!(refusal(text), message, "{text}");
        }
    }

    #[test]
    fn long_texts_are_read_and_quoted_in_part() {
        let params = vec!["externref"; 100_000].join(", ");
        let (params, results) = parse(&format!("({params}) -> i32")).unwrap();
        assert_eq!((params.len(), results.len()), (100_000, 1));
        assert!(refusal(&"(".repeat(100_000)).starts_with("`ref` is expected at byte 2,"));
        assert!(refusal(&format!("({}", "x".repeat(100_000))).len() < 400);
    }
}
