//! What an observer sees of a run: the lines of a trace.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::event::{Exit, Gate};
use super::state::Status;

/// The version of traces: it changes when a reader must.
pub const TRACE_VERSION: u32 = 1;

/// One thing that has happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Record<'a> {
    /// The run begins.
    RunStarted {
        /// Version of the format: 1.
        #[schemars(extend("const" = TRACE_VERSION))]
        version: u32,
        /// Id of what was compiled.
        entry: &'a str,
        /// Digest of the plan.
        #[schemars(regex(pattern = "^sha256:[0-9a-f]{64}$"))]
        plan: &'a str,
    },
    /// A gate was passed, or the run ends here.
    Gate {
        /// Which.
        gate: Gate,
        /// True where the run goes on.
        passed: bool,
    },
    /// A condition is being held against the world.
    ConditionStarted {
        /// The list that it stands in.
        list: ConditionList,
        /// Its number there, from 1.
        number: u32,
    },
    /// A condition was decided.
    ConditionEnded {
        /// The list that it stands in.
        list: ConditionList,
        /// Its number there, from 1.
        number: u32,
        /// What came of it.
        status: ConditionStatus,
    },
    /// A step took its place. It is undone only if an attempt began, too.
    StepStarted {
        /// Id of the step.
        step: &'a str,
    },
    /// A wait began.
    Waiting {
        /// Id of the step that waits.
        step: &'a str,
        /// What for.
        wait: Wait,
        /// How long, in milliseconds; for `start_at` up to when, counted from when the first step might begin.
        ms: u64,
    },
    /// An attempt began.
    AttemptStarted {
        /// Id of the step.
        step: &'a str,
        /// From 1.
        attempt: u64,
    },
    /// An attempt does not begin, since the circuit breaker of the step is open.
    CircuitOpen {
        /// Id of the step.
        step: &'a str,
        /// Name of the circuit breaker.
        breaker: &'a str,
    },
    /// What an attempt runs is over; its verification is not part of it.
    AttemptEnded {
        /// Id of the step.
        step: &'a str,
        /// From 1.
        attempt: u64,
        /// How.
        ended: Ended,
        /// Its exit code; absent where a person answered.
        #[serde(skip_serializing_if = "Option::is_none")]
        exit_code: Option<u8>,
    },
    /// A poll of the verification began.
    PollStarted {
        /// Id of the step.
        step: &'a str,
        /// The attempt that is verified, from 1.
        attempt: u64,
        /// From 1.
        poll: u32,
    },
    /// A poll of the verification is over.
    PollEnded {
        /// Id of the step.
        step: &'a str,
        /// The attempt that is verified, from 1.
        attempt: u64,
        /// From 1.
        poll: u32,
        /// How.
        ended: Ended,
        /// Its exit code.
        #[serde(skip_serializing_if = "Option::is_none")]
        exit_code: Option<u8>,
    },
    /// A command of a remedy began.
    RemedyStarted {
        /// Id of the step.
        step: &'a str,
        /// The attempt that failed, from 1; 0 where none began.
        attempt: u64,
        /// Number of the remedy, from 1.
        remedy: u32,
        /// Number of the command in it, from 1.
        command: u32,
    },
    /// A command of a remedy is over.
    RemedyEnded {
        /// Id of the step.
        step: &'a str,
        /// The attempt that failed, from 1; 0 where none began.
        attempt: u64,
        /// Number of the remedy, from 1.
        remedy: u32,
        /// Number of the command in it, from 1.
        command: u32,
        /// How.
        ended: Ended,
        /// Its exit code.
        #[serde(skip_serializing_if = "Option::is_none")]
        exit_code: Option<u8>,
    },
    /// A step is done, but for the alert or the wait that follows.
    StepEnded {
        /// Id of the step.
        step: &'a str,
        /// What came of it.
        status: Status,
        /// How many attempts were begun.
        attempts: u64,
        /// Exit code of the last attempt, or of the last poll where that failed it; absent: there is none.
        #[serde(skip_serializing_if = "Option::is_none")]
        exit_code: Option<u8>,
    },
    /// The alert that a step failed is being raised.
    AlertStarted {
        /// Id of the step.
        step: &'a str,
    },
    /// The alert was raised, or could not be.
    AlertEnded {
        /// Id of the step.
        step: &'a str,
        /// True where its command succeeded, or none was asked for.
        delivered: bool,
    },
    /// The run is broken off: no new step starts, and what is under way is stopped.
    BrokenOff {
        /// Why.
        cause: Broken,
        /// Id of the step whose failure is the cause.
        #[serde(skip_serializing_if = "Option::is_none")]
        step: Option<&'a str>,
    },
    /// Rolling back begins.
    RollbackStarted,
    /// The undo of a step began.
    UndoStarted {
        /// Id of the step.
        step: &'a str,
    },
    /// The undo of a step is over.
    UndoEnded {
        /// Id of the step.
        step: &'a str,
        /// How.
        ended: Ended,
        /// Its exit code.
        #[serde(skip_serializing_if = "Option::is_none")]
        exit_code: Option<u8>,
    },
    /// A rollback procedure began.
    ProcedureStarted {
        /// Id of the procedure.
        procedure: &'a str,
    },
    /// The final steps begin.
    FinallyStarted,
    /// The run is over.
    RunEnded {
        /// What came of it.
        outcome: Outcome,
    },
}

