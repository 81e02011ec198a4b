//! Actions: commands under a name, for steps and decisions to call.

use schemars::JsonSchema;
use serde::Deserialize;

use super::choice::Plain;
use super::collections::Map;
use super::condition::Verify;
use super::resource::Units;
use super::retry::{Retry, RetryPlan};
use super::spanned::{Spanned, Text};
use super::step::grace;
use crate::scalar::Duration;

/// A command that a component or the execution layer offers under a name; steps call it with `uses`.
/// What the step says itself counts before what its action says.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Action {
    /// What the action does.
    pub description: Option<Text>,

    /// A command for `sh -c`, run as written.
    #[schemars(example = &"./start.sh")]
    pub command: Text,

    /// How long one attempt may take: whole seconds, or text such as `1m30s`.
    #[schemars(example = &"30s")]
    pub timeout: Option<Spanned<Duration>>,

    /// How long its author expects one attempt to take: whole seconds, or text such as `1m30s`. It bounds
    /// nothing; `rulec simulate` adds it up to how long the whole procedure is expected to take.
    #[schemars(example = &"20s")]
    pub estimated_duration: Option<Spanned<Duration>>,

    /// How often it is tried again after a first failed attempt: a number, or an object that says more.
    #[schemars(extend("default" = 0), example = 2)]
    pub retry: Option<Spanned<Retry>>,

    /// A command that must exit with 0 after the action did, or the attempt has failed.
    #[schemars(example = &"curl --fail --silent http://localhost:8080/health")]
    pub verify: Option<Spanned<Verify>>,

    /// Whether it is asked first (TERM) when it is stopped. `false` kills it at once.
    #[schemars(extend("default" = true))]
    pub graceful: Option<Spanned<bool>>,

    /// How long it has between TERM and KILL: whole seconds, or text such as `5s`.
    #[schemars(extend("default" = "5s"), example = &"10s")]
    pub grace: Option<Spanned<Duration>>,

    /// A command that undoes the action; the rollback runs it.
    #[schemars(example = &"./stop.sh")]
    pub undo: Option<Text>,

    /// Whether the action changes nothing.
    #[schemars(extend("default" = false))]
    pub read_only: Option<Spanned<bool>>,

    /// Whether the action may run twice with the same effect as once.
    #[schemars(extend("default" = false))]
    pub idempotent: Option<Spanned<bool>>,

    /// Why nothing can undo the action.
    pub irreversible: Option<Text>,

    /// Environment variables for the action's commands.
    #[serde(default)]
    pub env: Map<Plain>,

    /// The folder in which the action's commands run, relative to the folder of the run.
    #[schemars(example = &"services/orders")]
    pub working_dir: Option<Text>,

    /// A name; steps and actions that share it never run at the same time.
    #[schemars(example = &"database")]
    pub mutex: Option<Text>,

    /// How many units of which resources the action takes while it runs, by name.
    #[serde(default)]
    #[schemars(example = &serde_json::json!({ "oven-slots": 2 }))]
    pub resources: Map<Units>,
}

impl Action {
    /// How often and how the action is tried again.
    #[must_use]
    pub fn retry(&self) -> RetryPlan {
        self.retry.as_ref().map_or_else(RetryPlan::default, |retry| retry.plan())
    }

    /// How long a stopped action has between TERM and KILL; `None` where it is killed at once.
    #[must_use]
    pub fn grace(&self) -> Option<Duration> {
        grace(self.graceful, self.grace)
    }
}
