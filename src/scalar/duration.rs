//! A length of time: `30s`, `1m30s`, `1 hour 30 minutes`, `PT30S`, or a whole number of seconds.
//!
//! Written by hand rather than with a library because a finding needs the place inside the text, and
//! because a month or a year has no fixed length and must be refused by name.

use std::fmt;

use super::error::{quoted, trimmed};
use super::{Decimal, ScalarError, nearest, unit};

/// A length of time in whole milliseconds, at most 2^53 - 1 of them, so that every JSON reader holds it exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Duration(u64);

const UNITS: &str = "known units are `ms`, `s`, `m`, `h`, `d`, `w`";

impl Duration {
    /// No time at all.
    pub const ZERO: Self = Self(0);
    /// The longest: about 285,000 years.
    pub const MAX: Self = Self((1 << 53) - 1);

    /// A number of seconds.
    #[must_use]
    pub const fn from_secs(seconds: u32) -> Self {
        Self(seconds as u64 * 1_000)
    }

    /// A number of milliseconds, if it is not over [`Duration::MAX`].
    #[must_use]
    pub const fn from_millis(millis: u64) -> Option<Self> {
        if millis <= Self::MAX.0 { Some(Self(millis)) } else { None }
    }

    /// Reads a duration. A number without a unit is whole seconds.
    ///
    /// # Errors
    /// Where the text is empty, negative, not made of numbers and known units from the largest to the
    /// smallest, finer than a millisecond, or too long.
    pub fn parse(text: &str) -> Result<Self, ScalarError> {
        let (body, offset) = trimmed(text);
        let place = offset..offset + body.len();
        let seconds = match body.bytes().next() {
            None => {
                return Err(ScalarError::new(
                    "a duration is missing",
                    place,
                    "write one such as `30s` or `5m`",
                ));
            }
            Some(b'P' | b'p') => parse_iso(body),
            _ if body.bytes().all(|b| b.is_ascii_digit()) => Decimal::parse(body),
            _ => parse_seconds(body),
        }
        .map_err(|error| error.moved(offset))?;
        let millis =
            seconds.checked_mul(Decimal::whole(1_000)).ok_or_else(|| too_long(body).moved(offset))?;
        if let Some(millis) = millis.to_u64() {
            return Self::from_millis(millis).ok_or_else(|| too_long(body).moved(offset));
        }
        Err(if millis > Decimal::whole(i64::MAX) {
            too_long(body).moved(offset)
        } else {
            let message = format!("{} is finer than a millisecond", quoted(body));
            ScalarError::new(message, place, "the smallest duration is `1ms`")
        })
    }

    /// The number of milliseconds.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// The sum, or `None` over [`Duration::MAX`].
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        Self::from_millis(self.0.checked_add(other.0)?)
    }

    /// The difference, or `None` below zero.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    /// The product, or `None` over [`Duration::MAX`].
    #[must_use]
    pub fn checked_mul(self, times: u64) -> Option<Self> {
        Self::from_millis(self.0.checked_mul(times)?)
    }

    /// The number of seconds as an exact decimal, as a line of arithmetic shows it: `250`, `0.5`.
    #[must_use]
    pub fn seconds(self) -> String {
        Decimal::new(i128::from(self.0), 3).to_string()
    }
}

impl fmt::Display for Duration {
    /// Days to milliseconds, what is zero left out: `1d 2h`, `4m 10s`, `500ms`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mut left, mut blank) = (self.0, "");
        for (unit, millis) in [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)] {
            let count = left / millis;
            if count > 0 {
                write!(f, "{blank}{count}{unit}")?;
                (left, blank) = (left % millis, " ");
            }
        }
        if self.0 == 0 { f.write_str("0s") } else { Ok(()) }
    }
}

/// The exact seconds of numbers with units, from the largest unit to the smallest: `1 hour, 30 min`.
pub(super) fn parse_seconds(body: &str) -> Result<Decimal, ScalarError> {
    let mut total = Decimal::ZERO;
    let mut smallest: Option<&'static unit::Measure> = None;
    let mut at = 0;
    while at < body.len() {
        let (value, length) = Decimal::scan(&body[at..]).map_err(|error| error.moved(at))?;
        if value.is_negative() {
            let message = format!("{} is negative", quoted(&body[at..at + length]));
            return Err(ScalarError::new(message, at..at + length, "a duration can't be less than `0s`"));
        }
        let start = at + length + blanks(&body[at + length..]);
        let word = leading_word(&body[start..]);
        let end = start + word.len();
        let unit = unit::time(word).ok_or_else(|| unknown_unit(body, at, start..end))?;
        if let Some(larger) = smallest.filter(|larger| larger.factor <= unit.factor) {
            let message = if larger == unit {
                format!("{} comes twice", quoted(unit.name))
            } else {
                format!("{} comes after {}", quoted(unit.name), quoted(larger.name))
            };
            return Err(ScalarError::new(message, start..end, "write each unit once, the largest first"));
        }
        smallest = Some(unit);
        total = value
            .checked_mul(unit.factor)
            .and_then(|part| total.checked_add(part))
            .ok_or_else(|| too_long(body))?;
        at = end + joint(&body[end..]);
    }
    Ok(total)
}

