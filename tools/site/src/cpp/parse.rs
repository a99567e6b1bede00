//! Reads the declarations of a header of C++ that have a comment with three slashes.
//!
//! This is no parser of C++. It reads headers in the form that the library's have: a comment stands above a declaration
//! and also describes the declarations on the lines below, up to the next empty line; the namespace `detail` and
//! private members are no part of the reference; nothing but braces, parentheses and quotes needs to be matched.

use anyhow::{Context, Result, bail, ensure};

/// A declaration with a comment.
#[derive(Debug, Default, PartialEq)]
pub struct Item {
    /// The name, without the names of the classes around it.
    pub name: String,
    pub sort: Sort,
    /// The lines of the comment.
    pub docs: Vec<String>,
    /// The declarations that the comment describes, without bodies.
    pub declarations: Vec<String>,
    /// The members of a class, or the values of an enumeration.
    pub members: Vec<Item>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// A class or a struct.
    Class,
    Enum,
    Function,
    /// A variable, a member, a value of an enumeration, or an alias.
    #[default]
    Other,
}

/// The first comment of a header, and its items.
pub fn header(text: &str) -> Result<(String, Vec<Item>)> {
    let (comment, code) = text
        .strip_prefix("/*")
        .and_then(|rest| rest.split_once("*/"))
        .context("no first comment")?;
    let comment: Vec<_> =
        comment.lines().map(|line| line.trim_start().trim_start_matches('*')).collect();
    let comment: Vec<_> =
        comment.iter().map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
    let code: Vec<_> = code.lines().filter(|line| !line.starts_with('#')).collect();
    Ok((comment.join("\n").trim().to_owned(), items(&code.join("\n"), true)?))
}

/// The items in a namespace or in a class, of which `visible` says whether its first members are public.
fn items(text: &str, mut visible: bool) -> Result<Vec<Item>> {
    let mut found: Vec<Item> = Vec::new();
    let (mut rest, mut docs, mut is_open) = (text, Vec::new(), false);
    loop {
        let next = rest.trim_start();
        let space = &rest[..rest.len() - next.len()];
        is_open &= !space.contains("\n\n");
        let line = next.lines().next().unwrap_or_default();
        rest = &next[line.len()..];
        if next.is_empty() {
            return Ok(found);
        } else if let Some(comment) = line.strip_prefix("///") {
            docs.push(comment.strip_prefix(' ').unwrap_or(comment).to_owned());
        } else if line.starts_with("//") {
        } else if let "public:" | "private:" | "protected:" = line {
            visible = line == "public:";
        } else if line.starts_with("namespace ") {
            let (name, inner, after) = braced(next)?;
            if !name.contains("detail") {
                found.extend(items(inner, true)?);
            }
            rest = after;
        } else {
            let (mut item, after) = item(next)?;
            rest = after;
            item.docs = std::mem::take(&mut docs);
            let is_described = !item.docs.is_empty();
            let is_hidden =
                !visible || item.declarations.iter().any(|text| text.ends_with("= delete;"));
            if is_hidden || item.declarations.is_empty() {
                continue;
            }
            match found.last_mut() {
                Some(last) if is_open && !is_described => {
                    last.declarations.append(&mut item.declarations)
                }
                _ if is_described => {
                    found.push(item);
                    is_open = true;
                }
                _ => {}
            }
        }
    }
}

/// The text before the next brace, the text in the braces, and the text after them.
fn braced(text: &str) -> Result<(&str, &str, &str)> {
    let start = end_of(text, &['{'])?;
    let end = start + 1 + end_of(&text[start + 1..], &['}'])?;
    Ok((&text[..start], &text[start + 1..end], &text[end + 1..]))
}

/// The first declaration in a text, and the text after it. One that has no place in a reference has no text.
fn item(text: &str) -> Result<(Item, &str)> {
    let head = without_template(text);
    let sorts = [("enum class ", Sort::Enum), ("class ", Sort::Class), ("struct ", Sort::Class)];
    if let Some((word, sort)) = sorts.iter().find(|(word, _)| head.starts_with(word)) {
        return class(text, head, word, *sort);
    }
    let end = declaration_end(text)?;
    let mut declaration = text[..end].trim_end().to_owned();
    declaration.push(';');
    let rest = match text[end..].strip_prefix(';') {
        Some(rest) => rest,
        None => braced(&text[end..])?.2,
    };
    let is_hidden = head.starts_with("friend ") || head.starts_with("static_assert");
    let (name, sort) = name(&declaration);
    let declarations = if is_hidden { Vec::new() } else { vec![cleaned(&declaration)] };
    Ok((Item { name, sort, declarations, ..Item::default() }, rest))
}

