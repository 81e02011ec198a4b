//! Values that may be written in more than one form, told apart by their JSON type.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::collections::{List, Map};

/// A text, or an object that says more.
#[derive(Debug, Clone)]
pub enum TextOr<T> {
    /// The short form.
    Text(String),
    /// The long form.
    Object(T),
}

impl<T> TextOr<T> {
    /// The short form's text.
    pub fn text(&self) -> Option<&str> {
        match self {
            TextOr::Text(text) => Some(text),
            TextOr::Object(_) => None,
        }
    }

    /// The long form.
    pub fn object(&self) -> Option<&T> {
        match self {
            TextOr::Text(_) => None,
            TextOr::Object(object) => Some(object),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for TextOr<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextOrVisitor<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for TextOrVisitor<T> {
            type Value = TextOr<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or an object")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<TextOr<T>, E> {
                Ok(TextOr::Text(text.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<TextOr<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(TextOr::Object)
            }
        }

        deserializer.deserialize_any(TextOrVisitor(PhantomData))
    }
}

impl<T: JsonSchema> JsonSchema for TextOr<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("TextOr{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        either(json_schema!({ "type": "string" }), T::json_schema(generator))
    }
}

/// One schema for two forms of different JSON types. Each keyword of JSON Schema but `enum` and `const`
/// judges values of one type only, so the keywords of both can stand side by side, and a mistake in one form
/// is reported for that form, not as "none of the given schemas".
///
/// # Panics
/// If both have a keyword other than `type`.
#[must_use]
pub fn either(mut first: Schema, mut second: Schema) -> Schema {
    let types = [first.remove("type"), second.remove("type")].into_iter().flatten();
    let types = types.flat_map(|of| match of {
        serde_json::Value::Array(several) => several,
        one => vec![one],
    });
    let types: serde_json::Value = types.collect();
    for (keyword, value) in std::mem::take(second.ensure_object()) {
        let before = first.insert(keyword, value);
        assert!(before.is_none(), "two forms of one value have no keyword in common");
    }
    first.insert("type".to_owned(), types);
    first
}

/// Any value, as it is written.
#[derive(Debug, Clone)]
pub enum Literal {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// A text.
    Text(String),
    /// A list.
    List(List<Literal>),
    /// An object.
    Object(Map<Literal>),
}

impl<'de> Deserialize<'de> for Literal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct LiteralVisitor;

        impl<'de> Visitor<'de> for LiteralVisitor {
            type Value = Literal;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any value")
            }

            fn visit_unit<E: Error>(self) -> Result<Literal, E> {
                Ok(Literal::Null)
            }

            fn visit_bool<E: Error>(self, value: bool) -> Result<Literal, E> {
                Ok(Literal::Bool(value))
            }

            fn visit_i64<E: Error>(self, value: i64) -> Result<Literal, E> {
                Ok(Literal::Int(value))
            }

            fn visit_u64<E: Error>(self, value: u64) -> Result<Literal, E> {
                Ok(i64::try_from(value).map_or(Literal::Float(value as f64), Literal::Int))
            }

            fn visit_f64<E: Error>(self, value: f64) -> Result<Literal, E> {
                Ok(Literal::Float(value))
            }

            fn visit_str<E: Error>(self, value: &str) -> Result<Literal, E> {
                Ok(Literal::Text(value.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Literal, A::Error> {
                let items = serde::de::value::SeqAccessDeserializer::new(items);
                List::deserialize(items).map(Literal::List)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Literal, A::Error> {
                Map::deserialize(MapAccessDeserializer::new(map)).map(Literal::Object)
            }
        }

        deserializer.deserialize_any(LiteralVisitor)
    }
}

impl JsonSchema for Literal {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Literal".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({})
    }
}

/// The text that a number, a truth value or a text becomes as an environment variable: `1.10` stays `1.10`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plain(pub String);

impl<'de> Deserialize<'de> for Plain {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self)
    }
}

impl JsonSchema for Plain {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Plain".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["string", "number", "boolean"] })
    }
}
