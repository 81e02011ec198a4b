//! What a simulated run did and left behind, and why it ended as it did.
//!
//! Takes a trace and its machine and gives facts and a reason in words; how they are laid out is left to others.

use super::timeline::{closed_gate, condition};
use super::{Entry, Trace, time};
use crate::machine::{Broken, ConditionStatus, Machine, Record, Stage, Status, StepId, Undone};
use crate::plan::ir::{Rollback, Step};

/// What a run did and left behind. Lists are in order of the plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Account<'a> {
    /// Why the run did not simply succeed.
    pub why: Option<String>,
    /// The steps of the plan that were begun and are not read-only.
    pub changed: Vec<&'a Step>,
    /// Those that were taken back one by one.
    pub undone: Vec<&'a Step>,
    /// The rollback procedures that ran, and whether all of their steps succeeded.
    pub rollbacks: Vec<(&'a Rollback, bool)>,
    /// Where the run was broken off: what was changed, and neither taken back nor covered by a rollback procedure
    /// that went well.
    pub left: Vec<&'a Step>,
    /// The steps whose failure raised an alert, and whether it was delivered.
    pub alerts: Vec<(&'a str, bool)>,
}

/// Accounts for a run.
#[must_use]
pub fn account<'a>(machine: &Machine<'a>, trace: &Trace<'a>) -> Account<'a> {
    let (plan, state) = (machine.plan(), &trace.state);
    let changed: Vec<StepId> =
        machine.main_steps().filter(|&id| state.step(id).begun && !machine.step(id).read_only).collect();
    let is_undone = |id: &StepId| state.step(*id).undone == Undone::Ok;
    let due: Vec<usize> = state.due.iter().map(|&group| group as usize).collect();
    let ran: Vec<(usize, bool)> = due
        .into_iter()
        .filter(|&group| machine.rollback_steps(group).any(|id| state.step(id).stage != Stage::Waiting))
        .map(|group| {
            let is_well = |id| matches!(state.step(id).status(), Some(Status::Ok | Status::Skipped));
            (group, machine.rollback_steps(group).all(is_well))
        })
        .collect();
    let mut covered = vec![false; plan.steps.len()];
    for &(group, _) in ran.iter().filter(|(_, went_well)| *went_well) {
        match machine.rollback_after(group) {
            [] => covered.fill(true),
            after => after.iter().for_each(|id| covered[id.index()] = true),
        }
    }
    let steps = |ids: &mut dyn Iterator<Item = StepId>| ids.map(|id| machine.step(id)).collect();
    let is_left = |id: &StepId| state.cause.is_some() && !is_undone(id) && !covered[id.index()];
    let alerts = trace.entries.iter().filter_map(|entry| match entry.record {
        Record::AlertEnded { step, delivered } => Some((step, delivered)),
        _ => None,
    });
    Account {
        why: why(machine, trace),
        changed: steps(&mut changed.iter().copied()),
        undone: steps(&mut changed.iter().copied().filter(is_undone)),
        rollbacks: ran.iter().map(|&(group, went_well)| (&plan.rollbacks[group], went_well)).collect(),
        left: steps(&mut changed.iter().copied().filter(is_left)),
        alerts: alerts.collect(),
    }
}

/// The most reasons that are told.
const MOST_REASONS: usize = 5;

/// Why a run did not simply succeed, in order of what happened: one lower-case line.
fn why(machine: &Machine<'_>, trace: &Trace<'_>) -> Option<String> {
    let plan = machine.plan();
    let reason = |entry: &Entry<'_>| match entry.record {
        Record::Gate { gate, passed: false } => Some(closed_gate(gate).to_owned()),
        Record::ConditionEnded { list, number, status } => {
            let condition = condition(plan, list, number).filter(|it| it.mandatory)?;
            match status {
                ConditionStatus::Failed => Some(format!("`{}` does not hold", condition.text)),
                ConditionStatus::Declined => Some(format!("`{}` is not confirmed", condition.text)),
                ConditionStatus::Held
                | ConditionStatus::Attested
                | ConditionStatus::Unconfirmed
                | ConditionStatus::Cancelled => None,
            }
        }
        Record::BrokenOff { cause: Broken::Cancelled, .. } => {
            Some(format!("somebody cancelled it at {}", time(entry.at_ms)))
        }
        Record::BrokenOff { cause: Broken::Deadline, .. } => {
            Some(format!("it took longer than {}", time(plan.timeout_ms.unwrap_or_default())))
        }
        Record::StepEnded { step, status: Status::Failed, .. } => Some(format!("`{step}` failed")),
        Record::UndoEnded { step, exit_code, .. } if exit_code != Some(0) => {
            Some(format!("the undo of `{step}` failed"))
        }
        _ => None,
    };
    let mut reasons: Vec<String> = trace.entries.iter().filter_map(reason).collect();
    let more = reasons.len().saturating_sub(MOST_REASONS);
    reasons.truncate(MOST_REASONS);
    if more > 0 {
        reasons.push(format!("and {more} more"));
    }
    (!reasons.is_empty()).then(|| reasons.join(", "))
}
