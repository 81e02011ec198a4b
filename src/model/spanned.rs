//! Values that know where they were written.
//!
//! [`At`] names a node of a file's tree, [`Spanned`] a value with its node. The place is handed over by
//! `syntax::de` and by nothing else; in the schemas a spanned value looks like the value itself.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};

use crate::source::FileId;
use crate::syntax::NodeId;
use crate::syntax::de::{AT, SPANNED, unpack};

/// A node of a file: what a finding points at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct At {
    /// The file.
    pub file: FileId,
    /// The node of the file's tree.
    pub node: NodeId,
}

/// A value and the node that it was read from.
#[derive(Debug, Clone, Copy)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it is written.
    pub at: At,
}

/// A text and where it is written.
pub type Text = Spanned<String>;

impl<T> Spanned<T> {
    /// The same place with another value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Spanned<U> {
        Spanned { value: change(self.value), at: self.at }
    }
}

impl<T> Deref for Spanned<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: fmt::Display> fmt::Display for Spanned<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}

impl<'de> Deserialize<'de> for At {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AtVisitor;

        impl Visitor<'_> for AtVisitor {
            type Value = At;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a node of a tree")
            }

            fn visit_u64<E: Error>(self, packed: u64) -> Result<At, E> {
                let (file, node) = unpack(packed);
                Ok(At { file, node })
            }
        }

        deserializer.deserialize_unit_struct(AT, AtVisitor)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Spanned<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SpannedVisitor<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for SpannedVisitor<T> {
            type Value = Spanned<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value of a tree")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Spanned<T>, A::Error> {
                let missing = || A::Error::custom("a spanned value has a place and a value");
                let packed = parts.next_element::<u64>()?.ok_or_else(missing)?;
                let value = parts.next_element::<T>()?.ok_or_else(missing)?;
                let (file, node) = unpack(packed);
                Ok(Spanned { value, at: At { file, node } })
            }
        }

        deserializer.deserialize_tuple_struct(SPANNED, 2, SpannedVisitor(PhantomData))
    }
}

impl<T: JsonSchema> JsonSchema for Spanned<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

/// An object in which anything may stand. The reader finds its content in the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Open {
    /// Where the object is.
    pub at: At,
}

impl<'de> Deserialize<'de> for Open {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self { at: At::deserialize(deserializer)? })
    }
}

impl JsonSchema for Open {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Open".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({ "type": "object", "additionalProperties": true })
    }
}
