//! Which boxes may overlap a box: found by the dimension in which fewest of them do.

use std::collections::BTreeMap;

use super::cell::{Cell, Dimension};
use super::values::{Cut, Values};

/// Boxes, by the spans of their values in each dimension.
#[derive(Debug)]
pub(super) struct Index {
    count: usize,
    /// The dimensions in which at least half of the boxes have a limit: in others hardly any is left out.
    spans: BTreeMap<Dimension, Spans>,
}

/// The boxes in one dimension.
#[derive(Debug, Default)]
struct Spans {
    /// From where to where, and which box: in order of where they start.
    limited: Vec<(Cut, Cut, usize)>,
    /// A tree over `limited`, root at 1: the furthest end below each node.
    furthest: Vec<Option<Cut>>,
    /// The ends, in order.
    ends: Vec<Cut>,
    /// The boxes that have no limit here.
    free: Vec<usize>,
}

impl Index {
    /// An index of boxes by their positions.
    pub(super) fn new(cells: &[&Cell]) -> Self {
        let mut spans: BTreeMap<Dimension, Spans> = BTreeMap::new();
        for (position, cell) in cells.iter().enumerate() {
            for (dimension, values) in cell.limits() {
                let (from, to) = values.hull();
                spans.entry(*dimension).or_default().limited.push((from, to, position));
            }
        }
        spans.retain(|_, spans| spans.limited.len() * 2 >= cells.len());
        for (dimension, spans) in &mut spans {
            let free = cells.iter().enumerate().filter(|(_, cell)| cell.values(*dimension).is_none());
            spans.free = free.map(|(position, _)| position).collect();
            spans.finish();
        }
        Self { count: cells.len(), spans }
    }

    /// The positions of the boxes that may overlap this one, in order.
    pub(super) fn near(&self, cell: &Cell) -> Vec<usize> {
        let limits = cell.limits().iter();
        let known = limits.filter_map(|(dimension, values)| Some((self.spans.get(dimension)?, values)));
        let best = known.map(|(spans, values)| (spans.count(values), spans, values)).min_by_key(|it| it.0);
        match best {
            Some((count, spans, values)) if count < self.count => spans.near(values),
            _ => (0..self.count).collect(),
        }
    }
}

impl Spans {
    fn finish(&mut self) {
        self.limited.sort();
        self.ends = self.limited.iter().map(|(_, to, _)| to.clone()).collect();
        self.ends.sort();
        let leaves = self.limited.len().next_power_of_two();
        self.furthest = vec![None; 2 * leaves];
        for (position, (_, to, _)) in self.limited.iter().enumerate() {
            self.furthest[leaves + position] = Some(to.clone());
        }
        for node in (1..leaves).rev() {
            self.furthest[node] = self.furthest[2 * node].clone().max(self.furthest[2 * node + 1].clone());
        }
    }

    /// How many boxes may overlap these values.
    fn count(&self, values: &Values) -> usize {
        let (from, to) = values.hull();
        let ended = self.ends.partition_point(|end| *end <= from);
        let begun = self.limited.partition_point(|(start, ..)| *start < to);
        self.free.len() + begun.saturating_sub(ended)
    }

    fn near(&self, values: &Values) -> Vec<usize> {
        let (from, to) = values.hull();
        let mut found = self.free.clone();
        let begun = self.limited.partition_point(|(start, ..)| *start < to);
        let leaves = self.furthest.len() / 2;
        // A node, and the first leaf below it; nodes that end before, or start behind, are not opened.
        let mut open = vec![(1, 0, leaves)];
        while let Some((node, first, width)) = open.pop() {
            if first >= begun || self.furthest[node].as_ref().is_none_or(|end| *end <= from) {
                continue;
            }
            if width == 1 {
                found.push(self.limited[first].2);
            } else {
                let half = width / 2;
                open.extend([(2 * node, first, half), (2 * node + 1, first + half, half)]);
            }
        }
        found.sort_unstable();
        found
    }
}
