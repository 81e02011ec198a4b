//! Trees as a source for serde: any `Deserialize` type from a [`Tree`], without a copy of the file between.
//!
//! What can't be used is left out as if it were not there: holes, the nodes that the caller names, keys
//! that the type does not know, and the second of two equal keys. An error names the node where it arose.
//! Two names carry places through serde: a tuple struct [`SPANNED`] is given its packed place and its value,
//! a unit struct [`AT`] its packed place alone.

use std::fmt;

use serde::de::value::{BorrowedStrDeserializer, U64Deserializer};
use serde::de::{
    self, Deserialize, DeserializeSeed, EnumAccess, IntoDeserializer, MapAccess, SeqAccess, VariantAccess,
    Visitor,
};
use serde::forward_to_deserialize_any;

use super::{Items, Kind, NodeId, NodeSet, Tree};
use crate::source::FileId;

/// The name of a tuple struct of two: the packed place of a value, and the value.
pub const SPANNED: &str = "$rulec::Spanned";

/// The name of a unit struct that stands for a packed place.
pub const AT: &str = "$rulec::At";

/// A place as one number.
fn pack(file: FileId, node: NodeId) -> u64 {
    u64::from(file.0) << 32 | u64::from(node.0)
}

/// The place that a deserializer of this module packed.
#[must_use]
pub fn unpack(packed: u64) -> (FileId, NodeId) {
    (FileId((packed >> 32) as u32), NodeId(packed as u32))
}

/// Why a tree did not fit a type, and at which node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeError {
    /// The node that does not fit.
    pub node: NodeId,
    /// What serde said about it.
    pub message: String,
}

/// A value of type `T` from a tree and the text that it was parsed from. Entries and elements whose value is
/// in `skip` count as absent.
///
/// # Errors
/// Where the tree does not have the shape of `T`.
pub fn from_tree<'de, T: Deserialize<'de>>(
    tree: &'de Tree,
    source: &'de str,
    skip: &NodeSet,
) -> Result<T, DecodeError> {
    let context = Context { tree, source, skip };
    let value = Value { context: &context, node: Tree::ROOT };
    T::deserialize(value)
        .map_err(|error| DecodeError { node: error.node.unwrap_or(Tree::ROOT), message: error.message })
}

struct Context<'de, 's> {
    tree: &'de Tree,
    source: &'de str,
    skip: &'s NodeSet,
}

impl<'de> Context<'de, '_> {
    fn text(&self, node: NodeId) -> &'de str {
        self.tree.text(self.source, node)
    }

    fn is_absent(&self, node: NodeId) -> bool {
        self.tree.kind(node) == Kind::Hole || self.skip.contains(node)
    }
}

/// serde's error with the innermost node that it passed on its way up.
#[derive(Debug)]
struct Error {
    node: Option<NodeId>,
    message: String,
}

impl Error {
    fn at(mut self, node: NodeId) -> Self {
        self.node.get_or_insert(node);
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

impl de::Error for Error {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self { node: None, message: message.to_string() }
    }
}

/// A node, about to become a value.
#[derive(Clone, Copy)]
struct Value<'a, 'de, 's> {
    context: &'a Context<'de, 's>,
    node: NodeId,
}

impl<'a, 'de, 's> Value<'a, 'de, 's> {
    fn packed(self) -> U64Deserializer<Error> {
        pack(self.context.tree.file, self.node).into_deserializer()
    }

    fn fields(
        self,
        known: &'static [&'static str],
    ) -> Entries<'a, 'de, 's, impl Iterator<Item = (NodeId, NodeId)>> {
        let mut seen = Seen::default();
        let entries = self.context.tree.entries(self.node).filter(move |(key, _)| {
            let text = self.context.text(*key);
            known.iter().position(|name| *name == text).is_some_and(|index| seen.insert(index))
        });
        Entries { context: self.context, entries, value: None }
    }
}

/// Which fields of a struct have had a value.
#[derive(Default)]
struct Seen {
    bits: u128,
}

