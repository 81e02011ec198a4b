//! Lists and maps whose elements know where they were written, in the order of the source.
//!
//! An element that can't be decoded is left out, and its neighbours stay: what is wrong with it was said
//! by `schema`, and the rest of the file is still worth checking.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use rustc_hash::FxHashSet;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::spanned::{Spanned, Text};

/// A list.
#[derive(Debug, Clone)]
pub struct List<T>(Vec<Spanned<T>>);

/// A list of texts.
pub type Texts = List<String>;

impl<T> List<T> {
    /// A list of these elements.
    #[must_use]
    pub fn new(elements: Vec<Spanned<T>>) -> Self {
        Self(elements)
    }
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Deref for List<T> {
    type Target = [Spanned<T>];

    fn deref(&self) -> &[Spanned<T>] {
        &self.0
    }
}

impl<'a, T> IntoIterator for &'a List<T> {
    type Item = &'a Spanned<T>;
    type IntoIter = std::slice::Iter<'a, Spanned<T>>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<T> IntoIterator for List<T> {
    type Item = Spanned<T>;
    type IntoIter = std::vec::IntoIter<Spanned<T>>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ListVisitor<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for ListVisitor<T> {
            type Value = List<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<List<T>, A::Error> {
                let mut list = Vec::with_capacity(items.size_hint().unwrap_or(0));
                loop {
                    // `syntax::de` has passed an element when it fails, so that the next call goes on.
                    match items.next_element() {
                        Ok(Some(item)) => list.push(item),
                        Ok(None) => return Ok(List(list)),
                        Err(_) => {}
                    }
                }
            }
        }

        deserializer.deserialize_seq(ListVisitor(PhantomData))
    }
}

impl<T: JsonSchema> JsonSchema for List<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("ListOf{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "array", "items": generator.subschema_for::<T>() })
    }
}

/// Names and what they stand for.
#[derive(Debug, Clone)]
pub struct Map<T>(Vec<Entry<T>>);

/// A name of a [`Map`], at its key, and its value.
#[derive(Debug, Clone)]
pub struct Entry<T> {
    /// The name; its place is the key.
    pub name: Text,
    /// What it stands for.
    pub value: Spanned<T>,
}

impl<T> Map<T> {
    /// The value of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Spanned<T>> {
        self.0.iter().find(|entry| entry.name.value == name).map(|entry| &entry.value)
    }
}

impl<T> Default for Map<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Deref for Map<T> {
    type Target = [Entry<T>];

    fn deref(&self) -> &[Entry<T>] {
        &self.0
    }
}

impl<'a, T> IntoIterator for &'a Map<T> {
    type Item = &'a Entry<T>;
    type IntoIter = std::slice::Iter<'a, Entry<T>>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<T> IntoIterator for Map<T> {
    type Item = Entry<T>;
    type IntoIter = std::vec::IntoIter<Entry<T>>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<T> FromIterator<Entry<T>> for Map<T> {
    fn from_iter<I: IntoIterator<Item = Entry<T>>>(entries: I) -> Self {
        Self(entries.into_iter().collect())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Map<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MapVisitor<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for MapVisitor<T> {
            type Value = Map<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Map<T>, A::Error> {
                let mut map = Vec::with_capacity(entries.size_hint().unwrap_or(0));
                let mut seen = FxHashSet::default();
                while let Some(name) = entries.next_key::<Text>()? {
                    // The second of two equal keys was reported by `syntax`; the first one counts. A key
                    // that starts with `x-` is the user's own everywhere.
                    if name.starts_with("x-") || !seen.insert(name.value.clone()) {
                        entries.next_value::<IgnoredAny>()?;
                    } else if let Ok(value) = entries.next_value() {
                        map.push(Entry { name, value });
                    }
                }
                Ok(Map(map))
            }
        }

        deserializer.deserialize_map(MapVisitor(PhantomData))
    }
}

impl<T: JsonSchema> JsonSchema for Map<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("MapOf{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "patternProperties": { "^x-": true },
            "additionalProperties": generator.subschema_for::<T>(),
        })
    }
}
