//! A number with what it counts or measures: `500ms`, `100MB/s`, `100 requests per minute`, `10 users`, `4.0/5.0`.
//!
//! Two quantities are compared only where that has a meaning: seconds with minutes, never users with sessions.
//! A text with more words than a unit or a short noun is prose, and refused.

use std::cmp::Ordering;
use std::fmt;

use super::duration::{leading_word, parse_seconds};
use super::error::{quoted, trimmed};
use super::{Decimal, Dimension, Ratio, ScalarError, Unit, unit};

/// An exact number with an optional unit or noun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quantity {
    value: Decimal,
    unit: Option<Unit>,
    noun: Option<String>,
    base: Decimal,
}

/// How many words a noun may have before it is prose.
const LONGEST_NOUN: usize = 3;

impl Quantity {
    /// A number without unit or noun.
    #[must_use]
    pub fn plain(value: Decimal) -> Self {
        Self { value, unit: None, noun: None, base: value }
    }

    /// Reads a quantity.
    ///
    /// # Errors
    /// Where the text does not start with a number, or goes on with anything but a unit or a noun of at most
    /// three words.
    pub fn parse(text: &str) -> Result<Self, ScalarError> {
        let (body, offset) = trimmed(text);
        parse_trimmed(body).map_err(|error| error.moved(offset))
    }

    /// The number as it was written.
    #[must_use]
    pub fn value(&self) -> Decimal {
        self.value
    }

    /// The unit that the number was written with.
    #[must_use]
    pub fn unit(&self) -> Option<Unit> {
        self.unit
    }

    /// The things that are counted, as they were written: `critical`, `requests`.
    #[must_use]
    pub fn noun(&self) -> Option<&str> {
        self.noun.as_deref()
    }

    /// What the quantity can be compared with.
    #[must_use]
    pub fn dimension(&self) -> Dimension {
        self.unit.map_or(Dimension::Count, Unit::dimension)
    }

    /// The number in the base unit of its dimension: seconds, bytes, hundredths, or one of these per second. `None`
    /// where it can't be held.
    #[must_use]
    pub fn ratio(&self) -> Option<Ratio> {
        match self.unit {
            Some(Unit::Rate { .. }) => Ratio::of(self.base, unit::WEEK),
            _ => Ratio::from_decimal(self.base),
        }
    }

    /// True where one of the two can be said to be more than the other: same dimension, and not counts of
    /// different things. A bare number counts whatever the other one counts.
    #[must_use]
    pub fn comparable(&self, other: &Self) -> bool {
        self.dimension() == other.dimension()
            && match (&self.noun, &other.noun) {
                (Some(noun), Some(other)) => singular(noun) == singular(other),
                _ => true,
            }
    }

    /// Which of two comparable quantities is more; `None` where they can't be compared.
    #[must_use]
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        self.comparable(other).then(|| self.base.cmp(&other.base))
    }

    /// A bare number in the unit of `model`: what a probe that prints `420` measures where `500ms` is asked
    /// for. A quantity with a unit or noun of its own stays as it is. `None` where the result is too large.
    #[must_use]
    pub fn in_unit_of(self, model: &Self) -> Option<Self> {
        if self.unit.is_none() && self.noun.is_none() {
            Self::new(self.value, model.unit, model.noun.clone())
        } else {
            Some(self)
        }
    }

    fn new(value: Decimal, unit: Option<Unit>, noun: Option<String>) -> Option<Self> {
        let base = unit.map_or(Some(value), |unit| value.checked_mul(unit.factor()?))?;
        Some(Self { value, unit, noun, base })
    }
}

impl fmt::Display for Quantity {
    /// `500ms`, `10 users`, `100 requests/min`, `4/5`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.value)?;
        if let Some(noun) = &self.noun {
            write!(f, " {noun}")?;
        }
        self.unit.map_or(Ok(()), |unit| write!(f, "{unit}"))
    }
}

fn parse_trimmed(body: &str) -> Result<Quantity, ScalarError> {
    let (value, length) = Decimal::scan(body)?;
    let start = body.len() - body[length..].trim_start().len();
    let (value, unit, noun) = match parse_score(body, start, value) {
        Some(unit) => (value, Some(unit), None),
        None => {
            let (unit, noun) = parse_unit(body, length, start)?;
            let compound =
                matches!(unit, Some(Unit::Time(_))) && leading_word(&body[start..]) != &body[start..];
            let value = if compound { parse_seconds(body)? } else { value };
            (value, unit, noun)
        }
    };
    Quantity::new(value, unit, noun).ok_or_else(|| {
        let message = format!("{} is too large", quoted(body));
        ScalarError::new(message, 0..body.len(), "use a larger unit")
    })
}

