//! A day of the calendar: `2025-01-31`.

use std::fmt;
use std::ops::Range;

use super::ScalarError;
use super::error::quoted;

/// A date of the Gregorian calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(jiff::civil::Date);

const HELP: &str = "a date looks like `2025-01-31`";

impl Date {
    /// Reads `YYYY-MM-DD`, four digits, two and two.
    ///
    /// # Errors
    /// Where the text has another shape, or there is no such day.
    pub fn parse(text: &str) -> Result<Self, ScalarError> {
        let digits =
            |range: Range<usize>| text.get(range).filter(|part| part.bytes().all(|b| b.is_ascii_digit()));
        let dashes = text.len() == 10 && text.as_bytes()[4] == b'-' && text.as_bytes()[7] == b'-';
        let (Some(year), Some(month), Some(day), true) = (digits(0..4), digits(5..7), digits(8..10), dashes)
        else {
            let message = if text.is_empty() {
                "a date is missing".to_owned()
            } else {
                format!("{} is not a date", quoted(text))
            };
            return Err(ScalarError::new(message, 0..text.len(), HELP));
        };
        let year: i16 = year.parse().expect("four digits fit");
        let (month, day): (i8, i8) =
            (month.parse().expect("two digits fit"), day.parse().expect("two digits fit"));
        let first = jiff::civil::Date::new(year, month, 1).map_err(|_| {
            ScalarError::new(
                format!("there is no month {}", quoted(&text[5..7])),
                5..7,
                "months go from `01` to `12`",
            )
        })?;
        jiff::civil::Date::new(year, month, day).map(Self).map_err(|_| {
            let message = format!("there is no day {} in {}", quoted(&text[8..]), quoted(&text[..7]));
            ScalarError::new(message, 8..10, format!("the month has {} days", first.days_in_month()))
        })
    }
}

impl Date {
    /// The day, UTC, of a moment that is so long after the start of 1970. Beyond the year 9999, its last day.
    #[must_use]
    pub fn of_unix_time(time: std::time::Duration) -> Self {
        let days = i32::try_from(time.as_secs() / 86_400).unwrap_or(i32::MAX);
        let first = jiff::civil::Date::constant(1970, 1, 1);
        Self(
            first
                .saturating_add(jiff::Span::new().try_days(days).unwrap_or(jiff::Span::new().days(LAST_DAY))),
        )
    }
}

/// Days from the start of 1970 to the end of the year 9999.
const LAST_DAY: i32 = 2_932_896;

impl From<Date> for jiff::civil::Date {
    fn from(date: Date) -> Self {
        date.0
    }
}

impl From<jiff::civil::Date> for Date {
    fn from(date: jiff::civil::Date) -> Self {
        Self(date)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0.year(), self.0.month(), self.0.day())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn says_what_is_wrong_and_where() {
        for (text, message, range) in [
            ("", "a date is missing", 0..0),
            ("today", "`today` is not a date", 0..5),
            ("2025-1-31", "`2025-1-31` is not a date", 0..9),
            ("2025/01/31", "`2025/01/31` is not a date", 0..10),
            ("2025-13-01", "there is no month `13`", 5..7),
            ("2025-00-01", "there is no month `00`", 5..7),
            ("2025-02-29", "there is no day `29` in `2025-02`", 8..10),
        ] {
            let error = Date::parse(text).expect_err(text);
            assert_eq!((error.message.as_str(), error.range), (message, range), "{text}");
        }
        assert_eq!(Date::parse("2025-02-29").expect_err("no leap year").help, "the month has 28 days");
        assert!(Date::parse("2024-02-29").is_ok());
    }

    #[test]
    fn a_moment_has_a_day() {
        let day = |seconds| Date::of_unix_time(std::time::Duration::from_secs(seconds)).to_string();
        assert_eq!(day(0), "1970-01-01");
        assert_eq!(day(1_767_225_599), "2025-12-31");
        assert_eq!(day(1_767_225_600), "2026-01-01");
        assert_eq!(day(u64::MAX), "9999-12-31");
    }

    proptest! {
        #[test]
        fn shows_what_it_reads_and_orders_as_text(a in "[0-9]{4}-[01][0-9]-[0-3][0-9]", b in "[0-9]{4}-[01][0-9]-[0-3][0-9]") {
            if let (Ok(x), Ok(y)) = (Date::parse(&a), Date::parse(&b)) {
                prop_assert_eq!(x.to_string(), a.clone());
                prop_assert_eq!(x.cmp(&y), a.cmp(&b));
            }
        }

        #[test]
        fn never_panics(text in "\\PC{0,12}|[-0-9é]{0,10}") {
            let _ = Date::parse(&text);
        }
    }
}
