//! Sets of points of an ordered line, as intervals, exact.
//!
//! Every point of a line has a next one: after a number comes the next one that a double can hold, after a text
//! the same with a NUL behind it. So "greater than" is "from the next one on", and half-open intervals are all
//! that is needed: no open and closed ends, and two sets are equal where their intervals are.

use std::cmp::Ordering;
use std::ops::Range;

/// A point of a line that has a first point, and after each one a next.
pub(super) trait Point: Ord + Clone {
    /// The first point.
    fn first() -> Self;

    /// The one after this; `None` after the last.
    fn next(&self) -> Option<Self>;
}

/// A number that is finite, by its place among all doubles: zero is 0, the next one up 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Number(i64);

impl Number {
    /// The place of a double, if it is finite.
    pub(super) fn of(value: f64) -> Option<Self> {
        let size = value.abs().to_bits() as i64;
        value.is_finite().then_some(Self(if value < 0.0 { -size } else { size }))
    }

    /// The last number before the end of an interval.
    pub(super) fn before(end: Option<Self>) -> Self {
        end.map_or(Self(f64::MAX.to_bits() as i64), |end| Self(end.0 - 1))
    }

    /// The double at this place.
    pub(super) fn value(self) -> f64 {
        let size = f64::from_bits(self.0.unsigned_abs());
        if self.0 < 0 { -size } else { size }
    }
}

impl Point for Number {
    fn first() -> Self {
        Self(-(f64::MAX.to_bits() as i64))
    }

    fn next(&self) -> Option<Self> {
        (self.value() < f64::MAX).then_some(Self(self.0 + 1))
    }
}

impl Point for String {
    fn first() -> Self {
        String::new()
    }

    fn next(&self) -> Option<Self> {
        Some(format!("{self}\0"))
    }
}

/// From a point on, up to another one that is not in it, or to the end of the line.
pub(super) type Interval<P> = (P, Option<P>);

/// A set of points: intervals in order, none of them empty, no two of them touching.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Intervals<P>(Vec<Interval<P>>);

impl<P: Point> Intervals<P> {
    /// No point.
    pub(super) const NONE: Self = Self(Vec::new());

    /// Every point.
    pub(super) fn all() -> Self {
        Self(vec![(P::first(), None)])
    }

    /// One point.
    pub(super) fn point(point: P) -> Self {
        let next = point.next();
        Self(vec![(point, next)])
    }

    /// All points before this one.
    pub(super) fn before(point: P) -> Self {
        Self::between(P::first(), Some(point))
    }

    /// This point and all after it.
    pub(super) fn from(point: P) -> Self {
        Self(vec![(point, None)])
    }

    /// All points after this one.
    pub(super) fn after(point: &P) -> Self {
        point.next().map_or(Self::NONE, Self::from)
    }