/// The scale of a score such as `4.0/5.0`, which the score may not exceed: `24/7` is none.
fn parse_score(body: &str, start: usize, value: Decimal) -> Option<Unit> {
    let scale = Decimal::parse(body[start..].strip_prefix('/')?).ok()?;
    (!value.is_negative() && value <= scale).then_some(Unit::OutOf(scale))
}

/// What stands behind the number, from `start` on; `glued` is where the number ends.
fn parse_unit(body: &str, glued: usize, start: usize) -> Result<(Option<Unit>, Option<String>), ScalarError> {
    let tail = &body[start..];
    let place = start..body.len();
    if tail.is_empty() {
        return Ok((None, None));
    }
    if tail == "%" || tail.eq_ignore_ascii_case("percent") {
        return Ok((Some(Unit::Percent), None));
    }
    if let Some(rate) = unit::bit_rate(tail) {
        return Ok((Some(Unit::Rate { amount: Some(rate), per: &unit::SECOND }), None));
    }
    let (counted, per) = split_per(tail);
    let per = match per {
        None => None,
        Some(word) => {
            Some(unit::time(word).filter(|per| per.factor >= Decimal::whole(1)).ok_or_else(|| {
                let message = format!("{} is not a unit of time", quoted(word));
                ScalarError::new(
                    message,
                    body.len() - word.len()..body.len(),
                    "a rate is per `s`, `min`, `h`, `d` or `w`",
                )
            })?)
        }
    };
    let size = unit::size(counted);
    Ok(match per {
        Some(per) if size.is_some() => (Some(Unit::Rate { amount: size, per }), None),
        Some(per) if counted.is_empty() => (Some(Unit::Rate { amount: None, per }), None),
        Some(per) => {
            (Some(Unit::Rate { amount: None, per }), Some(parse_noun(counted, place, start > glued)?))
        }
        None if size.is_some() => (size.map(Unit::Size), None),
        None => match unit::time(leading_word(counted)) {
            Some(time) if counted.len() == leading_word(counted).len() => (Some(Unit::Time(time)), None),
            Some(_) => {
                parse_seconds(body)?;
                (Some(Unit::Time(&unit::SECOND)), None)
            }
            None => (None, Some(parse_noun(counted, place, start > glued)?)),
        },
    })
}

/// Splits `MB/s` and `requests per minute` at the stroke or the word.
fn split_per(tail: &str) -> (&str, Option<&str>) {
    if let Some((counted, per)) = tail.rsplit_once('/') {
        return (counted.trim_end(), Some(per.trim_start()));
    }
    let spaced = |at: usize| tail[..at].chars().next_back().is_none_or(char::is_whitespace);
    match tail.rmatch_indices("per ").find(|(at, _)| spaced(*at)) {
        Some((at, word)) => (tail[..at].trim_end(), Some(tail[at + word.len()..].trim_start())),
        None => (tail, None),
    }
}

/// A noun of a few words, apart from the number: `2FA` counts nothing.
fn parse_noun(words: &str, place: std::ops::Range<usize>, apart: bool) -> Result<String, ScalarError> {
    let help = "write a unit such as `ms`, `MB`, `%`, or a noun such as `10 users`";
    let error = |message| Err(ScalarError::new(message, place.start..place.start + words.len(), help));
    let is_word = |word: &str| {
        word.starts_with(char::is_alphabetic)
            && word.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
    };
    let first = words.split_whitespace().next().unwrap_or_default();
    let several: Vec<&str> = words.split_whitespace().collect();
    if unit::maybe_bits(first) {
        return error(format!("{} might be bits or bytes", quoted(first)));
    }
    if !apart || !several.iter().all(|word| is_word(word)) {
        return error(format!("{} is not a unit", quoted(words)));
    }
    let is_unit = unit::size(first).is_some() || first.eq_ignore_ascii_case("percent");
    if several.len() > LONGEST_NOUN || is_unit {
        return error(format!("{} is more than a unit", quoted(words)));
    }
    Ok(several.join(" "))
}

