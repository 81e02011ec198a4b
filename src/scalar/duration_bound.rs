//! A bound on a length of time: `<= 90s`, `> 1m`, or `30s`, which is exactly that.

use std::fmt;

use super::error::trimmed;
use super::threshold::operator;
use super::{Duration, Op, ScalarError};

/// How a measured time must stand to a duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DurationBound {
    /// The operator.
    pub op: Op,
    /// The duration.
    pub duration: Duration,
}

impl DurationBound {
    /// Reads a bound. Without an operator it is exactly the duration.
    ///
    /// # Errors
    /// Where the operator is none of `<`, `<=`, `>`, `>=`, `==`, or what follows is no duration.
    pub fn parse(text: &str) -> Result<Self, ScalarError> {
        let (body, offset) = trimmed(text);
        let (op, rest) = operator(body).map_err(|error| error.moved(offset))?;
        let duration =
            Duration::parse(rest).map_err(|error| error.moved(offset + body.len() - rest.len()))?;
        Ok(Self { op, duration })
    }

    /// Whether a measured time satisfies it.
    #[must_use]
    pub fn holds(self, measured: Duration) -> bool {
        self.op.admits(measured.cmp(&self.duration))
    }
}

impl fmt::Display for DurationBound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.op {
            Op::Equal => self.duration.fmt(f),
            op => write!(f, "{} {}", op.symbol(), self.duration),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operator_and_a_duration() {
        let bound = |text: &str| DurationBound::parse(text).expect("it is a bound");
        let seconds = Duration::from_secs;
        for (text, shown, below, at, above) in [
            ("<= 90s", "<= 1m 30s", true, true, false),
            ("<90", "< 1m 30s", true, false, false),
            (" > 1m 30s ", "> 1m 30s", false, false, true),
            ("≥ 90", ">= 1m 30s", false, true, true),
            ("== 90s", "1m 30s", false, true, false),
            ("90", "1m 30s", false, true, false),
        ] {
            let bound = bound(text);
            assert_eq!(bound.to_string(), shown);
            assert_eq!([89, 90, 91].map(|it| bound.holds(seconds(it))), [below, at, above], "{text}");
        }
    }

    #[test]
    fn says_what_is_wrong_where() {
        for (text, range, message) in [
            ("=< 9s", 0..2, "`=<` is not an operator"),
            (" <= 9 minuets", 6..13, "`minuets`"),
            ("<=", 2..2, "a duration is missing"),
        ] {
            let error = DurationBound::parse(text).expect_err("it is none");
            assert!(error.message.contains(message), "{}", error.message);
            assert_eq!(error.range, range, "{text}: {}", error.message);
        }
    }
}
