//! L1, meta-goal: what must be achieved, and how success is measured.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

use super::choice::{TextOr, either};
use super::collections::{List, Map, Texts};
use super::spanned::{Open, Spanned, Text};
use crate::scalar::{Date, Duration, Query};

/// The content of a file of layer L1.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
pub struct Goals {
    /// What must be achieved.
    #[serde(default)]
    pub goals: List<Goal>,

    /// Bounds on the project as a whole.
    pub constraints: Option<Spanned<GoalConstraints>>,

    /// Who takes part, by role. Owners and approvals name these roles.
    #[serde(default)]
    pub stakeholders: List<Stakeholder>,

    /// What is deliberately not to be achieved.
    #[serde(default)]
    pub non_goals: Texts,
}

/// Something that must be achieved.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Goal {
    /// The goal's id, unique in the rule set.
    #[schemars(example = &"G1")]
    pub id: Text,

    /// The goal in a few words.
    pub name: Option<Text>,

    /// The goal in full.
    pub description: Option<Text>,

    /// Ids of earlier items that the goal serves.
    #[serde(default)]
    pub satisfies: Texts,

    /// How urgent the goal is, `P0` first.
    pub priority: Option<Spanned<Grade>>,

    /// A word to group goals by.
    #[schemars(example = &"operational")]
    pub category: Option<Text>,

    /// The role of the stakeholder who answers for the goal.
    #[schemars(example = &"head-baker")]
    pub owner: Option<Text>,

    /// What must be true for the goal to be reached: prose, or an object that binds it to a metric or check.
    #[serde(default)]
    pub success_criteria: List<TextOr<Criterion>>,

    /// What is measured: a name, and the threshold that decides success, or an object that says more.
    #[serde(default)]
    pub metrics: Map<Metric>,
}

/// How urgent a goal or requirement is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[schemars(inline)]
pub enum Grade {
    /// Critical.
    P0,
    /// High.
    P1,
    /// Medium.
    P2,
    /// Low.
    P3,
}

/// A criterion of success that is bound to a metric or a check.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(extend("x-some-of" = ["criterion", "metric", "check"]))]
pub struct Criterion {
    /// The criterion as prose.
    #[schemars(example = &"an order is confirmed within a second")]
    pub criterion: Option<Text>,

    /// The name of the metric that decides it.
    #[schemars(example = &"order_latency")]
    pub metric: Option<Text>,

    /// A command that decides it by exiting with 0.
    #[schemars(example = &"./probe-orders.sh")]
    pub check: Option<Text>,
}

/// A measured quantity: a threshold, or an object that says more.
#[derive(Debug, Clone)]
pub enum Metric {
    /// The threshold that decides success, as it is spelt.
    Target(String),
    /// What is measured, and how.
    Full(MetricSpec),
}

/// What is measured, and how.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[schemars(extend("x-only-with" = {"for": ["query"], "bounds": ["target"]}))]
pub struct MetricSpec {
    /// The threshold that decides success. Before it may stand which of many values is meant, as in `p95 < 30s`.
    #[schemars(example = &"< 500ms")]
    pub target: Option<Spanned<ThresholdText>>,

    /// The threshold that raises an alarm.
    #[schemars(example = &"> 2s")]
    pub alert: Option<Spanned<ThresholdText>>,

    /// A command whose output is the measured quantity.
    #[schemars(example = &"./measure-latency.sh")]
    pub probe: Option<Text>,

    /// The unit of the probe's output, where it has none of its own.
    #[schemars(example = &"ms")]
    pub unit: Option<Text>,

    /// A PromQL expression for the measured quantity in its base unit: seconds, bytes, a share of 1 for a percentage,
    /// rates per second. The target `prometheus` makes an alert rule of it.
    #[schemars(example = &"histogram_quantile(0.95, sum by (le) (rate(order_seconds_bucket[5m])))")]
    pub query: Option<Spanned<Query>>,

    /// How long the threshold must be broken before the alert is raised: whole seconds, or text such as `5m`.
    #[serde(rename = "for")]
    #[schemars(example = &"5m")]
    pub lasting: Option<Spanned<Duration>>,

    /// What the target bounds the time of: each run of a procedure, or each step, from its first attempt to its last,
    /// without the delays before and after it. Held against what the procedures do.
    pub bounds: Option<Spanned<Bounded>>,
}

/// What a target bounds the time of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Bounded {
    /// Each run of a procedure.
    Procedures,
    /// Each step.
    Steps,
}

/// A threshold as it is spelt: an operator and a quantity, a bare quantity (equal to it), or prose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThresholdText(pub String);

impl fmt::Display for ThresholdText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for ThresholdText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self)
    }
}

impl JsonSchema for ThresholdText {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "ThresholdText".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["string", "number"] })
    }
}

impl Metric {
    /// The threshold that decides success, as it is spelt.
    #[must_use]
    pub fn target(&self) -> Option<&str> {
        match self {
            Metric::Target(text) => Some(text),
            Metric::Full(spec) => spec.target.as_ref().map(|target| target.0.as_str()),
        }
    }

    /// The long form.
    #[must_use]
    pub fn spec(&self) -> Option<&MetricSpec> {
        match self {
            Metric::Target(_) => None,
            Metric::Full(spec) => Some(spec),
        }
    }
}

impl<'de> Deserialize<'de> for Metric {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MetricVisitor;

        impl<'de> Visitor<'de> for MetricVisitor {
            type Value = Metric;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a threshold or an object")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Metric, E> {
                Ok(Metric::Target(text.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Metric, A::Error> {
                MetricSpec::deserialize(MapAccessDeserializer::new(map)).map(Metric::Full)
            }
        }

        // Asked for as text, a number comes as it is spelt, and an object still as an object.
        deserializer.deserialize_str(MetricVisitor)
    }
}

impl JsonSchema for Metric {
    fn schema_name() -> Cow<'static, str> {
        "Metric".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        either(ThresholdText::json_schema(generator), MetricSpec::json_schema(generator))
    }
}

/// Bounds on the project as a whole. Beside the known keys anything may stand.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
pub struct GoalConstraints {
    /// When it must be done.
    pub time: Option<Spanned<TimeConstraint>>,

    /// What it may cost.
    pub budget: Option<Open>,

    /// How good it must be.
    pub quality: Option<Open>,

    /// Which laws and standards it must follow.
    pub compliance: Option<Open>,
}

/// When it must be done. Beside the known keys anything may stand.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
pub struct TimeConstraint {
    /// The last day, as `YYYY-MM-DD`.
    #[schemars(example = &"2026-06-30")]
    pub deadline: Option<Spanned<Date>>,

    /// The time that is kept free before the deadline.
    #[schemars(example = &"3 days")]
    pub buffer: Option<Spanned<Duration>>,
}

/// Somebody who takes part, by role.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Stakeholder {
    /// The role's name, as owners and approvals use it.
    #[schemars(example = &"head-baker")]
    pub role: Text,

    /// What the role answers for.
    pub responsibility: Option<Text>,

    /// What the role works with.
    #[serde(default)]
    pub tools: Texts,

    /// When the role is on duty, counted from the start of a timeline; without it, always.
    pub window: Option<Spanned<DutyWindow>>,
}

/// When a role is on duty.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct DutyWindow {
    /// From then on, counted from the start of a timeline.
    #[schemars(example = &"6h")]
    pub start: Spanned<Duration>,

    /// Up to then.
    #[schemars(example = &"18h")]
    pub end: Spanned<Duration>,
}
