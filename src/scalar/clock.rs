//! A window of time that comes every day: `02:00-06:00`, also over midnight: `22:00-02:00`.

use std::fmt;

use super::error::{quoted, split_remark, trimmed};
use super::{Duration, ScalarError};

/// From one minute of the day up to, not including, another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DailyWindow {
    start: u16,
    end: u16,
}

const DAY: u16 = 24 * 60;
const HELP: &str = "a window looks like `02:00-06:00`";

impl DailyWindow {
    /// Reads a window; a remark in parentheses may follow it.
    ///
    /// # Errors
    /// Where the text has another shape, an hour or minute that no clock shows, or two equal ends.
    pub fn parse(text: &str) -> Result<Self, ScalarError> {
        let (body, offset) = trimmed(text);
        let (times, _) = split_remark(body);
        parse_times(times).map_err(|error| error.moved(offset))
    }

    /// The minute of the day (from 0) at which it opens.
    #[must_use]
    pub fn start(self) -> u16 {
        self.start
    }

    /// The minute of the day (up to 1440) at which it closes; less than the start if that is on the next day.
    #[must_use]
    pub fn end(self) -> u16 {
        self.end
    }

    /// How long it is open.
    #[must_use]
    pub fn length(self) -> Duration {
        let minutes = if self.start < self.end { self.end - self.start } else { DAY - self.start + self.end };
        Duration::from_secs(u32::from(minutes) * 60)
    }

    /// Whether it is open at a minute of the day.
    #[must_use]
    pub fn contains(self, minute: u16) -> bool {
        if self.start < self.end {
            (self.start..self.end).contains(&minute)
        } else {
            (self.start..DAY).contains(&minute) || minute < self.end
        }
    }
}

fn parse_times(text: &str) -> Result<DailyWindow, ScalarError> {
    if text.is_empty() {
        return Err(ScalarError::new("a window is missing", 0..0, HELP));
    }
    let Some((at, dash)) = text.char_indices().find(|(_, c)| matches!(c, '-' | '–')) else {
        return Err(ScalarError::new(format!("{} has no end", quoted(text)), text.len()..text.len(), HELP));
    };
    let after = at + dash.len_utf8();
    let start = parse_time(text[..at].trim_end(), 0)?;
    let end = parse_time(text[after..].trim_start(), text.len() - text[after..].trim_start().len())?;
    if start == DAY {
        return Err(ScalarError::new("a day starts at `00:00`", 0..5, "write `00:00`"));
    }
    if start == end {
        let message = format!("{} starts where it ends", quoted(text));
        return Err(ScalarError::new(message, 0..text.len(), "the whole day is `00:00-24:00`"));
    }
    Ok(DailyWindow { start, end: if end == 0 { DAY } else { end } })
}

/// The minute of the day of `HH:MM`.
fn parse_time(text: &str, offset: usize) -> Result<u16, ScalarError> {
    let error = |message, start, end| Err(ScalarError::new(message, offset + start..offset + end, HELP));
    let number = |part: &str| {
        let digits = (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| part.parse::<u16>().expect("two digits fit"))
    };
    let parts = text
        .split_once(':')
        .map(|(hour, minute)| (number(hour), number(minute).filter(|_| minute.len() == 2)));
    let colon = text.find(':').unwrap_or_default();
    match parts {
        Some((Some(hour), Some(_))) if hour > 24 => error(format!("there is no hour `{hour}`"), 0, colon),
        Some((Some(_), Some(minute))) if minute > 59 => {
            error(format!("there is no minute `{minute}`"), colon + 1, text.len())
        }
        Some((Some(24), Some(1..))) => {
            error(format!("{} is past the end of the day", quoted(text)), 0, text.len())
        }
        Some((Some(hour), Some(minute))) => Ok(hour * 60 + minute),
        _ if text.is_empty() => error("a time is missing".to_owned(), 0, 0),
        _ => error(format!("{} is not a time of day", quoted(text)), 0, text.len()),
    }
}

impl fmt::Display for DailyWindow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { start, end } = self;
        write!(f, "{:02}:{:02}-{:02}:{:02}", start / 60, start % 60, end / 60, end % 60)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_windows_within_a_day_and_over_midnight() {
        for (text, shown, length) in [
            ("02:00-06:00 (maintenance window)", "02:00-06:00", "4h"),
            (" 22:30 – 2:00 ", "22:30-02:00", "3h 30m"),
            ("00:00-24:00", "00:00-24:00", "1d"),
            ("22:00-00:00", "22:00-24:00", "2h"),
        ] {
            let window = DailyWindow::parse(text).expect(text);
            assert_eq!(
                (window.to_string().as_str(), window.length().to_string().as_str()),
                (shown, length),
                "{text}"
            );
        }
        let night = DailyWindow::parse("22:00-02:00").expect("valid");
        assert_eq!(
            [21 * 60 + 59, 22 * 60, 0, 119, 120].map(|m| night.contains(m)),
            [false, true, true, true, false]
        );
    }

    #[test]
    fn says_what_is_wrong_and_where() {
        for (text, message, range) in [
            ("", "a window is missing", 0..0),
            ("always", "`always` has no end", 6..6),
            ("02:00", "`02:00` has no end", 5..5),
            ("02:00-", "a time is missing", 6..6),
            ("2am-6am", "`2am` is not a time of day", 0..3),
            ("02:00-25:00", "there is no hour `25`", 6..8),
            ("02:61-03:00", "there is no minute `61`", 3..5),
            ("02:0-03:00", "`02:0` is not a time of day", 0..4),
            ("02:00-24:01", "`24:01` is past the end of the day", 6..11),
            ("24:00-03:00", "a day starts at `00:00`", 0..5),
            ("03:00-03:00", "`03:00-03:00` starts where it ends", 0..11),
        ] {
            let error = DailyWindow::parse(text).expect_err(text);
            assert_eq!((error.message.as_str(), error.range), (message, range), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_back_and_is_as_long_as_it_contains(start in 0..DAY, end in 1..=DAY) {
            prop_assume!(start % DAY != end % DAY || end - start == DAY);
            let window = DailyWindow { start, end };
            prop_assert_eq!(DailyWindow::parse(&window.to_string()), Ok(window));
            let open = (0..DAY).filter(|minute| window.contains(*minute)).count();
            prop_assert_eq!(u64::try_from(open).expect("small") * 60_000, window.length().as_millis());
        }

        #[test]
        fn never_panics(text in "\\PC{0,12}|[0-9:–-]{0,11}") {
            if let Err(error) = DailyWindow::parse(&text) {
                prop_assert!(text.get(error.range.clone()).is_some(), "{:?} of {:?}", error, text);
            }
        }
    }
}
