//! A number of bytes: `2GB` (10^9), `512MiB` (2^20), or a whole number of bytes.

use std::fmt;

use super::error::{quoted, trimmed};
use super::{Decimal, ScalarError, unit};

/// A number of bytes, at most 2^53 - 1, so that every JSON reader holds it exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Size(u64);

impl Size {
    /// The largest: 8 PiB less one byte.
    pub const MAX: Self = Self((1 << 53) - 1);

    /// A number of bytes, if it is not over [`Size::MAX`].
    #[must_use]
    pub const fn from_bytes(bytes: u64) -> Option<Self> {
        if bytes <= Self::MAX.0 { Some(Self(bytes)) } else { None }
    }

    /// Reads a size. A number without a unit is bytes.
    ///
    /// # Errors
    /// Where the text is not a number and a known unit, or not a whole number of bytes up to [`Size::MAX`].
    pub fn parse(text: &str) -> Result<Self, ScalarError> {
        let (body, offset) = trimmed(text);
        parse_trimmed(body).map_err(|error| error.moved(offset))
    }

    /// The number of bytes.
    #[must_use]
    pub const fn as_bytes(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Size {
    /// In the unit that gives the smallest whole number: `2GB`, `512MiB`, `1500MB`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (count, unit) = unit::SIZE
            .iter()
            .filter_map(|unit| {
                let bytes = unit.factor.to_u64().expect("a unit of size is a whole number of bytes");
                (self.0.is_multiple_of(bytes) && (self.0 > 0 || bytes == 1)).then_some((self.0 / bytes, unit))
            })
            .min_by_key(|(count, _)| *count)
            .expect("every size is a whole number of bytes");
        write!(f, "{count}{}", unit.name)
    }
}

fn parse_trimmed(body: &str) -> Result<Size, ScalarError> {
    let whole = 0..body.len();
    if body.is_empty() {
        return Err(ScalarError::new("a size is missing", whole, "write one such as `512MB` or `2GiB`"));
    }
    let (value, length) = Decimal::scan(body)?;
    if value.is_negative() {
        return Err(ScalarError::new(
            format!("{} is negative", quoted(body)),
            whole,
            "a size can't be less than `0B`",
        ));
    }
    let word = body[length..].trim_start();
    let factor = match unit::size(word) {
        _ if word.is_empty() => Decimal::whole(1),
        Some(unit) => unit.factor,
        None => return Err(unknown_unit(word, body.len() - word.len()..body.len())),
    };
    let bytes = value.checked_mul(factor).filter(|bytes| *bytes <= Decimal::whole(Size::MAX.0 as i64));
    let Some(bytes) = bytes else {
        return Err(ScalarError::new(
            format!("{} is too large", quoted(body)),
            whole,
            "a size is less than `8PiB`",
        ));
    };
    let bytes = bytes.to_u64().and_then(Size::from_bytes);
    bytes.ok_or_else(|| {
        ScalarError::new(
            format!("{} is not a whole number of bytes", quoted(body)),
            whole,
            "use a smaller unit",
        )
    })
}

fn unknown_unit(word: &str, place: std::ops::Range<usize>) -> ScalarError {
    let prefix = word.chars().next().map_or('x', |c| c.to_ascii_uppercase());
    let help = if unit::maybe_bits(word) || (word.len() == 1 && "KMGTP".contains(prefix)) {
        match prefix {
            'B' => "write `B` for bytes".to_owned(),
            _ => format!("write `{prefix}B` (powers of 1000) or `{prefix}iB` (powers of 1024)"),
        }
    } else {
        "known units are `B`, `KB`, `MB`, `GB`, `TB`, `PB`, and `KiB` to `PiB`".to_owned()
    };
    let message = if unit::maybe_bits(word) {
        format!("{} might be bits or bytes", quoted(word))
    } else {
        format!("unknown unit {}", quoted(word))
    };
    ScalarError::new(message, place, help)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_decimal_and_binary_units() {
        for (text, bytes, shown) in [
            ("2GB", 2_000_000_000, "2GB"),
            ("512MiB", 512 << 20, "512MiB"),
            ("100mb", 100_000_000, "100MB"),
            (" 4 KB ", 4_000, "4KB"),
            ("1.5 GB", 1_500_000_000, "1500MB"),
            ("1024", 1_024, "1KiB"),
            ("12 bytes", 12, "12B"),
            ("0", 0, "0B"),
            ("0 GB", 0, "0B"),
        ] {
            let size = Size::parse(text).expect(text);
            assert_eq!((size.as_bytes(), size.to_string().as_str()), (bytes, shown), "{text}");
        }
    }

    #[test]
    fn says_what_is_wrong_and_where() {
        for (text, message, range) in [
            ("", "a size is missing", 0..0),
            ("big", "`big` is not a number", 0..3),
            ("2G", "unknown unit `G`", 1..2),
            ("2 Gb", "`Gb` might be bits or bytes", 2..4),
            ("2 GB RAM", "unknown unit `GB RAM`", 2..8),
            ("-1KB", "`-1KB` is negative", 0..4),
            ("1.5B", "`1.5B` is not a whole number of bytes", 0..4),
            ("8PiB", "`8PiB` is too large", 0..4),
            ("9999999999999999999999999999PB", "`9999999999999999999999999999PB` is too large", 0..30),
        ] {
            let error = Size::parse(text).expect_err(text);
            assert_eq!((error.message.as_str(), error.range), (message, range), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_back(bytes in 0..=Size::MAX.as_bytes()) {
            let size = Size::from_bytes(bytes).expect("in range");
            prop_assert_eq!(Size::parse(&size.to_string()), Ok(size));
        }

        #[test]
        fn never_panics(text in "\\PC{0,20}|[0-9.]{0,20} ?[KMGTPib]{0,3}") {
            if let Err(error) = Size::parse(&text) {
                prop_assert!(text.get(error.range.clone()).is_some(), "{:?} of {:?}", error, text);
            }
        }
    }
}