impl Seen {
    fn insert(&mut self, index: usize) -> bool {
        assert!(index < 128, "a struct of the model has fewer than 128 fields");
        let fresh = self.bits >> index & 1 == 0;
        self.bits |= 1 << index;
        fresh
    }
}

impl<'de> de::Deserializer<'de> for Value<'_, 'de, '_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let Context { tree, .. } = self.context;
        match tree.kind(self.node) {
            Kind::Null | Kind::Hole => visitor.visit_unit(),
            Kind::True => visitor.visit_bool(true),
            Kind::False => visitor.visit_bool(false),
            Kind::Number => visit_number(self.context.text(self.node), visitor),
            Kind::String | Kind::Key => visitor.visit_borrowed_str(self.context.text(self.node)),
            Kind::Array => {
                visitor.visit_seq(Elements { context: self.context, items: tree.items(self.node) })
            }
            Kind::Object => {
                let entries = tree.entries(self.node);
                visitor.visit_map(Entries { context: self.context, entries, value: None })
            }
        }
        .map_err(|error: Error| error.at(self.node))
    }

    /// A number or truth value that is asked for as text comes as it is spelt: `1.10` stays `1.10`.
    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.context.tree.kind(self.node) {
            Kind::Number => visitor.visit_borrowed_str(self.context.text(self.node)),
            Kind::True => visitor.visit_borrowed_str("true"),
            Kind::False => visitor.visit_borrowed_str("false"),
            _ => return self.deserialize_any(visitor),
        }
        .map_err(|error: Error| error.at(self.node))
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    /// Where a value may be left out, `null` is a value like any other.
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.context.tree.kind(self.node) {
            Kind::Hole => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
        .map_err(|error: Error| error.at(self.node))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self).map_err(|error: Error| error.at(self.node))
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        match name {
            AT => visitor.visit_u64(pack(self.context.tree.file, self.node)),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        match name {
            SPANNED => {
                visitor.visit_seq(Placed { value: self, part: 0 }).map_err(|error: Error| error.at(self.node))
            }
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.context.tree.kind(self.node) {
            Kind::Object => {
                visitor.visit_map(self.fields(fields)).map_err(|error: Error| error.at(self.node))
            }
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.context.tree.kind(self.node) {
            Kind::String => visitor.visit_enum(Variant(self.context.text(self.node))),
            _ => Err(de::Error::custom("expected a text")),
        }
        .map_err(|error: Error| error.at(self.node))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit seq tuple map identifier
    }
}

/// Whole numbers as such, also when they are spelt `1.0` or `1e3`.
fn visit_number<'de, V: Visitor<'de>>(text: &str, visitor: V) -> Result<V::Value, Error> {
    if let Ok(number) = text.parse::<u64>() {
        return visitor.visit_u64(number);
    }
    if let Ok(number) = text.parse::<i64>() {
        return visitor.visit_i64(number);
    }
    const EXACT: f64 = (1_u64 << 53) as f64;
    match text.parse::<f64>() {
        Ok(number) if number.fract() == 0.0 && (0.0..=EXACT).contains(&number) => {
            visitor.visit_u64(number as u64)
        }
        Ok(number) if number.fract() == 0.0 && (-EXACT..0.0).contains(&number) => {
            visitor.visit_i64(number as i64)
        }
        Ok(number) => visitor.visit_f64(number),
        Err(_) => Err(de::Error::custom("expected a number")),
    }
}

struct Placed<'a, 'de, 's> {
    value: Value<'a, 'de, 's>,
    part: u8,
}

impl<'de> SeqAccess<'de> for Placed<'_, 'de, '_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        self.part += 1;
        match self.part {
            1 => seed.deserialize(self.value.packed()).map(Some),
            2 => seed.deserialize(self.value).map(Some),
            _ => Ok(None),
        }
    }
}

struct Elements<'a, 'de, 's> {
    context: &'a Context<'de, 's>,
    items: Items<'de>,
}

impl<'de> SeqAccess<'de> for Elements<'_, 'de, '_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        match self.items.find(|item| !self.context.is_absent(*item)) {
            Some(node) => seed.deserialize(Value { context: self.context, node }).map(Some),
            None => Ok(None),
        }
    }
}