/// The lists of conditions of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConditionList {
    /// Before the first step.
    Preconditions,
    /// After the last one.
    Postconditions,
}

/// What came of a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConditionStatus {
    /// Its check says that it holds.
    Held,
    /// Its check says that it does not, or did not come to an end.
    Failed,
    /// A person confirmed it.
    Attested,
    /// A person did not.
    Declined,
    /// It is prose that decides nothing: nobody was asked.
    Unconfirmed,
    /// The run was broken off before it was decided.
    Cancelled,
}

/// What a step waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Wait {
    /// The time at which it may become ready.
    StartAt,
    /// Its first attempt.
    DelayBefore,
    /// The next poll of its verification.
    Interval,
    /// The next attempt.
    Backoff,
    /// The end of the wait after its success.
    DelayAfter,
}

/// How a job ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// By itself.
    Exited,
    /// It took longer than it may, and was stopped.
    TimedOut,
    /// It was not over when its step was late, and was stopped, or was not begun at all.
    Late,
    /// The run was broken off, and it was stopped.
    Stopped,
    /// A person confirmed it.
    Confirmed,
    /// A person did not.
    Declined,
    /// It is prose that decides nothing: nobody was asked.
    Unasked,
}

impl From<Exit> for Ended {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Exited(_) => Ended::Exited,
            Exit::TimedOut => Ended::TimedOut,
            Exit::Late => Ended::Late,
            Exit::Stopped => Ended::Stopped,
            Exit::Confirmed => Ended::Confirmed,
            Exit::Declined => Ended::Declined,
            Exit::Unasked => Ended::Unasked,
        }
    }
}

/// Why a run is broken off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Broken {
    /// A step failed that must not.
    Failure,
    /// A postcondition does not hold.
    Postcondition,
    /// Somebody cancelled the run.
    Cancelled,
    /// The run took longer than it may.
    Deadline,
}

/// What came of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Everything was done.
    Succeeded,
    /// It went through, but a step failed that may, or a final step did.
    Degraded,
    /// It failed, and there was nothing to roll back.
    Failed,
    /// It failed, and was rolled back.
    RolledBack,
    /// It failed or was cancelled, and rolling back failed too, at least in part.
    RollbackFailed,
    /// It was cancelled, and what there was to roll back was rolled back.
    Cancelled,
    /// A gate or a precondition does not hold: nothing ran.
    Refused,
    /// The same run has succeeded before: nothing ran.
    AlreadyDone,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Succeeded,
        Self::Degraded,
        Self::Failed,
        Self::RolledBack,
        Self::RollbackFailed,
        Self::Cancelled,
        Self::Refused,
        Self::AlreadyDone,
    ];

    /// The word for it, as reports and traces spell it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Succeeded => "succeeded",
            Outcome::Degraded => "degraded",
            Outcome::Failed => "failed",
            Outcome::RolledBack => "rolled_back",
            Outcome::RollbackFailed => "rollback_failed",
            Outcome::Cancelled => "cancelled",
            Outcome::Refused => "refused",
            Outcome::AlreadyDone => "already_done",
        }
    }
}
