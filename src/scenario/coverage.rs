//! What of the rules scenarios have reached: steps, the ways in which they can end, and decisions.
//!
//! What there is to reach comes from the plans of an entry: from its draft, which holds what depends on facts,
//! and from each plan that was tested. What was reached comes from the traces.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;
use schemars::JsonSchema;
use serde::Serialize;

use crate::machine::{ConditionList, ConditionStatus, Ended, Machine, Record, Status};
use crate::plan::ir::{Action, Condition, OnFailure, Source, Step};
use crate::simulate::Trace;

/// What there is to reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A procedure or decision has a scenario.
    Entry,
    /// A rule decides something.
    Rule,
    /// A condition does not hold.
    ConditionFails,
    /// A step is started.
    Step,
    /// A step fails.
    StepFails,
    /// An attempt of a step takes too long.
    StepTimesOut,
    /// A step is skipped.
    StepSkipped,
    /// A step is tried again.
    StepRetried,
    /// A remedy of a step is tried.
    Remedy,
    /// The alert about the failure of a step is raised.
    Alert,
    /// The undo of a step is run.
    Undo,
    /// A rollback procedure is run.
    Rollback,
}

/// Something to reach: what, and its name. Conditions and remedies are told apart by their places.
type Key = (Kind, String);

/// Something that scenarios reach or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Item {
    /// What it is.
    pub kind: Kind,
    /// Its name: the id of a step, procedure or rule, the text of a condition, the number of a remedy.
    pub name: String,
    /// Where it stands.
    pub source: Source,
    /// True where a scenario reached it.
    pub reached: bool,
}

/// What was reached of one entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct EntryCoverage {
    /// Its id.
    pub entry: String,
    /// How many scenarios ran it.
    pub scenarios: usize,
    /// What there is to reach of it, in order of the plan; only the entry itself where no scenario ran it.
    pub items: Vec<Item>,
}

/// What was reached of a rule set.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
pub struct Coverage {
    /// How many things scenarios reached.
    pub reached: usize,
    /// How many there are to reach.
    pub total: usize,
    /// Hundredths of the total that were reached, rounded down to a tenth; 100 where there is nothing to reach.
    pub percent: f64,
    /// By entry, in order of the source.
    pub entries: Vec<EntryCoverage>,
    /// The rules that decide from facts, in order of the source.
    pub rules: Vec<Item>,
}

impl Coverage {
    /// Adds up entries and rules.
    #[must_use]
    pub fn new(entries: Vec<EntryCoverage>, rules: Vec<Item>) -> Self {
        let items = || entries.iter().flat_map(|entry| &entry.items).chain(&rules);
        let (reached, total) = (items().filter(|item| item.reached).count(), items().count());
        Self { reached, total, percent: percent(reached, total), entries, rules }
    }

    /// The coverage of several rule sets as numbers: reached, total, percent.
    #[must_use]
    pub fn sum<'a>(all: impl Iterator<Item = &'a Self>) -> (usize, usize, f64) {
        let (reached, total) =
            all.fold((0, 0), |(reached, total), one| (reached + one.reached, total + one.total));
        (reached, total, percent(reached, total))
    }
}

fn percent(reached: usize, total: usize) -> f64 {
    match total {
        0 => 100.0,
        _ => (reached * 1_000 / total) as f64 / 10.0,
    }
}

/// What was reached in one run.
#[derive(Debug, Default)]
pub(super) struct Reached {
    keys: BTreeSet<Key>,
    /// The steps that the plan had.
    steps: BTreeSet<String>,
}

impl Reached {
    pub(super) fn new(machine: &Machine<'_>, trace: &Trace<'_>) -> Self {
        let plan = machine.plan();
        let mut reached = Self::default();
        for entry in &trace.entries {
            let (kind, name) = match entry.record {
                Record::StepStarted { step } => (Kind::Step, step),
                Record::StepEnded { step, status: Status::Failed, .. } => (Kind::StepFails, step),
                Record::StepEnded { step, status: Status::Skipped, .. } => (Kind::StepSkipped, step),
                Record::AttemptEnded { step, ended: Ended::TimedOut, .. } => (Kind::StepTimesOut, step),
                Record::AttemptStarted { step, attempt: 2, .. } => (Kind::StepRetried, step),
                Record::AlertStarted { step } => (Kind::Alert, step),
                Record::UndoStarted { step } => (Kind::Undo, step),
                Record::ProcedureStarted { procedure } => (Kind::Rollback, procedure),
                Record::ConditionEnded {
                    list,
                    number,
                    status: ConditionStatus::Failed | ConditionStatus::Declined,
                } => {
                    let conditions = match list {
                        ConditionList::Preconditions => &plan.preconditions,
                        ConditionList::Postconditions => &plan.postconditions,
                    };
                    let place = place(&conditions[number as usize - 1].source);
                    reached.keys.insert((Kind::ConditionFails, place));
                    continue;
                }
                _ => continue,
            };
            reached.keys.insert((kind, name.to_owned()));
        }
        for id in machine.step_ids() {
            let step = machine.step(id);
            reached.steps.insert(step.id.clone());
            let used = (0..).zip(&trace.state.step(id).remedied).filter(|(_, times)| **times > 0);
            reached.keys.extend(used.map(|(number, _)| (Kind::Remedy, remedy_name(&step.id, number))));
        }
        reached
    }
}