struct Entries<'a, 'de, 's, I> {
    context: &'a Context<'de, 's>,
    entries: I,
    value: Option<NodeId>,
}

impl<'de, I: Iterator<Item = (NodeId, NodeId)>> MapAccess<'de> for Entries<'_, 'de, '_, I> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        match self.entries.find(|(_, value)| !self.context.is_absent(*value)) {
            Some((key, value)) => {
                self.value = Some(value);
                seed.deserialize(Value { context: self.context, node: key }).map(Some)
            }
            None => Ok(None),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let node = self.value.take().expect("serde asks for a value after its key");
        seed.deserialize(Value { context: self.context, node })
    }
}

/// A text as the name of a variant without content.
struct Variant<'de>(&'de str);

impl<'de> EnumAccess<'de> for Variant<'de> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Error> {
        Ok((seed.deserialize(BorrowedStrDeserializer::<Error>::new(self.0))?, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'de> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, _: T) -> Result<T::Value, Error> {
        Err(de::Error::custom("expected a variant without content"))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Error> {
        Err(de::Error::custom("expected a variant without content"))
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], _: V) -> Result<V::Value, Error> {
        Err(de::Error::custom("expected a variant without content"))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;
    use crate::syntax::{Format, parse};

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default)]
    struct Loaf {
        name: String,
        grams: Option<u32>,
        seeds: Vec<String>,
        prices: BTreeMap<String, f64>,
    }

    fn loaf(text: &str, skip: &NodeSet) -> Result<Loaf, DecodeError> {
        from_tree(&parse(FileId(0), Format::Json, text).tree, text, skip)
    }

    #[test]
    fn reads_what_it_knows_and_leaves_the_rest() {
        let text = r#"{"name": "r\u0079e", "x-own": {"a": [1]}, "grams": 1e3, "prices": {"a": 2, "b": 2.5}, "name": "second"}"#;
        let prices = BTreeMap::from([("a".to_owned(), 2.0), ("b".to_owned(), 2.5)]);
        let wanted = Loaf { name: "rye".into(), grams: Some(1000), seeds: Vec::new(), prices };
        assert_eq!(loaf(text, &NodeSet::default()), Ok(wanted));
    }

    #[test]
    fn holes_and_skipped_nodes_count_as_absent() {
        let text = r#"{"name": "rye", "grams": , "seeds": ["a", "b", "c"]}"#;
        let tree = parse(FileId(0), Format::Json, text).tree;
        let seeds = tree.get(text, Tree::ROOT, "seeds").expect("it is there");
        let mut skip = NodeSet::default();
        skip.insert(tree.items(seeds).nth(1).expect("there are three"));
        let wanted = Loaf { name: "rye".into(), seeds: vec!["a".into(), "c".into()], ..Loaf::default() };
        assert_eq!(loaf(text, &skip), Ok(wanted));
    }

    #[test]
    fn an_error_names_its_node() {
        let text = r#"{"seeds": ["a", []]}"#;
        let error = loaf(text, &NodeSet::default()).expect_err("a list is no text");
        let tree = parse(FileId(0), Format::Json, text).tree;
        assert_eq!(tree.pointer(text, error.node), "/seeds/1");
    }

    #[test]
    fn numbers_are_whole_where_they_are() {
        for (text, wanted) in
            [("0", Ok(0)), ("-7", Ok(-7)), ("5.0", Ok(5)), ("1.5", Err(())), ("1e30", Err(()))]
        {
            let tree = parse(FileId(0), Format::Json, text).tree;
            assert_eq!(from_tree::<i64>(&tree, text, &NodeSet::default()).map_err(drop), wanted, "{text}");
        }
    }

    #[test]
    fn a_number_read_as_text_keeps_its_spelling() {
        for text in ["1.10", "true"] {
            let tree = parse(FileId(0), Format::Json, text).tree;
            assert_eq!(from_tree::<String>(&tree, text, &NodeSet::default()), Ok(text.to_owned()));
        }
    }
}
