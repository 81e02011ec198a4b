//! What is to be proved of a plan: what holds for every plan, told about this one, and the user's own rules.

use std::collections::{BTreeMap, BTreeSet};

use super::lens::Own;
use super::own::OwnRule;
use crate::machine::{Machine, StepId};
use crate::plan::ir::Action;

/// How many states are explored where nobody says otherwise.
pub const MAX_STATES: usize = 1_000_000;

/// What is to be proved, beyond what a plan says of itself.
#[derive(Debug, Clone)]
pub struct Question {
    /// The steps that start a component.
    pub starts: BTreeSet<StepId>,
    /// The steps that need no way back, such as those that stop a component.
    pub needs_no_way_back: BTreeSet<StepId>,
    /// The user's own rules that apply.
    pub own: Vec<OwnRule>,
    /// The most states to explore.
    pub max_states: usize,
}

impl Default for Question {
    fn default() -> Self {
        Self {
            starts: BTreeSet::new(),
            needs_no_way_back: BTreeSet::new(),
            own: Vec::new(),
            max_states: MAX_STATES,
        }
    }
}

/// A property of all paths of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Property {
    /// Every path ends.
    Ends,
    /// What was changed is taken back on every path that is broken off.
    TakenBack,
    /// What was started was verified on every path that ends well.
    Verified,
    /// Every `when` can be decided.
    Decidable,
    /// Steps that must not overlap don't.
    Apart,
    /// Every alert that is asked for is raised.
    Alerted,
    /// A rule of the user's own, by its place in [`Question::own`].
    Own(usize),
}

impl Question {
    /// All properties that are to be proved.
    pub fn properties(&self) -> impl Iterator<Item = Property> + '_ {
        let common = [
            Property::Ends,
            Property::TakenBack,
            Property::Verified,
            Property::Decidable,
            Property::Apart,
            Property::Alerted,
        ];
        common.into_iter().chain((0..self.own.len()).map(Property::Own))
    }

    /// True where a step of the plan changes something that is to be taken back. What a person does by hand is
    /// not judged, and what holds a condition against the world changes nothing.
    pub(super) fn changes(&self, machine: &Machine<'_>, id: StepId) -> bool {
        let step = machine.step(id);
        let is_judged = match &step.action {
            Action::Command { .. } | Action::File { .. } => true,
            Action::Manual { .. } | Action::Condition { .. } | Action::Fail { .. } => false,
        };
        is_judged
            && machine.is_main(id)
            && !step.read_only
            && step.irreversible.is_none()
            && !self.needs_no_way_back.contains(&id)
    }

    /// What the user's own rules ask of each step.
    pub(super) fn looked_at(&self, machine: &Machine<'_>) -> Vec<Own> {
        let mut looked_at = vec![Own::default(); machine.step_ids().count()];
        for (step, field) in self.own.iter().flat_map(OwnRule::asks) {
            let all = machine.step_ids().filter(|_| step.is_none());
            let one = step.as_deref().and_then(|step| machine.find(step));
            for id in all.chain(one) {
                let own = &mut looked_at[id.index()];
                let is = |word: &str| field.as_deref().is_none_or(|field| field == word);
                own.status |= is("status");
                own.begun |= is("begun");
                own.undone |= is("undone");
            }
        }
        looked_at
    }

    /// For each step that starts a component the steps behind it that look whether it went well: those that
    /// change nothing and need it in the end.
    pub(super) fn vouchers(&self, machine: &Machine<'_>) -> BTreeMap<StepId, BTreeSet<StepId>> {
        let mut vouchers = BTreeMap::new();
        for start in &self.starts {
            let mut behind = BTreeSet::from([*start]);
            // A step needs earlier ones, but the source may list it before them.
            loop {
                let before = behind.len();
                for id in machine.main_steps() {
                    if machine.needs(id).iter().any(|need| behind.contains(need)) {
                        behind.insert(id);
                    }
                }
                if behind.len() == before {
                    break;
                }
            }
            behind.retain(|id| {
                let step = machine.step(*id);
                let looks = match &step.action {
                    Action::Command { .. } => step.read_only,
                    Action::Condition { condition } => condition.mandatory,
                    Action::Manual { .. } | Action::Fail { .. } | Action::File { .. } => false,
                };
                looks && !step.probe && id != start
            });
            vouchers.insert(*start, behind);
        }
        vouchers
    }
}
