//! Exact decimal numbers: what `99.9` or `0.1` means to the person who wrote it.
//!
//! Enough arithmetic to convert units and to compare; what does not fit is refused, never rounded.

use std::cmp::Ordering;
use std::fmt;

use super::ScalarError;
use super::error::{quoted, trimmed};

/// A number `mantissa / 10^scale`, always in lowest terms, so that equal numbers are equal values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Decimal {
    mantissa: i128,
    scale: u32,
}

/// Digits that a written number may have, before and after the point together.
const LONGEST: u32 = 28;
/// The largest scale for which `10^scale` is an `i128`.
const MAX_SCALE: u32 = 38;

impl Decimal {
    /// Zero.
    pub const ZERO: Self = Self { mantissa: 0, scale: 0 };

    /// A whole number.
    #[must_use]
    pub const fn whole(value: i64) -> Self {
        Self { mantissa: value as i128, scale: 0 }
    }

    /// `mantissa / 10^scale`. Panics (at compile time, where it is a constant) if the scale is over 38.
    #[must_use]
    pub(super) const fn new(mut mantissa: i128, mut scale: u32) -> Self {
        assert!(scale <= MAX_SCALE, "the scale of a decimal is at most 38");
        while scale > 0 && mantissa % 10 == 0 {
            mantissa /= 10;
            scale -= 1;
        }
        Self { mantissa, scale }
    }

    /// Reads a number such as `12`, `-0.5`, `.5` or `1e3`.
    ///
    /// # Errors
    /// Where the text is anything else, or longer than 28 digits.
    pub fn parse(text: &str) -> Result<Self, ScalarError> {
        let (body, offset) = trimmed(text);
        let (value, length) = Self::scan(body).map_err(|error| error.moved(offset))?;
        if length < body.len() {
            let message = format!("{} is not a number", quoted(body));
            return Err(ScalarError::new(message, offset + length..offset + body.len(), "write digits only"));
        }
        Ok(value)
    }

    /// Reads the number at the start of a text; gives it and its length in bytes.
    pub(super) fn scan(text: &str) -> Result<(Self, usize), ScalarError> {
        let bytes = text.as_bytes();
        let mut at = usize::from(bytes.first() == Some(&b'-'));
        let (mut mantissa, mut scale, mut digits, mut fits) = (0_i128, 0_i64, 0_usize, true);
        let mut fraction = false;
        loop {
            match bytes.get(at) {
                Some(digit @ b'0'..=b'9') => {
                    let next = mantissa.checked_mul(10).and_then(|m| m.checked_add(i128::from(digit - b'0')));
                    fits &= next.is_some();
                    mantissa = next.unwrap_or(mantissa);
                    digits += 1;
                    scale += i64::from(fraction);
                }
                Some(b'.') if !fraction && bytes.get(at + 1).is_some_and(u8::is_ascii_digit) => {
                    fraction = true
                }
                _ => break,
            }
            at += 1;
        }
        if digits == 0 {
            let found = text.split_whitespace().next().unwrap_or_default();
            let message = if found.is_empty() {
                "a number is missing".to_owned()
            } else {
                format!("{} is not a number", quoted(found))
            };
            return Err(ScalarError::new(
                message,
                0..found.len(),
                "start with a number such as `30` or `1.5`",
            ));
        }
        let (exponent, length) = scan_exponent(&bytes[at..]);
        let end = at + length;
        if bytes[0] == b'-' {
            mantissa = -mantissa;
        }
        fits.then(|| Self::scaled(mantissa, scale.saturating_sub(exponent)))
            .flatten()
            .map(|value| (value, end))
            .ok_or_else(|| {
                let message = format!("{} has too many digits", quoted(&text[..end]));
                ScalarError::new(message, 0..end, format!("a number has at most {LONGEST} digits"))
            })
    }

    /// `mantissa / 10^scale` for any scale, if the result is short enough to be written.
    fn scaled(mantissa: i128, scale: i64) -> Option<Self> {
        if mantissa == 0 {
            return Some(Self::ZERO);
        }
        let limit = 10_i128.pow(LONGEST);
        let (mut mantissa, mut scale) = (mantissa, scale);
        while scale > 0 && mantissa % 10 == 0 {
            mantissa /= 10;
            scale -= 1;
        }
        while scale < 0 && mantissa.abs() < limit {
            mantissa *= 10;
            scale += 1;
        }
        (mantissa.abs() < limit && (0..=i64::from(LONGEST)).contains(&scale))
            .then(|| Self::new(mantissa, scale as u32))
    }

    /// The product, or `None` where it can't be held exactly.
    #[must_use]
    pub fn checked_mul(self, other: Self) -> Option<Self> {
        let mantissa = self.mantissa.checked_mul(other.mantissa)?;
        let scale = self.scale + other.scale;
        (scale <= MAX_SCALE).then(|| Self::new(mantissa, scale))
    }

