//! Conditions and the commands that decide them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Source;

/// Something that must hold: a check that runs, or prose that a person attests.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// What it says, for people.
    pub text: String,
    /// What decides it; absent: a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<Check>,
    /// False where it is reported but decides nothing.
    pub mandatory: bool,
    /// Where it stands.
    pub source: Source,
}

/// A command whose success, or whose output, decides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// Text for `sh -c`.
    pub command: String,
    /// How long it may take, in milliseconds; absent: no bound but that of the step that it is of, if any. What is
    /// stopped gets TERM, and KILL five seconds later, or after the grace of that step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u64>,
    /// Where present, the first line of standard output is a number that must satisfy this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measure: Option<Measure>,
    /// What it looks for, in words, where the rules state a typed check and the command was made from that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub says: Option<String>,
}

/// A bound on a number that a probe prints.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// How the number must stand to `value`.
    pub op: Comparison,
    /// The bound, a decimal number in the unit in which the probe prints.
    pub value: String,
    /// That unit, for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unit: String,
}

/// How two numbers stand to one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Comparison {
    /// Less.
    #[serde(rename = "<")]
    Less,
    /// Less or equal.
    #[serde(rename = "<=")]
    LessOrEqual,
    /// Greater.
    #[serde(rename = ">")]
    Greater,
    /// Greater or equal.
    #[serde(rename = ">=")]
    GreaterOrEqual,
    /// Equal.
    #[serde(rename = "==")]
    Equal,
}

impl Comparison {
    /// The sign, as rules and plans spell it.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        match self {
            Comparison::Less => "<",
            Comparison::LessOrEqual => "<=",
            Comparison::Greater => ">",
            Comparison::GreaterOrEqual => ">=",
            Comparison::Equal => "==",
        }
    }
}
