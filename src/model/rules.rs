//! Rules from facts to decisions, as any layer may have them.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{Deserializer, Error, Visitor};

use super::choice::Literal;
use super::collections::{List, Texts};
use super::spanned::{Spanned, Text};

/// A rule: where its condition holds over the facts, its action gives a decision a value.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Rule {
    /// The rule's id, unique in the rule set.
    #[schemars(example = &"R-mature")]
    pub id: Text,

    /// What the rule is for.
    pub description: Option<Text>,

    /// Ids of goals, requirements or constraints of an earlier layer that the rule serves.
    #[serde(default)]
    pub satisfies: Texts,

    /// When the rule holds: a comparison of a fact, or several under `all`, `any` or `not`.
    pub condition: Spanned<FactCondition>,

    /// What the rule decides.
    pub action: Spanned<RuleAction>,

    /// Which rule comes first: a whole number or `P0` to `P3`, the smallest first. Equal ones run in order
    /// of the source.
    #[schemars(extend("default" = 0))]
    pub priority: Option<Spanned<Priority>>,
}

/// What a rule decides.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct RuleAction {
    /// The name of the decision: `decisions.TARGET` in expressions.
    #[schemars(example = &"rollout")]
    pub target: Text,

    /// The value that the decision gets.
    #[schemars(example = &"canary")]
    pub value: Spanned<Literal>,
}

/// A condition over facts: a comparison (`field`, `operator`, `value`), or exactly one of `all`, `any`, `not`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(extend("x-one-of" = ["field", "all", "any", "not"]))]
#[schemars(extend("x-only-with" = {"operator": ["field"], "value": ["field"]}))]
#[schemars(extend("dependentRequired" = {"field": ["operator"]}))]
#[schemars(extend(
    "if" = {"required": ["operator"], "properties": {"operator": {"enum": VALUE_OPERATORS}}},
    "then" = {"required": ["value"]}
))]
pub struct FactCondition {
    /// The fact that is compared.
    #[schemars(example = &"deployment_maturity_level")]
    pub field: Option<Text>,

    /// How the fact is compared.
    pub operator: Option<Spanned<Operator>>,

    /// What the fact is compared with. `in` takes a list; `exists` takes `true`, `false` or nothing.
    pub value: Option<Spanned<Literal>>,

    /// Holds where every one of these holds.
    pub all: Option<Spanned<List<FactCondition>>>,

    /// Holds where at least one of these holds.
    pub any: Option<Spanned<List<FactCondition>>>,

    /// Holds where this does not.
    pub not: Option<Box<Spanned<FactCondition>>>,
}

/// The forms of a [`FactCondition`].
#[derive(Debug, Clone, Copy)]
pub enum FactTest<'a> {
    /// A fact against a value.
    Compare {
        /// The fact.
        field: &'a Text,
        /// The comparison.
        operator: &'a Spanned<Operator>,
        /// The value, where there is one.
        value: Option<&'a Spanned<Literal>>,
    },
    /// All of these.
    All(&'a List<FactCondition>),
    /// One of these at least.
    Any(&'a List<FactCondition>),
    /// Not this.
    Not(&'a Spanned<FactCondition>),
}

impl FactCondition {
    /// The form that is written, or `None` where what was written was no condition.
    #[must_use]
    pub fn test(&self) -> Option<FactTest<'_>> {
        if let Some(field) = &self.field {
            let operator = self.operator.as_ref()?;
            return Some(FactTest::Compare { field, operator, value: self.value.as_ref() });
        }
        let all = self.all.as_ref().map(|list| FactTest::All(list));
        let any = || self.any.as_ref().map(|list| FactTest::Any(list));
        let not = || self.not.as_ref().map(|condition| FactTest::Not(condition));
        all.or_else(any).or_else(not)
    }
}

/// The operators that can't do without a value: all but `exists`.
const VALUE_OPERATORS: [&str; 8] =
    ["equals", "not_equals", "contains", "greater", "greater_or_equal", "less", "less_or_equal", "in"];

/// How a fact is compared with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Operator {
    /// The fact is the value.
    Equals,
    /// The fact is not the value.
    NotEquals,
    /// The fact is a list with the value in it, or a text with the value inside.
    Contains,
    /// The fact is greater than the value.
    Greater,
    /// The fact is the value or greater.
    GreaterOrEqual,
    /// The fact is less than the value.
    Less,
    /// The fact is the value or less.
    LessOrEqual,
    /// The value is a list with the fact in it.
    In,
    /// The fact is given at all (or, with the value `false`, is not).
    Exists,
}

/// An order of precedence: a whole number, or `P0` (first) to `P3`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Priority(pub i64);

impl<'de> Deserialize<'de> for Priority {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PriorityVisitor;

        impl Visitor<'_> for PriorityVisitor {
            type Value = Priority;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a whole number or `P0` to `P3`")
            }

            fn visit_i64<E: Error>(self, value: i64) -> Result<Priority, E> {
                Ok(Priority(value))
            }

            fn visit_u64<E: Error>(self, value: u64) -> Result<Priority, E> {
                i64::try_from(value).map(Priority).map_err(E::custom)
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Priority, E> {
                let level = ["P0", "P1", "P2", "P3"].iter().position(|name| *name == text);
                level.map(|level| Priority(level as i64)).ok_or_else(|| E::custom("no such priority"))
            }
        }

        deserializer.deserialize_any(PriorityVisitor)
    }
}

impl JsonSchema for Priority {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Priority".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": ["integer", "string"],
            "minimum": -1_000_000,
            "maximum": 1_000_000,
            "pattern": "^P[0-3]$",
        })
    }
}
