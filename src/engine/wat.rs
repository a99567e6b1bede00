//! The text format of modules and components.

use crate::error::{Error, ErrorKind, Result, text};
use crate::process::threadpool;

/// The longest line that messages show, in bytes.
const LONGEST_LINE: usize = 1000;

/// The bytes of a text. `noun` is what it should be: a module or a component.
pub(crate) fn to_wasm(noun: &str, text: &str) -> Result<Vec<u8>> {
    threadpool::with_stack(|| parse(noun, text))?
}

fn parse(noun: &str, text: &str) -> Result<Vec<u8>> {
    if is_path(text) {
        let why = format!(
            "Invalid text: it is the path of a file, not the text of a {noun}; \
             `safewasm_{noun}_new_file` reads a file"
        );
        return Err(Error::new(ErrorKind::INVALID_TEXT, why));
    }
    wat::parse_str(text).map_err(|error| {
        let said = error.to_string();
        let mut lines = said.lines();
        let what = in_words(lines.next().unwrap_or_default());
        let mut message = format!("Invalid text: {}", text::cut(&what, LONGEST_LINE));
        // The position of the error, if it isn't part of that, then the line, then a mark below it.
        if let Some(position) = lines.next() {
            message.push('\n');
            message.push_str(&in_words(position));
        }
        if lines.clone().all(|line| line.len() <= LONGEST_LINE) {
            for line in lines {
                message.push('\n');
                message.push_str(line);
            }
        }
        Error::new(ErrorKind::INVALID_TEXT, message)
    })
}

/// Whether a text is a path in place of a module or component.
fn is_path(text: &str) -> bool {
    let is_one_line = !text.contains(['(', '\n']);
    is_one_line && (text.ends_with(".wat") || text.ends_with(".wasm"))
}

/// A line of the parser's message, with a position such as `<anon>:1:2` written as "line 1, column 2".
fn in_words(line: &str) -> String {
    match line.rsplit_once("<anon>:") {
        Some((before, position)) => {
            format!("{before}line {}", position.replacen(':', ", column ", 1))
        }
        None => line.to_owned(),
    }
}
