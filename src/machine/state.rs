//! Where a run stands: nothing but values, so that states can be compared, hashed and kept.

use super::agenda::Agenda;
use super::record::{ConditionList, Outcome};

/// A step of any list of a plan, by its place: those of the plan first, then of each rollback, then the final
/// ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StepId(u32);

impl StepId {
    /// The least of all.
    pub(super) const FIRST: Self = Self(0);

    pub(super) fn new(index: usize) -> Self {
        Self(u32::try_from(index).expect("a plan has fewer than 2^32 steps"))
    }

    /// Its place among all steps.
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Where a run stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct State {
    /// The part of the run that it is in.
    pub phase: Phase,
    /// Each step of any list, by [`StepId`].
    pub steps: Vec<StepState>,
    /// The steps of the plan that were begun and are over, in the order of completion.
    pub completed: Vec<StepId>,
    /// Why the steps were not gone through to the end.
    pub cause: Option<Cause>,
    /// True where a step failed that may.
    pub is_degraded: bool,
    /// True where an undo or a step of a rollback failed.
    pub rollback_failed: bool,
    /// The steps that are to be undone, in order.
    pub undo: Vec<StepId>,
    /// How many attempts of the undo that is under way have failed.
    pub undo_tries: u16,
    /// The rollbacks that are due, in order, by their places in the plan.
    pub due: Vec<u32>,
    /// For each circuit breaker, how many attempts in a row have failed, up to that at which it opens.
    pub(crate) fails: Vec<u32>,
    /// The condition whose check is under way.
    pub(super) condition: Option<(ConditionList, u32)>,
    /// True while the bound on the whole run counts.
    pub(super) deadline_runs: bool,
    /// What the steps of the plan wait for.
    pub(super) agenda: Agenda,
}

impl State {
    pub(super) fn new(steps: usize, breakers: usize, agenda: Agenda) -> Self {
        Self {
            phase: Phase::Gate(0),
            steps: vec![StepState::default(); steps],
            completed: Vec::new(),
            cause: None,
            is_degraded: false,
            rollback_failed: false,
            undo: Vec::new(),
            undo_tries: 0,
            due: Vec::new(),
            fails: vec![0; breakers],
            condition: None,
            deadline_runs: false,
            agenda,
        }
    }

    /// Where a step stands.
    #[must_use]
    pub fn step(&self, id: StepId) -> &StepState {
        #[cfg(test)]
        tests::LOOKS.with(|looks| looks.set(looks.get() + 1));
        &self.steps[id.index()]
    }

    pub(super) fn step_mut(&mut self, id: StepId) -> &mut StepState {
        #[cfg(test)]
        tests::LOOKS.with(|looks| looks.set(looks.get() + 1));
        &mut self.steps[id.index()]
    }

    /// How the run ended, once it has.
    #[must_use]
    pub fn outcome(&self) -> Option<Outcome> {
        match self.phase {
            Phase::Over(outcome) => Some(outcome),
            _ => None,
        }
    }

    /// True where anything was rolled back, or is to be.
    pub(super) fn has_rollback(&self) -> bool {
        !self.undo.is_empty() || !self.due.is_empty()
    }
}

/// The parts of a run, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// A gate was asked for, by its place among those of the plan.
    Gate(u32),
    /// A precondition is held against the world, by its place.
    Preconditions(u32),
    /// Steps run.
    Steps,
    /// A postcondition is held against the world, by its place.
    Postconditions(u32),
    /// No new step starts, and what is under way is being stopped.
    Stopping,
    /// Steps are undone: the place in the list of those.
    Undo(u32),
    /// A rollback procedure runs: its place among those that are due, and that of its step.
    Rollback {
        /// The place in [`State::due`].
        due: u32,
        /// The step of it.
        step: u32,
    },
    /// Final steps run: the place of the one.
    Finally(u32),
    /// The run is over.
    Over(Outcome),
}

