//! Boxes over facts: of each fact that is asked for a set of values, of all others anything. A condition is a union
//! of them.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::values::{Cut, Values};

/// The number that a [`super::space::Space`] gave a fact, or a part of a condition that is not reasoned about.
pub(super) type Dimension = u32;

/// A box: in each of these dimensions one of these values. No dimension twice, none of them empty, none of them
/// without a limit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Cell(Vec<(Dimension, Values)>);

impl Cell {
    /// The box with a limit in one dimension; `None` where nothing is in it.
    pub(super) fn of(dimension: Dimension, values: Values) -> Option<Self> {
        Self::default().limited(dimension, &values)
    }

    /// The dimensions in which it has limits, in order.
    pub(super) fn limits(&self) -> &[(Dimension, Values)] {
        &self.0
    }

    /// Its values in a dimension; `None` for all.
    pub(super) fn values(&self, dimension: Dimension) -> Option<&Values> {
        self.0.iter().find(|(own, _)| *own == dimension).map(|(_, values)| values)
    }

    /// The part of it whose value in a dimension is one of these; `None` where nothing is left.
    pub(super) fn limited(&self, dimension: Dimension, values: &Values) -> Option<Self> {
        let mut limited = self.clone();
        match limited.0.binary_search_by_key(&dimension, |(own, _)| *own) {
            Ok(found) => limited.0[found].1 = limited.0[found].1.intersect(values),
            Err(place) if !values.is_all() => limited.0.insert(place, (dimension, values.clone())),
            Err(_) => return Some(limited),
        }
        (!limited.values(dimension)?.is_empty()).then_some(limited)
    }

    /// The part of it whose value in a dimension is none of these; `None` where nothing is left.
    pub(super) fn lessened(mut self, dimension: Dimension, values: &Values) -> Option<Self> {
        match self.0.binary_search_by_key(&dimension, |(own, _)| *own) {
            Ok(found) => {
                self.0[found].1 = self.0[found].1.without(values);
                (!self.0[found].1.is_empty()).then_some(self)
            }
            Err(_) => self.limited(dimension, &values.complement()),
        }
    }

    /// The same without a limit in these dimensions.
    pub(super) fn only(&self, mut stays: impl FnMut(Dimension) -> bool) -> Self {
        Self(self.0.iter().filter(|(dimension, _)| stays(*dimension)).cloned().collect())
    }

    /// Two points of it, as far as it has limits: the first value in each dimension, and the last.
    pub(super) fn corners(&self) -> [Self; 2] {
        let ends = |end: fn(&Values) -> Values| {
            Self(self.0.iter().map(|(dimension, values)| (*dimension, end(values))).collect())
        };
        [ends(Values::first), ends(Values::last)]
    }

    /// What is in both; `None` where nothing is.
    pub(super) fn intersect(&self, other: &Self) -> Option<Self> {
        self.meets(other).then(|| {
            let joined = other
                .0
                .iter()
                .try_fold(self.clone(), |cell, (dimension, values)| cell.limited(*dimension, values));
            joined.expect("boxes that meet have something in common")
        })
    }

    /// True where something is in both.
    pub(super) fn meets(&self, other: &Self) -> bool {
        let mut theirs = other.0.iter().peekable();
        self.0.iter().all(|(dimension, values)| {
            while theirs.next_if(|(other, _)| other < dimension).is_some() {}
            match theirs.peek() {
                Some((other, others)) if other == dimension => !values.is_apart_from(others),
                _ => true,
            }
        })
    }

    /// True where everything in the other one is in this one.
    pub(super) fn covers(&self, other: &Self) -> bool {
        self.0
            .iter()
            .all(|(dimension, values)| other.values(*dimension).is_some_and(|theirs| values.covers(theirs)))
    }
}

/// What is done so far, and how much may be done.
#[derive(Debug, Clone, Copy)]
pub(super) struct Work {
    pub(super) done: u64,
    pub(super) limit: u64,
}

impl Work {
    /// Counts some more; `None` once it is too much.
    pub(super) fn step(&mut self, count: usize) -> Option<()> {
        self.done += count as u64;
        (self.done <= self.limit).then_some(())
    }
}

/// A part of a box that is in none of the others, where there is one; `None` where that took too much work.
///
/// Cuts the box in two until each piece is in one of them, or clear of all.
pub(super) fn uncovered(cell: Cell, others: Vec<&Cell>, work: &mut Work) -> Option<Option<Cell>> {
    let mut open = vec![(cell, others)];
    while let Some((cell, mut others)) = open.pop() {
        work.step(others.len() + 1)?;
        others.retain(|other| other.meets(&cell));
        if others.is_empty() {
            return Some(Some(cell));
        }
        if others.iter().any(|other| other.covers(&cell)) {
            continue;
        }
        let (dimension, inside) = cut(&cell, &others);
        let halves = [cell.limited(dimension, &inside), cell.limited(dimension, &inside.complement())];
        open.extend(halves.into_iter().flatten().map(|half| (half, others.clone())));
    }
    Some(None)
}

/// Where to cut a box that is in none of the others: in the dimension in which most of them hold a part of it only,
/// in the middle of their ends.
fn cut(cell: &Cell, others: &[&Cell]) -> (Dimension, Values) {
    let all = Values::all();
    let own = |dimension| cell.values(dimension).unwrap_or(&all);
    let mut partial: BTreeMap<Dimension, Vec<&Values>> = BTreeMap::new();
    for (dimension, values) in others.iter().flat_map(|other| other.limits()) {
        if !values.covers(own(*dimension)) {
            partial.entry(*dimension).or_default().push(values);
        }
    }
    let most = partial.iter().max_by_key(|(dimension, parts)| (parts.len(), Reverse(**dimension)));
    let (dimension, parts) = most.expect("none of them holds the whole box");
    let (first, last) = own(*dimension).hull();
    let ends = parts.iter().flat_map(|values| <[Cut; 2]>::from(values.hull()));
    let mut ends: Vec<Cut> = ends.filter(|end| *end > first && *end < last).collect();
    ends.sort();
    match ends.get(ends.len() / 2) {
        Some(middle) => (*dimension, Values::before(middle)),
        None => (*dimension, parts[0].clone()),
    }
}
