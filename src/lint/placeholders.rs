//! Words that somebody was to replace and did not: what they look like, and where they stand in a text.
//!
//! A word is a placeholder only where nothing else is meant by it anywhere: `changeme`, `your-org`, the names that
//! are set aside for examples. What programs that look for words are given is left to whoever asks.

use std::ops::Range;

use super::command::Broken;

/// `<NAME>` in a command that no shell can read because of it.
pub(super) fn of_broken(text: &str, broken: &Broken) -> Option<Range<usize>> {
    let Broken::NoTarget { at } = broken else { return None };
    let before = text.get(..at.start)?;
    let start = before.rfind('<')?;
    let inside = before.get(start + 1..)?;
    (&text[at.clone()] == ">" && is_name_to_fill_in(inside)).then(|| start..at.end)
}

/// True for what people write between `<` and `>`: a word or some, and neither a path nor a number.
fn is_name_to_fill_in(inside: &str) -> bool {
    inside.starts_with(|c: char| c.is_ascii_alphabetic())
        && inside.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
}