/// The exact seconds of an ISO 8601 duration: `P1DT2H`, `PT30S`.
fn parse_iso(body: &str) -> Result<Decimal, ScalarError> {
    const DATE: [(char, i64); 2] = [('W', 604_800), ('D', 86_400)];
    const TIME: [(char, i64); 3] = [('H', 3_600), ('M', 60), ('S', 1)];
    let help = "an ISO 8601 duration looks like `PT30S` or `P1DT2H`";
    let (mut total, mut parts, mut at) = (Decimal::ZERO, 0, 1);
    let mut left: &[(char, i64)] = &DATE;
    let mut in_time = false;
    while at < body.len() {
        if !in_time && matches!(body.as_bytes()[at], b'T' | b't') {
            (in_time, left, parts) = (true, &TIME, 0);
            at += 1;
            continue;
        }
        let (value, length) = Decimal::scan(&body[at..])
            .map_err(|error| ScalarError { help: help.to_owned(), ..error.moved(at) })?;
        if value.is_negative() {
            let message = format!("{} is negative", quoted(&body[at..at + length]));
            return Err(ScalarError::new(message, at..at + length, "a duration can't be less than `0s`"));
        }
        let letter = body[at + length..].chars().next();
        let place = at + length..at + length + letter.map_or(0, char::len_utf8);
        let known = letter.and_then(|c| left.iter().position(|(unit, _)| *unit == c.to_ascii_uppercase()));
        let Some(index) = known else {
            return Err(match letter.map(|c| c.to_ascii_uppercase()) {
                Some('Y') => no_fixed_length("a year", place),
                Some('M') if !in_time => no_fixed_length("a month", place),
                Some(c) => {
                    ScalarError::new(format!("{} is out of place", quoted(&c.to_string())), place, help)
                }
                None => ScalarError::new("a unit is missing", place, help),
            });
        };
        total = value
            .checked_mul(Decimal::whole(left[index].1))
            .and_then(|part| total.checked_add(part))
            .ok_or_else(|| too_long(body))?;
        left = &left[index + 1..];
        (at, parts) = (place.end, parts + 1);
    }
    if parts == 0 {
        return Err(ScalarError::new("a number is missing", body.len()..body.len(), help));
    }
    Ok(total)
}

/// Number of bytes of blanks at the start.
fn blanks(text: &str) -> usize {
    text.len() - text.trim_start().len()
}

/// Number of bytes of what may stand between two parts: blanks, a comma, `and`.
fn joint(text: &str) -> usize {
    let mut rest = text.trim_start();
    rest = rest.strip_prefix(',').unwrap_or(rest).trim_start();
    if let Some(after) = rest.strip_prefix("and")
        && after.starts_with(char::is_whitespace)
    {
        rest = after.trim_start();
    }
    // A joint joins: where nothing follows, it is left to be reported as no number.
    if rest.is_empty() { blanks(text) } else { text.len() - rest.len() }
}

/// The letters at the start.
pub(super) fn leading_word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len());
    &text[..end]
}

fn unknown_unit(body: &str, number: usize, place: std::ops::Range<usize>) -> ScalarError {
    let word = &body[place.clone()];
    match word.to_ascii_lowercase().as_str() {
        "" => {
            let rest = &body[place.start..];
            let (found, end) = match rest.chars().next() {
                Some(c) => {
                    (format!("{} is not a unit of time", quoted(&c.to_string())), place.start + c.len_utf8())
                }
                None => (format!("{} has no unit", quoted(body[number..].trim_end())), place.start),
            };
            let number = body[number..place.start].trim_end();
            ScalarError::new(found, place.start..end, format!("write a unit, such as `{number}s`; {UNITS}"))
        }
        "mo" | "mon" | "month" | "months" => no_fixed_length("a month", place),
        "y" | "yr" | "yrs" | "year" | "years" => no_fixed_length("a year", place),
        lower => {
            let known = ["ms", "milliseconds", "seconds", "minutes", "hours", "days", "weeks"];
            let help = match (word, nearest(lower, known.into_iter())) {
                ("M", _) => "write `m` for minutes; a month has no fixed length".to_owned(),
                (_, Some(near)) => format!("did you mean `{near}`? {UNITS}"),
                (_, None) => UNITS.to_owned(),
            };
            ScalarError::new(format!("unknown unit {}", quoted(word)), place, help)
        }
    }
}

fn no_fixed_length(what: &str, place: std::ops::Range<usize>) -> ScalarError {
    ScalarError::new(format!("{what} has no fixed length"), place, "write it in days or weeks")
}

