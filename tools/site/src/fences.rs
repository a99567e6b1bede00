//! The languages of blocks of code, as the site's highlighter knows them.

/// Replaces the languages of the blocks that the highlighter doesn't know. Their own names stay as classes, for the
/// theme.
pub fn replace_languages(page: &str) -> String {
    let mut out = String::with_capacity(page.len());
    // The backticks at the start of the present block.
    let mut fence: Option<&str> = None;
    for line in page.split_inclusive('\n') {
        let text = line.trim_start();
        let ticks = &text[..text.len() - text.trim_start_matches('`').len()];
        match fence {
            Some(start) if ticks.starts_with(start) && text.trim_end() == ticks => fence = None,
            None if ticks.len() >= 3 => {
                fence = Some(ticks);
                let (start, info) = line.split_at(line.len() - text.len() + ticks.len());
                out.push_str(start);
                out.push_str(&language(info));
                continue;
            }
            _ => {}
        }
        out.push_str(line);
    }
    out
}

/// The info string of a block with a language that the highlighter knows.
fn language(info: &str) -> String {
    let end = info.find([',', ' ', '\n']).unwrap_or(info.len());
    match &info[..end] {
        "cmake" | "output" | "wat" => format!("text,{info}"),
        "make" => format!("makefile{}", &info[end..]),
        _ => info.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_that_the_highlighter_does_not_know_are_text_with_a_class() {
        let page =
            "```output\n3\n```\n```wat,file=a.wat\n(module)\n```\n```c,frame\n```\n```\n```\n";
        let replaced = "```text,output\n3\n```\n```text,wat,file=a.wat\n(module)\n```\n```c,frame\n```\n```\n```\n";
        assert_eq!(replace_languages(page), replaced);
        assert_eq!(replace_languages("  ```make\n  ```"), "  ```makefile\n  ```");
    }

    #[test]
    fn lines_within_blocks_and_without_an_end_stay() {
        let page = "````text\n```output\n```\n````\nword ```wat\n";
        assert_eq!(replace_languages(page), page);
        assert_eq!(replace_languages("```c\n```output\n"), "```c\n```output\n");
    }
}
