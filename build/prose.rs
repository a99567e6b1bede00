//! Documentation as the lines of a C comment.

const WIDTH: usize = 100;

/// Breaks paragraphs and list items into lines, each with `prefix` at its start. Of Markdown, headings and
/// bold words lose their marks, and a block of code keeps its lines.
pub fn comment<'a>(lines: impl IntoIterator<Item = &'a str>, prefix: &str) -> String {
    let mut out = String::new();
    let (mut paragraph, mut in_code) = (String::new(), false);
    for line in lines {
        let is_fence = line.starts_with("```");
        if is_fence || line.is_empty() || line.starts_with("- ") || line.starts_with('#') {
            flush(&mut out, &mut paragraph, prefix);
        }
        if is_fence {
            in_code = !in_code;
        } else if in_code {
            push(&mut out, prefix, &format!("  {line}"));
        } else if line.is_empty() {
            push(&mut out, prefix, "");
        } else if let Some(heading) = line.strip_prefix("# ") {
            push(&mut out, prefix, &heading.to_uppercase());
        } else {
            if !paragraph.is_empty() {
                paragraph.push(' ');
            }
            paragraph.push_str(&line.trim_start().replace("**", ""));
        }
    }
    flush(&mut out, &mut paragraph, prefix);
    out
}

/// Writes the paragraph, if there is one, and empties it.
fn flush(out: &mut String, paragraph: &mut String, prefix: &str) {
    let indent = if paragraph.starts_with("- ") { "  " } else { "" };
    let mut line = String::new();
    for word in paragraph.split_whitespace() {
        if !line.is_empty() && prefix.len() + line.chars().count() + 1 + word.len() > WIDTH {
            push(out, prefix, &line);
            line = indent.to_owned();
        } else if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if !line.is_empty() {
        push(out, prefix, &line);
    }
    paragraph.clear();
}

fn push(out: &mut String, prefix: &str, line: &str) {
    out.push_str(format!("{prefix} {line}").trim_end());
    out.push('\n');
}
