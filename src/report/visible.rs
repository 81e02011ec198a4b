//! Makes text safe to show: what a terminal would obey, or an eye would miss, is spelled out.
//!
//! Rules come from anywhere, and so do their names and file names. A control character could move the
//! cursor or hide a line, a bidirectional one could turn a command round. Each shows as `<U+001B>`.

use std::borrow::Cow;
use std::fmt::Write;

/// A text with every character spelled out that does not show as itself.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Cow::Borrowed(text);
    }
    let (mut shown, mut before) = (String::with_capacity(text.len()), None);
    for c in text.chars() {
        push_visible(&mut shown, c, before);
        before = Some(c);
    }
    Cow::Owned(shown)
}

/// Adds a character, as itself or spelled out. `before` is the one before it.
pub(super) fn push_visible(shown: &mut String, c: char, before: Option<char>) {
    if shows(c, before) {
        shown.push(c);
    } else {
        write!(shown, "<U+{:04X}>", u32::from(c)).expect("writing to a string succeeds");
    }
}

/// About how many columns a character takes once it is visible: enough to keep lines within bounds.
pub(super) fn columns(c: char, before: Option<char>) -> usize {
    match c {
        ' '..='~' => 1,
        '\t' => 4,
        _ if shows(c, before) => 2,
        _ => 8,
    }
}

/// False for what no terminal shows, or what it takes for an order.
pub(super) fn shows(c: char, before: Option<char>) -> bool {
    match c {
        ' '..='~' => true,
        // Joiners belong into emoji and into several scripts; beside ASCII they only hide.
        '\u{200c}' | '\u{200d}' => before.is_some_and(|before| !before.is_ascii()),
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{feff}' => false,
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => false,
        // The last two are no characters: no terminal shows them, and XML can't hold them.
        '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}' => false,
        '\u{e0000}'..='\u{e007f}' => false,
        _ => !c.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spells_out_what_does_not_show() {
        for (text, shown) in [
            ("plain `text`", "plain `text`"),
            ("\u{1b}[31mred\u{7}", "<U+001B>[31mred<U+0007>"),
            ("\u{9b}0m \u{7f}\r\n\t", "<U+009B>0m <U+007F><U+000D><U+000A><U+0009>"),
            ("rm \u{202e}fr-\u{200b}", "rm <U+202E>fr-<U+200B>"),
            ("é 漢 👨\u{200d}👩 می\u{200c}خواهم", "é 漢 👨\u{200d}👩 می\u{200c}خواهم"),
            ("a\u{200d}b\u{e0041}\u{ffff}", "a<U+200D>b<U+E0041><U+FFFF>"),
        ] {
            assert_eq!(visible(text), shown);
        }
    }
}
