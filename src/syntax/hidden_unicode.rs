//! # What
//!
//! The file holds characters that can't be seen: bidirectional controls, zero-width characters, tags and
//! other formatting that an editor does not show.
//!
//! # Why
//!
//! A rule is reviewed by people. A bidirectional control makes a line read in another order than it runs
//! in, a zero-width character makes two names that look the same differ. Both have been used to hide code.
//!
//! # Bad
//!
//! A zero-width space stands between the two words:
//!
//! ```json L5-execution.json
//! {"layer": "L5", "description": "start​ all", "procedures": []}
//! ```
//!
//! # Good
//!
//! ```json L5-execution.json
//! {"layer": "L5", "description": "start all", "procedures": []}
//! ```
//!
//! # Exceptions
//!
//! A byte order mark at the start of the file, joiners inside an emoji, and joiners between the letters of
//! scripts that need them (Arabic, Persian, the scripts of India). Where such a character is meant, write it
//! as an escape: `\u200b`.

use crate::diagnostic::{Level, RuleInfo};

use super::findings::{Findings, guess, span};

/// `hidden-unicode`.
pub(super) static RULE: RuleInfo = RuleInfo {
    id: "hidden-unicode",
    code: "R0005",
    level: Level::Warning,
    summary: "the file holds characters that can't be seen",
    source: include_str!("hidden_unicode.rs"),
};

/// Reports every character that can't be seen, a run of them once.
pub(super) fn report(source: &str, findings: &mut Findings) {
    if source.is_ascii() {
        return;
    }
    let mut before = ' ';
    let mut end = 0;
    while let Some(start) = next_beyond_ascii(source, end) {
        if start > end {
            before = char::from(source.as_bytes()[start - 1]);
        }
        let mut chars = source[start..].chars();
        let c = chars.next().expect("a character starts here");
        end = start + c.len_utf8();
        let fine = !is_hidden(c)
            || (c == '\u{feff}' && start == 0)
            || (is_joiner(c) && joins(before, chars.next().unwrap_or(' ')));
        if fine {
            // A skin tone or variation selector belongs to the emoji before it.
            if !is_modifier(c) {
                before = c;
            }
            continue;
        }
        end += source[end..].chars().take_while(|next| is_hidden(*next)).map(char::len_utf8).sum::<usize>();
        let place = span(start, end);
        if findings.covers(place) {
            continue;
        }
        let what = format!("{} (U+{:04X}) can't be seen", name(c), u32::from(c));
        findings.push(
            findings
                .make(&RULE, place, what)
                .label("stands here")
                .help("remove it, or write it as an escape if it is meant")
                .fix(guess("remove what can't be seen", place, "")),
        );
    }
}

/// Where the first character beyond ASCII at or behind `from` starts. Most texts have few of them.
fn next_beyond_ascii(source: &str, from: usize) -> Option<usize> {
    let mut at = from;
    for chunk in source.as_bytes()[from..].chunks(64) {
        if !chunk.is_ascii() {
            return chunk.iter().position(|byte| !byte.is_ascii()).map(|inside| at + inside);
        }
        at += chunk.len();
    }
    None
}

/// Whether a character can't be seen.
pub(super) fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}' | '\u{e0020}'..='\u{e007f}')
}

/// Whether a joiner has something to join: two letters of a script that needs it, or two parts of an emoji.
/// The tags that spell a regional flag follow the black flag.
fn joins(before: char, after: char) -> bool {
    (is_joining_script(before)
        && (is_joining_script(after) || after.is_whitespace() || after.is_ascii_punctuation()))
        || (is_pictograph(before) && is_pictograph(after))
        || is_regional(before)
}

fn is_regional(before: char) -> bool {
    before == '\u{1f3f4}' || matches!(before, '\u{e0020}'..='\u{e007e}')
}

fn is_joining_script(c: char) -> bool {
    matches!(c,
        '\u{600}'..='\u{8ff}' | '\u{900}'..='\u{dff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        | '\u{1800}'..='\u{18af}' | '\u{1b00}'..='\u{1bff}' | '\u{a840}'..='\u{a87f}' | '\u{a8e0}'..='\u{a8ff}'
        | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' | '\u{11000}'..='\u{11fff}' | '\u{1e900}'..='\u{1e95f}')
}

fn is_pictograph(c: char) -> bool {
    matches!(c, '\u{2190}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}') || matches!(c, '\u{a9}' | '\u{ae}')
}

fn is_modifier(c: char) -> bool {
    matches!(c, '\u{fe0e}' | '\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{20e3}')
}

fn name(c: char) -> &'static str {
    match c {
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            "a bidirectional control"
        }
        '\u{200b}' | '\u{200c}' | '\u{200d}' | '\u{2060}' => "a zero-width character",
        '\u{feff}' => "a byte order mark inside the text",
        '\u{ad}' => "a soft hyphen",
        '\u{2028}' | '\u{2029}' => "a line separator",
        '\u{e0000}'..='\u{e007f}' => "a tag character",
        _ => "a formatting character",
    }
}

#[cfg(test)]
mod tests {
    use crate::source::FileId;

    use super::*;

    fn found(text: &str) -> Vec<(u32, u32, String)> {
        let mut findings = Findings::new(FileId(0));
        report(text, &mut findings);
        let place = |found: &crate::diagnostic::Diagnostic| found.primary.location.span;
        findings
            .into_list()
            .iter()
            .map(|found| (place(found).start, place(found).end, found.message.clone()))
            .collect()
    }

    #[test]
    fn finds_what_can_not_be_seen() {
        assert_eq!(found("é\u{200b}b"), [(2, 5, "a zero-width character (U+200B) can't be seen".to_owned())]);
        assert_eq!(found("a\u{202e}\u{2066}b").len(), 1);
        assert_eq!(found("a\u{feff}").len(), 1);
        assert_eq!(found("a\u{200d}b").len(), 1);
        assert_eq!(found("\u{e0041}").len(), 1);
        assert_eq!(found("soft\u{ad}ware").len(), 1);
        assert_eq!(found("👩\u{200d} ").len(), 1);
    }

    #[test]
    fn leaves_alone_what_is_needed() {
        for text in [
            "\u{feff}a: é",
            "👩\u{200d}💻 👨🏽\u{200d}🔧 ❤\u{fe0f}\u{200d}🔥 🏳\u{fe0f}\u{200d}🌈",
            "می\u{200c}خواهم",
            "क्\u{200d}ष",
            "\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
            "naïve — „so“",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }
}
