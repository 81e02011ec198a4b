//! L5, execution: procedures of steps, checklists, alerts, monitors and timelines.

use schemars::JsonSchema;
use serde::Deserialize;

use super::action::Action;
use super::collections::{List, Map, Texts};
use super::condition::{Asked, Condition, asked};
use super::inputs::Input;
use super::l3_constraints::Risk;
use super::probe::checked;
use super::spanned::{Spanned, Text};
use super::step::{Step, StepRef};
use super::timeline::Timeline;
use crate::scalar::Duration;

/// The content of a file of layer L5.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
pub struct Execution {
    /// The procedures.
    #[serde(default)]
    pub procedures: List<Procedure>,

    /// Commands by name; a step calls one with `uses`, a decision with `action`.
    #[serde(default)]
    pub actions: Map<Action>,

    /// Checklists by name.
    #[serde(default)]
    pub checklists: Map<List<ChecklistItem>>,

    /// Alerts by name; `alert_and_continue` raises the one that is called `default`.
    #[serde(default)]
    pub alerts: Map<Alert>,

    /// What is watched all the time.
    #[serde(default)]
    pub monitors: List<Monitor>,

    /// What is done when, over hours or days.
    #[serde(default)]
    pub timelines: List<Timeline>,
}

/// A procedure: steps that are carried out together, or undone together.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(extend("x-required" = ["steps"]))]
pub struct Procedure {
    /// The procedure's id, unique in the rule set: what `--entry` and `run` name.
    #[schemars(example = &"E1")]
    pub id: Text,

    /// The procedure in a few words.
    #[schemars(example = &"Start the bakery")]
    pub name: Option<Text>,

    /// The procedure in full.
    pub description: Option<Text>,

    /// Words to find and group procedures by; `backup` marks one that makes a backup.
    #[serde(default)]
    pub tags: Texts,

    /// Ids of goals, requirements, constraints or decisions that the procedure serves.
    #[serde(default)]
    pub satisfies: Texts,

    /// Values that the procedure takes.
    #[serde(default)]
    pub inputs: List<Input>,

    /// How risky the procedure is. L3 may demand more of riskier ones.
    pub risk: Option<Spanned<Risk>>,

    /// What must hold before anything runs: prose that a person attests, or an object that binds it to a
    /// check, a checklist, a metric or a component's health.
    #[serde(default)]
    pub preconditions: List<Condition>,

    /// What must hold after the last step, in the same forms.
    #[serde(default)]
    pub postconditions: List<Condition>,

    /// The steps. They run in listed order, unless a step says `needs` or the procedure says `dependencies`.
    #[serde(default)]
    pub steps: List<Step>,

    /// Which step must have ended before which starts. The steps then form a graph.
    #[serde(default)]
    pub dependencies: List<StepEdge>,

    /// How many steps of a graph run at once.
    #[schemars(range(min = 1, max = 1_000_000), extend("default" = 1), example = 2)]
    pub max_parallel: Option<Spanned<u32>>,

    /// How long the whole procedure may take: whole seconds, or text such as `10m`.
    #[schemars(example = &"10m")]
    pub timeout: Option<Spanned<Duration>>,

    /// How long the author thinks it takes; held against the computed worst case.
    #[schemars(example = &"3 minutes")]
    pub estimated_duration: Option<Spanned<Duration>>,

    /// The procedure that brings everything back when this one fails.
    #[schemars(example = &"E2")]
    pub rollback_procedure: Option<Text>,

    /// Steps that run at the end whatever happened, after any rollback.
    #[serde(default)]
    pub finally: List<Step>,

    /// The paths (globs) that the procedure changes.
    #[serde(default)]
    #[schemars(example = ["config/*.conf"])]
    pub writes: Texts,

    /// Who must approve before it starts.
    pub approval: Option<Spanned<Approval>>,

    /// When it may run: `maintenance` is the window of L3's `allowed_hours`.
    pub window: Option<Spanned<Window>>,
}

/// One step before another.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct StepEdge {
    /// The id or number of the step that must have ended.
    #[schemars(example = &"start-orders")]
    pub from: Spanned<StepRef>,

    /// The id or number of the step that starts after it.
    #[schemars(example = &"start-website")]
    pub to: Spanned<StepRef>,
}

/// Who must approve before a procedure starts.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Approval {
    /// The roles of which somebody must approve.
    #[serde(default)]
    #[schemars(example = ["head-baker"])]
    pub roles: Texts,

    /// Why an approval is needed.
    pub reason: Option<Text>,
}

/// When a procedure may run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Window {
    /// In the hours that L3's `allowed_hours` gives.
    Maintenance,
}

checked!(
    "check",
    /// An item of a checklist.
    #[derive(Debug, Clone, Deserialize, JsonSchema)]
    #[schemars(extend("x-at-most-one-of" = ["check", "http", "tcp", "process", "file", "database"]))]
    pub struct ChecklistItem {
        /// What must be so, as prose.
        #[schemars(example = &"the ovens are warm")]
        pub item: Text,

        /// Whether the checklist fails without it.
        #[schemars(extend("default" = false))]
        pub mandatory: Option<Spanned<bool>>,

        /// A command that decides it by exiting with 0. Without one and without a typed check, a person does.
        #[schemars(example = &"./oven-temperature.sh --at-least 180")]
        pub check: Option<Text>,
    }
);

impl ChecklistItem {
    /// What is run to decide it; nothing where a person does.
    #[must_use]
    pub fn asked(&self) -> Option<Asked<'_>> {
        asked(self.check.as_ref(), self.probe())
    }

    /// Whether the checklist fails without it.
    #[must_use]
    pub fn is_mandatory(&self) -> bool {
        self.mandatory.is_some_and(|mandatory| mandatory.value)
    }
}

/// An alert.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Alert {
    /// The command that raises it.
    #[schemars(example = &"./page-somebody.sh")]
    pub command: Text,
}

checked!(
    "check",
    /// Something that is watched all the time: exactly one of `check`, a typed check and `metric`.
    #[derive(Debug, Clone, Deserialize, JsonSchema)]
    #[schemars(extend("x-one-of" = ["check", "http", "tcp", "process", "file", "database", "metric"]))]
    pub struct Monitor {
        /// The monitor's id, unique in the rule set.
        #[schemars(example = &"M1")]
        pub id: Text,

        /// Ids of goals, requirements or constraints that the monitor serves.
        #[serde(default)]
        pub satisfies: Texts,

        /// How often it looks: whole seconds, or text such as `30s`.
        #[schemars(example = &"30s")]
        pub every: Spanned<Duration>,

        /// A command; all is well where it exits with 0.
        #[schemars(example = &"./oven-temperature.sh --at-most 260")]
        pub check: Option<Text>,

        /// The name of a goal's metric; all is well where it is not what its `alert` says, or, where it has none, where it
        /// meets its target.
        #[schemars(example = &"order_latency")]
        pub metric: Option<Text>,

        /// What is done when all is not well.
        pub on_breach: Option<Spanned<Reaction>>,
    }
);

impl Monitor {
    /// What is run to be told whether all is well; nothing where it is a metric.
    #[must_use]
    pub fn asked(&self) -> Option<Asked<'_>> {
        asked(self.check.as_ref(), self.probe())
    }
}

/// What is done about a breach.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Reaction {
    /// A procedure that is run.
    #[schemars(example = &"E2")]
    pub run: Option<Text>,

    /// The name of an alert that is raised.
    #[schemars(example = &"default")]
    pub alert: Option<Text>,
}
