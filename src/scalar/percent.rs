//! A share of a hundred, exact: `95%`, `99.9%`.

use std::fmt;

use super::error::{quoted, trimmed};
use super::{Decimal, ScalarError};

/// A percentage that is not negative; it may be over a hundred.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percent(Decimal);

impl Percent {
    /// Reads a percentage; the sign is required.
    ///
    /// # Errors
    /// Where the text is not a number with `%` or `percent`, or negative.
    pub fn parse(text: &str) -> Result<Self, ScalarError> {
        let (body, offset) = trimmed(text);
        parse_trimmed(body).map_err(|error| error.moved(offset))
    }

    /// The number in front of the sign.
    #[must_use]
    pub fn value(self) -> Decimal {
        self.0
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}%", self.0)
    }
}

fn parse_trimmed(body: &str) -> Result<Percent, ScalarError> {
    let whole = 0..body.len();
    if body.is_empty() {
        return Err(ScalarError::new("a percentage is missing", whole, "write one such as `95%`"));
    }
    let (value, length) = Decimal::scan(body)?;
    if value.is_negative() {
        return Err(ScalarError::new(
            format!("{} is negative", quoted(body)),
            whole,
            "a share can't be less than `0%`",
        ));
    }
    let sign = body[length..].trim_start();
    if sign == "%" || sign.eq_ignore_ascii_case("percent") {
        return Ok(Percent(value));
    }
    let message = if sign.is_empty() {
        format!("{} has no `%`", quoted(body))
    } else {
        format!("{} is not `%`", quoted(sign))
    };
    Err(ScalarError::new(message, body.len() - sign.len()..body.len(), format!("write `{value}%`")))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_shares_exactly() {
        let shown = |text| Percent::parse(text).map(|p| p.to_string());
        assert_eq!(shown("95%"), Ok("95%".into()));
        assert_eq!(shown(" 99.90 % "), Ok("99.9%".into()));
        assert_eq!(shown("5 percent"), Ok("5%".into()));
        assert!(Percent::parse("99.9%").ok() < Percent::parse("99.95%").ok());
    }

    #[test]
    fn says_what_is_wrong_and_where() {
        for (text, message, range) in [
            ("", "a percentage is missing", 0..0),
            ("95", "`95` has no `%`", 2..2),
            ("95ms", "`ms` is not `%`", 2..4),
            ("-1%", "`-1%` is negative", 0..3),
            ("most", "`most` is not a number", 0..4),
        ] {
            let error = Percent::parse(text).expect_err(text);
            assert_eq!((error.message.as_str(), error.range), (message, range), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_back(parts in 0_u64..10_u64.pow(12), scale in 0_u32..7) {
            let percent = Percent(Decimal::new(i128::from(parts), scale));
            prop_assert_eq!(Percent::parse(&percent.to_string()), Ok(percent));
        }

        #[test]
        fn never_panics(text in "\\PC{0,20}") {
            let _ = Percent::parse(&text);
        }
    }
}
