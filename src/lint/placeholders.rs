//! Words that somebody was to replace and did not: what they look like, and where they stand in a text.
//!
//! A word is a placeholder only where nothing else is meant by it anywhere: `changeme`, `your-org`, the names that
//! are set aside for examples. What programs that look for words are given is left to whoever asks.

use std::ops::Range;
use std::sync::OnceLock;

use regex::Regex;

use super::command::Broken;

/// `<NAME>` in a command that no shell can read because of it.
pub(super) fn of_broken(text: &str, broken: &Broken) -> Option<Range<usize>> {
    let Broken::NoTarget { at } = broken else { return None };
    let before = text.get(..at.start)?;
    let start = before.rfind('<')?;
    let inside = before.get(start + 1..)?;
    (&text[at.clone()] == ">" && is_name_to_fill_in(inside)).then_some(start..at.end)
}

/// True for what people write between `<` and `>`: a word or some, and neither a path nor a number.
fn is_name_to_fill_in(inside: &str) -> bool {
    inside.starts_with(|c: char| c.is_ascii_alphabetic())
        && inside.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
}

fn pattern() -> &'static Regex {
    static PATTERN: OnceLock<Regex> = OnceLock::new();
    PATTERN.get_or_init(|| Regex::new(WORDS).expect("the pattern is one"))
}

/// False for a text of which no word can be a placeholder: one search instead of one for each word.
pub(super) fn may_stand_in(text: &str) -> bool {
    pattern().is_match(text)
}

/// The first placeholder in a word as it is spelt.
pub(super) fn find(spelt: &str) -> Option<Range<usize>> {
    // A word is a whole one: `unchangeme` and `your-appetite` are none.
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    pattern().find_iter(spelt).map(|found| found.range()).find(|at| {
        let is_whole = !spelt[..at.start].ends_with(is_part) && !spelt[at.end..].starts_with(is_part);
        let before = &spelt[..at.start];
        let word = &spelt[at.clone()];
        // `sites/example.com`, `example.com.conf` and `TODO.md` are files.
        let is_file = spelt[at.end..].starts_with('.') || (before.ends_with('/') && !before.ends_with("://"));
        is_whole && !(is_file && (word.contains("example.") || is_reminder(word)))
    })
}

/// True for `TODO` and the like, which may be the name of a file.
pub(super) fn is_reminder(word: &str) -> bool {
    ["TODO", "FIXME", "TBD"].contains(&word)
}

/// What nobody means as it stands. The hosts are set aside for examples, and belong to nobody.
const WORDS: &str = r"(?x)
    (?i: change[-_]?me | replace[-_]?me | fill[-_]?me[-_]?in
    | your[-_](?:org(?:ani[sz]ation)?|company|domain|host(?:name)?|server|token|password|secret|api[-_]key|key
        |project|repo(?:sitory)?|registry|bucket|region|account|user(?:name)?|email|cluster|namespace|image
        |database|db|name|url)(?:[-_](?:here|name|id|goes-here))?
    | <your[-_\ ][a-z_\ -]+> )
    | (?:[a-z0-9-]+\.)*example\.(?:com|org|net)
    | TODO | FIXME | TBD";
