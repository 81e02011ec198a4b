//! Which step comes next: steps of the plan as they become ready, all others one after another.

use super::Machine;
use super::event::{Effect, Job, Timer, Verdict};
use super::record::{Broken, Outcome, Record};
use super::state::{Cause, Phase, Stage, State, Status, StepId};
use crate::plan::ir::Step;

impl<'a> Machine<'a> {
    /// Goes on as far as the run can without waiting for anything.
    pub(super) fn proceed(&self, state: &mut State, effects: &mut Vec<Effect<'a>>) {
        loop {
            let phase = state.phase;
            match phase {
                Phase::Steps => self.start_ready(state, effects),
                Phase::Stopping if self.is_stopped(state) => self.roll_back(state, effects),
                Phase::Rollback { due, step } => {
                    let steps = &self.groups[state.due[due as usize] as usize];
                    if self.is_past(state, StepId::new(steps.start + step as usize), effects) {
                        self.enter_rollback_step(state, due, step + 1, effects);
                    }
                }
                Phase::Finally(step) => {
                    if self.is_past(state, StepId::new(self.finally.start + step as usize), effects) {
                        self.enter_final_step(state, step + 1, effects);
                    }
                }
                Phase::Gate(_) | Phase::Preconditions(_) | Phase::Postconditions(_) => {}
                Phase::Stopping | Phase::Undo(_) | Phase::Over(_) => {}
            }
            if state.phase == phase {
                return;
            }
        }
    }

    /// True where nothing is under way any more.
    fn is_stopped(&self, state: &State) -> bool {
        state.condition.is_none() && !self.main_steps().any(|id| state.step(id).stopping)
    }

    /// True where a step of a list that runs in order is over; one that is ready is started.
    fn is_past(&self, state: &mut State, id: StepId, effects: &mut Vec<Effect<'a>>) -> bool {
        if state.step(id).stage == Stage::Ready {
            self.start(state, id, effects);
        }
        matches!(state.step(id).stage, Stage::Over(_))
    }

    /// Lets a step begin as soon as it may: its `when` is decided first.
    pub(super) fn enter(&self, state: &mut State, id: StepId, effects: &mut Vec<Effect<'a>>) {
        if self.when(id).is_some() {
            state.step_mut(id).stage = Stage::Deciding;
            effects.push(Effect::Decide(id));
        } else {
            state.step_mut(id).stage = Stage::Ready;
        }
    }

    pub(super) fn decided(
        &self,
        state: &mut State,
        id: StepId,
        verdict: Verdict,
        effects: &mut Vec<Effect<'a>>,
    ) {
        if state.step(id).stage == Stage::Deciding {
            self.settle_when(state, id, verdict, effects);
        }
    }

    /// Starts what is ready, in order of the source, as far as places and mutexes go; when all steps are over,
    /// the postconditions come.
    fn start_ready(&self, state: &mut State, effects: &mut Vec<Effect<'a>>) {
        'source: loop {
            for id in self.main_steps() {
                if state.step(id).stage == Stage::Waiting && self.needs_are_met(state, id) {
                    self.enter(state, id, effects);
                }
                // What comes after it in the source must not take its place before its `when` is decided.
                if state.step(id).stage == Stage::Deciding {
                    return;
                }
                if state.step(id).stage == Stage::Ready && self.has_place(state, id) {
                    self.start(state, id, effects);
                    if state.phase != Phase::Steps {
                        return;
                    }
                    // It may have made an earlier one ready.
                    if matches!(state.step(id).stage, Stage::Over(_)) {
                        continue 'source;
                    }
                }
            }
            break;
        }
        if self.main_steps().all(|id| matches!(state.step(id).stage, Stage::Over(_))) {
            self.hold_postconditions(state, effects);
        }
    }

    fn needs_are_met(&self, state: &State, id: StepId) -> bool {
        self.needs(id).iter().all(|&need| match state.step(need).stage {
            Stage::Over(Status::Ok | Status::Skipped) => true,
            Stage::Over(Status::Failed) => self.step(need).on_failure.is_tolerant(),
            _ => false,
        })
    }

    /// True where a place is free, and nothing that runs shares the step's mutex.
    fn has_place(&self, state: &State, id: StepId) -> bool {
        let mut running = self.main_steps().filter(|&other| state.step(other).is_running());
        let mutex = self.step(id).mutex.as_deref();
        let is_apart = |other: &Step| mutex.is_none() || other.mutex.as_deref() != mutex;
        match self.plan.max_parallel {
            None if mutex.is_none() => true,
            None => running.all(|other| is_apart(self.step(other))),
            Some(places) => {
                let mut taken = 0;
                running.all(|other| {
                    taken += 1;
                    taken < places && is_apart(self.step(other))
                }) && taken < places
            }
        }
    }

    /// Ends the way forward: no new step starts, what is under way is stopped, then comes the rollback. What is
    /// being rolled back or runs at the end is not broken off.
    pub(super) fn break_off(&self, state: &mut State, cause: Cause, effects: &mut Vec<Effect<'a>>) {
        if state.cause.is_some() {
            return;
        }
        let is_forward = match state.phase {
            Phase::Gate(_) | Phase::Preconditions(_) | Phase::Steps | Phase::Postconditions(_) => true,
            Phase::Stopping
            | Phase::Undo(_)
            | Phase::Rollback { .. }
            | Phase::Finally(_)
            | Phase::Over(_) => false,
        };
        if !is_forward {
            return;
        }
        let (broken, step) = match cause {
            Cause::Step(id) => (Broken::Failure, Some(self.step(id).id.as_str())),
            Cause::Postcondition(_) => (Broken::Postcondition, None),
            Cause::Cancelled => (Broken::Cancelled, None),
            Cause::Deadline => (Broken::Deadline, None),
        };
        effects.push(Effect::Record(Record::BrokenOff { cause: broken, step }));
        state.cause = Some(cause);
        let is_gate = matches!(state.phase, Phase::Gate(_));
        state.phase = Phase::Stopping;
        self.forget_deadline(state, effects);
        if is_gate {
            let outcome = if cause == Cause::Cancelled { Outcome::Cancelled } else { Outcome::Refused };
            return self.end(state, outcome, effects);
        }
        if let Some((list, number)) = state.condition {
            effects.push(Effect::Stop(Job::Condition(list, number)));
        }
        for id in self.main_steps() {
            self.stop(state, id, effects);
        }
    }

    pub(super) fn forget_deadline(&self, state: &mut State, effects: &mut Vec<Effect<'a>>) {
        if state.deadline_runs {
            state.deadline_runs = false;
            effects.push(Effect::Clear(Timer::Deadline));
        }
    }
}
