//! What a procedure is told before it runs.

use schemars::JsonSchema;
use serde::Deserialize;

use super::choice::{Literal, Plain};
use super::collections::List;
use super::spanned::{Spanned, Text};

/// A value that a procedure takes. It reaches commands only as an environment variable, and expressions as
/// `inputs.NAME`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Input {
    /// The input's name.
    #[schemars(example = &"release")]
    pub name: Text,

    /// What kind of value it takes.
    #[serde(rename = "type")]
    #[schemars(extend("default" = "string"))]
    pub kind: Option<Spanned<InputType>>,

    /// The values that an input of type `enum` may have.
    #[serde(default)]
    pub values: List<Literal>,

    /// The least value, of a type that has an order: a number, a port, a duration or a size.
    #[schemars(example = &"1s")]
    pub min: Option<Spanned<Plain>>,

    /// The greatest value, of a type that has an order.
    #[schemars(example = &"5m")]
    pub max: Option<Spanned<Plain>>,

    /// The value where none is given.
    pub default: Option<Spanned<Literal>>,

    /// Whether a value must be given. An input with a `default` has one.
    #[schemars(extend("default" = false))]
    pub required: Option<Spanned<bool>>,

    /// The setting of L2 whose value the input is. What the input does not say itself, its type and default too,
    /// is said by the setting.
    #[schemars(example = &"order_port")]
    pub setting: Option<Text>,

    /// What the input is for; shown to whoever is asked for it.
    pub description: Option<Text>,
}

/// What kind of value an input takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum InputType {
    /// Any text.
    String,
    /// A whole number.
    Int,
    /// A number.
    Float,
    /// `true` or `false`.
    Bool,
    /// A length of time, such as `30s`.
    Duration,
    /// A number of bytes, such as `2GB`.
    Size,
    /// A path of a file or folder.
    Path,
    /// An address, such as `https://example.org/`.
    Url,
    /// A TCP or UDP port, 1 to 65535.
    Port,
    /// One of the values under `values`.
    Enum,
    /// A text that never enters a plan, a script, a log or a report; it is read at run time.
    Secret,
}

impl Input {
    /// The input's type; without one it is a string, or an `enum` where there are `values`.
    #[must_use]
    pub fn input_type(&self) -> InputType {
        let implied = if self.values.is_empty() { InputType::String } else { InputType::Enum };
        self.kind.map_or(implied, |kind| kind.value)
    }

    /// True where a value must be given: it says so, and has no default.
    #[must_use]
    pub fn is_required(&self) -> bool {
        self.default.is_none() && self.required.is_some_and(|required| required.value)
    }
}
