//! What is wrong with a scalar, and where inside its text.

use std::fmt;
use std::ops::Range;

/// A text that is not the scalar it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScalarError {
    /// What is wrong: one lower-case line without full stop, names in backticks.
    pub message: String,
    /// The bytes of the text where it is wrong; empty where something is missing.
    pub range: Range<usize>,
    /// What to write instead.
    pub help: String,
}

impl ScalarError {
    pub(super) fn new(message: impl Into<String>, range: Range<usize>, help: impl Into<String>) -> Self {
        Self { message: message.into(), range, help: help.into() }
    }

    /// The same error for a text in which the faulty one starts at `offset`.
    #[must_use]
    pub(super) fn moved(mut self, offset: usize) -> Self {
        self.range = self.range.start + offset..self.range.end + offset;
        self
    }
}

impl fmt::Display for ScalarError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ScalarError {}

/// A piece of the user's text in backticks, short and on one line, as messages quote it.
pub(super) fn quoted(text: &str) -> String {
    const LONGEST: usize = 40;
    let mut shown: String =
        text.chars().take(LONGEST).map(|c| if c.is_control() || c == '`' { ' ' } else { c }).collect();
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    format!("`{shown}`")
}

/// The text without blanks around it, and how many bytes were cut off in front.
pub(super) fn trimmed(text: &str) -> (&str, usize) {
    let start = text.trim_start();
    (start.trim_end(), text.len() - start.len())
}

/// Splits a remark in parentheses off the end: `40ms (25+ FPS)` is `40ms` and `25+ FPS`.
pub(super) fn split_remark(text: &str) -> (&str, Option<&str>) {
    let text = text.trim_end();
    let split = text.strip_suffix(')').and_then(|inner| {
        let mut depth = 1_usize;
        for (at, c) in inner.char_indices().rev() {
            match c {
                ')' => depth += 1,
                '(' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return Some((text[..at].trim_end(), inner[at + 1..].trim()));
            }
        }
        None
    });
    match split {
        Some((head, remark)) if !head.is_empty() => (head, Some(remark)),
        _ => (text, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remark_is_the_last_balanced_parenthesis() {
        assert_eq!(split_remark("40ms (25+ FPS)"), ("40ms", Some("25+ FPS")));
        assert_eq!(split_remark("a (b (c))"), ("a", Some("b (c)")));
        assert_eq!(split_remark("a)"), ("a)", None));
        assert_eq!(split_remark("(a)"), ("(a)", None));
        assert_eq!(split_remark("a"), ("a", None));
    }

    #[test]
    fn a_quotation_is_short_and_on_one_line() {
        assert_eq!(quoted("a\nb`"), "`a b `");
        assert_eq!(quoted(&"é".repeat(41)), format!("`{}…`", "é".repeat(40)));
    }
}
