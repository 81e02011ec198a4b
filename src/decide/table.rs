//! What is wrong with the rules of each decision, whatever the facts are: rules that can't hold, that never decide,
//! that contradict each other, and facts under which nothing decides.
//!
//! [`tables`] takes all rules and gives [`Flaw`]s. It works with boxes and never tries values, but where a finding
//! says that something *can* happen, the example was tried. What would take too much work is listed as not judged.

use std::collections::BTreeMap;

use serde_json::Value;

use super::cell::{Cell, Work};
use super::cover::{Boxes, Cover};
use super::example::{self, Example};
use super::gaps::{self, Domains};
use super::space::Space;
use super::{condition, in_order, plain};
use crate::model::{LayerId, Priority, Rule, RuleSet, Spanned};

/// Something that is wrong with the rules of a decision.
#[derive(Debug, Clone)]
pub enum Flaw<'a> {
    /// A rule whose condition no facts meet.
    Impossible(&'a Spanned<Rule>),
    /// A rule that never decides: wherever it holds, one of these holds and comes first.
    Shadowed {
        /// The rule.
        rule: &'a Spanned<Rule>,
        /// Those that come first, in order.
        by: Vec<&'a Spanned<Rule>>,
    },
    /// Two rules that give one decision different values, can hold at once and have no order but that of the text.
    Conflict {
        /// The later one.
        rule: &'a Spanned<Rule>,
        /// The earlier one.
        with: &'a Spanned<Rule>,
        /// Facts under which both hold, and no rule that comes first.
        example: Example,
    },
    /// Facts between those that rules cover, under which nothing decides.
    Gap {
        /// The rules of the decision.
        rules: Vec<&'a Spanned<Rule>>,
        /// Such facts.
        example: Example,
    },
}

/// What is known of all decisions.
#[derive(Debug, Default)]
pub struct Tables<'a> {
    /// What is wrong, in order of the decisions' names, then of the rules.
    pub flaws: Vec<Flaw<'a>>,
    /// Rules that would take too much work to judge.
    pub not_judged: Vec<&'a Spanned<Rule>>,
    /// How many boxes were held against each other.
    pub work: u64,
}

/// How many boxes may be held against each other for one question.
const MOST_WORK: u64 = 200_000;
/// How many more for each rule of a decision, all its questions together.
const WORK_EACH: u64 = 4_000;
/// How many rules are remembered to be tried first.
const REMEMBERED: usize = 16;

/// Judges the rules of all decisions. `domains` says which values facts can have, where that is declared.
#[must_use]
pub fn tables<'a>(rules: &'a RuleSet, domains: &Domains) -> Tables<'a> {
    let mut by_target: BTreeMap<&str, Vec<Row<'a>>> = BTreeMap::new();
    for (order, rule) in in_order(rules) {
        let rows = by_target.entry(rule.action.target.value.as_str()).or_default();
        rows.push(Row {
            rule,
            order,
            value: plain(&rule.action.value.value.value),
            cells: None,
            is_sure: false,
        });
    }
    let mut found = Tables::default();
    for rows in by_target.into_values() {
        judge(rows, domains, &mut found);
    }
    found
}

/// A rule of a table.
pub(super) struct Row<'a> {
    pub(super) rule: &'a Spanned<Rule>,
    order: (LayerId, Priority),
    value: Value,
    /// Where it holds; `None` where that is too much.
    pub(super) cells: Option<Vec<Cell>>,
    /// False where something in its condition is not reasoned about.
    is_sure: bool,
}

impl Row<'_> {
    fn cells(&self) -> &[Cell] {
        self.cells.as_deref().unwrap_or_default()
    }

    fn holds(&self, example: &Example) -> bool {
        condition::holds(&self.rule.condition, &example.facts()) == Some(true)
    }
}

