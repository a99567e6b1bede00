//! The links in a page of Markdown.

/// A part of a page.
#[derive(Debug, PartialEq)]
pub enum Part<'a> {
    /// The target of a link, between `](` and `)`.
    Target(&'a str),
    /// A span of code outside of links and headings, with its backticks.
    Code(&'a str),
    /// Everything else.
    Text(&'a str),
}

/// Puts what `change` returns in the place of each link's target and each span of code; `None` leaves it as it is.
pub fn replace(page: &str, mut change: impl FnMut(&Part) -> Option<String>) -> String {
    let mut out = String::with_capacity(page.len());
    for part in parts(page) {
        let (Part::Text(text) | Part::Target(text) | Part::Code(text)) = part;
        let changed = if part == Part::Text(text) { None } else { change(&part) };
        out.push_str(changed.as_deref().unwrap_or(text));
    }
    out
}

fn parts(page: &str) -> Vec<Part<'_>> {
    let (mut found, mut start, mut at, mut in_link) = (Vec::new(), 0, 0, false);
    while at < page.len() {
        let rest = &page[at..];
        let end = if rest.starts_with('`') { at + span(page, at) } else { at };
        if end > at {
            let is_fence = rest.starts_with("```");
            let is_heading = line(page, at).starts_with('#');
            if !is_fence && !in_link && !is_heading {
                found.push(Part::Text(&page[start..at]));
                found.push(Part::Code(&page[at..end]));
                start = end;
            }
            at = end;
        } else if let Some(target) = rest.strip_prefix("](") {
            let end = at + 2 + target.find(')').unwrap_or(target.len());
            found.push(Part::Text(&page[start..at + 2]));
            found.push(Part::Target(&page[at + 2..end]));
            (start, at, in_link) = (end, end, false);
        } else {
            in_link = match rest.as_bytes()[0] {
                b'[' => true,
                b']' => false,
                _ => in_link,
            };
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    found.push(Part::Text(&page[start..]));
    found
}

/// The line in which the byte at `at` is, from its start.
fn line(page: &str, at: usize) -> &str {
    &page[page[..at].rfind('\n').map_or(0, |end| end + 1)..]
}

/// The length of the code that starts with the backticks at `at`; 0 if it never ends.
fn span(page: &str, at: usize) -> usize {
    let rest = &page[at..];
    let ticks = rest.len() - rest.trim_start_matches('`').len();
    let mut from = ticks;
    while let Some(found) = rest[from..].find('`') {
        let start = from + found;
        let len = rest[start..].len() - rest[start..].trim_start_matches('`').len();
        if len == ticks {
            return start + len;
        }
        from = start + len;
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_of_links_are_replaced_outside_of_code() {
        let page = "[a](b.md) `[c](d)` [`e`](f#g)\n```\n[h](i)\n```\n[j](k)";
        let replaced = replace(page, |part| match part {
            Part::Target(link) => Some(link.to_uppercase()),
            _ => None,
        });
        assert_eq!(replaced, "[a](B.MD) `[c](d)` [`e`](F#G)\n```\n[h](i)\n```\n[j](K)");
    }

    #[test]
    fn code_is_replaced_outside_of_links_headings_and_fences() {
        let page = "# `x`\n`x` [`x`](y) [x] `x`\n```c\n`x`\n```\n``x``";
        let replaced = replace(page, |part| (*part == Part::Code("`x`")).then(|| "z".to_owned()));
        assert_eq!(replaced, "# `x`\nz [`x`](y) [x] z\n```c\n`x`\n```\n``x``");
    }

    #[test]
    fn backticks_and_brackets_without_an_end_are_text() {
        for page in ["a ` b", "a ``` b ` c", "[a](b", "[a", "é[`", ""] {
            assert_eq!(replace(page, |_| None), page);
        }
    }
}