    /// From a point on, up to another one.
    pub(super) fn between(from: P, to: Option<P>) -> Self {
        match &to {
            Some(to) if *to <= from => Self::NONE,
            _ => Self(vec![(from, to)]),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The intervals, in order.
    pub(super) fn parts(&self) -> &[Interval<P>] {
        &self.0
    }

    /// The interval that holds a point.
    fn part_with(&self, point: &P) -> Option<&Interval<P>> {
        let behind = self.0.partition_point(|(from, _)| from <= point);
        let part = self.0.get(behind.checked_sub(1)?)?;
        part.1.as_ref().is_none_or(|to| point < to).then_some(part)
    }

    pub(super) fn contains(&self, point: &P) -> bool {
        self.part_with(point).is_some()
    }

    /// True where every point of the other set is in this one.
    pub(super) fn covers(&self, other: &Self) -> bool {
        other.0.iter().all(|(from, to)| {
            self.part_with(from).is_some_and(|(_, own)| end(to.as_ref(), own.as_ref()) != Ordering::Greater)
        })
    }

    pub(super) fn complement(&self) -> Self {
        let mut left = Vec::new();
        let mut from = Some(P::first());
        for (start, to) in &self.0 {
            if let Some(from) = from.filter(|from| from < start) {
                left.push((from, Some(start.clone())));
            }
            from = to.clone();
        }
        left.extend(from.map(|from| (from, None)));
        Self(left)
    }

    pub(super) fn intersect(&self, other: &Self) -> Self {
        let (few, many) = if self.0.len() < other.0.len() { (self, other) } else { (other, self) };
        let both = few.0.iter().flat_map(|(from, to)| {
            many.0[many.touched(from, to.as_ref())].iter().filter_map(move |(start, stop)| {
                let order = end(to.as_ref(), stop.as_ref());
                let (from, to) = (from.max(start), if order == Ordering::Greater { stop } else { to });
                to.as_ref().is_none_or(|to| from < to).then(|| (from.clone(), to.clone()))
            })
        });
        Self(both.collect())
    }

    /// True where no point is in both sets.
    pub(super) fn is_apart_from(&self, other: &Self) -> bool {
        let (few, many) = if self.0.len() < other.0.len() { (self, other) } else { (other, self) };
        let ends_before = |to: &Option<P>, from: &P| to.as_ref().is_some_and(|to| to <= from);
        few.0.iter().all(|(from, to)| {
            let mut touched = many.0[many.touched(from, to.as_ref())].iter();
            touched.all(|(start, stop)| ends_before(to, start) || ends_before(stop, from))
        })
    }

    /// The points that are not in the other set.
    pub(super) fn without(&self, other: &Self) -> Self {
        let mut left = Vec::new();
        for (from, to) in &self.0 {
            let mut from = Some(from);
            for (start, stop) in &other.0[other.touched(from.expect("it was just set"), to.as_ref())] {
                if let Some(from) =
                    from.filter(|from| *from < start && to.as_ref().is_none_or(|to| *from < to))
                {
                    let cut = to.as_ref().filter(|to| *to < start).unwrap_or(start);
                    left.push((from.clone(), Some(cut.clone())));
                }
                from = match (from, stop) {
                    (Some(from), Some(stop)) => Some(from.max(stop)),
                    _ => None,
                };
            }
            if let Some(from) = from.filter(|from| to.as_ref().is_none_or(|to| *from < to)) {
                left.push((from.clone(), to.clone()));
            }
        }
        Self(left)
    }

    /// Takes in the points of another set, in time that hardly grows with this one.
    pub(super) fn add(&mut self, other: &Self) {
        for (from, to) in &other.0 {
            let touched = self.touched(from, to.as_ref());
            let mut joined = (from.clone(), to.clone());
            if let (Some((start, _)), Some((_, stop))) =
                (self.0[touched.clone()].first(), self.0[touched.clone()].last())
            {
                joined.0 = start.min(from).clone();
                if end(stop.as_ref(), to.as_ref()) == Ordering::Greater {
                    joined.1.clone_from(stop);
                }
            }
            self.0.splice(touched, [joined]);
        }
    }

    /// The intervals that overlap or touch this one.
    fn touched(&self, from: &P, to: Option<&P>) -> Range<usize> {
        let first = self.0.partition_point(|(_, stop)| stop.as_ref().is_some_and(|stop| stop < from));
        let last = self.0.partition_point(|(start, _)| to.is_none_or(|to| start <= to));
        first..last.max(first)
    }
}

impl Intervals<Number> {
    /// The same whole numbers, and no others between two of them: `> 3` becomes `>= 4`.
    pub(super) fn whole(&self) -> Self {
        let up = |number: &Number| Number::of(number.value().ceil()).expect("rounding stays finite");
        let rounded = self.0.iter().map(|(from, to)| Self::between(up(from), to.as_ref().map(up)));
        rounded.fold(Self::NONE, |mut all, part| {
            all.add(&part);
            all
        })
    }
}

/// Compares the ends of two intervals; none is the end of the line.
fn end<P: Ord>(a: Option<&P>, b: Option<&P>) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => a.cmp(b),
        (a, b) => a.is_none().cmp(&b.is_none()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn number(value: f64) -> Number {
        Number::of(value).expect("finite")
    }

    #[test]
    fn the_line_of_numbers_has_no_gaps() {
        for value in [0.0, 1.0, -1.0, 0.1, f64::MIN_POSITIVE, -f64::MAX, 9e15] {
            assert_eq!(number(value).value(), value);
            assert_eq!(number(value).next().map(Number::value), Some(value.next_up()), "{value}");
        }
        assert_eq!(number(-0.0), number(0.0));
        assert_eq!(Number::of(f64::NAN).or(Number::of(f64::INFINITY)), None);
        assert_eq!((number(f64::MAX).next(), Number::first().value()), (None, f64::MIN));
    }

    #[test]
    fn whole_numbers_fill_the_gaps_between_them() {
        let set = Intervals::after(&number(3.0)).intersect(&Intervals::before(number(7.5)));
        assert_eq!(set.whole(), Intervals::between(number(4.0), Some(number(8.0))));
        let between = Intervals::after(&number(3.0)).intersect(&Intervals::before(number(4.0)));
        assert_eq!(between.whole(), Intervals::NONE);
    }

    fn joined(a: &Intervals<Number>, b: &Intervals<Number>) -> Intervals<Number> {
        let mut both = a.clone();
        both.add(b);
        both
    }

    fn set() -> impl Strategy<Value = Intervals<Number>> {
        let part = (0..9_u8, prop::option::of(0..9_u8))
            .prop_map(|(from, to)| Intervals::between(number(from.into()), to.map(|to| number(to.into()))));
        prop::collection::vec(part, 0..4)
            .prop_map(|parts| parts.iter().fold(Intervals::NONE, |all, part| joined(&all, part)))
    }

    proptest! {
        #[test]
        fn sets_agree_with_asking_every_point(a in set(), b in set()) {
            for point in (-2..22).map(|half| number(f64::from(half) / 2.0)) {
                let (in_a, in_b) = (a.contains(&point), b.contains(&point));
                prop_assert_eq!(joined(&a, &b).contains(&point), in_a || in_b);
                prop_assert_eq!(a.intersect(&b).contains(&point), in_a && in_b);
                prop_assert_eq!(a.without(&b).contains(&point), in_a && !in_b);
                prop_assert!(!(in_a && in_b && a.is_apart_from(&b)));
                prop_assert_eq!(a.complement().contains(&point), !in_a);
            }
            prop_assert_eq!(a.without(&b), a.intersect(&b.complement()));
            prop_assert_eq!(a.is_apart_from(&b), a.intersect(&b).is_empty());
            prop_assert_eq!(a.covers(&b), b.intersect(&a.complement()).is_empty());
            prop_assert_eq!(joined(&a, &b), joined(&b, &a));
            prop_assert_eq!(a.complement().complement(), a);
        }
    }
}