/// The rules of one decision, in the order in which they are asked.
struct Table<'t, 'a> {
    rows: &'t [Row<'a>],
    space: &'t Space,
    /// The boxes of all rules.
    all: Boxes<'t>,
    /// Those that have several limits.
    several: Boxes<'t>,
}

fn judge<'a>(mut rows: Vec<Row<'a>>, domains: &Domains, found: &mut Tables<'a>) {
    let mut space = Space::default();
    for row in &mut rows {
        row.cells = space.region(&row.rule.condition, true).map(|region| region.cells);
        row.is_sure = row.cells().iter().all(|cell| space.is_sure(cell)) && row.cells.is_some();
    }
    let cells: Vec<&[Cell]> = rows.iter().map(Row::cells).collect();
    let all = Boxes::new(&cells, |_| true);
    let several = Boxes::new(&cells, |cell| cell.limits().len() > 1);
    let table = Table { rows: &rows, space: &space, all, several };
    let mut budget = WORK_EACH * rows.len() as u64 + MOST_WORK;
    let mut judgement = Judgement { table, found, budget: &mut budget, wide: Vec::new(), rivals: Vec::new() };
    judgement.rules();
    if let Some(flaw) = gaps::find(&rows, &space, domains, judgement.budget) {
        found.flaws.push(flaw);
    }
    found.work += WORK_EACH * rows.len() as u64 + MOST_WORK - budget;
}

struct Judgement<'j, 't, 'a> {
    table: Table<'t, 'a>,
    found: &'j mut Tables<'a>,
    budget: &'j mut u64,
    /// Rules that covered another one alone, the last one first.
    wide: Vec<usize>,
    /// Rules that contradicted another one, the last one first.
    rivals: Vec<usize>,
}

/// Whether a rule can decide.
enum Wins {
    Yes,
    Never,
    NotJudged,
}

impl<'a> Judgement<'_, '_, 'a> {
    fn rules(&mut self) {
        let rows = self.table.rows;
        // What all rules before this one cover, and what those of a lower priority or an earlier layer do.
        let (mut before, mut first) = (Cover::default(), Cover::default());
        let (mut group, mut is_split) = (0, false);
        let mut dead = vec![false; rows.len()];
        for (position, row) in rows.iter().enumerate() {
            if row.order != rows[group].order {
                rows[group..position].iter().for_each(|row| first.add(row.cells()));
                (group, is_split) = (position, false);
            }
            is_split |= !same(&row.value, &rows[group].value);
            match &row.cells {
                None => self.found.not_judged.push(row.rule),
                Some(cells) if cells.is_empty() => {
                    // A condition without a form was reported with its shape.
                    if row.rule.condition.test().is_some() {
                        self.found.flaws.push(Flaw::Impossible(row.rule));
                    }
                }
                Some(_) => match self.wins(position, &before) {
                    Wins::Yes if is_split => self.contradicted(group, position, &first, &dead),
                    Wins::Yes => {}
                    Wins::NotJudged => self.found.not_judged.push(row.rule),
                    Wins::Never => {
                        dead[position] = true;
                        self.never_wins(group, position, &first);
                    }
                },
            }
            before.add(row.cells());
        }
    }

    /// Runs a question with what is left of the work.
    fn within<T>(&mut self, question: impl FnOnce(&Table<'_, 'a>, &mut Work) -> T) -> T {
        let mut work = Work { done: 0, limit: MOST_WORK.min(*self.budget) };
        let answer = question(&self.table, &mut work);
        *self.budget = self.budget.saturating_sub(work.done);
        answer
    }

    fn wins(&mut self, position: usize, before: &Cover) -> Wins {
        for cell in self.table.rows[position].cells() {
            match self.within(|table, work| before.leaves_some(cell, &table.several, work)) {
                None => return Wins::NotJudged,
                Some(true) => return Wins::Yes,
                Some(false) => {}
            }
        }
        Wins::Never
    }

