//! What the system is told before it runs: its settings, and the environments that give them values.

use std::borrow::Cow;
use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::Deserializer;

use super::choice::{Literal, Plain};
use super::collections::{Entry, List, Map};
use super::inputs::{Input, InputType};
use super::spanned::{Spanned, Text};

/// A value that the system itself reads when it starts. It is declared once: the environments are held against it, the
/// `.env` file of each has it, and an input of a procedure takes it with `setting: NAME`.
///
/// What counts for the running system is, in this order: a variable of its process, the value of the environment (its
/// own, else that of the one which it extends), the default.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Setting {
    /// The setting's name, as environments give it a value.
    #[schemars(example = &"order_port")]
    pub name: Text,

    /// The environment variable in which the system finds it. Without one, it is the name in capitals.
    #[schemars(regex(pattern = "^[A-Za-z_][A-Za-z0-9_]*$"), example = &"ORDER_PORT")]
    pub variable: Option<Text>,

    /// What kind of value it takes.
    #[serde(rename = "type")]
    #[schemars(extend("default" = "string"))]
    pub kind: Option<Spanned<InputType>>,

    /// The values that a setting of type `enum` may have.
    #[serde(default)]
    pub values: List<Literal>,

    /// The least value, of a type that has an order: a number, a port, a duration or a size.
    #[schemars(example = 1)]
    pub min: Option<Spanned<Plain>>,

    /// The greatest value, of a type that has an order.
    #[schemars(example = 64)]
    pub max: Option<Spanned<Plain>>,

    /// The value where no environment gives one. A secret has none: its value never stands in rules.
    pub default: Option<Spanned<Literal>>,

    /// The component whose `port` it is: the default is then that port, and what is generated for the component has
    /// the port that the environment gives.
    #[schemars(example = &"orders")]
    pub port_of: Option<Text>,

    /// Whether every environment must have a value for it.
    #[schemars(extend("default" = false))]
    pub required: Option<Spanned<bool>>,

    /// What it is for.
    pub description: Option<Text>,
}

impl Setting {
    /// Its type; without one it is a port where it is that of a component, an `enum` where there are `values`, else a
    /// string.
    #[must_use]
    pub fn input_type(&self) -> InputType {
        match (self.kind, &self.port_of) {
            (None, Some(_)) => InputType::Port,
            _ => self.as_input().input_type(),
        }
    }

    /// The environment variable in which the system finds it.
    #[must_use]
    pub fn variable(&self) -> String {
        self.variable.as_ref().map_or_else(
            || self.name.value.to_ascii_uppercase().replace(['-', '.'], "_"),
            |variable| variable.value.clone(),
        )
    }

    /// The same as an input.
    #[must_use]
    pub fn as_input(&self) -> Input {
        Input {
            name: self.name.clone(),
            kind: self.kind,
            values: self.values.clone(),
            min: self.min.clone(),
            max: self.max.clone(),
            default: self.default.clone(),
            required: self.required,
            setting: None,
            description: self.description.clone(),
        }
    }
}

impl Input {
    /// The input with what the setting that it takes says, where it does not say so itself.
    #[must_use]
    pub fn of_setting(&self, setting: &Setting) -> Input {
        let of = setting.as_input();
        let kind = self.kind.or(of.kind);
        let implied = || Spanned { value: setting.input_type(), at: setting.name.at };
        Input {
            name: self.name.clone(),
            kind: Some(kind.unwrap_or_else(implied)),
            values: if self.values.is_empty() { of.values } else { self.values.clone() },
            min: self.min.clone().or(of.min),
            max: self.max.clone().or(of.max),
            default: self.default.clone().or(of.default),
            required: self.required.or(of.required),
            setting: self.setting.clone(),
            description: self.description.clone().or(of.description),
        }
    }
}

/// The key of an environment that names another one.
const EXTENDS: &str = "extends";

/// An environment: values of settings, inputs and facts, by name.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    /// The environment whose values count where this one has none.
    pub extends: Option<Text>,
    values: Map<Literal>,
}

impl Deref for Environment {
    type Target = Map<Literal>;

    fn deref(&self) -> &Map<Literal> {
        &self.values
    }
}

impl<'de> Deserialize<'de> for Environment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut extends = None;
        let mut values = Vec::new();
        for Entry { name, value } in Map::<Literal>::deserialize(deserializer)? {
            match value.value {
                Literal::Text(text) if name.value == EXTENDS => {
                    extends = Some(Spanned { value: text, at: value.at })
                }
                _ => values.push(Entry { name, value }),
            }
        }
        Ok(Self { extends, values: values.into_iter().collect() })
    }
}

impl JsonSchema for Environment {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Environment".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "properties": {
                "extends": {
                    "type": "string",
                    "description": "The environment whose values count where this one has none.",
                    "examples": ["production"],
                },
            },
            "patternProperties": { "^x-": true },
            "additionalProperties": {},
        })
    }
}
