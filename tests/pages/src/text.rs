//! Compares the text on a page with the text that a program printed.

/// Stands for any text in a line, and alone in a line for any lines.
const ANY: &str = "…";

/// Whether a line is as the page shows it.
pub fn fits(shown: &str, printed: &str) -> bool {
    let Some((start, rest)) = shown.split_once(ANY) else { return shown == printed };
    let Some(mut left) = printed.strip_prefix(start) else { return false };
    let mut parts: Vec<_> = rest.split(ANY).collect();
    let end = parts.pop().unwrap_or_default();
    for part in parts {
        let Some((_, after)) = left.split_once(part) else { return false };
        left = after;
    }
    left.ends_with(end)
}

/// Whether lines are as the page shows them.
fn fit(shown: &[&str], printed: &[&str]) -> bool {
    match shown {
        [] => printed.is_empty(),
        [first, rest @ ..] if first.trim() == ANY => {
            (0..=printed.len()).any(|skipped| fit(rest, &printed[skipped..]))
        }
        [first, rest @ ..] => {
            printed.first().is_some_and(|line| fits(first, line)) && fit(rest, &printed[1..])
        }
    }
}

/// The lines of a text, without spaces and empty lines at their ends.
fn lines(text: &str) -> Vec<&str> {
    text.trim_end().lines().map(str::trim_end).collect()
}

/// Compares texts. Returns lines that show the difference, if there is one.
pub fn difference(shown: &str, printed: &str) -> Option<String> {
    let (shown, printed) = (lines(shown), lines(printed));
    if fit(&shown, &printed) {
        return None;
    }
    let pairs = || shown.iter().zip(&printed);
    let same = pairs().take_while(|(shown, printed)| fits(shown, printed)).count();
    let mut lines: Vec<_> = printed[..same].iter().map(|line| format!("    {line}")).collect();
    lines.extend(shown[same..].iter().map(|line| format!("  - {line}")));
    lines.extend(printed[same..].iter().map(|line| format!("  + {line}")));
    Some(lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_dots_stand_for_any_text_in_a_line() {
        assert!(fits("a", "a") && fits("a…c", "abc") && fits("a…c", "ac") && fits("…", ""));
        assert!(fits("a…b…c", "a1b2bc") && fits("…b", "b b") && fits("b…", "b b"));
        assert!(!fits("a", "ab") && !fits("a…c", "ab") && !fits("aba…aba", "aba"));
    }

    #[test]
    fn three_dots_alone_stand_for_any_lines() {
        assert_eq!(difference("a\n…\nd", "a\nb\nc\nd\n"), None);
        assert_eq!(difference("a\n…\n", "a\n"), None);
        assert!(difference("…\nd", "a\nb\n").is_some());
    }

    #[test]
    fn a_difference_shows_the_lines_of_both_texts() {
        let lines = difference("a\nb\n", "a\nc\n").unwrap();
        assert_eq!(lines, "    a\n  - b\n  + c");
        assert!(difference("a", "").is_some() && difference("", "a").is_some());
        assert_eq!(difference("a  \n\n", "a"), None);
    }
}
