//! What a driver tells the machine, and what the machine asks of a driver.

use super::record::{ConditionList, Record};
use super::state::StepId;
use crate::plan::ir::Step;

/// Something that has happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A gate was passed or not.
    Answered {
        /// Which.
        gate: Gate,
        /// True where the run may go on. For [`Gate::Earlier`]: true where there is no earlier success.
        passed: bool,
    },
    /// The `when` of a step was decided.
    Decided {
        /// The step.
        step: StepId,
        /// Whether it holds.
        verdict: Verdict,
    },
    /// A job is over, with all its processes.
    Ended {
        /// Which.
        job: Job,
        /// How.
        ending: Ending,
    },
    /// A timer has elapsed.
    Elapsed(Timer),
    /// Somebody wants the run to end: a signal, or a command.
    Cancel,
}

/// Something that a driver has to do, or to write down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect<'a> {
    /// Find out whether the run may pass a gate, and tell.
    Ask(Gate),
    /// Decide the `when` of a step, and tell.
    Decide(StepId),
    /// Start a job under its own timeout and grace, and tell how it ended.
    Start(Job),
    /// Stop a job that runs, and tell when it is over.
    Stop(Job),
    /// Offsets of the plan count from now on: the first step may begin.
    Depart,
    /// Tell when so many milliseconds are over.
    Set(Timer, u64),
    /// Tell when so many milliseconds are over since [`Effect::Depart`], at once where they are.
    SetAt(Timer, u64),
    /// The timer is no longer wanted.
    Clear(Timer),
    /// Write down what has happened.
    Record(Record<'a>),
}

/// What a run must pass before its preconditions, in this order.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Gate {
    /// The lock of its scope is taken.
    Lock,
    /// There is no success of the same run within its time to live.
    Earlier,
    /// The inputs are there and of their types.
    Inputs,
    /// It is an hour in which it may start.
    Window,
    /// All approvals are there.
    Approval,
    /// Somebody is there who can attest what only a person can, or has attested all of it.
    Attendance,
}

impl Gate {
    /// All of them, in order.
    pub const ALL: [Self; 6] =
        [Self::Lock, Self::Earlier, Self::Inputs, Self::Window, Self::Approval, Self::Attendance];

    /// The word for it, as traces spell it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Gate::Lock => "lock",
            Gate::Earlier => "earlier",
            Gate::Inputs => "inputs",
            Gate::Window => "window",
            Gate::Approval => "approval",
            Gate::Attendance => "attendance",
        }
    }
}

/// Something that runs and comes to an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Job {
    /// A condition of the plan, by its place.
    Condition(ConditionList, u32),
    /// What a step is at: an attempt, a poll, a command of a remedy, or its alert.
    Step(StepId),
    /// The undo of a step.
    Undo(StepId),
}

/// A wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Timer {
    /// A delay of a step.
    Step(StepId),
    /// The bound on the run up to the end of its postconditions.
    Deadline,
}

/// What a state waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Pending {
    /// The answer of a gate.
    Answer(Gate),
    /// The `when` of a step.
    Decision(StepId),
    /// The end of a job.
    Job(Job),
    /// A timer.
    Timer(Timer),
}

/// Whether a `when` holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// The step runs.
    Holds,
    /// The step is skipped.
    DoesNotHold,
    /// It can't be evaluated, such as where it reads an output that was not produced: the step fails.
    Undecidable,
}

/// How a job ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    /// How it ended.
    pub exit: Exit,
    /// What it printed on standard output, where the plan keeps or measures that.
    pub stdout: Option<String>,
    /// The places of the step's remedies whose `stderr_matches` is found in its standard error.
    pub matched: Vec<u32>,
}

impl Ending {
    /// An ending of which only the exit matters.
    #[must_use]
    pub fn of(exit: Exit) -> Self {
        Self { exit, stdout: None, matched: Vec::new() }
    }
}

/// How a command, or a person, came to an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Exit {
    /// By itself, with this exit code.
    Exited(u8),
    /// It took longer than its timeout.
    TimedOut,
    /// It was not over when its step was late, or was not begun then.
    Late,
    /// It was stopped because the run was broken off.
    Stopped,
    /// A person confirmed it.
    Confirmed,
    /// A person did not.
    Declined,
    /// Nobody was asked, since it decides nothing.
    Unasked,
}

impl Exit {
    /// The exit code: 124 for what was stopped, none where a person answered.
    #[must_use]
    pub fn code(self) -> Option<u8> {
        match self {
            Exit::Exited(code) => Some(code),
            Exit::TimedOut | Exit::Late | Exit::Stopped => Some(124),
            Exit::Confirmed | Exit::Declined | Exit::Unasked => None,
        }
    }

    /// True where what was asked for is done.
    #[must_use]
    pub fn is_success(self) -> bool {
        matches!(self, Exit::Exited(0) | Exit::Confirmed | Exit::Unasked)
    }
}

/// A job as a driver starts it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Launch<'a> {
    /// The job.
    pub job: Job,
    /// What it is for.
    pub purpose: Purpose,
    /// What is run.
    pub what: What<'a>,
    /// How long it may take, in milliseconds; absent: no bound. A person has none but that of the step.
    pub timeout_ms: Option<u64>,
    /// When its step is late, in milliseconds since [`Effect::Depart`]: it is stopped then, and not begun later. Absent: never.
    pub end_by_ms: Option<u64>,
    /// Between TERM and KILL when it is stopped, in milliseconds.
    pub grace_ms: u64,
    /// The step that it belongs to, whose variables and working folder it has.
    pub step: Option<&'a Step>,
}

/// What a job is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A condition of the plan.
    Condition,
    /// An attempt of a step.
    Attempt {
        /// From 1.
        attempt: u64,
    },
    /// A poll of a step's verification.
    Poll {
        /// Of this attempt, from 1.
        attempt: u64,
        /// From 1.
        poll: u32,
    },
    /// A command of a remedy.
    Remedy {
        /// After this attempt, from 1.
        attempt: u64,
        /// Place of the remedy, from 0.
        remedy: u32,
        /// Place of the command, from 0.
        command: u32,
    },
    /// The alert that a step failed.
    Alert,
    /// The undo of a step.
    Undo,
}

/// What a job runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What<'a> {
    /// Text for `sh -c`.
    Command(&'a str),
    /// Words that a person confirms or not.
    Person(&'a str),
    /// The file of a step is written, or its old content restored.
    File,
}
