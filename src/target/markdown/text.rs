//! Any text as Markdown that shows just that text: nothing in it is markup, HTML or the end of a fence.
//!
//! Control characters are shown by their pictures. Line breaks in prose are white space, except where
//! [`lines`] keeps them.

use crate::diagram::show_controls;
use crate::target::flow::one_line;

/// Prose on one line, in a paragraph, a heading, a list or a table.
pub(super) fn prose(text: &str) -> String {
    escape(&one_line(text))
}

/// Prose whose lines stay lines, and whose paragraphs stay paragraphs.
pub(super) fn lines(text: &str) -> String {
    let mut out = String::new();
    let mut gap = "";
    for line in text.lines().map(prose) {
        match line.as_str() {
            "" if out.is_empty() => {}
            "" => gap = "\n\n",
            line => {
                out.push_str(gap);
                out.push_str(line);
                gap = "\\\n";
            }
        }
    }
    out
}

/// A code span of one line; line breaks and tabs are shown by their pictures.
pub(super) fn code(text: &str) -> String {
    let text = show_controls(text).replace('\n', "\u{240a}").replace('\t', "\u{2409}");
    if text.is_empty() {
        // Two backticks are no empty span, but the start of a longer one.
        return String::from("(empty)");
    }
    if text.trim_matches(' ').is_empty() {
        return format!("`{}`", "\u{2420}".repeat(text.len()));
    }
    let ticks = "`".repeat(longest_run(&text, '`') + 1);
    // One blank at both ends is taken off again by the reader.
    let padded = text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']);
    let pad = if padded { " " } else { "" };
    format!("{ticks}{pad}{text}{pad}{ticks}")
}

/// A fenced block, longer than any fence in it.
pub(super) fn fence(info: &str, text: &str) -> String {
    let text = show_controls(text);
    let ticks = "`".repeat((longest_run(&text, '`') + 1).max(3));
    let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    format!("{ticks}{info}\n{text}{end}{ticks}")
}

/// An item of a task list, with blocks that belong to it.
pub(super) fn task(text: &str, blocks: &[String]) -> String {
    let mut out = format!("- [ ] {text}");
    for block in blocks {
        out.push('\n');
        for line in block.split('\n') {
            out.push('\n');
            if !line.is_empty() {
                out.push_str("  ");
                out.push_str(line);
            }
        }
    }
    out
}

fn longest_run(text: &str, of: char) -> usize {
    let (mut longest, mut run) = (0, 0);
    for c in text.chars() {
        run = if c == of { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

/// One line with a backslash before whatever Markdown could read as its own there.
fn escape(line: &str) -> String {
    let line = show_controls(line);
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let mut out = String::with_capacity(line.len());
    let mut before = None;
    for (at, c) in line.char_indices() {
        let after = line[at + c.len_utf8()..].chars().next();
        let markup = match c {
            '\\' | '`' | '*' | '[' | ']' | '<' | '&' | '|' | '~' | '$' | '#' => true,
            // Within a word it is no emphasis.
            '_' => !(is_letter(before) && is_letter(after)),
            '+' | '-' | '=' | ':' | '>' => at == 0,
            '.' | ')' => at > 0 && at == digits,
            _ => false,
        };
        if markup {
            out.push('\\');
        }
        out.push(c);
        before = Some(c);
    }
    out
}

fn is_letter(c: Option<char>) -> bool {
    c.is_some_and(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_is_prose() {
        for (text, markdown) in [
            ("Start the API (v1.2) - now!", "Start the API (v1.2) - now!"),
            ("*a* _b_ `c` <b>", "\\*a\\* \\_b\\_ \\`c\\` \\<b>"),
            ("1. one", "1\\. one"),
            ("- x", "\\- x"),
            ("> 5 is a_b", "\\> 5 is a_b"),
            ("a\n\n# b", "a \\# b"),
            ("&lt; | \\", "\\&lt; \\| \\\\"),
            ("a\u{1b}[0m", "a\u{241b}\\[0m"),
        ] {
            assert_eq!(prose(text), markdown);
        }
    }

    #[test]
    fn lines_and_paragraphs_stay() {
        assert_eq!(lines("\n1. a\n  2. b\n\n\nc\n"), "1\\. a\\\n2\\. b\n\nc");
        assert_eq!(lines(""), "");
    }

    #[test]
    fn code_and_fences_are_longer_than_what_they_hold() {
        assert_eq!(code("a"), "`a`");
        assert_eq!(code("`a``"), "``` `a`` ```");
        assert_eq!(code(""), "(empty)");
        assert_eq!(code(" "), "`\u{2420}`");
        assert_eq!(code("a\nb"), "`a\u{240a}b`");
        assert_eq!(fence("sh", "echo"), "```sh\necho\n```");
        assert_eq!(fence("sh", "```\n"), "````sh\n```\n````");
    }

    #[test]
    fn blocks_of_a_task_stand_below_it() {
        assert_eq!(task("x", &[fence("sh", "a\n\nb")]), "- [ ] x\n\n  ```sh\n  a\n\n  b\n  ```");
    }
}