    /// The sum, or `None` where it can't be held exactly.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        let scale = self.scale.max(other.scale);
        let lift = |d: Self| d.mantissa.checked_mul(10_i128.pow(scale - d.scale));
        Some(Self::new(lift(self)?.checked_add(lift(other)?)?, scale))
    }

    /// The mantissa, and the power of ten that divides it.
    pub(super) fn parts(self) -> (i128, u32) {
        (self.mantissa, self.scale)
    }

    /// True below zero.
    #[must_use]
    pub fn is_negative(self) -> bool {
        self.mantissa < 0
    }

    /// The number as a whole one, if it is one that is not negative.
    #[must_use]
    pub fn to_u64(self) -> Option<u64> {
        (self.scale == 0).then(|| u64::try_from(self.mantissa).ok()).flatten()
    }
}

/// The value and length of an exponent such as `e-3`; zero and zero where there is none.
fn scan_exponent(bytes: &[u8]) -> (i64, usize) {
    if !matches!(bytes.first(), Some(b'e' | b'E')) {
        return (0, 0);
    }
    let sign = usize::from(matches!(bytes.get(1), Some(b'+' | b'-')));
    let digits = bytes[1 + sign..].iter().take_while(|b| b.is_ascii_digit()).count();
    if digits == 0 {
        return (0, 0);
    }
    let end = 1 + sign + digits;
    let size = bytes[1 + sign..end]
        .iter()
        .fold(0_i64, |size, digit| size.saturating_mul(10).saturating_add(i64::from(digit - b'0')));
    (if bytes[1] == b'-' { -size } else { size }, end)
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let split = |d: &Self| {
            let one = 10_i128.pow(d.scale);
            (d.mantissa.div_euclid(one), d.mantissa.rem_euclid(one))
        };
        let ((whole, part), (other_whole, other_part)) = (split(self), split(other));
        // A part is below 10^scale, so lifting it to the larger scale stays below 10^38.
        let scale = self.scale.max(other.scale);
        let lift = |part: i128, from: u32| part * 10_i128.pow(scale - from);
        whole.cmp(&other_whole).then_with(|| lift(part, self.scale).cmp(&lift(other_part, other.scale)))
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.scale == 0 {
            return write!(f, "{}", self.mantissa);
        }
        let sign = if self.mantissa < 0 { "-" } else { "" };
        let (size, one) = (self.mantissa.unsigned_abs(), 10_u128.pow(self.scale));
        write!(f, "{sign}{}.{:0width$}", size / one, size % one, width = self.scale as usize)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn number(text: &str) -> Decimal {
        Decimal::parse(text).expect(text)
    }

    #[test]
    fn reads_what_people_and_programs_print() {
        for (text, shown) in [
            ("0", "0"),
            ("-0", "0"),
            ("007", "7"),
            ("99.90", "99.9"),
            (".5", "0.5"),
            ("-0.05", "-0.05"),
            ("1e3", "1000"),
            ("1.5E+2", "150"),
            ("25e-1", "2.5"),
            ("0e999999999999999999999", "0"),
            ("0.0e-999999999999999999999", "0"),
            (" 4 ", "4"),
        ] {
            assert_eq!(number(text).to_string(), shown, "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_number_or_too_long() {
        for (text, range) in [
            ("", 0..0),
            ("abc d", 0..3),
            ("1.", 1..2),
            ("1.2.3", 3..5),
            ("--1", 0..3),
            ("1e", 1..2),
            ("- 1", 0..1),
        ] {
            assert_eq!(Decimal::parse(text).expect_err(text).range, range, "{text}");
        }
        for text in ["1e28", "1e-29", &"9".repeat(29), &"9".repeat(99), "1e99999999999999999999"] {
            assert!(Decimal::parse(text).expect_err(text).message.contains("too many digits"), "{text}");
        }
    }

    proptest! {
        #[test]
        fn shows_what_it_reads_and_orders_by_value(a in -10_i64.pow(15)..10_i64.pow(15), b in -10_i64.pow(15)..10_i64.pow(15), s in 0_u32..10, t in 0_u32..10) {
            let (x, y) = (Decimal::new(i128::from(a), s), Decimal::new(i128::from(b), t));
            prop_assert_eq!(number(&x.to_string()), x);
            let exact = (i128::from(a) * 10_i128.pow(t)).cmp(&(i128::from(b) * 10_i128.pow(s)));
            prop_assert_eq!(x.cmp(&y), exact);
            prop_assert_eq!(x == y, exact == Ordering::Equal);
        }

        #[test]
        fn never_panics(text in "[-0-9.eE+ ]{0,60}") {
            if let Ok(value) = Decimal::parse(&text) {
                prop_assert_eq!(number(&value.to_string()), value);
                prop_assert_eq!(value.cmp(&value), Ordering::Equal);
            }
        }
    }
}
