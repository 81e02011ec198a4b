//! Steps: what they do, how often, and what takes them back.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Condition, Source, is_false};

/// One step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Unique in the plan. Steps of a called procedure are named `CALL/STEP`, those of a rollback
    /// `PROCEDURE/STEP`, those that run at the end `finally/STEP`.
    pub id: String,
    /// What it does, for people; the id where the rules give no name.
    pub name: String,
    /// What is done.
    pub action: Action,
    /// Ids of steps that must be `ok`, `skipped`, or `failed` with a tolerant `on_failure`, before it starts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<String>,
    /// Where the step is part of a round of a repeated step: which round, and of how many. It is for people; what
    /// makes the rounds follow each other are `needs`, `when` and `start_before`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub round: Option<Round>,
    /// CEL over `steps` and `inputs`, evaluated when the step becomes ready; false: it is skipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// The step becomes ready no earlier than so many milliseconds after the first step may begin, that is when the gates
    /// are passed and the preconditions hold. A run that is resumed counts from when that was. Absent: as soon as its
    /// needs are met.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_at_ms: Option<u64>,
    /// From so many milliseconds on, counted in the same way, the step is late: what it runs then is stopped as by its
    /// timeout (exit code 124), and it has failed, whatever retries and remedies are left. Absent: it is never late.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_by_ms: Option<u64>,
    /// The phase of the timeline that it belongs to, by id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<String>,
    /// Asked after `when`, at the same moment; where it is too late by then, the step is skipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_before: Option<StartBefore>,
    /// A wait before the first attempt, in milliseconds.
    pub delay_before_ms: u64,
    /// A wait after success, in milliseconds.
    pub delay_after_ms: u64,
    /// How long one attempt of the command may take, in milliseconds; absent: no bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u64>,
    /// How long its author expects one attempt to take, in milliseconds; it bounds nothing. Absent: nobody said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimated_ms: Option<u64>,
    /// Between TERM and KILL when it is stopped, in milliseconds; 0: KILL at once.
    pub grace_ms: u64,
    /// Further attempts.
    pub retry: Retry,
    /// Polled after the command has exited with 0; the attempt succeeds if both do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verify: Option<Verify>,
    /// What happens when the attempts are used up.
    pub on_failure: OnFailure,
    /// Takes back what the step did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo: Option<Undo>,
    /// It changes nothing: never undone, and may run again after a crash.
    pub read_only: bool,
    /// To run it twice does what running it once does.
    pub idempotent: bool,
    /// Why nothing can undo it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub irreversible: Option<String>,
    /// Environment variables of its commands, over the inputs.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub env: BTreeMap<String, String>,
    /// Working folder of its commands, relative to where the run was started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub working_dir: Option<String>,
    /// Its exit code is an answer and no failure: the step is `ok` whatever it is, 124 after a timeout. Where its
    /// action is a condition that measures, the exit code is 1 where the command ended with 0 but what it printed does
    /// not satisfy the measure; where a person is asked, it is 0 or 1. Only on a step that is `read_only` and asks
    /// something.
    #[serde(default, skip_serializing_if = "is_false")]
    pub probe: bool,
    /// True where its trimmed standard output is kept as `steps.ID.output`.
    pub output: bool,
    /// Steps that share it never overlap.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mutex: Option<String>,
    /// How many units it takes of each resource while it is under way. A step of `rollbacks` or `finally` runs alone
    /// and finds all of them free.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub resources: BTreeMap<String, u32>,
    /// The circuit breaker that counts its attempts. It has no meaning for a step of `rollbacks` or `finally`, which
    /// are tried in any case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub breaker: Option<String>,
    /// The role that answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// What to try between a failed attempt and the next one; the first that matches.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remedies: Vec<Remedy>,
    /// Where it stands.
    pub source: Source,
}

/// One of the rounds into which a repeated step was unrolled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Round {
    /// The id of the repeated step, which asks once more, behind the last round, whether it is done.
    pub of: String,
    /// The number of the round, from 1.
    #[schemars(range(min = 1))]
    pub number: u32,
    /// How many rounds there are at most.
    #[schemars(range(min = 1))]
    pub max: u32,
}

/// A moment after which a step is no longer begun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StartBefore {
    /// The id of the step from whose start the time counts. Where it was never started, it is never too late.
    pub since: String,
    /// How much later the step may become ready and still run, in milliseconds.
    pub ms: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