/// A noun as it is compared: in lower case and without the `s` of a plural.
fn singular(noun: &str) -> String {
    let lower = noun.to_lowercase();
    match lower.strip_suffix('s') {
        Some(stem) if !stem.ends_with('s') => stem.to_owned(),
        _ => lower,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn quantity(text: &str) -> Quantity {
        Quantity::parse(text).expect(text)
    }

    #[test]
    fn reads_numbers_with_units_and_nouns() {
        for (text, shown) in [
            ("25", "25"),
            ("3.80", "3.8"),
            ("500 ms", "500ms"),
            ("30 minutes", "30m"),
            ("1m 30s", "90s"),
            ("1s 500ms", "1.5s"),
            ("1 hour and 30 minutes", "5400s"),
            ("250us", "250us"),
            ("2gb", "2GB"),
            ("99.9 %", "99.9%"),
            ("5 percent", "5%"),
            ("100MB/s", "100MB/s"),
            ("100 MB per second", "100MB/s"),
            ("100Mbps", "100Mbps"),
            ("100/min", "100/min"),
            ("100 per minute", "100/min"),
            ("100 requests per minute", "100 requests/min"),
            ("100 requests/min", "100 requests/min"),
            ("0 critical", "0 critical"),
            ("25 FPS", "25 FPS"),
            ("10 concurrent users", "10 concurrent users"),
            ("3 months", "3 months"),
            ("4.0/5.0", "4/5"),
        ] {
            let read = quantity(text);
            assert_eq!(read.to_string(), shown, "{text}");
            assert_eq!(quantity(shown), read, "{text}");
        }
    }

    #[test]
    fn leaves_prose_alone_and_says_where_it_starts() {
        for (text, message, range) in [
            ("WCAG 2.1 AA", "`WCAG` is not a number", 0..4),
            ("100% of all tasks", "`% of all tasks` is not a unit", 3..17),
            ("8GB RAM", "`GB RAM` is not a unit", 1..7),
            ("8 GB RAM", "`GB RAM` is more than a unit", 2..8),
            ("2FA enabled", "`FA enabled` is not a unit", 1..11),
            ("24/7", "`7` is not a unit of time", 3..4),
            ("1.2.3", "`.3` is not a unit", 3..5),
            ("2025-01-31", "`-01-31` is not a unit", 4..10),
            ("10 users in the first week", "`users in the first week` is more than a unit", 3..26),
            ("5 errors per 1000 requests", "`1000 requests` is not a unit of time", 13..26),
            ("100 Gb", "`Gb` might be bits or bytes", 4..6),
            ("30 minutes at most", "`at` is not a number", 11..13),
        ] {
            let error = Quantity::parse(text).expect_err(text);
            let found = &text[error.range.clone()];
            assert_eq!((error.message.as_str(), found), (message, &text[range]), "{text}");
        }
    }

    #[test]
    fn compares_only_what_can_be() {
        use Ordering::{Equal, Greater, Less};
        for (a, b, order) in [
            ("1m", "60s", Some(Equal)),
            ("1m 30s", "90000ms", Some(Equal)),
            ("1GB", "1GiB", Some(Less)),
            ("0.1%", "0.10%", Some(Equal)),
            ("100/min", "2/s", Some(Less)),
            ("120 requests/min", "2 requests per second", Some(Equal)),
            ("100Mbps", "12.5MB/s", Some(Equal)),
            ("8bps", "1B/s", Some(Equal)),
            ("1 user", "10 Users", Some(Less)),
            ("25", "20 FPS", Some(Greater)),
            ("10 users", "10 sessions", None),
            ("1s", "1", None),
            ("1s", "1B", None),
            ("1MB", "1MB/s", None),
            ("4/5", "3.5/5", Some(Greater)),
            ("4/5", "4/10", None),
        ] {
            assert_eq!(quantity(a).compare(&quantity(b)), order, "{a} {b}");
            assert_eq!(quantity(b).compare(&quantity(a)), order.map(Ordering::reverse), "{b} {a}");
        }
    }

    #[test]
    fn a_bare_number_takes_the_unit_that_is_asked_for() {
        let measured =
            |text: &str, model: &str| quantity(text).in_unit_of(&quantity(model)).expect("small").to_string();
        assert_eq!(measured("420", "500ms"), "420ms");
        assert_eq!(measured("0.4s", "500ms"), "0.4s");
        assert_eq!(measured("3", "0 critical"), "3 critical");
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_back(
            number in "[0-9]{1,9}(\\.[0-9]{1,6})?",
            tail in prop::sample::select(vec!["", "ms", "s", "min", "h", "MB", "GiB", "%", "/s", "MB/min", " users", " requests/h", "Gbps"]),
        ) {
            let read = quantity(&format!("{number}{tail}"));
            prop_assert_eq!(quantity(&read.to_string()), read);
        }

        #[test]
        fn never_panics(text in "\\PC{0,24}|[0-9]{1,3} ?[a-zA-Z/%. ]{0,16}") {
            match Quantity::parse(&text) {
                Ok(read) => prop_assert_eq!(read.compare(&read), Some(Ordering::Equal)),
                Err(error) => prop_assert!(text.get(error.range.clone()).is_some(), "{:?} of {:?}", error, text),
            }
        }
    }
}
