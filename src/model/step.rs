//! Steps: what runs, how it is repeated, judged and undone.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{Deserializer, Error, Visitor};

use super::choice::Plain;
use super::collections::{List, Map, Texts};
use super::condition::Verify;
use super::repeat::Repeat;
use super::resource::Units;
use super::retry::{Remedy, Retry, RetryPlan};
use super::spanned::{Spanned, Text};
use crate::scalar::Duration;

/// One step of a procedure. It has a `step` number or an `id`, and exactly one of `command`, `probe`, `uses`, `run`,
/// `manual` and `file`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[schemars(extend("x-one-of" = ["command", "probe", "uses", "run", "manual", "file"]))]
#[schemars(extend("x-some-of" = ["id", "step"]))]
#[schemars(extend("x-only-with" = {
    "with": ["uses", "run"],
    "repeat": ["command", "uses", "run"],
    "retry": ["command", "uses", "run", "manual", "file"],
    "on_failure": ["command", "uses", "run", "manual", "file"],
    "verify": ["command", "uses", "run", "manual", "file"],
    "undo": ["command", "uses", "run", "manual", "file"],
    "remedies": ["command", "uses", "run", "manual", "file"],
    "irreversible": ["command", "uses", "run", "manual", "file"],
}))]
pub struct Step {
    /// The step's number, from 1 in steps of 1.
    #[schemars(range(min = 1, max = 1_000_000), example = 1)]
    pub step: Option<Spanned<u32>>,

    /// The step's id, unique in its procedure: what `needs` and `steps.ID.status` name.
    #[schemars(example = &"start-orders")]
    pub id: Option<Text>,

    /// What the step does, in a few words.
    #[schemars(example = &"Start the order service")]
    pub name: Option<Text>,

    /// Ids of goals, requirements or constraints of an earlier layer that the step serves.
    #[serde(default)]
    pub satisfies: Texts,

    /// A command for `sh -c`, run as written. It succeeds where it exits with 0.
    #[schemars(example = &"./start.sh")]
    pub command: Option<Text>,

    /// A command that asks something: its exit code is an answer, and never a failure of the step, also 124 where its
    /// `timeout` ends it. The `when` of later steps chooses by `steps.ID.exit_code`, and with `output: true` by
    /// `steps.ID.output`. It changes nothing: the step is `read_only` and `idempotent` without saying so.
    #[schemars(example = &"pg_isready --quiet")]
    pub probe: Option<Text>,

    /// An action: `COMPONENT.ACTION`, or the name of an entry of `actions`.
    #[schemars(example = &"orders.start")]
    pub uses: Option<Text>,

    /// Values for what `uses` or `run` calls, given to its commands as environment variables.
    #[serde(default)]
    pub with: Map<Plain>,

    /// A procedure that is run in the place of this step.
    #[schemars(example = &"backup")]
    pub run: Option<Text>,

    /// An instruction that a person carries out and confirms.
    #[schemars(example = &"Tell the bakers that orders pause for ten minutes.")]
    pub manual: Option<Text>,

    /// A file that is written as a whole or not at all, or deleted.
    pub file: Option<Spanned<FileWrite>>,

    /// How long one attempt may take: whole seconds, or text such as `1m30s`. When it expires, the whole
    /// process tree is ended and the attempt's exit code is 124. Without it the step has no limit.
    #[schemars(example = &"30s")]
    pub timeout: Option<Spanned<Duration>>,

    /// How long its author expects one attempt to take: whole seconds, or text such as `1m30s`. It bounds
    /// nothing; `rulec simulate` adds it up to how long the whole procedure is expected to take.
    #[schemars(example = &"20s")]
    pub estimated_duration: Option<Spanned<Duration>>,

    /// How often the step is tried again after a first failed attempt: a number, or an object that says more.
    #[schemars(extend("default" = 0), example = 2)]
    pub retry: Option<Spanned<Retry>>,

    /// The step is done again, round by round, until something holds.
    pub repeat: Option<Spanned<Repeat>>,

    /// What happens when all attempts have failed.
    #[schemars(extend("default" = "abort"))]
    pub on_failure: Option<Spanned<OnFailure>>,

    /// A command that must exit with 0 after the step did, or the attempt has failed.
    #[schemars(example = &"curl --fail --silent http://localhost:8080/health")]
    pub verify: Option<Spanned<Verify>>,

    /// How long to wait after the step has succeeded: whole seconds, or text such as `5s`.
    #[schemars(extend("default" = "0s"), example = &"5s")]
    pub delay_after: Option<Spanned<Duration>>,

    /// Whether a step that is stopped is asked first (TERM), and killed only after `grace`. `false` kills it
    /// at once.
    #[schemars(extend("default" = true))]
    pub graceful: Option<Spanned<bool>>,

    /// How long a step that is stopped has between TERM and KILL: whole seconds, or text such as `5s`.
    #[schemars(extend("default" = "5s"), example = &"10s")]
    pub grace: Option<Spanned<Duration>>,

