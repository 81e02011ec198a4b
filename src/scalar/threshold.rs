//! A bound on a quantity: `< 500ms`, `>= 95%`, `0 critical`; or on a percentile of many: `p95 < 30s`.
//!
//! Most conditions in rule files are prose; [`Threshold::parse`] tells the two apart, and the reason that it
//! gives is for those who meant a threshold. Two thresholds are held against each other as [`Interval`]s.

use std::cmp::Ordering;
use std::fmt;

use super::error::{quoted, split_remark, trimmed};
use super::{Interval, Percentile, Quantity, ScalarError};

/// How a measured quantity must stand to the one that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Op {
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `==`, or no operator at all.
    Equal,
}

/// An operator, a quantity, and what the author remarked in parentheses behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Threshold {
    /// Which of many measured values is meant; without it, each of them, or the one that there is.
    pub percentile: Option<Percentile>,
    /// The operator.
    pub op: Op,
    /// The quantity.
    pub quantity: Quantity,
    /// The remark: `25+ FPS` of `< 40ms (25+ FPS)`.
    pub remark: Option<String>,
}

/// Why a text is not a threshold, and so prose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotAThreshold(pub ScalarError);

/// Spellings of operators, those that start with another one first.
const OPERATORS: [(&str, Op); 7] = [
    ("<=", Op::LessOrEqual),
    (">=", Op::GreaterOrEqual),
    ("==", Op::Equal),
    ("≤", Op::LessOrEqual),
    ("≥", Op::GreaterOrEqual),
    ("<", Op::Less),
    (">", Op::Greater),
];

/// What is not an operator here, and what to write instead.
const NEARLY: [(&str, &str); 6] = [
    ("=<", "write `<=`"),
    ("=>", "write `>=`"),
    ("=", "write `==`, or no operator at all"),
    ("!=", "a threshold can't exclude a single value; use `<` or `>`"),
    ("≠", "a threshold can't exclude a single value; use `<` or `>`"),
    ("<>", "a threshold can't exclude a single value; use `<` or `>`"),
];

impl Threshold {
    /// Reads a threshold.
    ///
    /// # Errors
    /// Where the text is prose: no quantity behind the operator, or more than a quantity and a remark. Behind a
    /// percentile there must be an operator.
    pub fn parse(text: &str) -> Result<Self, NotAThreshold> {
        let (body, offset) = trimmed(text);
        parse_trimmed(body).map_err(|error| NotAThreshold(error.moved(offset)))
    }

    /// Whether a measured quantity satisfies it; `None` where the two can't be compared.
    #[must_use]
    pub fn holds(&self, measured: &Quantity) -> Option<bool> {
        measured.compare(&self.quantity).map(|order| self.op.admits(order))
    }

    /// Whether nothing can satisfy both; `None` where the two can't be compared.
    #[must_use]
    pub fn disjoint(&self, other: &Self) -> Option<bool> {
        self.with_both(other, |a, b| a.is_disjoint(&b))
    }

    /// Whether everything that satisfies `other` satisfies this one; `None` where they can't be compared.
    #[must_use]
    pub fn contains(&self, other: &Self) -> Option<bool> {
        self.with_both(other, |a, b| a.contains(&b))
    }

    /// Whether everything satisfies one of the two or both, so that no gap is left between them; `None` where
    /// they can't be compared.
    #[must_use]
    pub fn exhausts_with(&self, other: &Self) -> Option<bool> {
        self.with_both(other, |a, b| a.exhausts_with(&b))
    }

    fn with_both(&self, other: &Self, judge: impl Fn(Interval, Interval) -> bool) -> Option<bool> {
        // One that names no percentile is held against what was measured, whichever that is.
        let differ = self.percentile.zip(other.percentile).is_some_and(|(one, other)| one != other);
        let comparable = !differ && self.quantity.comparable(&other.quantity);
        comparable.then(|| Some(judge(self.interval()?, other.interval()?))).flatten()
    }

    /// The values that satisfy it, in the base unit of their dimension: seconds, bytes, hundredths, or one of these
    /// per second. `None` where that number can't be held.
    #[must_use]
    pub fn interval(&self) -> Option<Interval> {
        Some(Interval::new(self.op, self.quantity.ratio()?))
    }
}

