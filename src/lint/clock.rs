//! Names that are made of the time: `$(date …)` in a word, and how finely it tells the time.

use std::ops::Range;

use super::command::{List, Piece, Word};
use super::program::program;

/// A `$(date …)` in a word, which asks what time it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Clock<'a> {
    /// From the `$` to the parenthesis.
    pub(super) at: Range<usize>,
    /// The format, without its `+`.
    format: &'a str,
}

/// The first one of a word.
pub(super) fn in_word(word: &Word) -> Option<Clock<'_>> {
    word.pieces.iter().find_map(|piece| match piece {
        Piece::Output { at, script } => Some(Clock { at: at.clone(), format: asks_now(script)? }),
        _ => None,
    })
}

impl Clock<'_> {
    /// What it names where a second run within the same hour would get the same name: `day`, `week`, `month`, `year`.
    /// A name that comes round again, such as that of the weekday, is meant to.
    pub(super) fn unit(&self) -> Option<&'static str> {
        let marks: Vec<char> = marks(self.format).collect();
        let has = |any: &str| marks.iter().any(|mark| any.contains(*mark));
        // Hours and what is finer; or a mark that is not known.
        if marks.iter().any(|mark| !"aAbBhCdeDFgGjmuUVwWxyY%nt".contains(*mark)) || !has("yYFDxgG") {
            return None;
        }
        let units = [("aAdeDFjuwx", "day"), ("UVW", "week"), ("bBhm", "month")];
        units.into_iter().find(|(any, _)| has(any)).map(|(_, unit)| unit).or(Some("year"))
    }

    /// Whether what it prints may start with a character.
    pub(super) fn may_start_with(&self, c: char) -> bool {
        match self.format.strip_prefix('%') {
            None => self.format.starts_with(c),
            Some(rest) => !rest.starts_with(DIGITS) || c.is_ascii_digit(),
        }
    }

    /// Whether what it prints may end with a character.
    pub(super) fn may_end_with(&self, c: char) -> bool {
        let mut back = self.format.chars().rev();
        match (back.next(), back.next()) {
            (Some(mark), Some('%')) => !DIGITS.contains(&mark) || c.is_ascii_digit(),
            // A mark with flags between it and its `%`, or text.
            (Some(last), _) => last == c || self.format.contains('%') && last.is_ascii_alphabetic(),
            (None, _) => false,
        }
    }
}

/// Marks of formats that print digits at both ends.
const DIGITS: &[char] = &[
    'C', 'd', 'D', 'F', 'g', 'G', 'H', 'I', 'j', 'm', 'M', 'N', 'R', 's', 'S', 'T', 'u', 'U', 'V', 'w', 'W',
    'y', 'Y',
];

/// The letters behind each `%` of a format, without flags and widths.
fn marks(format: &str) -> impl Iterator<Item = char> {
    format.split('%').skip(1).filter_map(|rest| {
        rest.chars().find(|c| !matches!(c, '-' | '_' | '^' | '#' | ':' | '0'..='9' | 'E' | 'O'))
    })
}

/// The format of `date`, where it tells the time of now and not one that is reckoned from another.
fn asks_now(script: &List) -> Option<&str> {
    let [item] = script.items.as_slice() else { return None };
    let [command] = item.chain.first.commands.as_slice() else { return None };
    let program = command.as_simple().and_then(program).filter(|_| item.chain.rest.is_empty())?;
    if program.name != "date" {
        return None;
    }
    let mut format = "%c";
    for word in program.arguments {
        match word.text()? {
            "-u" | "--utc" => {}
            "-I" => format = "%F",
            text => format = text.strip_prefix('+')?,
        }
    }
    Some(format)
}

#[cfg(test)]
mod tests {
    use super::super::command::parse;
    use super::*;

    fn unit(format: &str) -> Option<&'static str> {
        Clock { at: 0..0, format }.unit()
    }

    #[test]
    fn tells_how_fine_a_format_is() {
        for (format, expected) in [
            ("%F", Some("day")),
            ("%Y%m%d", Some("day")),
            ("%-d.%-m.%y", Some("day")),
            ("%G-W%V", Some("week")),
            ("%Y-%m", Some("month")),
            ("%Y", Some("year")),
            ("%F_%H", None),
            ("%FT%T", None),
            ("%s", None),
            ("%c", None),
            // It comes round again: so it is meant.
            ("%a", None),
            ("%d", None),
            ("backup", None),
        ] {
            assert_eq!(unit(format), expected, "{format}");
        }
    }

    #[test]
    fn knows_the_ends_of_what_is_printed() {
        let clock = |format| Clock { at: 0..0, format };
        assert!(clock("%F").may_start_with('2') && !clock("%F").may_start_with('c'));
        assert!(clock("x%F").may_start_with('x') && !clock("x%F").may_start_with('2'));
        assert!(clock("%A").may_start_with('M'));
        assert!(clock("%T").may_end_with('0') && !clock("%T").may_end_with('z'));
        assert!(clock("%-d").may_end_with('1') || !clock("%-d").may_end_with('z'));
        assert!(clock("%Fz").may_end_with('z') && !clock("%F.").may_end_with('z'));
    }

    #[test]
    fn reads_what_asks_for_now() {
        for (text, expected) in [
            ("a_$(date +%F).b", Some("%F")),
            ("`date`", Some("%c")),
            ("$(date -u +%s)", Some("%s")),
            ("$(date -I)", Some("%F")),
            ("$(date -d yesterday +%F)", None),
            ("$(dates)", None),
            ("$(date; date)", None),
        ] {
            let script = parse(text).expect(text);
            let simple = script.items[0].chain.first.commands[0].as_simple().expect(text);
            assert_eq!(in_word(&simple.words[0]).map(|clock| clock.format), expected, "{text}");
        }
    }
}