    /// A command that undoes the step; the rollback runs it.
    #[schemars(example = &"./stop.sh")]
    pub undo: Option<Text>,

    /// Whether the step changes nothing, so that there is nothing to undo and it may run again.
    #[schemars(extend("default" = false))]
    pub read_only: Option<Spanned<bool>>,

    /// Whether the step may run twice with the same effect as once.
    #[schemars(extend("default" = false))]
    pub idempotent: Option<Spanned<bool>>,

    /// Why nothing can undo the step.
    #[schemars(example = &"the e-mail has been sent")]
    pub irreversible: Option<Text>,

    /// The ids or numbers of the steps that must have ended before this one starts. The steps of the
    /// procedure then form a graph and no longer run in listed order.
    #[serde(default)]
    pub needs: List<StepRef>,

    /// When the step runs at all: an expression (CEL). Where it is false, the step is skipped.
    #[schemars(example = &"decisions.rollout == \"canary\"")]
    pub when: Option<Text>,

    /// Environment variables for the step's commands.
    #[serde(default)]
    pub env: Map<Plain>,

    /// The folder in which the step's commands run, relative to the folder of the run.
    #[schemars(example = &"services/orders")]
    pub working_dir: Option<Text>,

    /// Whether to keep the command's standard output, trimmed, as `steps.ID.output`.
    #[schemars(extend("default" = false))]
    pub output: Option<Spanned<bool>>,

    /// A name; steps that share it never run at the same time.
    #[schemars(example = &"database")]
    pub mutex: Option<Text>,

    /// How many units of which resources the step takes while it runs, by name. Steps that run at once never take
    /// more of a resource than there is; what the step says of a resource counts before what its action says of it.
    #[serde(default)]
    #[schemars(example = &serde_json::json!({ "oven-slots": 2 }))]
    pub resources: Map<Units>,

    /// The role that is responsible for the step.
    #[schemars(example = &"baker-on-duty")]
    pub owner: Option<Text>,

    /// What to do about known failures before the next attempt. The first that matches is run.
    #[serde(default)]
    pub remedies: List<Remedy>,

    /// What is done instead, once, where no attempt is left: a command, an action as in `uses`, or the name of a
    /// procedure that has commands only. Where it succeeds the step counts as ok, without verification and output.
    #[schemars(example = &"./serve-yesterdays-bread.sh")]
    pub fallback: Option<Text>,

    /// A component whose circuit breaker counts the attempts of this step too. A step that uses an action of a
    /// component is counted by that component's without saying so.
    #[schemars(example = &"orders")]
    pub circuit_breaker: Option<Text>,
}

/// What a step does.
#[derive(Debug, Clone, Copy)]
pub enum StepKind<'a> {
    /// A command for `sh -c`.
    Command(&'a Text),
    /// A command for `sh -c`, whose exit code is an answer.
    Probe(&'a Text),
    /// An action by name.
    Uses(&'a Text),
    /// A procedure by name.
    Run(&'a Text),
    /// An instruction to a person.
    Manual(&'a Text),
    /// A file to write.
    File(&'a Spanned<FileWrite>),
}

impl Step {
    /// What the step does, or `None` where what was written is not a step.
    #[must_use]
    pub fn kind(&self) -> Option<StepKind<'_>> {
        let command = self.command.as_ref().map(StepKind::Command);
        let probe = || self.probe.as_ref().map(StepKind::Probe);
        let uses = || self.uses.as_ref().map(StepKind::Uses);
        let run = || self.run.as_ref().map(StepKind::Run);
        let manual = || self.manual.as_ref().map(StepKind::Manual);
        let file = || self.file.as_ref().map(StepKind::File);
        command.or_else(probe).or_else(uses).or_else(run).or_else(manual).or_else(file)
    }

    /// How the step is called where it is referred to: its id, else its number.
    #[must_use]
    pub fn key(&self) -> Option<Spanned<StepRef>> {
        let id = self.id.clone().map(|id| id.map(StepRef));
        id.or_else(|| self.step.map(|number| number.map(|number| StepRef(number.to_string()))))
    }

    /// How often and how the step is tried again.
    #[must_use]
    pub fn retry(&self) -> RetryPlan {
        self.retry.as_ref().map_or_else(RetryPlan::default, |retry| retry.plan())
    }

    /// How long a stopped step has between TERM and KILL; `None` where it is killed at once.
    #[must_use]
    pub fn grace(&self) -> Option<Duration> {
        grace(self.graceful, self.grace)
    }

    /// What happens when all attempts have failed.
    #[must_use]
    pub fn on_failure(&self) -> OnFailure {
        self.on_failure.map_or(OnFailure::Abort, |on_failure| on_failure.value)
    }
}

pub(super) fn grace(graceful: Option<Spanned<bool>>, grace: Option<Spanned<Duration>>) -> Option<Duration> {
    match graceful.is_none_or(|graceful| graceful.value) {
        true => Some(grace.map_or(Duration::from_secs(5), |grace| grace.value)),
        false => None,
    }
}

/// A step's id or number, as `needs` and `dependencies` name it. Numbers are spelt in digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StepRef(pub String);

impl fmt::Display for StepRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for StepRef {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct StepRefVisitor;

        impl Visitor<'_> for StepRefVisitor {
            type Value = StepRef;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the id or number of a step")
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<StepRef, E> {
                Ok(StepRef(number.to_string()))
            }

            fn visit_str<E: Error>(self, id: &str) -> Result<StepRef, E> {
                Ok(StepRef(id.to_owned()))
            }
        }

        deserializer.deserialize_any(StepRefVisitor)
    }
}

impl JsonSchema for StepRef {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "StepRef".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["string", "integer"], "minimum": 1, "maximum": 1_000_000 })
    }
}

