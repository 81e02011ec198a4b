//! Facts under which no rule of a decision holds, where its rules look as if one always should: a value of an
//! enumeration that is left out, a hole between two ranges.
//!
//! A fact counts as far as the rules reach: the values that are declared for it, the truth values that they name,
//! the numbers from the least to the largest that they cover. Facts of other kinds are left out, as if a rule held
//! whatever they are, so that a gap is one under all their values.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::cell::{Cell, Dimension, Work};
use super::cover::{Boxes, Cover};
use super::example;
use super::line::{Intervals, Number, Point};
use super::space::{Axis, Space};
use super::table::{Flaw, Row};
use super::values::{Simple, Values};

/// Which values facts can have, as far as it is declared.
#[derive(Debug, Clone, Default)]
pub struct Domains {
    /// All values that a fact can have.
    pub values: BTreeMap<String, Vec<Value>>,
    /// Facts whose numbers are whole.
    pub whole: BTreeSet<String>,
}

/// How much work one table is worth, and how much more each of its rules.
const MOST_WORK: u64 = 100_000;
const WORK_EACH: u64 = 200;

/// Facts under which no rule of a table holds.
pub(super) fn find<'a>(
    rows: &[Row<'a>],
    space: &Space,
    domains: &Domains,
    budget: &mut u64,
) -> Option<Flaw<'a>> {
    if rows.len() < 2 {
        return None;
    }
    let cells: Vec<&[Cell]> = rows.iter().map(|row| row.cells.as_deref()).collect::<Option<_>>()?;
    let mut limits: BTreeMap<Dimension, Vec<&Values>> = BTreeMap::new();
    for (dimension, values) in cells.iter().copied().flatten().flat_map(|cell| cell.limits()) {
        limits.entry(*dimension).or_default().push(values);
    }
    let reached: BTreeMap<Dimension, Reach> = limits
        .iter()
        .filter_map(|(dimension, values)| match space.axis(*dimension) {
            Axis::Fact(name) => Some((*dimension, reach(name, values, domains)?)),
            Axis::Contains(..) | Axis::Part(_) => None,
        })
        .collect();
    let whole = reached
        .iter()
        .try_fold(Cell::default(), |cell, (dimension, reach)| cell.limited(*dimension, &reach.values));
    let whole = whole.filter(|cell| !cell.limits().is_empty())?;
    let narrowed: Vec<Vec<Cell>> = cells
        .iter()
        .map(|cells| cells.iter().filter_map(|cell| narrowed(cell, &reached)).collect())
        .collect();
    let narrowed: Vec<&[Cell]> = narrowed.iter().map(Vec::as_slice).collect();
    let boxes = Boxes::new(&narrowed, |cell| cell.limits().len() > 1);
    let mut cover = Cover::default();
    narrowed.iter().for_each(|cells| cover.add(cells));
    let limit = (MOST_WORK + WORK_EACH * rows.len() as u64).min(*budget);
    let mut work = Work { done: 0, limit };
    let open = cover.uncovered(&whole, &boxes, &mut work);
    *budget = budget.saturating_sub(work.done);
    let example = example::points(space, &open.flatten()?).next()?;
    Some(Flaw::Gap { rules: rows.iter().map(|row| row.rule).collect(), example })
}

/// How far rules reach in a dimension.
struct Reach {
    values: Values,
    /// True where no number between two whole ones counts.
    is_whole: bool,
}

fn reach(name: &str, limits: &[&Values], domains: &Domains) -> Option<Reach> {
    if let Some(declared) = domains.values.get(name) {
        let each = declared.iter().map(Values::equal_to).collect::<Option<Vec<_>>>()?;
        let mut values = Values::none();
        each.iter().for_each(|one| values.add(one));
        return (limits.len() > 1).then_some(Reach { values, is_whole: false });
    }
    let divides_texts = limits.iter().any(|it| it.texts != Intervals::all() && !it.texts.is_empty());
    if divides_texts {
        return None;
    }
    let some = |numbers: &Intervals<Number>| !numbers.is_empty() && *numbers != Intervals::all();
    let ranges: Vec<&Intervals<Number>> = limits.iter().map(|it| &it.numbers).filter(|it| some(it)).collect();
    if ranges.is_empty() {
        let names = |one, other| limits.iter().any(|it| it.has(one) && !it.has(other));
        let names_both = names(Simple::True, Simple::False) && names(Simple::False, Simple::True);
        let mut values = Values::simple(Simple::True);
        values.add(&Values::simple(Simple::False));
        return names_both.then_some(Reach { values, is_whole: false });
    }
    let parts = || ranges.iter().flat_map(|range| range.parts());
    // Rules that name numbers one by one leave out the others on purpose.
    if parts().all(|(from, to)| *to == from.next()) {
        return None;
    }
    let ends = parts().flat_map(|(from, to)| [Some(*from).filter(|it| *it != Number::first()), *to]);
    let is_whole = domains.whole.contains(name) || ends.flatten().all(is_beside_whole);
    let least = parts().map(|(from, _)| *from).min()?;
    let last = parts().map(|(_, to)| to.ok_or(())).max_by_key(|to| (to.is_err(), *to)).and_then(Result::ok);
    let numbers = Intervals::between(least, last);
    let numbers = if is_whole { numbers.whole() } else { numbers };
    Some(Reach { values: Values::of_numbers(numbers), is_whole })
}

/// True for a whole number, and for the least number above one: the two ends that a whole number makes.
fn is_beside_whole(end: Number) -> bool {
    end.value().fract() == 0.0 || end.value().next_down().fract() == 0.0
}

/// A box as far as it is asked for, with nothing between whole numbers where only they count.
fn narrowed(cell: &Cell, reached: &BTreeMap<Dimension, Reach>) -> Option<Cell> {
    let only = cell.only(|dimension| reached.contains_key(&dimension));
    only.limits().iter().try_fold(Cell::default(), |narrow, (dimension, values)| {
        if !reached[dimension].is_whole {
            return narrow.limited(*dimension, values);
        }
        narrow.limited(*dimension, &values.with_whole_numbers())
    })
}
