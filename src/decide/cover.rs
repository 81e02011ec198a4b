//! Whether boxes are covered by the boxes of rules, added one rule after the other.

use std::collections::BTreeMap;

use super::cell::{Cell, Dimension, Work, uncovered};
use super::index::Index;
use super::values::Values;

/// All boxes of a table, found by where they are.
pub(super) struct Boxes<'t> {
    cells: Vec<&'t Cell>,
    owners: Vec<usize>,
    index: Index,
}

/// The union of the boxes of the first rules of a table.
#[derive(Debug, Clone, Default)]
pub(super) struct Cover {
    /// How many rules it has taken in.
    rules: usize,
    /// What boxes with one limit cover, by its dimension: most boxes of most tables.
    single: BTreeMap<Dimension, Values>,
    is_everything: bool,
}

impl<'t> Boxes<'t> {
    /// The boxes of rules that `takes` takes, each with the rule's position.
    pub(super) fn new(rules: &[&'t [Cell]], takes: impl Fn(&Cell) -> bool) -> Self {
        let all =
            rules.iter().enumerate().flat_map(|(rule, cells)| cells.iter().map(move |cell| (rule, cell)));
        let (owners, cells): (Vec<_>, Vec<_>) = all.filter(|(_, cell)| takes(cell)).unzip();
        let index = Index::new(&cells);
        Self { cells, owners, index }
    }

    /// The rules that `takes` takes and that have a box which overlaps this one, in order of the boxes.
    pub(super) fn meeting(&self, cell: &Cell, takes: impl Fn(usize) -> bool, work: &mut Work) -> Vec<usize> {
        let near = self.index.near(cell, work).unwrap_or_default();
        let own = near.into_iter().filter(|position| takes(self.owners[*position]));
        own.filter(|position| self.cells[*position].meets(cell))
            .map(|position| self.owners[position])
            .collect()
    }
}

impl Cover {
    /// Takes in the next rule.
    pub(super) fn add(&mut self, cells: &[Cell]) {
        self.rules += 1;
        for cell in cells {
            match cell.limits() {
                [] => self.is_everything = true,
                [(dimension, values)] => {
                    let all = self.single.entry(*dimension).or_insert_with(Values::none);
                    all.add(values);
                    self.is_everything |= all.is_all();
                }
                // The others are looked up.
                _ => {}
            }
        }
    }

    /// A part of a box that no rule covers, where there is one; `None` where that took too much work. `boxes` are
    /// those of the whole table that have several limits.
    pub(super) fn uncovered(&self, cell: &Cell, boxes: &Boxes<'_>, work: &mut Work) -> Option<Option<Cell>> {
        match self.rest(cell, boxes, work)? {
            Some((left, others)) => uncovered(left, others, work),
            None => Some(None),
        }
    }

    /// Whether there is such a part.
    pub(super) fn leaves_some(&self, cell: &Cell, boxes: &Boxes<'_>, work: &mut Work) -> Option<bool> {
        let Some((left, others)) = self.rest(cell, boxes, work)? else { return Some(false) };
        // Most rules have a corner of their own.
        for corner in left.corners() {
            work.step(others.len())?;
            if !others.iter().any(|other| other.meets(&corner)) {
                return Some(true);
            }
        }
        uncovered(left, others, work).map(|part| part.is_some())
    }

    /// What boxes with one limit leave of a box, and the others that overlap that.
    fn rest<'t>(
        &self,
        cell: &Cell,
        boxes: &Boxes<'t>,
        work: &mut Work,
    ) -> Option<Option<(Cell, Vec<&'t Cell>)>> {
        work.step(1)?;
        if self.is_everything {
            return Some(None);
        }
        let Some(left) = self.lessened(cell.clone(), cell) else { return Some(None) };
        let near = boxes.index.near(&left, work)?;
        let own = near.into_iter().filter(|position| boxes.owners[*position] < self.rules);
        let others = own.map(|position| boxes.cells[position]).filter(|other| other.meets(&left));
        let others: Vec<&Cell> = others.collect();
        let left = others.iter().try_fold(left, |left, other| self.lessened(left, other));
        Some(left.map(|left| (left, others)))
    }

    /// A part that [`Cover::uncovered`] gave, without what boxes with one limit cover in other dimensions than its.
    pub(super) fn clear(&self, cell: Cell) -> Cell {
        self.single.iter().fold(cell, |left, (dimension, values)| match left.values(*dimension) {
            Some(_) => left,
            None => left.lessened(*dimension, values).expect("no dimension is covered as a whole"),
        })
    }

    /// What boxes with one limit leave of a box, in the dimensions in which another one has limits.
    fn lessened(&self, cell: Cell, like: &Cell) -> Option<Cell> {
        like.limits().iter().try_fold(cell, |left, (dimension, _)| match self.single.get(dimension) {
            Some(values) => left.lessened(*dimension, values),
            None => Some(left),
        })
    }
}
