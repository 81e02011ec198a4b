//! Before and after the steps: gates and conditions.

use super::Machine;
use super::event::{Effect, Ending, Exit, Gate, Job, Timer};
use super::measure::satisfies;
use super::record::{ConditionList, ConditionStatus, Outcome, Record};
use super::state::{Cause, Phase, State};

use crate::plan::Plan;
use crate::plan::ir::{Action, Condition};

/// The gates of a plan, in the order in which they are asked for.
pub(super) fn of(plan: &Plan) -> Vec<Gate> {
    let policy = &plan.policy;
    let asks = [
        (Gate::Lock, policy.lock.is_some()),
        (Gate::Earlier, policy.idempotency.is_some()),
        (Gate::Inputs, !plan.inputs.is_empty()),
        (Gate::Window, policy.window.is_some()),
        (Gate::Approval, !policy.approvals.is_empty()),
        (Gate::Attendance, needs_a_person(plan)),
    ];
    asks.into_iter().filter_map(|(gate, asks)| asks.then_some(gate)).collect()
}

/// True where a person must attest something before the run or on its way forward.
fn needs_a_person(plan: &Plan) -> bool {
    let attested = |condition: &Condition| condition.mandatory && condition.check.is_none();
    plan.preconditions.iter().chain(&plan.postconditions).any(attested)
        || plan.steps.iter().any(|step| match &step.action {
            Action::Manual { .. } => true,
            Action::Condition { condition } => attested(condition),
            Action::Command { .. } | Action::Fail { .. } | Action::File { .. } => false,
        })
}

/// Whether a condition holds, given how its check, or the person who was asked, came to an end.
pub(super) fn judge(condition: &Condition, ending: &Ending) -> ConditionStatus {
    match ending.exit {
        Exit::Confirmed => ConditionStatus::Attested,
        Exit::Declined => ConditionStatus::Declined,
        Exit::Unasked => ConditionStatus::Unconfirmed,
        Exit::Exited(0) => {
            let measure = condition.check.as_ref().and_then(|check| check.measure.as_ref());
            let printed = ending.stdout.as_deref().unwrap_or_default();
            match measure.is_none_or(|measure| satisfies(measure, printed)) {
                true => ConditionStatus::Held,
                false => ConditionStatus::Failed,
            }
        }
        Exit::Exited(_) | Exit::TimedOut | Exit::Late | Exit::Stopped => ConditionStatus::Failed,
    }
}

impl ConditionStatus {
    /// True where the run may go on.
    pub(super) fn passes(self, condition: &Condition) -> bool {
        match self {
            ConditionStatus::Held | ConditionStatus::Attested | ConditionStatus::Unconfirmed => true,
            ConditionStatus::Failed | ConditionStatus::Declined => !condition.mandatory,
            ConditionStatus::Cancelled => false,
        }
    }
}

impl<'a> Machine<'a> {
    /// Asks for the gate of this place, or goes on to the preconditions behind the last one.
    pub(super) fn ask_next_gate(&self, state: &mut State, index: u32, effects: &mut Vec<Effect<'a>>) {
        // The bound on the run counts from the moment at which the lock is taken.
        let behind_the_lock = u32::from(self.gates.first() == Some(&Gate::Lock));
        if index == behind_the_lock
            && let Some(ms) = self.plan.timeout_ms
        {
            state.deadline_runs = true;
            effects.push(Effect::Set(Timer::Deadline, ms));
        }
        match self.gates.get(index as usize) {
            Some(&gate) => {
                state.phase = Phase::Gate(index);
                effects.push(Effect::Ask(gate));
            }
            None => self.hold(state, ConditionList::Preconditions, 0, effects),
        }
    }

    pub(super) fn gate_answered(
        &self,
        state: &mut State,
        gate: Gate,
        passed: bool,
        effects: &mut Vec<Effect<'a>>,
    ) {
        let Phase::Gate(index) = state.phase else { return };
        if self.gates[index as usize] != gate {
            return;
        }
        effects.push(Effect::Record(Record::Gate { gate, passed }));
        match (passed, gate) {
            (true, _) => self.ask_next_gate(state, index + 1, effects),
            (false, Gate::Earlier) => self.end(state, Outcome::AlreadyDone, effects),
            (false, _) => self.end(state, Outcome::Refused, effects),
        }
    }

    /// Holds the condition of this place against the world, or goes on behind the last one.
    fn hold(&self, state: &mut State, list: ConditionList, from: u32, effects: &mut Vec<Effect<'a>>) {
        let conditions = self.conditions(list);
        let mut number = from;
        while let Some(condition) = conditions.get(number as usize) {
            if is_asked(condition) {
                state.phase = match list {
                    ConditionList::Preconditions => Phase::Preconditions(number),
                    ConditionList::Postconditions => Phase::Postconditions(number),
                };
                state.condition = Some((list, number));
                effects.push(Effect::Record(Record::ConditionStarted { list, number: number + 1 }));
                effects.push(Effect::Start(Job::Condition(list, number)));
                return;
            }
            let status = ConditionStatus::Unconfirmed;
            effects.push(Effect::Record(Record::ConditionEnded { list, number: number + 1, status }));
            number += 1;
        }
        match list {
            ConditionList::Preconditions => {
                state.phase = Phase::Steps;
                effects.push(Effect::Depart);
            }
            ConditionList::Postconditions => self.finish_well(state, effects),
        }
    }

    /// Goes on to the postconditions.
    pub(super) fn hold_postconditions(&self, state: &mut State, effects: &mut Vec<Effect<'a>>) {
        self.hold(state, ConditionList::Postconditions, 0, effects);
    }

    pub(super) fn condition_ended(
        &self,
        state: &mut State,
        list: ConditionList,
        number: u32,
        ending: &Ending,
        effects: &mut Vec<Effect<'a>>,
    ) {
        if state.condition != Some((list, number)) {
            return;
        }
        state.condition = None;
        let condition = &self.conditions(list)[number as usize];
        // Whatever came of a check that was being stopped: it was not decided.
        let status = match state.phase {
            Phase::Stopping => ConditionStatus::Cancelled,
            _ => judge(condition, ending),
        };
        effects.push(Effect::Record(Record::ConditionEnded { list, number: number + 1, status }));
        match (list, state.cause) {
            (ConditionList::Preconditions, Some(Cause::Cancelled)) => {
                self.end(state, Outcome::Cancelled, effects);
            }
            (ConditionList::Preconditions, Some(_)) => self.end(state, Outcome::Refused, effects),
            (ConditionList::Postconditions, Some(_)) => {}
            (_, None) if status.passes(condition) => self.hold(state, list, number + 1, effects),
            (ConditionList::Preconditions, None) => self.end(state, Outcome::Refused, effects),
            (ConditionList::Postconditions, None) => {
                self.break_off(state, Cause::Postcondition(number), effects);
            }
        }
    }
}

/// True where somebody or something is asked: prose that decides nothing is passed over.
pub(super) fn is_asked(condition: &Condition) -> bool {
    condition.mandatory || condition.check.is_some()
}
