//! Patterns for whole command lines, as `pgrep -f` and `pkill -f` take them, that also match the shell which runs them.

use regex::RegexBuilder;

/// Whether a pattern matches the line of the shell that runs a text, as `ps` shows it.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let own = RegexBuilder::new(pattern).size_limit(1 << 20).build();
    own.is_ok_and(|own| own.is_match(&format!("sh -c {text}")))
}

/// The pattern with its first letter or digit in brackets, so that it matches the same but not itself.
pub(super) fn spared(pattern: &str) -> String {
    match pattern.find(|c: char| c.is_ascii_alphanumeric()) {
        Some(at) => format!("{}[{}]{}", &pattern[..at], &pattern[at..=at], &pattern[at + 1..]),
        None => format!("[{pattern}]"),
    }
}