/// Why the steps were not gone through to the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cause {
    /// A step failed that must not.
    Step(StepId),
    /// A postcondition does not hold, by its place.
    Postcondition(u32),
    /// Somebody cancelled the run.
    Cancelled,
    /// The run took longer than it may.
    Deadline,
}

/// Where a step stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct StepState {
    /// What it does.
    pub stage: Stage,
    /// The attempt, from 1; 0 before the first.
    pub attempt: u64,
    /// The poll of the attempt's verification, from 1; 0 before the first.
    pub poll: u32,
    /// True as soon as the first attempt, or a fallback in its place, was started.
    pub begun: bool,
    /// True while its job is being stopped.
    pub stopping: bool,
    /// Exit code of the last attempt, or of the last poll where that failed it; 124 where it was stopped.
    pub exit_code: Option<u8>,
    /// How often each remedy ran, up to the last that did.
    pub remedied: Vec<u32>,
    /// What it printed, trimmed, where that is kept.
    pub output: Option<String>,
    /// What became of its undo.
    pub undone: Undone,
}

impl StepState {
    /// What others see of it; none as long as it has not come to an end.
    #[must_use]
    pub fn status(&self) -> Option<Status> {
        match self.stage {
            Stage::Over(status) => Some(status),
            Stage::Settling => Some(Status::Ok),
            Stage::Alerting => Some(Status::Failed),
            _ => None,
        }
    }

    /// True from its start to its end: it holds a place, and what it shares. The alert of a step that never started,
    /// because its `when` can't be decided, needs none of it.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.stage.has_timer() || (self.stage.has_job() && self.begun)
    }
}

/// What a step does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Stage {
    /// It waits for what it needs, or its list has not come to it.
    #[default]
    Waiting,
    /// All that it needs is done, and its time has not come.
    Scheduled,
    /// Its `when` is being decided.
    Deciding,
    /// It waits for a place, or for what it shares.
    Ready,
    /// It waits before its first attempt.
    Delayed,
    /// An attempt runs.
    Attempting,
    /// A poll of the verification runs.
    Polling,
    /// It waits before the next poll.
    Interval,
    /// A command of a remedy runs.
    Remedying {
        /// The place of the remedy.
        remedy: u32,
        /// The place of the command in it.
        command: u32,
    },
    /// It waits before the next attempt.
    BackingOff,
    /// It has failed, and the alert is being raised.
    Alerting,
    /// It has succeeded, and waits after that.
    Settling,
    /// It is over.
    Over(Status),
}

impl Stage {
    /// True where a job runs for it.
    #[must_use]
    pub fn has_job(self) -> bool {
        matches!(self, Stage::Attempting | Stage::Polling | Stage::Remedying { .. } | Stage::Alerting)
    }

    /// True where it has begun and waits for a timer.
    #[must_use]
    pub fn has_timer(self) -> bool {
        matches!(self, Stage::Delayed | Stage::Interval | Stage::BackingOff | Stage::Settling)
    }
}

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It did what it is for.
    Ok,
    /// Its attempts are used up.
    Failed,
    /// Its `when` did not hold.
    Skipped,
    /// It was stopped, or waited for something, when the run was broken off.
    Cancelled,
}

impl Status {
    /// The word for it, as expressions and traces spell it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Status::Ok => "ok",
            Status::Failed => "failed",
            Status::Skipped => "skipped",
            Status::Cancelled => "cancelled",
        }
    }
}

/// What became of the undo of a step.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Undone {
    /// It was not begun.
    #[default]
    No,
    /// It succeeded.
    Ok,
    /// It failed.
    Failed,
}

#[cfg(test)]
pub(super) mod tests {
    use std::cell::Cell;

    thread_local! {
        /// How often this thread looked at the state of a step.
        pub(in crate::machine) static LOOKS: Cell<usize> = const { Cell::new(0) };
    }
}