/// What happens when all attempts of a step have failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum OnFailure {
    /// The run ends, and is rolled back where there is something to roll back to.
    Abort,
    /// The same as `abort`; says aloud that the step is retried first.
    RetryThenAbort,
    /// The run goes on, and ends degraded at best.
    Continue,
    /// The alert is raised, then the run goes on, and ends degraded at best.
    AlertAndContinue,
    /// The run ends and is rolled back; there must be something to roll back to.
    Rollback,
}

/// A file that is written atomically, to a temporary file first, which then takes the place of the old one; or that is
/// deleted.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(extend("x-one-of" = ["content", "source", "generated", "absent"]))]
#[schemars(extend("x-only-with" = {"mode": ["content", "source", "generated"]}))]
pub struct FileWrite {
    /// The file that is written, relative to the folder of the run.
    #[schemars(example = &"config/orders.conf")]
    pub path: Text,

    /// The new content as text.
    pub content: Option<Text>,

    /// A file whose content becomes the new content.
    #[schemars(example = &"templates/orders.conf")]
    pub source: Option<Text>,

    /// What is generated from L2 becomes the new content.
    pub generated: Option<Spanned<Generated>>,

    /// Whether there is to be no such file: `true` deletes it. What was there before is kept for the rollback, which
    /// puts it back, content, mode and time.
    #[schemars(extend("enum" = [true]))]
    pub absent: Option<Spanned<bool>>,

    /// The SHA-256 checksum, 64 lower-case hexadecimal digits, that the old content must have; where it
    /// differs, nothing is written and the step fails. Where no file is, no content is: there it must be that of
    /// nothing, `e3b0c442...`, which so says that nothing but an empty file is overwritten.
    #[schemars(regex(pattern = "^[0-9a-f]{64}$"))]
    #[schemars(example = &"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    pub expect_sha256: Option<Text>,

    /// The file's permissions in octal digits, as a text. Without them an existing file keeps its own, and a new one
    /// has those that any new file of the user has; what is generated has `0644`, and a file of variables `0600`.
    #[schemars(regex(pattern = "^[0-7]{3,4}$"), example = &"0644")]
    pub mode: Option<Text>,
}

impl FileWrite {
    /// True where the file is deleted.
    #[must_use]
    pub fn is_deleted(&self) -> bool {
        self.absent.is_some_and(|absent| absent.value)
    }
}

/// A file that is generated from what L2 says of a component.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Generated {
    /// What kind of file it is.
    pub kind: Spanned<GeneratedKind>,

    /// The component that it is for.
    #[schemars(example = &"orders")]
    pub component: Text,
}

/// The kinds of files that are generated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum GeneratedKind {
    /// A unit of systemd, from its `service`.
    Systemd,
    /// A site of nginx, from its `proxy`.
    Nginx,
    /// A file for `logrotate`, from its `logs`.
    Logrotate,
    /// A file of variables: all settings, as the environment has them.
    Env,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::At;
    use crate::source::FileId;
    use crate::syntax::NodeId;

    fn at<T>(value: T) -> Option<Spanned<T>> {
        Some(Spanned { value, at: At { file: FileId(0), node: NodeId(0) } })
    }

    #[test]
    fn what_is_not_said_has_one_meaning() {
        let step = Step::default();
        assert_eq!(step.retry(), RetryPlan::default());
        assert_eq!(step.on_failure(), OnFailure::Abort);
        assert_eq!(step.grace(), Some(Duration::from_secs(5)));
        assert!(step.kind().is_none() && step.key().is_none());
    }

    #[test]
    fn a_step_that_is_not_graceful_is_killed_at_once() {
        let step = Step { graceful: at(false), grace: at(Duration::from_secs(9)), ..Step::default() };
        assert_eq!(step.grace(), None);
    }

    #[test]
    fn a_step_without_id_is_called_by_its_number() {
        let step = Step { step: at(3), ..Step::default() };
        assert_eq!(step.key().expect("it has a number").0, "3");
    }
}
