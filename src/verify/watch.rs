//! Watches a run, transition by transition, for what must not happen in it.

use std::collections::{BTreeMap, BTreeSet};

use super::question::{Property, Question};
use super::values::missing;
use crate::expr::Value;
use crate::machine::{
    Cause, Effect, Event, Exit, Job, Machine, Outcome, Phase, Record, Stage, State, Status, StepId, Verdict,
};
use crate::plan::ir::Action;

/// What is to be remembered of a run beside its state.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Notes {
    /// The steps that started a component, are ok, and were not verified so far.
    pub(super) unverified: BTreeSet<StepId>,
}

/// Something that must not happen: the property that it refutes, and the steps that have to do with it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Flaw {
    /// The property.
    pub property: Property,
    /// The step where it shows, then the others; none where it is the run as a whole.
    pub steps: Vec<StepId>,
}

/// What is watched for.
#[derive(Debug)]
pub(super) struct Watch<'q> {
    question: &'q Question,
    /// For each step of the plan what no other may have while it runs.
    claims: Vec<Vec<usize>>,
    vouchers: BTreeMap<StepId, BTreeSet<StepId>>,
    /// True where somebody or something looks at the whole before the run ends well.
    is_looked_over: bool,
}

impl<'q> Watch<'q> {
    pub(super) fn new(machine: &Machine<'_>, question: &'q Question) -> Self {
        let is_looked_over = machine.plan().postconditions.iter().any(|condition| condition.mandatory);
        Self { question, claims: claims(machine), vouchers: question.vouchers(machine), is_looked_over }
    }