/// The operator that a text starts with, `==` where there is none, and the rest.
pub(super) fn operator(body: &str) -> Result<(Op, &str), ScalarError> {
    let spelt = OPERATORS.into_iter().find(|(spelling, _)| body.starts_with(spelling));
    let wrong = NEARLY.into_iter().find(|(spelling, _)| body.starts_with(spelling));
    if let Some((spelling, help)) = wrong.filter(|(spelling, _)| *spelling == "<>" || spelt.is_none()) {
        return Err(ScalarError::new(
            format!("{} is not an operator", quoted(spelling)),
            0..spelling.len(),
            help,
        ));
    }
    Ok(spelt.map_or((Op::Equal, body), |(spelling, op)| (op, &body[spelling.len()..])))
}

fn parse_trimmed(body: &str) -> Result<Threshold, ScalarError> {
    let of_many = Percentile::scan(body).map(|(percentile, rest)| (percentile, rest.trim_start()));
    let of_many = of_many.filter(|(_, rest)| rest.starts_with(['<', '>', '=', '≤', '≥']));
    let (percentile, bound) = of_many.map_or((None, body), |(percentile, rest)| (Some(percentile), rest));
    let (op, rest) = operator(bound).map_err(|error| error.moved(body.len() - bound.len()))?;
    let (quantity, remark) = split_remark(rest);
    let quantity = Quantity::parse(quantity).map_err(|error| error.moved(body.len() - rest.len()))?;
    Ok(Threshold { percentile, op, quantity, remark: remark.map(str::to_owned) })
}

impl Op {
    /// Whether something that stands so to what is written satisfies it.
    #[must_use]
    pub fn admits(self, order: Ordering) -> bool {
        match self {
            Op::Less => order == Ordering::Less,
            Op::LessOrEqual => order != Ordering::Greater,
            Op::Greater => order == Ordering::Greater,
            Op::GreaterOrEqual => order != Ordering::Less,
            Op::Equal => order == Ordering::Equal,
        }
    }

    /// The operator as CEL and the shell's readers spell it.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        match self {
            Op::Less => "<",
            Op::LessOrEqual => "<=",
            Op::Greater => ">",
            Op::GreaterOrEqual => ">=",
            Op::Equal => "==",
        }
    }
}

