//! L4, decisions: which course to take under which facts.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};

use super::choice::{Literal, TextOr};
use super::collections::{Entry, List, Map, Texts};
use super::condition::{Asked, asked};
use super::probe::checked;
use super::rules::Priority;
use super::spanned::{Open, Spanned, Text};
use crate::scalar::Duration;

/// The content of a file of layer L4.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
pub struct Decisions {
    /// Courses of action and what triggers them.
    #[serde(default)]
    pub decision_rules: List<Decision>,

    /// What the priorities mean. Anything may stand here.
    #[schemars(example = serde_json::json!({"P0": {"name": "Critical", "response_time": "< 1 minute"}}))]
    pub priority_definitions: Option<Open>,

    /// How decisions are made. Anything may stand here.
    pub decision_strategies: Option<Open>,
}

/// A course of action and what triggers it. It can be compiled like a procedure.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Decision {
    /// The decision's id, unique in the rule set.
    #[schemars(example = &"D1")]
    pub id: Text,

    /// The decision in a few words.
    pub name: Option<Text>,

    /// The decision in full.
    pub description: Option<Text>,

    /// Ids of goals, requirements or constraints that the decision serves.
    #[serde(default)]
    pub satisfies: Texts,

    /// What sets it off, as prose.
    #[schemars(example = &"a new version is ready")]
    pub trigger: Option<Text>,

    /// When it is taken: prose, `{when: EXPRESSION}` or `{check: COMMAND}` each.
    #[serde(default)]
    pub conditions: List<DecisionCondition>,

    /// Whether `all` conditions must hold, or `any` of them.
    #[serde(rename = "match")]
    #[schemars(extend("default" = "all"))]
    pub match_mode: Option<Spanned<MatchMode>>,

    /// What is done, in listed order.
    #[serde(default)]
    pub actions: List<DecisionAction>,

    /// What is done when it goes wrong.
    pub rollback: Option<Spanned<DecisionRollback>>,

    /// Which decision comes first: a whole number or `P0` to `P3`, the smallest first.
    #[schemars(extend("default" = 0))]
    pub priority: Option<Spanned<Priority>>,
}

impl Decision {
    /// Whether all conditions must hold, or any.
    #[must_use]
    pub fn match_mode(&self) -> MatchMode {
        self.match_mode.map_or(MatchMode::All, |mode| mode.value)
    }
}

/// Whether all conditions must hold, or any.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum MatchMode {
    /// Every condition must hold.
    All,
    /// At least one condition must hold.
    Any,
}

/// A condition of a decision: prose, or what it is bound to.
pub type DecisionCondition = TextOr<DecisionBound>;

checked!(
    "check",
    /// What a condition of a decision is bound to: exactly one of `when`, `check` and a typed check.
    #[derive(Debug, Clone, Deserialize, JsonSchema)]
    #[schemars(extend("x-one-of" = ["when", "check", "http", "tcp", "process", "file", "database"]))]
    pub struct DecisionBound {
        /// An expression (CEL) over facts, inputs and decisions.
        #[schemars(example = &"inputs.release != \"\"")]
        pub when: Option<Text>,

        /// A command; the condition holds where it exits with 0.
        #[schemars(example = &"test -f release.tar")]
        pub check: Option<Text>,
    }
);

impl DecisionBound {
    /// What is run to be told whether it holds; nothing where it is an expression.
    #[must_use]
    pub fn asked(&self) -> Option<Asked<'_>> {
        asked(self.check.as_ref(), self.probe())
    }
}

/// Something that a decision does.
#[derive(Debug, Clone)]
pub struct DecisionAction {
    /// Its number, from 1.
    pub step: Option<Spanned<u32>>,
    /// An action of L5, a procedure, or an action of `service`.
    pub action: Text,
    /// The component whose action it is.
    pub service: Option<Text>,
    /// How long to wait before it.
    pub delay: Option<Spanned<Duration>>,
    /// All other keys: passed on to the action's command as environment.
    pub parameters: Map<Literal>,
}

/// Something that a decision does. All keys but the known ones are passed on to the action's command as
/// environment variables.
#[derive(JsonSchema)]
#[schemars(rename = "DecisionAction", extend("additionalProperties" = true))]
#[expect(dead_code, reason = "its fields are the documentation of the schema")]
struct DecisionActionSchema {
    /// Its number, from 1 in steps of 1.
    #[schemars(range(min = 1, max = 1_000_000), example = 1)]
    step: Option<u32>,

    /// The name of an entry of L5's `actions`, a procedure, or an action of `service`.
    #[schemars(example = &"start")]
    action: String,

    /// The component whose action it is.
    #[schemars(example = &"orders")]
    service: Option<String>,

    /// How long to wait before it: whole seconds, or text such as `5s`.
    #[schemars(extend("default" = 0), example = &"5s")]
    delay: Option<Duration>,
}

impl JsonSchema for DecisionAction {
    fn schema_name() -> Cow<'static, str> {
        DecisionActionSchema::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        DecisionActionSchema::json_schema(generator)
    }
}

impl<'de> Deserialize<'de> for DecisionAction {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ActionVisitor;

        impl<'de> Visitor<'de> for ActionVisitor {
            type Value = DecisionAction;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an action of a decision")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<DecisionAction, A::Error> {
                let (mut step, mut action, mut service, mut delay) = (None, None, None, None);
                let mut parameters = Vec::new();
                while let Some(name) = entries.next_key::<Text>()? {
                    match name.as_str() {
                        "step" if step.is_none() => step = Some(entries.next_value()?),
                        "action" if action.is_none() => action = Some(entries.next_value()?),
                        "service" if service.is_none() => service = Some(entries.next_value()?),
                        "delay" if delay.is_none() => delay = Some(entries.next_value()?),
                        "step" | "action" | "service" | "delay" => drop(entries.next_value::<IgnoredAny>()?),
                        own if own.starts_with("x-") => drop(entries.next_value::<IgnoredAny>()?),
                        _ => parameters.push(Entry { name, value: entries.next_value()? }),
                    }
                }
                let action = action.ok_or_else(|| serde::de::Error::missing_field("action"))?;
                Ok(DecisionAction {
                    step,
                    action,
                    service,
                    delay,
                    parameters: parameters.into_iter().collect(),
                })
            }
        }

        deserializer.deserialize_map(ActionVisitor)
    }
}

/// What is done when a decision's actions go wrong.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct DecisionRollback {
    /// An action of L5, or a procedure.
    #[schemars(example = &"stop-all")]
    pub on_failure: Option<Text>,

    /// How long it may take: whole seconds, or text such as `1m`.
    #[schemars(example = &"1m")]
    pub timeout: Option<Spanned<Duration>>,
}
