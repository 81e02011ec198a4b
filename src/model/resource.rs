//! Resources: what steps share, so many units of it.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

use super::spanned::{Spanned, Text};

/// Something of which there is so much: worker slots, memory, connections. Steps say how much of it they take.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Resource {
    /// How many units there are. Steps that run at once never take more of them.
    pub capacity: Spanned<Units>,

    /// What one unit is.
    #[schemars(example = &"slots")]
    pub unit: Option<Text>,

    /// What it is.
    #[schemars(example = &"Racks of the big oven.")]
    pub description: Option<Text>,
}

/// Units of a resource, at least one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(transparent)]
pub struct Units(pub u32);

impl JsonSchema for Units {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Units".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": 1, "maximum": 1_000_000_000 })
    }
}
