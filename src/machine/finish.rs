//! The end of a run: rolling back, final steps, the outcome.

use super::Machine;
use super::event::{Effect, Ending, Exit, Job};
use super::record::{Outcome, Record};
use super::state::{Cause, Phase, State, StepId, Undone};

impl<'a> Machine<'a> {
    /// All steps and postconditions went well.
    pub(super) fn finish_well(&self, state: &mut State, effects: &mut Vec<Effect<'a>>) {
        self.forget_deadline(state, effects);
        self.finally(state, effects);
    }

    /// Takes back what was done, if there is anything that does.
    pub(super) fn roll_back(&self, state: &mut State, effects: &mut Vec<Effect<'a>>) {
        state.undo = state.completed.iter().rev().copied().filter(|&id| self.is_undoable(id)).collect();
        let is_due = |group: &usize| {
            let after = self.rollback_after(*group);
            after.is_empty() || after.iter().any(|&id| state.step(id).begun)
        };
        let due = (0..self.groups.len()).filter(is_due);
        state.due = due.map(|group| u32::try_from(group).expect("fewer rollbacks than steps")).collect();
        if state.has_rollback() {
            effects.push(Effect::Record(Record::RollbackStarted));
            self.undo(state, 0, effects);
        } else {
            self.finally(state, effects);
        }
    }

    fn undo(&self, state: &mut State, at: u32, effects: &mut Vec<Effect<'a>>) {
        match state.undo.get(at as usize) {
            Some(&id) => {
                state.phase = Phase::Undo(at);
                effects.push(Effect::Record(Record::UndoStarted { step: &self.step(id).id }));
                effects.push(Effect::Start(Job::Undo(id)));
            }
            None => self.enter_rollback(state, 0, effects),
        }
    }

    pub(super) fn undo_ended(
        &self,
        state: &mut State,
        id: StepId,
        ending: &Ending,
        effects: &mut Vec<Effect<'a>>,
    ) {
        let Phase::Undo(at) = state.phase else { return };
        if state.undo[at as usize] != id {
            return;
        }
        // Nothing stops an undo but its own timeout.
        let exit = if ending.exit == Exit::Stopped { Exit::TimedOut } else { ending.exit };
        effects.push(Effect::Record(Record::UndoEnded {
            step: &self.step(id).id,
            ended: exit.into(),
            exit_code: exit.code(),
        }));
        let retries = self.step(id).undo.as_ref().map_or(0, |undo| undo.retries);
        // L3 allows a hundred attempts; that a count in two bytes does not run over holds for plans of others.
        if !exit.is_success() && u32::from(state.undo_tries) < retries.min(u32::from(u16::MAX)) {
            state.undo_tries += 1;
            return self.undo(state, at, effects);
        }
        state.undo_tries = 0;
        state.step_mut(id).undone = if exit.is_success() { Undone::Ok } else { Undone::Failed };
        state.rollback_failed |= !exit.is_success();
        self.undo(state, at + 1, effects);
    }

    /// Begins the rollback of this place among those that are due, or the next one that has steps.
    fn enter_rollback(&self, state: &mut State, from: u32, effects: &mut Vec<Effect<'a>>) {
        for due in from.. {
            let Some(&group) = state.due.get(due as usize) else { return self.finally(state, effects) };
            let procedure = &self.plan.rollbacks[group as usize].procedure;
            effects.push(Effect::Record(Record::ProcedureStarted { procedure }));
            if !self.groups[group as usize].is_empty() {
                return self.enter_rollback_step(state, due, 0, effects);
            }
        }
    }

    pub(super) fn enter_rollback_step(
        &self,
        state: &mut State,
        due: u32,
        step: u32,
        effects: &mut Vec<Effect<'a>>,
    ) {
        let steps = &self.groups[state.due[due as usize] as usize];
        let index = steps.start + step as usize;
        if index >= steps.end {
            return self.enter_rollback(state, due + 1, effects);
        }
        state.phase = Phase::Rollback { due, step };
        self.enter(state, StepId::new(index), effects);
    }

    /// The final steps run, whatever happened.
    fn finally(&self, state: &mut State, effects: &mut Vec<Effect<'a>>) {
        if !self.finally.is_empty() {
            effects.push(Effect::Record(Record::FinallyStarted));
        }
        self.enter_final_step(state, 0, effects);
    }

    pub(super) fn enter_final_step(&self, state: &mut State, step: u32, effects: &mut Vec<Effect<'a>>) {
        let index = self.finally.start + step as usize;
        if index >= self.finally.end {
            return self.end(state, self.outcome(state), effects);
        }
        state.phase = Phase::Finally(step);
        self.enter(state, StepId::new(index), effects);
    }

    fn outcome(&self, state: &State) -> Outcome {
        match state.cause {
            None if state.is_degraded => Outcome::Degraded,
            None => Outcome::Succeeded,
            Some(_) if state.rollback_failed => Outcome::RollbackFailed,
            Some(Cause::Cancelled) => Outcome::Cancelled,
            Some(_) if state.has_rollback() => Outcome::RolledBack,
            Some(_) => Outcome::Failed,
        }
    }

    pub(super) fn end(&self, state: &mut State, outcome: Outcome, effects: &mut Vec<Effect<'a>>) {
        self.forget_deadline(state, effects);
        state.phase = Phase::Over(outcome);
        effects.push(Effect::Record(Record::RunEnded { outcome }));
    }
}