    /// What a transition shows: the state before it, the event, its records, the state after it.
    pub(super) fn look(
        &self,
        machine: &Machine<'_>,
        (before, inputs, event): (&State, &BTreeMap<String, Value>, &Event),
        effects: &[Effect<'_>],
        after: &State,
        notes: &mut Notes,
    ) -> Vec<Flaw> {
        let mut flaws = Vec::new();
        self.undecidable(machine, before, inputs, event, &mut flaws);
        self.silenced(before, event, &mut flaws);
        self.left_behind(machine, before, after, &mut flaws);
        self.note(machine, event, effects, notes);
        if let Some(Outcome::Succeeded | Outcome::Degraded) = after.outcome()
            && !self.is_looked_over
        {
            flaws.extend(notes.unverified.iter().map(|id| flaw(Property::Verified, &[*id])));
        }
        if after.cause.is_some() {
            notes.unverified.clear();
        }
        flaws
    }

    /// What a state shows by itself. While a `when` waits to be decided it is none: that takes no time.
    pub(super) fn look_at(&self, machine: &Machine<'_>, state: &State) -> Vec<Flaw> {
        let mut flaws = Vec::new();
        let mut taken: Vec<(usize, StepId)> = Vec::new();
        for id in machine.main_steps().filter(|id| state.step(*id).is_running()) {
            for claim in &self.claims[id.index()] {
                match taken.iter().find(|(other, _)| other == claim) {
                    Some((_, holder)) => flaws.push(flaw(Property::Apart, &[*holder, id])),
                    None => taken.push((*claim, id)),
                }
            }
        }
        let own = self.question.own.iter().enumerate();
        let broken = own.filter(|(_, rule)| !rule.is_kept(machine, state));
        flaws.extend(broken.map(|(place, _)| flaw(Property::Own(place), &[])));
        flaws
    }

    /// A `when` asks for what is not there.
    fn undecidable(
        &self,
        machine: &Machine<'_>,
        before: &State,
        inputs: &BTreeMap<String, Value>,
        event: &Event,
        flaws: &mut Vec<Flaw>,
    ) {
        let Event::Decided { step, verdict: Verdict::Undecidable } = event else { return };
        let Some(when) = machine.when(*step) else { return };
        if before.step(*step).stage != Stage::Deciding {
            return;
        }
        let names = missing(machine, before, when, inputs);
        let first = names.iter().find_map(|path| match path.as_slice() {
            [root, step, ..] if root == "steps" => machine.find(step),
            _ => None,
        });
        if !names.is_empty() {
            let steps: Vec<StepId> = [*step].into_iter().chain(first).collect();
            flaws.push(flaw(Property::Decidable, &steps));
        }
    }

    /// An alert is stopped because something else failed, or the time of the run is up. Who cancels a run is there
    /// to see it.
    fn silenced(&self, before: &State, event: &Event, flaws: &mut Vec<Flaw>) {
        let Event::Ended { job: Job::Step(id), .. } = event else { return };
        let at = before.step(*id);
        if at.stage == Stage::Alerting && at.stopping {
            match before.cause {
                Some(Cause::Step(other)) => flaws.push(flaw(Property::Alerted, &[*id, other])),
                Some(Cause::Deadline) => flaws.push(flaw(Property::Alerted, &[*id])),
                Some(Cause::Cancelled | Cause::Postcondition(_)) | None => {}
            }
        }
    }

    /// The way forward is at its end, and what was changed is neither undone nor rolled back.
    fn left_behind(&self, machine: &Machine<'_>, before: &State, after: &State, flaws: &mut Vec<Flaw>) {
        let is_forward = |state: &State| {
            !matches!(
                state.phase,
                Phase::Undo(_) | Phase::Rollback { .. } | Phase::Finally(_) | Phase::Over(_)
            )
        };
        if after.cause.is_none() || !is_forward(before) || is_forward(after) {
            return;
        }
        for id in machine.main_steps() {
            if !after.step(id).begun || !self.question.changes(machine, id) || after.undo.contains(&id) {
                continue;
            }
            let is_covered = after.due.iter().any(|due| {
                let of = machine.rollback_after(*due as usize);
                of.is_empty() || of.contains(&id)
            });
            if !is_covered {
                flaws.push(flaw(Property::TakenBack, &[id]));
            }
        }
    }

    /// Remembers what was started and not verified.
    fn note(&self, machine: &Machine<'_>, event: &Event, effects: &[Effect<'_>], notes: &mut Notes) {
        let ended = effects.iter().filter_map(|effect| match effect {
            Effect::Record(Record::StepEnded { step, status: Status::Ok, .. }) => machine.find(step),
            _ => None,
        });
        for id in ended {
            if self.question.starts.contains(&id) {
                let is_polled = effects.iter().any(|effect| match effect {
                    Effect::Record(Record::PollEnded { step, .. }) => machine.find(step) == Some(id),
                    _ => false,
                });
                let is_good = matches!(event, Event::Ended { ending, .. } if ending.exit == Exit::Exited(0));
                if !(is_polled && is_good) {
                    notes.unverified.insert(id);
                }
            }
            notes.unverified.retain(|start| !self.vouchers.get(start).is_some_and(|of| of.contains(&id)));
        }
    }
}

fn flaw(property: Property, steps: &[StepId]) -> Flaw {
    Flaw { property, steps: steps.to_vec() }
}

/// For each step what it must have for itself while it runs: its mutex, and the file that it writes.
fn claims(machine: &Machine<'_>) -> Vec<Vec<usize>> {
    let mut known: BTreeMap<(&str, String), usize> = BTreeMap::new();
    let claims = machine.main_steps().map(|id| {
        let step = machine.step(id);
        let mutex = step.mutex.as_ref().map(|mutex| ("mutex", mutex.clone()));
        let file = match &step.action {
            Action::File { path, .. } => {
                let folder = step.working_dir.as_deref().unwrap_or_default();
                let whole = if path.starts_with('/') { path.clone() } else { format!("{folder}/{path}") };
                let is_absolute = path.starts_with('/') || folder.starts_with('/');
                Some((if is_absolute { "absolute" } else { "relative" }, tidy(&whole)))
            }
            Action::Command { .. }
            | Action::Manual { .. }
            | Action::Condition { .. }
            | Action::Fail { .. } => None,
        };
        let own = mutex.into_iter().chain(file);
        own.map(|claim| {
            let next = known.len();
            *known.entry(claim).or_insert(next)
        })
        .collect()
    });
    claims.collect()
}

/// A path without what leads nowhere.
fn tidy(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/').filter(|part| !part.is_empty() && *part != ".") {
        match part {
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}
