//! What a bound leaves: the values between two edges of a dense scale.
//!
//! `> 0` and `< 1` leave room between them, also for users: so a contradiction that is found is one, and one that rests
//! on whole numbers is missed rather than guessed.

use std::cmp::Ordering;

use super::{Op, Ratio};

/// The values between two edges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interval {
    /// Where they begin.
    pub low: Edge,
    /// Where they end.
    pub high: Edge,
}

/// A cut between the values of a scale: all those on one side are less than all those on the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    /// Below everything.
    Bottom,
    /// Just below a value.
    Before(Ratio),
    /// Just above a value.
    After(Ratio),
    /// Above everything.
    Top,
}

impl Interval {
    /// The values that stand so to this one.
    #[must_use]
    pub fn new(op: Op, at: Ratio) -> Self {
        let (before, after) = (Edge::Before(at), Edge::After(at));
        match op {
            Op::Less => Self { low: Edge::Bottom, high: before },
            Op::LessOrEqual => Self { low: Edge::Bottom, high: after },
            Op::Greater => Self { low: after, high: Edge::Top },
            Op::GreaterOrEqual => Self { low: before, high: Edge::Top },
            Op::Equal => Self { low: before, high: after },
        }
    }

    /// Whether no value is in both.
    #[must_use]
    pub fn is_disjoint(&self, other: &Self) -> bool {
        self.low >= other.high || other.low >= self.high
    }

    /// Whether every value of the other one is in this one too.
    #[must_use]
    pub fn contains(&self, other: &Self) -> bool {
        self.low <= other.low && other.high <= self.high
    }

    /// Whether every value is in one of the two or both, so that no gap is left between them.
    #[must_use]
    pub fn exhausts_with(&self, other: &Self) -> bool {
        let (lower, upper) = if self.low <= other.low { (self, other) } else { (other, self) };
        lower.low == Edge::Bottom && lower.high.max(upper.high) == Edge::Top && upper.low <= lower.high
    }

    /// The reciprocals of the values above zero: of a time per frame, the frames per time. `None` where an edge is
    /// not above zero.
    #[must_use]
    pub fn reciprocal(&self) -> Option<Self> {
        let turned = |edge: Edge| match edge {
            Edge::Bottom => Some(Edge::Top),
            Edge::Top => Some(Edge::Bottom),
            Edge::Before(at) if at.is_positive() => Some(Edge::After(at.reciprocal()?)),
            Edge::After(at) if at.is_positive() => Some(Edge::Before(at.reciprocal()?)),
            Edge::Before(_) | Edge::After(_) => None,
        };
        Some(Self { low: turned(self.high)?, high: turned(self.low)? })
    }
}

impl Edge {
    /// The value that the cut is at.
    #[must_use]
    pub fn value(self) -> Option<Ratio> {
        match self {
            Edge::Before(at) | Edge::After(at) => Some(at),
            Edge::Bottom | Edge::Top => None,
        }
    }
}

impl Ord for Edge {
    fn cmp(&self, other: &Self) -> Ordering {
        let rank = |edge: &Self| match edge {
            Edge::Bottom => (0, None, 0),
            Edge::Before(at) => (1, Some(*at), 0),
            Edge::After(at) => (1, Some(*at), 1),
            Edge::Top => (2, None, 0),
        };
        rank(self).cmp(&rank(other))
    }
}

impl PartialOrd for Edge {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_per_thing_turns_into_things_per_time() {
        let at = |a, b| Ratio::whole(a).checked_div(Ratio::whole(b)).expect("not by zero");
        let below = Interval::new(Op::Less, at(66, 1000));
        let faster = Interval::new(Op::Greater, at(1000, 66));
        assert_eq!(below.reciprocal(), Some(faster));
        assert_eq!(faster.reciprocal(), Some(below));
        let least = Interval::new(Op::GreaterOrEqual, at(4, 1));
        assert_eq!(least.reciprocal(), Some(Interval::new(Op::LessOrEqual, at(1, 4))));
        assert_eq!(Interval::new(Op::Greater, Ratio::whole(0)).reciprocal(), None);
        assert_eq!(below.low.value(), None);
        assert_eq!(below.high.value(), Some(at(66, 1000)));
    }
}
