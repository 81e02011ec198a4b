//! Which boxes may overlap a box: found by a tree over where they lie in several dimensions at once.
//!
//! A box counts as the span from its first to its last value in each dimension, in ranks: the numbers of the ends
//! among all ends there. Each node of the tree knows the span of all boxes below it, and is halved in the dimension in
//! which they lie furthest apart for their length, so that rules that differ in one fact or in several are told apart
//! alike.

use std::collections::BTreeMap;

use super::cell::{Cell, Dimension, Work};
use super::values::Cut;

/// Boxes, by the spans of their values.
#[derive(Debug)]
pub(super) struct Index {
    /// The dimensions in which at least half of the boxes have a limit: in others hardly any is left out.
    axes: Vec<(Dimension, Vec<Cut>)>,
    /// Of each box its spans, one an axis.
    spans: Vec<Span>,
    /// The positions of the boxes, those below a node side by side.
    order: Vec<usize>,
    /// The root first.
    nodes: Vec<Node>,
}

/// The first place of some values, and the one behind the last.
type Hull = (Cut, Cut);

/// From where to where, in ranks. Rank 0 stands before all ends, the last one behind them.
#[derive(Debug, Clone, Copy)]
struct Span {
    from: u32,
    to: u32,
}

#[derive(Debug)]
struct Node {
    /// Where its boxes stand in the order.
    first: usize,
    last: usize,
    /// Of all its boxes together, one an axis.
    spans: Vec<Span>,
    /// Its halves; none where it is small.
    halves: Option<[usize; 2]>,
}

/// Every value.
const ALL: Span = Span { from: 0, to: u32::MAX };

/// How many boxes are not divided further.
const SMALL: usize = 8;

impl Span {
    fn meets(self, other: Self) -> bool {
        self.from < other.to && other.from < self.to
    }

    fn joined(self, other: Self) -> Self {
        Self { from: self.from.min(other.from), to: self.to.max(other.to) }
    }
}

impl Index {
    /// An index of boxes by their positions.
    pub(super) fn new(cells: &[&Cell]) -> Self {
        let mut hulls: BTreeMap<Dimension, Vec<(usize, Hull)>> = BTreeMap::new();
        for (position, cell) in cells.iter().enumerate() {
            for (dimension, values) in cell.limits() {
                hulls.entry(*dimension).or_default().push((position, values.hull()));
            }
        }
        hulls.retain(|_, hulls| hulls.len() * 2 >= cells.len());
        let mut spans = vec![ALL; cells.len() * hulls.len()];
        let (count, mut axes) = (hulls.len(), Vec::new());
        for (axis, (dimension, hulls)) in hulls.into_iter().enumerate() {
            let ends = hulls.iter().flat_map(|(_, (from, to))| [from, to]);
            let mut ends: Vec<Cut> = ends.cloned().collect();
            ends.sort();
            ends.dedup();
            for (position, hull) in hulls {
                spans[position * count + axis] = ranks(&ends, &hull);
            }
            axes.push((dimension, ends));
        }
        let order = (0..cells.len()).collect();
        let mut index = Self { axes, spans, order, nodes: Vec::new() };
        if !cells.is_empty() {
            index.divide(0, cells.len());
        }
        index
    }

    /// The positions of the boxes that may overlap this one, in order; `None` where looking for them took too much
    /// work.
    pub(super) fn near(&self, cell: &Cell, work: &mut Work) -> Option<Vec<usize>> {
        let span = |(dimension, ends): &(Dimension, Vec<Cut>)| {
            cell.values(*dimension).map_or(ALL, |values| ranks(ends, &values.hull()))
        };
        let wanted: Vec<Span> = self.axes.iter().map(span).collect();
        let meets = |spans: &[Span]| spans.iter().zip(&wanted).all(|(own, wanted)| own.meets(*wanted));
        let mut found = Vec::new();
        let mut open: Vec<&Node> = self.nodes.first().into_iter().collect();
        while let Some(node) = open.pop() {
            work.step(1)?;
            match node.halves {
                Some(halves) => {
                    let halves = halves.into_iter().map(|half| &self.nodes[half]);
                    open.extend(halves.filter(|half| meets(&half.spans)));
                }
                None => {
                    let boxes = self.order[node.first..node.last].iter().copied();
                    found.extend(boxes.filter(|position| meets(self.spans_of(*position))));
                }
            }
        }
        found.sort_unstable();
        work.step(found.len())?;
        Some(found)
    }

    /// The spans of a box.
    fn spans_of(&self, position: usize) -> &[Span] {
        &self.spans[position * self.axes.len()..][..self.axes.len()]
    }

    /// Makes the node of these boxes and those below it; gives its number.
    fn divide(&mut self, first: usize, last: usize) -> usize {
        let mut spans = self.spans_of(self.order[first]).to_vec();
        for position in &self.order[first + 1..last] {
            for (all, own) in spans.iter_mut().zip(self.spans_of(*position)) {
                *all = all.joined(*own);
            }
        }
        let number = self.nodes.len();
        self.nodes.push(Node { first, last, spans, halves: None });
        if last - first > SMALL
            && let Some(axis) = self.widest(first, last)
        {
            let (middle, axes) = (first + (last - first) / 2, self.axes.len());
            let spans = &self.spans;
            let key = |position: &usize| (spans[position * axes + axis].from, *position);
            self.order[first..last].select_nth_unstable_by_key(middle - first, key);
            let halves = [self.divide(first, middle), self.divide(middle, last)];
            self.nodes[number].halves = Some(halves);
        }
        number
    }

    /// The axis on which the starts of these boxes lie furthest apart for the boxes' length.
    fn widest(&self, first: usize, last: usize) -> Option<usize> {
        let apart = |axis: &usize| {
            let end = self.axes[*axis].1.len() as u64 + 1;
            let spans = self.order[first..last].iter().map(|position| self.spans_of(*position)[*axis]);
            let (mut least, mut most, mut length) = (u64::MAX, 0, 0);
            for Span { from, to } in spans {
                let (from, to) = (u64::from(from), u64::from(to).min(end));
                (least, most, length) = (least.min(from), most.max(from), length + (to - from));
            }
            // In thousandths of the mean length.
            (most - least) * 1_000 * (last - first) as u64 / length.max(1)
        };
        (0..self.axes.len()).max_by_key(apart)
    }
}

/// A span of values among the ends of an axis. What begins or ends between two of them meets what it met before.
fn ranks(ends: &[Cut], (from, to): &Hull) -> Span {
    // The ends up to the start are passed, and those before the end are begun.
    let passed = ends.partition_point(|end| end <= from) as u32;
    let begun = ends.partition_point(|end| end < to) as u32;
    Span { from: passed, to: begun + 1 }
}
