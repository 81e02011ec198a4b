//! Conditions and checks: prose that a person attests, or an object that binds it to something that runs.

use schemars::JsonSchema;
use serde::Deserialize;

use super::choice::TextOr;
use super::probe::{Probe, checked};
use super::spanned::{At, Spanned, Text};
use crate::scalar::Duration;

/// A pre- or postcondition: prose, or what it is bound to.
pub type Condition = TextOr<Bound>;

checked!(
    "check",
    /// What a condition is bound to: exactly one of `check`, a typed check, `checklist`, `metric`, `health`.
    #[derive(Debug, Clone, Deserialize, JsonSchema)]
    #[schemars(extend("x-one-of" = ["check", "http", "tcp", "process", "file", "database", "checklist", "metric", "health"]))]
    pub struct Bound {
        /// A command; the condition holds where it exits with 0.
        #[schemars(example = &"test -f config/app.yaml")]
        pub check: Option<Text>,

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
);

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
    /// A typed check.
    Probe {
        /// What is asked.
        probe: Probe<'a>,
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
        let probe = || self.probe().map(|probe| ConditionKind::Probe { probe, timeout: self.timeout });
        let checklist = || self.checklist.as_ref().map(ConditionKind::Checklist);
        let metric = || self.metric.as_ref().map(ConditionKind::Metric);
        let health = || self.health.as_ref().map(ConditionKind::Health);
        check.or_else(probe).or_else(checklist).or_else(metric).or_else(health)
    }
}

/// What is run to be told a verdict: a command, or what a typed check is lowered to.
#[derive(Debug, Clone, Copy)]
pub enum Asked<'a> {
    /// A command as it is written, and where.
    Command(&'a str, At),
    /// A typed check.
    Probe(Probe<'a>),
}

/// How it is verified that something works: a command that must exit with 0, or a typed check, polled where it says so.
pub type Verify = TextOr<VerifyPolicy>;

checked!(
    "command",
    /// A command or a typed check that is polled until it succeeds.
    #[derive(Debug, Clone, Deserialize, JsonSchema)]
    #[schemars(extend("x-one-of" = ["command", "http", "tcp", "process", "file", "database"]))]
    pub struct VerifyPolicy {
        /// The command; it succeeds where it exits with 0.
        #[schemars(example = &"curl --fail --silent http://localhost:8080/health")]
        pub command: Option<Text>,

        /// How many polls there are at most, the first one included.
        #[schemars(range(min = 1, max = 1_000_000), extend("default" = 1), example = 10)]
        pub attempts: Option<Spanned<u32>>,

        /// How long to wait between two polls: whole seconds, or text such as `2s`.
        #[schemars(extend("default" = "1s"), example = &"2s")]
        pub interval: Option<Spanned<Duration>>,
    }
);

/// A [`Verify`] with its defaults filled in.
#[derive(Debug, Clone, Copy)]
pub struct Polling<'a> {
    /// What is run.
    pub asked: Asked<'a>,
    /// How long one poll may take; `None` is without limit, but for a typed check.
    pub timeout: Option<Duration>,
    /// How many polls there are at most, the first one included.
    pub attempts: u32,
    /// The time between two polls.
    pub interval: Duration,
}

impl Spanned<Verify> {
    /// The same with all defaults: one poll, a second between two. Nothing where what was written is no verification.
    #[must_use]
    pub fn polling(&self) -> Option<Polling<'_>> {
        let second = Duration::from_secs(1);
        match &self.value {
            TextOr::Text(command) => {
                let asked = Asked::Command(command, self.at);
                Some(Polling { asked, timeout: None, attempts: 1, interval: second })
            }
            TextOr::Object(policy) => Some(Polling {
                asked: asked(policy.command.as_ref(), policy.probe())?,
                timeout: policy.timeout.map(|timeout| timeout.value),
                attempts: policy.attempts.map_or(1, |attempts| attempts.value),
                interval: policy.interval.map_or(second, |interval| interval.value),
            }),
        }
    }
}

/// A check that something is well: a command that must exit with 0, or a typed check.
pub type Health = TextOr<Check>;

checked!(
    "check",
    /// A command or a typed check, with a limit.
    #[derive(Debug, Clone, Deserialize, JsonSchema)]
    #[schemars(extend("x-one-of" = ["check", "http", "tcp", "process", "file", "database"]))]
    pub struct Check {
        /// A command; all is well where it exits with 0.
        #[schemars(example = &"curl --fail --silent http://localhost:8080/health")]
        pub check: Option<Text>,
    }
);

impl Spanned<Health> {
    /// What is run, and how long it may take. Nothing where what was written is no check.
    #[must_use]
    pub fn asked(&self) -> Option<(Asked<'_>, Option<Duration>)> {
        match &self.value {
            TextOr::Text(command) => Some((Asked::Command(command, self.at), None)),
            TextOr::Object(check) => {
                Some((asked(check.check.as_ref(), check.probe())?, check.timeout.map(|it| it.value)))
            }
        }
    }
}

/// The command that is written, else the typed check.
pub(super) fn asked<'a>(command: Option<&'a Text>, probe: Option<Probe<'a>>) -> Option<Asked<'a>> {
    let command = command.map(|command| Asked::Command(&command.value, command.at));
    command.or_else(|| probe.map(Asked::Probe))
}
