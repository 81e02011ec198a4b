//! Rounds: a step that is done again until something holds, never without end.

use schemars::JsonSchema;
use serde::Deserialize;

use super::choice::TextOr;
use super::spanned::{Spanned, Text};
use crate::scalar::Duration;

/// How a step is repeated. It runs, then `until` is asked; where that does not hold it runs again, at most `max`
/// times in all. A round that fails, after its retries, fails the step as any failure does; where `on_failure` goes
/// on behind it, it was a round like any other. When the rounds or the time are used up and `until` still does not
/// hold, the step has failed.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Repeat {
    /// What must hold at the end: a command that exits with 0, or an object that says more.
    #[schemars(example = &"test \"$(./queue.sh length)\" = 0")]
    pub until: Spanned<Until>,

    /// How many rounds there are at most, the first one included.
    #[schemars(range(min = 1, max = 100), example = 5)]
    pub max: Spanned<u32>,

    /// How long after the begin of the first round another one may begin at the latest: whole seconds, or text such as
    /// `10m`. A round that is under way by then is finished.
    #[schemars(example = &"10m")]
    pub deadline: Option<Spanned<Duration>>,

    /// How long to wait before each further round: whole seconds, or text such as `30s`.
    #[schemars(extend("default" = "0s"), example = &"30s")]
    pub delay: Option<Spanned<Duration>>,
}

impl Repeat {
    /// The greatest number of rounds that may be asked for.
    pub const MOST: u32 = 100;

    /// How many rounds there are at most; a number that is out of range, which is said elsewhere, counts as the
    /// nearest that is not.
    #[must_use]
    pub fn rounds(&self) -> u32 {
        self.max.value.clamp(1, Self::MOST)
    }
}

/// What a repeated step is to bring about: a command, or what it is bound to. Never prose: nobody is asked between
/// two rounds.
pub type Until = TextOr<UntilBound>;

/// What a repeated step is to bring about: exactly one of `command`, `metric`, `health`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(extend("x-one-of" = ["command", "metric", "health"]))]
#[schemars(extend("x-only-with" = {"timeout": ["command"]}))]
pub struct UntilBound {
    /// A command; it holds where it exits with 0.
    #[schemars(example = &"test ! -s backlog")]
    pub command: Option<Text>,

    /// How long `command` may take: whole seconds, or text such as `5s`.
    #[schemars(example = &"5s")]
    pub timeout: Option<Spanned<Duration>>,

    /// The name of a goal's metric; it holds where its probe's output meets the target.
    #[schemars(example = &"order_latency")]
    pub metric: Option<Text>,

    /// The name of a component; it holds where its health check does.
    #[schemars(example = &"orders")]
    pub health: Option<Text>,
}

/// The forms of an [`Until`].
#[derive(Debug, Clone, Copy)]
pub enum UntilKind<'a> {
    /// A command that exits with 0, and how long it may take.
    Command(&'a str, Option<Duration>),
    /// A metric by name.
    Metric(&'a Text),
    /// A component whose health check must hold.
    Health(&'a Text),
}

impl Until {
    /// The form that is written, or `None` where what was written is none.
    #[must_use]
    pub fn kind(&self) -> Option<UntilKind<'_>> {
        let bound = match self {
            TextOr::Text(command) => return Some(UntilKind::Command(command, None)),
            TextOr::Object(bound) => bound,
        };
        let timeout = bound.timeout.map(|timeout| timeout.value);
        let command = bound.command.as_ref().map(|command| UntilKind::Command(command, timeout));
        let metric = || bound.metric.as_ref().map(UntilKind::Metric);
        let health = || bound.health.as_ref().map(UntilKind::Health);
        command.or_else(metric).or_else(health)
    }
}