impl fmt::Display for Threshold {
    /// Percentile, operator, quantity: `p95 <= 500ms`; the remark is left out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(percentile) = self.percentile {
            write!(f, "{percentile} ")?;
        }
        write!(f, "{} {}", self.op.symbol(), self.quantity)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Decimal;
    use super::*;

    fn threshold(text: &str) -> Threshold {
        Threshold::parse(text).expect(text)
    }

    #[test]
    fn reads_operators_quantities_and_remarks() {
        for (text, shown, remark) in [
            ("< 500ms", "< 500ms", None),
            ("<500 ms", "< 500ms", None),
            ("≤ 4 hours", "<= 4h", None),
            ("≥95%", ">= 95%", None),
            (" >= 3.8 ", ">= 3.8", None),
            ("100%", "== 100%", None),
            ("0 critical", "== 0 critical", None),
            ("== 0 critical", "== 0 critical", None),
            ("< 40ms (25+ FPS)", "< 40ms", Some("25+ FPS")),
            ("> 4.0/5.0", "> 4/5", None),
            ("P95<30 s (of a day)", "p95 < 30s", Some("of a day")),
            ("p99.9 ≤ 2 minutes", "p99.9 <= 2m", None),
        ] {
            let read = threshold(text);
            assert_eq!((read.to_string().as_str(), read.remark.as_deref()), (shown, remark), "{text}");
        }
    }

    #[test]
    fn prose_is_not_a_threshold() {
        for (text, message, range) in [
            ("WCAG 2.1 AA", "`WCAG` is not a number", 0..4),
            ("", "a number is missing", 0..0),
            ("<", "a number is missing", 1..1),
            ("< fast", "`fast` is not a number", 2..6),
            ("= 5", "`=` is not an operator", 0..1),
            ("=> 5", "`=>` is not an operator", 0..2),
            ("!= 5", "`!=` is not an operator", 0..2),
            ("<> 5", "`<>` is not an operator", 0..2),
            (" < 500ms for all calls", "`for` is not a number", 9..12),
            ("8GB+", "`GB+` is not a unit", 1..4),
            ("p95", "`p95` is not a number", 0..3),
            ("p95 30s", "`p95` is not a number", 0..3),
            ("p95 => 5", "`=>` is not an operator", 4..6),
            ("p95 < fast", "`fast` is not a number", 6..10),
            ("p100 < 5", "`p100` is not a number", 0..4),
        ] {
            let NotAThreshold(error) = Threshold::parse(text).expect_err(text);
            assert_eq!((error.message.as_str(), error.range), (message, range), "{text}");
        }
    }

    #[test]
    fn holds_the_edges_exactly() {
        let holds = |bound, measured| threshold(bound).holds(&Quantity::parse(measured).expect(measured));
        assert_eq!(holds("< 500ms", "0.5s"), Some(false));
        assert_eq!(holds("<= 500ms", "0.5s"), Some(true));
        assert_eq!(holds("> 99.9%", "99.90001%"), Some(true));
        assert_eq!(holds("0 critical", "0"), Some(true));
        assert_eq!(holds("< 500ms", "400"), None);
    }

    #[test]
    fn two_bounds_on_one_quantity() {
        for (a, b, disjoint, contains, exhausts) in [
            (">= 95%", "< 85%", true, false, false),
            (">= 95%", "< 95%", true, false, true),
            (">= 95%", "<= 95%", false, false, true),
            ("> 95%", "< 95%", true, false, false),
            ("< 1m", "< 30s", false, true, false),
            ("< 30s", "< 30s", false, true, false),
            ("<= 30s", "30s", false, true, false),
            ("< 30s", "30s", true, false, false),
            ("30s", "31s", true, false, false),
            ("> 0 users", "< 1 user", false, false, true),
        ] {
            let (a, b) = (threshold(a), threshold(b));
            assert_eq!((a.disjoint(&b), b.disjoint(&a)), (Some(disjoint), Some(disjoint)), "{a}, {b}");
            assert_eq!(a.contains(&b), Some(contains), "{a}, {b}");
            assert_eq!(
                (a.exhausts_with(&b), b.exhausts_with(&a)),
                (Some(exhausts), Some(exhausts)),
                "{a}, {b}"
            );
        }
        assert_eq!(threshold("< 1s").disjoint(&threshold("> 1GB")), None);
        assert_eq!(threshold("p50 < 1s").disjoint(&threshold("p95 > 2s")), None);
        assert_eq!(threshold("p95 < 1s").disjoint(&threshold("> 2s")), Some(true));
    }

    fn bound() -> impl Strategy<Value = Threshold> {
        (prop::sample::select(vec!["<", "<=", ">", ">=", "=="]), 0..6_u8)
            .prop_map(|(op, value)| threshold(&format!("{op} {value}")))
    }

    proptest! {
        #[test]
        fn intervals_agree_with_trying_every_value(a in bound(), b in bound()) {
            // Halves stand for the values between the whole numbers.
            let tried: Vec<(bool, bool)> = (-3..15)
                .map(|half| Quantity::plain(Decimal::new(half * 5, 1)))
                .map(|value| (a.holds(&value) == Some(true), b.holds(&value) == Some(true)))
                .collect();
            prop_assert_eq!(a.disjoint(&b), Some(!tried.iter().any(|(a, b)| *a && *b)));
            prop_assert_eq!(a.contains(&b), Some(tried.iter().all(|(a, b)| *a || !*b)));
            prop_assert_eq!(a.exhausts_with(&b), Some(tried.iter().all(|(a, b)| *a || *b)));
        }

        #[test]
        fn never_panics_and_shows_what_it_reads(text in "(p9[0-9] ?)?[<>=≤≥!]{0,2} ?[0-9.]{0,4} ?[a-zA-Z%/ ()]{0,12}") {
            match Threshold::parse(&text) {
                Ok(read) => prop_assert_eq!(threshold(&read.to_string()), Threshold { remark: None, ..read }),
                Err(NotAThreshold(error)) => prop_assert!(text.get(error.range.clone()).is_some(), "{:?}", error),
            }
        }
    }
}