/// What there is to reach of an entry, and what was.
pub(super) struct Universe {
    of: EntryCoverage,
    places: FxHashMap<Key, usize>,
}

impl Universe {
    pub(super) fn new(entry: &str, source: Source) -> Self {
        let of = EntryCoverage { entry: entry.to_owned(), scenarios: 0, items: Vec::new() };
        let mut universe = Self { of, places: FxHashMap::default() };
        universe.add(Kind::Entry, entry.to_owned(), entry.to_owned(), &source);
        universe
    }

    /// True before the first run is counted.
    pub(super) fn is_fresh(&self) -> bool {
        self.of.scenarios == 0
    }

    /// Adds what there is to reach in a plan of the entry.
    pub(super) fn add_plan(&mut self, machine: &Machine<'_>) {
        let plan = machine.plan();
        for condition in &plan.preconditions {
            self.add_condition(condition);
        }
        for id in machine.step_ids() {
            let step = machine.step(id);
            self.add_step(step);
            if machine.is_undoable(id) && machine.main_steps().any(|main| main == id) {
                self.add(Kind::Undo, step.id.clone(), step.id.clone(), &step.source);
            }
        }
        for condition in &plan.postconditions {
            self.add_condition(condition);
        }
        for rollback in &plan.rollbacks {
            let name = &rollback.procedure;
            self.add(Kind::Rollback, name.clone(), name.clone(), &rollback.source);
        }
    }

    /// Counts a run that was tested.
    pub(super) fn count(&mut self, reached: &Reached) {
        self.of.scenarios += 1;
        self.of.items[0].reached = true;
        for key in &reached.keys {
            if let Some(place) = self.places.get(key) {
                self.of.items[*place].reached = true;
            }
        }
        // What the facts of a scenario leave out of the plan is skipped there.
        for item in self.of.items.iter_mut().filter(|item| item.kind == Kind::StepSkipped) {
            item.reached |= !reached.steps.contains(&item.name);
        }
    }

    pub(super) fn finish(self) -> EntryCoverage {
        self.of
    }

    fn add_step(&mut self, step: &Step) {
        // A third round is a second one once more.
        if step.round.as_ref().is_some_and(|round| round.number > 2) {
            return;
        }
        let mut add = |kind| self.add(kind, step.id.clone(), step.id.clone(), &step.source);
        add(Kind::Step);
        let decides = match &step.action {
            _ if step.probe => false,
            Action::Condition { condition } => condition.mandatory,
            Action::Command { .. } | Action::Manual { .. } | Action::File { .. } => true,
            Action::Fail { .. } => false,
        };
        if decides {
            add(Kind::StepFails);
            if timeout(step).is_some() {
                add(Kind::StepTimesOut);
            }
            if step.retry.retries > 0 {
                add(Kind::StepRetried);
            }
            if step.on_failure == OnFailure::AlertAndContinue {
                add(Kind::Alert);
            }
        }
        if step.when.is_some() || step.start_before.is_some() {
            add(Kind::StepSkipped);
        }
        for number in 0..step.remedies.len() {
            let name = remedy_name(&step.id, number);
            self.add(Kind::Remedy, name.clone(), name, &step.source);
        }
    }

    fn add_condition(&mut self, condition: &Condition) {
        if condition.mandatory {
            let key = place(&condition.source);
            self.add(Kind::ConditionFails, key, condition.text.clone(), &condition.source);
        }
    }

    fn add(&mut self, kind: Kind, key: String, name: String, source: &Source) {
        let items = &mut self.of.items;
        self.places.entry((kind, key)).or_insert_with(|| {
            items.push(Item { kind, name, source: source.clone(), reached: false });
            items.len() - 1
        });
    }
}

fn timeout(step: &Step) -> Option<u64> {
    match &step.action {
        Action::Condition { condition } => {
            condition.check.as_ref().and_then(|check| check.timeout_ms).or(step.timeout_ms)
        }
        Action::Fail { .. } | Action::File { .. } => None,
        Action::Command { .. } | Action::Manual { .. } => step.timeout_ms,
    }
}

fn remedy_name(step: &str, number: usize) -> String {
    format!("{step} {}", number + 1)
}

fn place(source: &Source) -> String {
    format!("{}{}", source.file, source.pointer)
}
