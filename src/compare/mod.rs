//! What changes between two plans: what a person wants to know before rules are merged.
//!
//! [`compare`] takes two plans of one entry and gives a [`PlanDiff`]: steps and other items that were added, removed
//! or moved, and every field that has another value. Places in the rules are left out: that a rule stands some lines
//! further down changes no run. Nothing else is: a diff that says nothing is one of equal plans, and what it says
//! makes the new plan from the old one. `report` writes it for people and programs. Which plans are compared is left
//! to `driver`.

mod change;
mod identity;
mod places;
pub mod report;
mod shape;
mod value;

pub use change::{Change, ChangeKind, Effect, Item};
pub use places::without as without_places;
pub use value::{Diff, Kept, ListDiff, ObjectDiff};

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::plan::bounds;
use crate::plan::canonical::to_value;
use crate::plan::ir::Plan;

/// The difference of two plans.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanDiff {
    /// Steps that have another id: the old one and the new one. What names them by `needs` and `after` names the new
    /// one without a word about it.
    pub renamed: BTreeMap<String, String>,
    /// True where the steps of both plans run one after the other: then their order says what each needs.
    pub is_listed: bool,
    /// What differs.
    pub root: ObjectDiff,
    /// Sums of time that came out differently.
    pub figures: Vec<Figure>,
    /// True where the rules stand elsewhere, or other rules of the same files were changed: the digest is another
    /// one, whatever else is.
    pub has_other_places: bool,
}

/// How long something takes at most, before and after, each with the sum that it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// What takes that long.
    pub what: &'static str,
    /// The sum in the old plan: `30 + 2 × 5 = 40 s`.
    pub old: String,
    /// The sum in the new plan.
    pub new: String,
}

impl PlanDiff {
    /// True where a run of one plan is a run of the other.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.root.is_empty()
    }

    /// Every difference, one by one: the plan's own first, then those of its lists in the order of a run.
    #[must_use]
    pub fn changes(&self) -> Vec<Change> {
        change::flatten(&self.root)
    }
}

/// What changes from one plan to the other.
///
/// Steps are the same where their ids are, and their names too where ids are only numbers, so that a step that is
/// put in between does not make all that follow it look changed.
#[must_use]
pub fn compare(old: &Plan, new: &Plan) -> PlanDiff {
    let [mut before, mut after] = [old, new].map(|plan| to_value(&places::without(plan)));
    let renamed = identity::renamed(&before, &after);
    rename(&mut before, &renamed);
    let is_listed = is_listed(&before["steps"], &renamed) && is_listed(&after["steps"], &BTreeMap::new());
    if is_listed {
        [&mut before, &mut after].into_iter().for_each(forget_needs);
    }
    let root = value::record(&shape::PLAN, &before, &after);
    let has_other_places = old.digest != new.digest;
    PlanDiff { renamed, is_listed, root, figures: figures(old, new), has_other_places }
}

/// The phases whose sums differ.
fn figures(old: &Plan, new: &Plan) -> Vec<Figure> {
    let [before, after] = [old, new].map(bounds::run);
    let phases = [
        ("preconditions", &before.preconditions, &after.preconditions),
        ("steps", &before.steps, &after.steps),
        ("postconditions", &before.postconditions, &after.postconditions),
        ("rollback", &before.rollback, &after.rollback),
        ("finally", &before.finally, &after.finally),
    ];
    let differing = phases.into_iter().filter(|(_, old, new)| old.bound != new.bound);
    differing.map(|(what, old, new)| Figure { what, old: old.arithmetic(), new: new.arithmetic() }).collect()
}

/// Lets whatever names a step name it by its new id. The steps' own ids stay, so that the change is told.
fn rename(plan: &mut Value, renamed: &BTreeMap<String, String>) {
    let replace = |list: Option<&mut Value>| {
        for id in list.and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(new) = id.as_str().and_then(|id| renamed.get(id)) {
                *id = json!(new);
            }
        }
    };
    for list in ["steps", "finally"] {
        for step in plan.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten() {
            replace(step.get_mut("needs"));
        }
    }
    for rollback in plan.get_mut("rollbacks").and_then(Value::as_array_mut).into_iter().flatten() {
        replace(rollback.get_mut("after"));
        for step in rollback.get_mut("steps").and_then(Value::as_array_mut).into_iter().flatten() {
            replace(step.get_mut("needs"));
        }
    }
}

/// True where each step needs the one before it and nothing else.
fn is_listed(steps: &Value, renamed: &BTreeMap<String, String>) -> bool {
    let mut before: Option<&str> = None;
    steps.as_array().into_iter().flatten().all(|step| {
        let needs: Vec<_> =
            step["needs"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let is_next = needs == before.into_iter().collect::<Vec<_>>();
        before = step["id"].as_str().map(|id| renamed.get(id).map_or(id, String::as_str));
        is_next
    })
}

fn forget_needs(plan: &mut Value) {
    for step in plan["steps"].as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        step.remove("needs");
    }
}