fn is_zero(it: &u32) -> bool {
    *it == 0
}

/// What a step does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Action {
    /// Runs a command.
    Command {
        /// Text for `sh -c`, run as written.
        command: String,
    },
    /// A person does something and confirms it.
    Manual {
        /// What is to be done.
        instruction: String,
    },
    /// Holds a condition against the world, as a gate of a called procedure does.
    Condition {
        /// What must hold.
        condition: Condition,
    },
    /// Fails, as a missed checkpoint does: nothing is run.
    Fail {
        /// Why, for people.
        reason: String,
    },
    /// Writes a file: temporary file, then rename. Or deletes one.
    File {
        /// The path, relative to the step's working folder.
        path: String,
        /// The new content, where the rules give it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        content: Option<String>,
        /// A file to copy the content from, where the rules name one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<String>,
        /// SHA-256 of the old content in hexadecimal, of nothing where there is no file; another content is refused.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expect_sha256: Option<String>,
        /// Permission bits in octal; absent: those of the old file, or what the umask leaves of 0666.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mode: Option<String>,
        /// True where the file is deleted: then there is no content, and no mode.
        #[serde(default, skip_serializing_if = "is_false")]
        absent: bool,
    },
}

/// Further attempts after the first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Retry {
    /// How many.
    pub retries: u32,
    /// The wait before the first of them, in milliseconds.
    pub delay_ms: u64,
    /// How the wait grows: not at all, or twofold each time.
    pub backoff: Backoff,
    /// What the wait never exceeds, in milliseconds; absent: no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_delay_ms: Option<u64>,
    /// Exit codes that are worth another attempt (124 is a timeout); empty: all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub on_exit_codes: Vec<u8>,
}

/// How the wait between attempts grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Backoff {
    /// It stays.
    Fixed,
    /// It doubles.
    Exponential,
}

/// A command that is polled until it succeeds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Verify {
    /// Text for `sh -c`.
    pub command: String,
    /// How long one poll may take, in milliseconds; absent: no bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u64>,
    /// Total number of polls.
    pub attempts: u32,
    /// The wait between two polls, in milliseconds.
    pub interval_ms: u64,
    /// What it looks for, in words, where the rules state a typed check and the command was made from that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub says: Option<String>,
}

/// What happens when a step's attempts are used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnFailure {
    /// The run ends and is rolled back.
    Abort,
    /// The same; says that the retries come first, as they always do.
    RetryThenAbort,
    /// The run goes on, degraded.
    Continue,
    /// An alert is raised, then the run goes on, degraded.
    AlertAndContinue,
    /// The run ends and is rolled back; there is something to roll back to.
    Rollback,
}

impl OnFailure {
    /// True where the run goes on after the failure.
    #[must_use]
    pub fn is_tolerant(self) -> bool {
        matches!(self, OnFailure::Continue | OnFailure::AlertAndContinue)
    }
}

/// A command that takes a step back.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Undo {
    /// Text for `sh -c`.
    pub command: String,
    /// How long each attempt may take, in milliseconds; absent: no bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u64>,
    /// How many further attempts there may be after the first has failed, each as soon as the one before is over.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub retries: u32,
    /// True where only a person takes the step back, which wrote a file: the command says so, and fails. A runner that
    /// knows that the file is as it was need not ask anybody.
    #[serde(default, skip_serializing_if = "is_false")]
    pub manual: bool,
}

/// What to try after a failed attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Remedy {
    /// Exit codes of the attempt that it is for; empty: any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exit_codes: Vec<u8>,
    /// Extended regular expression that standard error must match.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stderr_matches: Option<String>,
    /// The commands, in order, each under the step's timeout and grace; the rest is not run once one has failed.
    /// Then the step goes on as if no remedy had matched, unless `then` is `abort`.
    pub run: Vec<String>,
    /// What comes then.
    pub then: RemedyThen,
    /// How often it may run.
    pub max: u32,
    /// True for a fallback: it is the last of the remedies, has no conditions, and runs once, instead of all others,
    /// where no attempt is left.
    #[serde(default, skip_serializing_if = "is_false")]
    pub fallback: bool,
}

/// What comes after a remedy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RemedyThen {
    /// Another attempt; where none is left, the remedy is passed over.
    Retry,
    /// The step counts as ok, without verification and output.
    Continue,
    /// The step has failed.
    Abort,
}
