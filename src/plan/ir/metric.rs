//! What goals measure, and when that is not as it should be.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Source;

/// A quantity that a goal measures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Metric {
    /// Its id: that of the goal, a dot, and its own name.
    pub id: String,
    /// The id of the goal.
    pub goal: String,
    /// What the goal is, for people: its description, or else its name. Absent: the rules do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// How urgent the goal is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    /// The role that answers for the goal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// A PromQL expression for the quantity in its base unit: seconds, bytes, a share of 1, rates per second. Absent: it
    /// is not known how a monitoring system has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    /// When it is not as it should be; absent: the rules give it no threshold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alarm: Option<Alarm>,
    /// How long that must last before anybody is told, in milliseconds; absent: it need not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub for_ms: Option<u64>,
    /// Where it stands.
    pub source: Source,
}

/// When a measured quantity is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Alarm {
    /// How the quantity then stands to the limit.
    pub op: AlarmOp,
    /// The limit in the base unit: a decimal number, or a fraction `A / B` of two whole numbers.
    pub limit: String,
    /// What the limit and the measured quantity are in.
    pub unit: AlarmUnit,
    /// What the rules say, for people: the threshold as it is spelt there, behind `target` or `alert`.
    pub says: String,
}

/// The base unit of a measured quantity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AlarmUnit {
    /// None: it is a number of things, or a score.
    Number,
    /// Shares of 1.
    Share,
    /// Seconds.
    Seconds,
    /// Bytes.
    Bytes,
    /// Bytes per second.
    BytesPerSecond,
    /// Things per second.
    PerSecond,
}

/// How a quantity stands to a limit, as PromQL spells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum AlarmOp {
    /// It is less.
    #[serde(rename = "<")]
    Less,
    /// It is not more.
    #[serde(rename = "<=")]
    LessOrEqual,
    /// It is more.
    #[serde(rename = ">")]
    Greater,
    /// It is not less.
    #[serde(rename = ">=")]
    GreaterOrEqual,
    /// It is the limit.
    #[serde(rename = "==")]
    Equal,
    /// It is anything else.
    #[serde(rename = "!=")]
    NotEqual,
}

impl AlarmOp {
    /// The operator as PromQL spells it.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        match self {
            AlarmOp::Less => "<",
            AlarmOp::LessOrEqual => "<=",
            AlarmOp::Greater => ">",
            AlarmOp::GreaterOrEqual => ">=",
            AlarmOp::Equal => "==",
            AlarmOp::NotEqual => "!=",
        }
    }
}

/// How urgent a goal is, the most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub enum Priority {
    /// Critical.
    P0,
    /// High.
    P1,
    /// Medium.
    P2,
    /// Low.
    P3,
}
