//! Conditions and checks: prose that a person attests, or an object that binds it to something that runs.

use schemars::JsonSchema;
use serde::Deserialize;

use super::choice::TextOr;
use super::spanned::{Spanned, Text};
use crate::scalar::Duration;

/// A pre- or postcondition: prose, or what it is bound to.
pub type Condition = TextOr<Bound>;

/// What a condition is bound to: exactly one of `check`, `checklist`, `metric`, `health`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(extend("x-one-of" = ["check", "checklist", "metric", "health"]))]
#[schemars(extend("x-only-with" = {"timeout": ["check"]}))]
pub struct Bound {
    /// A command; the condition holds where it exits with 0.
    #[schemars(example = &"test -f config/app.yaml")]
    pub check: Option<Text>,

    /// How long `check` may take: whole seconds, or text such as `30s`.
    #[schemars(example = &"10s")]
    pub timeout: Option<Spanned<Duration>>,

    /// The name of a checklist; the condition holds where all its mandatory items do.
    #[schemars(example = &"pre_deployment")]
    pub checklist: Option<Text>,

    /// The name of a goal's metric; the condition holds where its probe's output meets the target.
    #[schemars(example = &"order_latency")]
    pub metric: Option<Text>,

    /// The name of a component; the condition holds where its health check does.
    #[schemars(example = &"orders")]
    pub health: Option<Text>,
}

/// The forms of a [`Condition`].
#[derive(Debug, Clone, Copy)]
pub enum ConditionKind<'a> {
    /// Prose: a person attests it.
    Prose(&'a str),
    /// A command that exits with 0.
    Check {
        /// The command.
        command: &'a Text,
        /// How long it may take.
        timeout: Option<Spanned<Duration>>,
    },
    /// A checklist by name.
    Checklist(&'a Text),
    /// A metric by name.
    Metric(&'a Text),
    /// A component whose health check must hold.
    Health(&'a Text),
}

impl Condition {
    /// The form that is written, or `None` where what was written was no condition.
    #[must_use]
    pub fn kind(&self) -> Option<ConditionKind<'_>> {
        match self {
            TextOr::Text(text) => Some(ConditionKind::Prose(text)),
            TextOr::Object(bound) => bound.kind(),
        }
    }
}

impl Bound {
    fn kind(&self) -> Option<ConditionKind<'_>> {
        let check =
            self.check.as_ref().map(|command| ConditionKind::Check { command, timeout: self.timeout });
        let checklist = || self.checklist.as_ref().map(ConditionKind::Checklist);
        let metric = || self.metric.as_ref().map(ConditionKind::Metric);
        let health = || self.health.as_ref().map(ConditionKind::Health);
        check.or_else(checklist).or_else(metric).or_else(health)
    }
}

/// How it is verified that something works: a command that must exit with 0, polled where it says so.
pub type Verify = TextOr<VerifyPolicy>;

/// A command that is polled until it exits with 0.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct VerifyPolicy {
    /// The command; it succeeds where it exits with 0.
    #[schemars(example = &"curl --fail --silent http://localhost:8080/health")]
    pub command: Text,

    /// How long one poll may take: whole seconds, or text such as `5s`.
    #[schemars(example = &"5s")]
    pub timeout: Option<Spanned<Duration>>,

    /// How many polls there are at most, the first one included.
    #[schemars(range(min = 1, max = 1_000_000), extend("default" = 1), example = 10)]
    pub attempts: Option<Spanned<u32>>,

    /// How long to wait between two polls: whole seconds, or text such as `2s`.
    #[schemars(extend("default" = "1s"), example = &"2s")]
    pub interval: Option<Spanned<Duration>>,
}

/// A [`Verify`] with its defaults filled in.
#[derive(Debug, Clone, Copy)]
pub struct Polling<'a> {
    /// The command.
    pub command: &'a str,
    /// How long one poll may take; `None` is without limit.
    pub timeout: Option<Duration>,
    /// How many polls there are at most, the first one included.
    pub attempts: u32,
    /// The time between two polls.
    pub interval: Duration,
}

impl Verify {
    /// The same with all defaults: one poll, a second between two.
    #[must_use]
    pub fn polling(&self) -> Polling<'_> {
        match self {
            TextOr::Text(command) => {
                Polling { command, timeout: None, attempts: 1, interval: Duration::from_secs(1) }
            }
            TextOr::Object(policy) => Polling {
                command: &policy.command,
                timeout: policy.timeout.map(|timeout| timeout.value),
                attempts: policy.attempts.map_or(1, |attempts| attempts.value),
                interval: policy.interval.map_or(Duration::from_secs(1), |interval| interval.value),
            },
        }
    }
}

/// A check that something is well: a command that must exit with 0.
pub type Health = TextOr<Check>;

/// A command with a limit.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Check {
    /// A command; all is well where it exits with 0.
    #[schemars(example = &"curl --fail --silent http://localhost:8080/health")]
    pub check: Text,

    /// How long it may take: whole seconds, or text such as `5s`.
    #[schemars(example = &"5s")]
    pub timeout: Option<Spanned<Duration>>,
}