fn too_long(body: &str) -> ScalarError {
    let message = format!("{} is too long", quoted(body));
    ScalarError::new(
        message,
        0..body.len(),
        "a duration is at most 2^53 - 1 milliseconds, some 285,000 years",
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_every_common_spelling() {
        for (text, shown) in [
            ("30", "30s"),
            ("30s", "30s"),
            ("1m30s", "1m 30s"),
            (" 3 minutes ", "3m"),
            ("24 hours", "1d"),
            ("500ms", "500ms"),
            ("1500 ms", "1s 500ms"),
            ("7 days", "7d"),
            ("2 weeks", "14d"),
            ("1.5h", "1h 30m"),
            ("PT30S", "30s"),
            ("P1DT2H", "1d 2h"),
            ("p2w", "14d"),
            ("PT0.5S", "500ms"),
            ("1 hour 30 minutes", "1h 30m"),
            ("1 hour, 30 minutes and 5 seconds", "1h 30m 5s"),
            ("90 sec", "1m 30s"),
            ("5 Min", "5m"),
            ("250s", "4m 10s"),
            ("2000us", "2ms"),
            ("0", "0s"),
        ] {
            assert_eq!(Duration::parse(text).expect(text).to_string(), shown, "{text}");
        }
    }

    #[test]
    fn says_what_is_wrong_and_where() {
        for (text, message, range) in [
            ("", "a duration is missing", 0..0),
            ("  ", "a duration is missing", 2..2),
            ("30x", "unknown unit `x`", 2..3),
            ("5 M", "unknown unit `M`", 2..3),
            ("1m 30", "`30` has no unit", 5..5),
            ("1.5", "`1.5` has no unit", 3..3),
            ("soon", "`soon` is not a number", 0..4),
            ("-5s", "`-5` is negative", 0..2),
            ("1m -5s", "`-5` is negative", 3..5),
            ("PT-5S", "`-5` is negative", 2..4),
            ("30s 1m", "`m` comes after `s`", 5..6),
            ("1m 2m", "`m` comes twice", 4..5),
            ("2 months", "a month has no fixed length", 2..8),
            ("1 year", "a year has no fixed length", 2..6),
            ("P1Y", "a year has no fixed length", 2..3),
            ("P1M", "a month has no fixed length", 2..3),
            ("P", "a number is missing", 1..1),
            ("P1DT", "a number is missing", 4..4),
            ("PT5", "a unit is missing", 3..3),
            ("PT5S3H", "`H` is out of place", 5..6),
            ("5%", "`%` is not a unit of time", 1..2),
            ("1m and", "`and` is not a number", 3..6),
            ("1m,", "`,` is not a number", 2..3),
            ("0.5ms", "`0.5ms` is finer than a millisecond", 0..5),
            ("9007199254741s", "`9007199254741s` is too long", 0..14),
            ("99999999999999999999999w", "`99999999999999999999999w` is too long", 0..24),
        ] {
            let error = Duration::parse(text).expect_err(text);
            assert_eq!((error.message.as_str(), error.range), (message, range), "{text}");
        }
        assert!(
            Duration::parse("5 minuets").expect_err("misspelt").help.starts_with("did you mean `minutes`?")
        );
    }

    #[test]
    fn seconds_are_exact() {
        let seconds = |text| Duration::parse(text).expect(text).seconds();
        assert_eq!(
            (seconds("500ms"), seconds("4m 10s"), seconds("1.001s")),
            ("0.5".into(), "250".into(), "1.001".into())
        );
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_back(millis in 0..=Duration::MAX.as_millis(), other in 0..=Duration::MAX.as_millis()) {
            let duration = Duration::from_millis(millis).expect("in range");
            prop_assert_eq!(Duration::parse(&duration.to_string()), Ok(duration));
            prop_assert_eq!(Duration::parse(&format!("{}s", duration.seconds())), Ok(duration));
            prop_assert_eq!(duration.cmp(&Duration::from_millis(other).expect("in range")), millis.cmp(&other));
        }

        #[test]
        fn agrees_with_jiff(text in "[1-9][0-9]{0,3}(\\.[0-9])?(h|m|s|hours|min|sec)( ?[1-9][0-9]{0,3}(m|s|ms| seconds))?") {
            if let (Ok(ours), Ok(theirs)) = (Duration::parse(&text), text.parse::<jiff::SignedDuration>()) {
                prop_assert_eq!(i128::from(ours.as_millis()), theirs.as_millis());
            }
        }

        #[test]
        fn never_panics(text in "\\PC{0,20}|[P0-9.TWDHMSymwdhs, -]{0,20}") {
            if let Err(error) = Duration::parse(&text) {
                prop_assert!(text.get(error.range.clone()).is_some(), "{:?} of {:?}", error, text);
            }
        }
    }
}
