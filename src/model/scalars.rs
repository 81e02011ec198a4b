//! Scalars of `scalar` as values of the model: a text (or a number) in the file, the parsed value inside.
//!
//! Their schemas state the JSON type and a `format` of our own; what exactly is wrong inside a text is said
//! by `schema`, which asks the same parsers.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, Visitor};

use crate::scalar::{
    DailyWindow, Date, DateTime, Duration, DurationBound, Privilege, Query, ScalarError, Size, Version,
    VersionRequirement,
};

/// A parser of a scalar that the model holds, by the `format` that its schema states.
#[derive(Debug, Clone, Copy)]
pub struct ScalarFormat {
    /// The value of `format` in the schemas.
    pub name: &'static str,
    /// What it is called in a message: "a duration".
    pub noun: &'static str,
    /// What is wrong with a text, if anything.
    pub check: fn(&str) -> Result<(), ScalarError>,
}

/// All scalars of the model.
pub const SCALARS: &[ScalarFormat] = &[
    <Duration as Scalar>::FORMAT,
    <Version as Scalar>::FORMAT,
    <VersionRequirement as Scalar>::FORMAT,
    <Date as Scalar>::FORMAT,
    <DateTime as Scalar>::FORMAT,
    <DailyWindow as Scalar>::FORMAT,
    <DurationBound as Scalar>::FORMAT,
    <Size as Scalar>::FORMAT,
    <Privilege as Scalar>::FORMAT,
    <Query as Scalar>::FORMAT,
];

trait Scalar: Sized {
    const FORMAT: ScalarFormat;
    fn read(text: &str) -> Result<Self, ScalarError>;
    fn schema() -> Schema;
}

struct ScalarVisitor<T>(PhantomData<T>);

impl<T: Scalar> Visitor<'_> for ScalarVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::FORMAT.noun)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        T::read(text).map_err(E::custom)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<T, E> {
        T::read(&number.to_string()).map_err(E::custom)
    }
}

macro_rules! scalar {
    ($type:ident, $name:literal, $noun:literal, $schema:tt) => {
        impl Scalar for $type {
            const FORMAT: ScalarFormat =
                ScalarFormat { name: $name, noun: $noun, check: |text| $type::parse(text).map(|_| ()) };

            fn read(text: &str) -> Result<Self, ScalarError> {
                $type::parse(text)
            }

            fn schema() -> Schema {
                json_schema!($schema)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(ScalarVisitor(PhantomData))
            }
        }

        impl JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                <$type as Scalar>::schema()
            }
        }
    };
}

scalar!(Duration, "rulec-duration", "a duration", {
    "type": ["integer", "string"],
    "minimum": 0,
    "maximum": 9_007_199_254_740_u64,
    "format": "rulec-duration",
});
scalar!(Version, "rulec-version", "a version", { "type": "string", "format": "rulec-version" });
scalar!(VersionRequirement, "rulec-version-requirement", "a version requirement", {
    "type": "string",
    "format": "rulec-version-requirement",
});
scalar!(Date, "rulec-date", "a date", { "type": "string", "format": "rulec-date" });
scalar!(DateTime, "rulec-date-time", "a date and time", { "type": "string", "format": "rulec-date-time" });
scalar!(DailyWindow, "rulec-daily-window", "a daily window", { "type": "string", "format": "rulec-daily-window" });
scalar!(DurationBound, "rulec-duration-bound", "a bound on a duration", {
    "type": ["integer", "string"],
    "minimum": 0,
    "maximum": 9_007_199_254_740_u64,
    "format": "rulec-duration-bound",
});
scalar!(Size, "rulec-size", "a size", {
    "type": ["integer", "string"],
    "minimum": 0,
    "maximum": 9_007_199_254_740_991_u64,
    "format": "rulec-size",
});
scalar!(Privilege, "rulec-privilege", "a privilege", { "type": "string", "format": "rulec-privilege" });
scalar!(Query, "rulec-query", "a PromQL expression", { "type": "string", "format": "rulec-query" });