/// A class, struct or enumeration. `head` is its declaration without parameters of templates.
fn class<'a>(text: &'a str, head: &str, word: &str, sort: Sort) -> Result<(Item, &'a str)> {
    let end = end_of(text, &['{', ';'])?;
    if text[end..].starts_with(';') {
        return Ok((Item::default(), &text[end + 1..]));
    }
    let (before, body, rest) = braced(text)?;
    let rest = rest.strip_prefix(';').context("a class ends in a semicolon")?;
    let name =
        without_attributes(&head[word.len()..]).split([' ', '\n', '{']).next().unwrap_or_default();
    // A specialization without parameters has a name of its own.
    let is_general = !text.starts_with("template <>");
    let name =
        name.split_once('<').filter(|_| is_general).map_or(name, |(name, _)| name).to_owned();
    let members = match sort {
        Sort::Enum => values(body),
        _ => items(body, word == "struct ")?,
    };
    let declarations = vec![cleaned(&format!("{};", before.trim_end()))];
    Ok((Item { name, sort, declarations, members, docs: Vec::new() }, rest))
}

/// The values of an enumeration.
fn values(body: &str) -> Vec<Item> {
    let values = body.split(',').map(str::trim).filter(|value| !value.is_empty());
    let value = |value: &str| {
        let name = value.split(' ').next().unwrap_or_default().to_owned();
        Item { name, declarations: vec![value.to_owned()], ..Item::default() }
    };
    values.map(value).collect()
}

/// Where a declaration ends: at its semicolon, or at the body or the initializers of a function.
fn declaration_end(text: &str) -> Result<usize> {
    let mut from = 0;
    loop {
        let at = from + end_of(&text[from..], &[';', '{', ':'])?;
        let has_parameters = without_template(&text[..at]).contains('(');
        match text.as_bytes()[at] {
            b':' if text[at..].starts_with("::") => from = at + 2,
            b':' if has_parameters => return Ok(at),
            b'{' if !has_parameters => {
                from = at + 1 + end_of(&text[at + 1..], &['}'])? + 1;
            }
            b':' => bail!("a colon without parameters: {}", &text[..at]),
            _ => return Ok(at),
        }
    }
}

/// The place of the first of some characters outside of nested brackets, quotes and comments.
fn end_of(text: &str, wanted: &[char]) -> Result<usize> {
    let mut depth = 0;
    let mut chars = text.char_indices();
    let mut last = ' ';
    while let Some((at, c)) = chars.next() {
        if depth == 0 && wanted.contains(&c) {
            return Ok(at);
        }
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            '/' if text[at..].starts_with("//") => {
                chars.by_ref().find(|(_, c)| *c == '\n');
            }
            '"' | '\'' if c == '"' || !last.is_ascii_alphanumeric() => loop {
                match chars.next() {
                    Some((_, '\\')) => chars.next(),
                    Some((_, end)) if end == c => break,
                    Some(_) => continue,
                    None => bail!("a quote has no end: {}", &text[at..]),
                };
            },
            _ => {}
        }
        ensure!(depth >= 0, "a bracket without a start: {text}");
        last = c;
    }
    bail!("none of {wanted:?} in {text:?}")
}

/// A declaration without the parameters of its template.
fn without_template(text: &str) -> &str {
    let Some(rest) = text.strip_prefix("template <") else { return text };
    let mut depth = 1;
    for (at, c) in rest.char_indices() {
        match c {
            '<' => depth += 1,
            '>' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return rest[at + 1..].trim_start();
        }
    }
    text
}

/// A declaration without the attributes at its start.
fn without_attributes(mut text: &str) -> &str {
    while let Some((_, rest)) = text.strip_prefix("[[").and_then(|rest| rest.split_once("]]")) {
        text = rest.trim_start();
    }
    text
}

/// The name that a declaration declares.
fn name(declaration: &str) -> (String, Sort) {
    let text = without_template(declaration);
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '~';
    let last_word = |text: &str| {
        let text = text.trim_end();
        text[text.rfind(|c| !is_word(c)).map_or(0, |at| at + 1)..].to_owned()
    };
    if let Some((_, operator)) = text.split_once("operator") {
        let start = if operator.starts_with("()") { 2 } else { 0 };
        let end = start + operator[start..].find('(').unwrap_or(operator.len() - start);
        return (format!("operator{}", &operator[..end]), Sort::Function);
    }
    let ends = ['(', '=', '{', ';', '['];
    let plain = without_attributes(text);
    let end = plain.find(ends).unwrap_or(plain.len());
    let is_function = plain[end..].starts_with('(');
    if let Some(alias) = plain.strip_prefix("using ") {
        return (alias.split([' ', ';']).next().unwrap_or_default().to_owned(), Sort::Other);
    }
    (last_word(&plain[..end]), if is_function { Sort::Function } else { Sort::Other })
}