    /// A rule that never wins says the opposite of another one under the same condition, or is of no use.
    fn never_wins(&mut self, group: usize, position: usize, first: &Cover) {
        let rows = self.table.rows;
        let row = &rows[position];
        let covers = |own: &[Cell], other: &[Cell]| {
            other.iter().all(|theirs| own.iter().any(|cell| cell.covers(theirs)))
        };
        // What puts one rule in the shade often does so to the next one.
        let mut alone = self.wide.iter().copied().find(|other| covers(rows[*other].cells(), row.cells()));
        let mut by: Vec<usize> = Vec::new();
        if alone.is_none() {
            for cell in row.cells() {
                by.extend(self.within(|table, work| table.all.meeting(cell, |other| other < position, work)));
            }
            by.sort_unstable();
            by.dedup();
            alone = by.iter().copied().find(|other| covers(rows[*other].cells(), row.cells()));
        }
        if let Some(wide) = alone {
            self.wide.retain(|other| *other != wide);
            self.wide.insert(0, wide);
            self.wide.truncate(REMEMBERED);
        }
        if let Some(twin) = alone.filter(|twin| *twin >= group && covers(row.cells(), rows[*twin].cells()))
            && let Some(flaw) = self.conflict(position, twin, first)
        {
            self.found.flaws.push(flaw);
            return;
        }
        let by = alone.map_or(by, |alone| vec![alone]);
        let by = by.into_iter().map(|other| rows[other].rule).collect();
        self.found.flaws.push(Flaw::Shadowed { rule: row.rule, by });
    }

    /// The first rule of the same order that says something else under the same facts.
    fn contradicted(&mut self, group: usize, position: usize, first: &Cover, dead: &[bool]) {
        let (rows, mut rivals) = (self.table.rows, Vec::new());
        let is_rival = |other: usize| {
            (group..position).contains(&other)
                && !dead[other]
                && !same(&rows[other].value, &rows[position].value)
        };
        // What contradicts one rule often contradicts the next one.
        let known: Vec<usize> = self.rivals.iter().copied().filter(|other| is_rival(*other)).collect();
        let again = known.into_iter().find_map(|rival| self.conflict(position, rival, first));
        if again.is_some() {
            self.found.flaws.extend(again);
            return;
        }
        for cell in rows[position].cells() {
            rivals.extend(self.within(|table, work| table.all.meeting(cell, is_rival, work)));
        }
        rivals.sort_unstable();
        rivals.dedup();
        let found = rivals
            .into_iter()
            .find_map(|rival| self.conflict(position, rival, first).map(|flaw| (rival, flaw)));
        if let Some((rival, flaw)) = found {
            self.rivals.insert(0, rival);
            self.rivals.truncate(REMEMBERED);
            self.found.flaws.push(flaw);
        }
    }

    fn conflict(&mut self, position: usize, rival: usize, first: &Cover) -> Option<Flaw<'a>> {
        let (row, other) = (&self.table.rows[position], &self.table.rows[rival]);
        if same(&row.value, &other.value) {
            return None;
        }
        self.within(|_, work| work.step(row.cells().len() * other.cells().len()))?;
        let pairs = row.cells().iter().flat_map(|a| other.cells().iter().filter_map(|b| a.intersect(b)));
        for both in pairs {
            let open = self.within(|table, work| first.uncovered(&both, &table.several, work));
            let Some(open) = open.flatten().map(|open| first.clear(open)) else { continue };
            let fits = |example: &Example| {
                // Of the rules that come first, those that are reasoned about don't hold here.
                let mut open = self.table.rows.iter().take_while(|earlier| earlier.order < row.order);
                row.holds(example) && other.holds(example) && !open.any(|it| !it.is_sure && it.holds(example))
            };
            if let Some(example) = example::points(self.table.space, &open).find(fits) {
                return Some(Flaw::Conflict { rule: row.rule, with: other.rule, example });
            }
        }
        None
    }
}

/// True for values that are one and the same, however the number is written.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (a, b) => a == b,
    }
}
