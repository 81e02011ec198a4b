//! Which of many measured values a bound speaks of: `p95`, below which 95 of 100 values lie.

use std::fmt;

use super::Decimal;

/// A percentile, above 0 and below 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percentile(Decimal);

impl Percentile {
    /// Reads a percentile from the start of a text, `p95` or `P99.9`, and gives the rest of it.
    #[must_use]
    pub fn scan(text: &str) -> Option<(Self, &str)> {
        let digits = text.strip_prefix(['p', 'P'])?;
        let length = digits.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(digits.len());
        let rank = Decimal::parse(&digits[..length]).ok()?;
        let is_one = rank > Decimal::whole(0) && rank < Decimal::whole(100);
        is_one.then(|| (Self(rank), &digits[length..]))
    }
}

impl fmt::Display for Percentile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "p{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_percentile_and_leaves_the_rest() {
        for (text, shown, rest) in
            [("p95 < 30s", "p95", " < 30s"), ("P99.90", "p99.9", ""), ("p5<1", "p5", "<1")]
        {
            let (read, left) = Percentile::scan(text).expect(text);
            assert_eq!((read.to_string().as_str(), left), (shown, rest));
        }
        for text in ["", "p", "95", "p0", "p100", "p1.2.3", "pages", "p-5"] {
            assert_eq!(Percentile::scan(text), None, "{text}");
        }
    }
}
