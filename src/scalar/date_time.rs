//! A day and a minute of it, on the clock of whoever reads it: `2025-01-31T20:00`.

use std::fmt;

use super::error::quoted;
use super::{Date, ScalarError};

/// A date and a time of day, without a time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DateTime(jiff::civil::DateTime);

const HELP: &str = "a date and time looks like `2025-01-31T20:00`";

impl DateTime {
    /// Reads `YYYY-MM-DDTHH:MM`; a space may stand for the `T`.
    ///
    /// # Errors
    /// Where the text has another shape, or there is no such day or minute.
    pub fn parse(text: &str) -> Result<Self, ScalarError> {
        let wrong = || {
            let message = match text.is_empty() {
                true => "a date and time is missing".to_owned(),
                false => format!("{} is not a date and time", quoted(text)),
            };
            ScalarError::new(message, 0..text.len(), HELP)
        };
        let (Some(date), Some(between), Some(time)) = (text.get(..10), text.get(10..11), text.get(11..))
        else {
            return Err(wrong());
        };
        let time = time.as_bytes();
        let digits = |at: usize| {
            time.get(at)
                .filter(|byte| byte.is_ascii_digit())
                .map(|byte| i8::try_from(byte - b'0').unwrap_or(0))
        };
        let (Some(a), Some(b), Some(b':'), Some(c), Some(d), 5) =
            (digits(0), digits(1), time.get(2), digits(3), digits(4), time.len())
        else {
            return Err(wrong());
        };
        if !matches!(between, "T" | " ") {
            return Err(wrong());
        }
        let date = Date::parse(date)?;
        let time = jiff::civil::Time::new(a * 10 + b, c * 10 + d, 0, 0).map_err(|_| {
            let message = format!("no clock shows {}", quoted(&text[11..]));
            ScalarError::new(message, 11..16, "times go from `00:00` to `23:59`")
        })?;
        Ok(Self(jiff::civil::Date::from(date).to_datetime(time)))
    }

    /// The date and time so many milliseconds later, down to the minute; the last of the calendar where there is none.
    #[must_use]
    pub fn after_ms(self, ms: u64) -> Self {
        let minutes = i64::try_from(ms / 60_000).unwrap_or(i64::MAX);
        let span = jiff::Span::new().try_minutes(minutes);
        Self(span.map_or(jiff::civil::DateTime::MAX, |span| self.0.saturating_add(span)))
    }

    /// The time of day: `20:00`.
    #[must_use]
    pub fn clock(self) -> String {
        format!("{:02}:{:02}", self.0.hour(), self.0.minute())
    }

    /// The minute of the day, from 0.
    #[must_use]
    pub fn minute_of_day(self) -> u16 {
        u16::try_from(i32::from(self.0.hour()) * 60 + i32::from(self.0.minute())).unwrap_or(0)
    }

    /// The time of day, and by how many days it lies behind `start` where that is any: `02:00 +1d`.
    #[must_use]
    pub fn clock_since(self, start: Self) -> String {
        let days = (self.0.date() - start.0.date()).get_days();
        if days == 0 { self.clock() } else { format!("{} +{days}d", self.clock()) }
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}T{}", Date::from(self.0.date()), self.clock())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_is_wrong_and_where() {
        for (text, message, range) in [
            ("", "a date and time is missing", 0..0),
            ("2025-01-31", "`2025-01-31` is not a date and time", 0..10),
            ("2025-01-31T8:00", "`2025-01-31T8:00` is not a date and time", 0..15),
            ("2025-01-31x20:00", "`2025-01-31x20:00` is not a date and time", 0..16),
            ("2025-02-30T20:00", "there is no day `30` in `2025-02`", 8..10),
            ("2025-01-31T24:00", "no clock shows `24:00`", 11..16),
            ("20é5-01-31T20:00", "`20é5-01-31T20:00` is not a date and time", 0..17),
        ] {
            let error = DateTime::parse(text).expect_err(text);
            assert_eq!((error.message.as_str(), error.range), (message, range), "{text}");
        }
    }

    #[test]
    fn later_days_are_counted() {
        let start = DateTime::parse("2025-12-30 20:00").expect("it is one");
        assert_eq!(start.to_string(), "2025-12-30T20:00");
        let hours = |hours: u64| start.after_ms(hours * 3_600_000).clock_since(start);
        assert_eq!(
            [0, 3, 6, 18, 28, 48].map(hours),
            ["20:00", "23:00", "02:00 +1d", "14:00 +1d", "00:00 +2d", "20:00 +2d"]
        );
        assert_eq!(start.after_ms(u64::MAX).clock_since(start).len(), "23:59 +2912000d".len());
    }
}