/// A declaration as the reference shows it.
fn cleaned(declaration: &str) -> String {
    let indent = declaration
        .lines()
        .skip(1)
        .map(|line| line.len() - line.trim_start().len())
        .min()
        .unwrap_or(0);
    let lines = declaration
        .lines()
        .enumerate()
        .map(|(at, line)| if at == 0 { line } else { &line[indent.min(2)..] });
    let text = lines.collect::<Vec<_>>().join("\n");
    ["[[nodiscard]] ", "[[noreturn]] ", "inline ", " = default"]
        .iter()
        .fold(text, |text, word| text.replace(word, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = r#"/* Things: all sorts.
 *
 * More. */
#ifndef THINGS_HPP
#include <other.hpp>

namespace things {

class Later;

namespace detail {
/// Not for users.
inline int hidden() { return '}'; }
}  // namespace detail

/// The colours.
enum class Colour : int {
  red = THINGS_RED,
  green = THINGS_GREEN,
};

/// A thing; it isn't much.
///
/// More about it.
template <class T, void (*Delete)(T*)>
class [[nodiscard]] Thing : public Base<T> {
 public:
  using Base<T>::Base;

  /// Makes one from `first: "{"`.
  explicit Thing(T first = {}) noexcept : first_(std::move(first)), rest_{} {}
  Thing(const Thing&) = delete;
  ~Thing() = default;

  /// How many there are.
  [[nodiscard]] std::size_t size() const { return sizeof "};"; }
  [[nodiscard]] bool empty() const noexcept;

  // No comment for users.
  void internal();

  /// Calls it.
  template <class... Args>
  std::vector<T> operator()(Args&&... args) const {
    if (false) return {};  // Isn't done: {
    return {args...};
  }

  /// A number.
  int number = 0, other{};

 private:
  /// Secret.
  void secret();
  T first_;
};

/// The one without parameters.
template <>
class Thing<void> {
 public:
  /// Whether it is there.
  explicit operator bool() const;
};

inline bool Thing<void>::operator bool() const { return true; }

/// Never returns.
[[noreturn]] inline void fail(int code,
                              Colour colour = Colour::red);

}  // namespace things

#endif
"#;

    fn read() -> Result<Vec<Item>> {
        Ok(header(HEADER)?.1)
    }

    fn names(items: &[Item]) -> Vec<&str> {
        items.iter().map(|item| item.name.as_str()).collect()
    }

    #[test]
    fn the_items_of_a_header_are_those_with_a_comment() -> Result<()> {
        assert_eq!(header(HEADER)?.0, "Things: all sorts.\n\nMore.");
        assert_eq!(names(&read()?), ["Colour", "Thing", "Thing<void>", "fail"]);
        Ok(())
    }

    #[test]
    fn the_members_of_a_class_are_the_public_ones_with_a_comment() -> Result<()> {
        let items = read()?;
        assert_eq!(names(&items[1].members), ["Thing", "size", "operator()", "number"]);
        assert_eq!(names(&items[2].members), ["operator bool"]);
        assert_eq!(items[1].docs, ["A thing; it isn't much.", "", "More about it."]);
        let sorts: Vec<_> = items[1].members.iter().map(|member| member.sort).collect();
        assert_eq!(sorts, [Sort::Function, Sort::Function, Sort::Function, Sort::Other]);
        Ok(())
    }

    #[test]
    fn declarations_have_no_bodies_and_no_attributes() -> Result<()> {
        let items = read()?;
        assert_eq!(
            items[1].declarations,
            ["template <class T, void (*Delete)(T*)>\nclass Thing : public Base<T>;"]
        );
        let members = &items[1].members;
        assert_eq!(
            members[0].declarations,
            ["explicit Thing(T first = {}) noexcept;", "~Thing();"]
        );
        assert_eq!(
            members[1].declarations,
            ["std::size_t size() const;", "bool empty() const noexcept;"]
        );
        assert_eq!(
            members[2].declarations,
            ["template <class... Args>\nstd::vector<T> operator()(Args&&... args) const;"]
        );
        assert_eq!(members[3].declarations, ["int number = 0, other{};"]);
        assert!(items[3].declarations[0].starts_with("void fail(int code,\n"), "{:?}", items[3]);
        Ok(())
    }

    #[test]
    fn the_values_of_an_enumeration_have_their_constants() -> Result<()> {
        let items = read()?;
        assert_eq!(items[0].sort, Sort::Enum);
        assert_eq!(items[0].members[1].declarations, ["green = THINGS_GREEN"]);
        Ok(())
    }

    #[test]
    fn text_that_is_no_header_is_an_error() {
        for text in [
            "",
            "int x;",
            "/* A: b. */ int f() {",
            "/* A: b. */ int x = ')';)",
            "/* A: b. */ class A {}",
        ] {
            assert!(header(text).is_err(), "{text}");
        }
    }
}
