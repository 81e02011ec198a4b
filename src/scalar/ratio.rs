//! Exact fractions: what a quotient is, where a decimal has no end, such as `100/min` per second.
//!
//! They are compared without multiplying crosswise, so no comparison can overflow.

use std::cmp::Ordering;
use std::fmt;

use super::Decimal;

/// A number `numerator / denominator` in lowest terms, the denominator above zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ratio {
    numerator: i128,
    denominator: i128,
}

/// How many digits behind the point are shown at least, and at most, where the number is small.
const SHOWN: std::ops::RangeInclusive<u32> = 2..=12;

impl Ratio {
    /// The quotient of two numbers; `None` for a division by zero, or where it can't be held.
    #[must_use]
    pub fn of(dividend: Decimal, divisor: Decimal) -> Option<Self> {
        let (a, b) = (Self::from_decimal(dividend)?, Self::from_decimal(divisor)?);
        a.checked_div(b)
    }

    /// A decimal number; `None` where it has too many digits behind the point.
    #[must_use]
    pub fn from_decimal(decimal: Decimal) -> Option<Self> {
        let (mantissa, scale) = decimal.parts();
        Self::new(mantissa, 10_i128.checked_pow(scale)?)
    }

    /// A whole number.
    #[must_use]
    pub fn whole(value: i64) -> Self {
        Self { numerator: i128::from(value), denominator: 1 }
    }

    fn new(numerator: i128, denominator: i128) -> Option<Self> {
        let divisor = i128::try_from(gcd(numerator.unsigned_abs(), denominator.unsigned_abs())).ok()?;
        let sign = denominator.signum();
        (divisor != 0 && denominator != 0 && denominator != i128::MIN && numerator != i128::MIN).then(|| {
            Self { numerator: sign * numerator / divisor, denominator: sign * denominator / divisor }
        })
    }

    /// The product, or `None` where it can't be held.
    #[must_use]
    pub fn checked_mul(self, other: Self) -> Option<Self> {
        // Crosswise, so that what can be cancelled is before it is multiplied.
        let a = Self::new(self.numerator, other.denominator)?;
        let b = Self::new(other.numerator, self.denominator)?;
        let numerator = a.numerator.checked_mul(b.numerator)?;
        Self::new(numerator, a.denominator.checked_mul(b.denominator)?)
    }

    /// The quotient, or `None` where it can't be held, or `other` is zero.
    #[must_use]
    pub fn checked_div(self, other: Self) -> Option<Self> {
        self.checked_mul(Self::new(other.denominator, other.numerator)?)
    }

    /// What it is of one, or `None` for zero.
    #[must_use]
    pub fn reciprocal(self) -> Option<Self> {
        Self::new(self.denominator, self.numerator)
    }

    /// Numerator and denominator, in lowest terms and the denominator above zero.
    #[must_use]
    pub fn parts(self) -> (i128, i128) {
        (self.numerator, self.denominator)
    }

    /// True above zero.
    #[must_use]
    pub fn is_positive(self) -> bool {
        self.numerator > 0
    }
}

impl Ord for Ratio {
    fn cmp(&self, other: &Self) -> Ordering {
        let (mut a, mut b) = ((self.numerator, self.denominator), (other.numerator, other.denominator));
        // As continued fractions: equal whole parts, then what is left turned over and the other way round.
        loop {
            let whole = a.0.div_euclid(a.1).cmp(&b.0.div_euclid(b.1));
            let (rest, other_rest) = (a.0.rem_euclid(a.1), b.0.rem_euclid(b.1));
            if whole != Ordering::Equal || rest == 0 || other_rest == 0 {
                return whole.then(rest.cmp(&0).cmp(&other_rest.cmp(&0)));
            }
            (a, b) = ((b.1, other_rest), (a.1, rest));
        }
    }
}

impl PartialOrd for Ratio {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Ratio {
    /// As a decimal, rounded to two digits behind the point, or to two digits that are not zero.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let large = |digits: &u32| {
            self.numerator
                .checked_mul(10_i128.pow(*digits))
                .is_none_or(|it| (it / self.denominator).abs() >= 10)
        };
        let digits = SHOWN.into_iter().find(large).unwrap_or(*SHOWN.start());
        let one = 10_i128.pow(digits);
        let (whole, rest) =
            (self.numerator.div_euclid(self.denominator), self.numerator.rem_euclid(self.denominator));
        let scaled = rest.checked_mul(one).map_or(0, |rest| (rest + self.denominator / 2) / self.denominator);
        let total = whole.checked_mul(one).and_then(|whole| whole.checked_add(scaled));
        match total {
            Some(total) => Decimal::new(total, digits).fmt(f),
            None => write!(f, "{whole}"),
        }
    }
}

fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ratio(a: i64, b: i64) -> Option<Ratio> {
        Ratio::whole(a).checked_div(Ratio::whole(b))
    }

    #[test]
    fn reckons_exactly_and_shows_two_digits() {
        let third = ratio(1, 3).expect("not by zero");
        assert_eq!(third.to_string(), "0.33");
        assert_eq!(third.checked_mul(Ratio::whole(3)), Some(Ratio::whole(1)));
        assert_eq!(ratio(1000, 66).map(|it| it.to_string()), Some("15.15".into()));
        assert_eq!(ratio(-5, 2).map(|it| it.to_string()), Some("-2.5".into()));
        assert_eq!(Ratio::whole(12).to_string(), "12");
        assert_eq!(ratio(1, 1800).map(|it| it.to_string()), Some("0.00056".into()));
        assert_eq!(Ratio::whole(0).to_string(), "0");
        assert_eq!(ratio(1, 0), None);
        assert_eq!(Ratio::whole(0).reciprocal(), None);
        let small = Decimal::parse("0.066").expect("a number");
        assert_eq!(Ratio::from_decimal(small), ratio(66, 1000));
        assert_eq!(Ratio::of(Decimal::whole(1), small), ratio(1000, 66));
    }

    proptest! {
        #[test]
        fn orders_as_multiplying_crosswise_does(a in -1000_i64..1000, b in 1_i64..1000, c in -1000_i64..1000, d in 1_i64..1000) {
            let (x, y) = (ratio(a, b).expect("not by zero"), ratio(c, d).expect("not by zero"));
            prop_assert_eq!(x.cmp(&y), (a * d).cmp(&(c * b)));
            prop_assert_eq!(x == y, a * d == c * b);
        }

        #[test]
        fn never_overflows_when_comparing(a in any::<i64>(), b in 1_i64.., c in any::<i64>(), d in 1_i64..) {
            let (x, y) = (ratio(a, b).expect("not by zero"), ratio(c, d).expect("not by zero"));
            let crosswise = (i128::from(a) * i128::from(d)).cmp(&(i128::from(c) * i128::from(b)));
            prop_assert_eq!(x.cmp(&y), crosswise);
        }
    }
}
