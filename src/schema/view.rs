//! A tree as jsonschema sees it: the arena is validated as it is, without a copy.
//!
//! In place of the faulty value an error carries the id of its node ([`node_of`]), so that neither is a
//! subtree copied nor a path searched.

use std::borrow::Cow;

use jsonschema::JsonType;
use jsonschema::ValidationError;
use jsonschema::json::{Array, Json, JsonNumber, Node, NodeIdentity, Object, cmp};
use jsonschema_value::LazyInstance;
use serde_json::{Number, Value};

use crate::syntax::{self, Kind, NodeId, Tree};

/// Trees as a representation of JSON.
#[derive(Debug)]
pub(super) struct Arena;

/// A tree and the text that it was document from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Document<'a> {
    pub(super) tree: &'a Tree,
    pub(super) source: &'a str,
}

impl<'a> Document<'a> {
    /// The whole document.
    pub(super) fn root(self) -> View<'a> {
        View::Node(self, Tree::ROOT)
    }

    fn text(self, node: NodeId) -> &'a str {
        self.tree.text(self.source, node)
    }
}

/// The node that an error is about.
pub(super) fn node_of(error: &ValidationError<'_>) -> NodeId {
    let id = error.instance().as_u64().and_then(|id| u32::try_from(id).ok());
    NodeId(id.expect("an error of this representation carries the id of its node"))
}

/// A node, or a key on its own.
#[derive(Debug, Clone, Copy)]
pub(super) enum View<'a> {
    /// A node of a tree.
    Node(Document<'a>, NodeId),
    /// The text of a key.
    Key(&'a str),
}

impl View<'_> {
    fn kind(self) -> Kind {
        match self {
            View::Node(document, node) => document.tree.kind(node),
            View::Key(_) => Kind::String,
        }
    }
}

impl Json for Arena {
    type Node<'a> = View<'a>;
    type PreparedKey = Box<str>;
    type StringBuffer = String;

    // A lookup walks the entries, so one pass over them is never slower than a few lookups.
    const KEYS_PER_LOOKUP: usize = 64;

    fn prepare_key(key: &str) -> Box<str> {
        key.into()
    }

    fn with_string_node<T>(buffer: &mut String, string: &str, f: impl FnOnce(View<'_>) -> T) -> T {
        buffer.clear();
        buffer.push_str(string);
        f(View::Key(buffer))
    }
}

impl<'a> Node<'a, Arena> for View<'a> {
    type Object = Entries<'a>;
    type Array = Elements<'a>;
    type Number = NumberText<'a>;

    fn as_object(&self) -> Option<Entries<'a>> {
        match *self {
            View::Node(document, node) if self.kind() == Kind::Object => Some(Entries { document, node }),
            _ => None,
        }
    }

    fn as_array(&self) -> Option<Elements<'a>> {
        match *self {
            View::Node(document, node) if self.kind() == Kind::Array => Some(Elements { document, node }),
            _ => None,
        }
    }

    fn as_string(&self) -> Option<Cow<'a, str>> {
        match *self {
            View::Node(document, node) if self.kind() == Kind::String => {
                Some(Cow::Borrowed(document.text(node)))
            }
            View::Key(text) => Some(Cow::Borrowed(text)),
            View::Node(..) => None,
        }
    }

    fn as_number(&self) -> Option<NumberText<'a>> {
        match *self {
            View::Node(document, node) if self.kind() == Kind::Number => {
                Some(NumberText(document.text(node)))
            }
            _ => None,
        }
    }

    fn as_boolean(&self) -> Option<bool> {
        match self.kind() {
            Kind::True => Some(true),
            Kind::False => Some(false),
            _ => None,
        }
    }

    fn is_null(&self) -> bool {
        matches!(self.kind(), Kind::Null | Kind::Hole)
    }

    fn json_type(&self) -> JsonType {
        match self.kind() {
            Kind::Null | Kind::Hole => JsonType::Null,
            Kind::True | Kind::False => JsonType::Boolean,
            Kind::Number => JsonType::Number,
            Kind::String | Kind::Key => JsonType::String,
            Kind::Array => JsonType::Array,
            Kind::Object => JsonType::Object,
        }
    }

    fn equals_value(&self, expected: &Value) -> bool {
        match expected {
            Value::String(text) => self.as_string().is_some_and(|own| own == text.as_str()),
            _ => cmp::equal(&self.to_value(), expected),
        }
    }

    fn to_value(&self) -> Cow<'a, Value> {
        let value = if let Some(object) = self.as_object() {
            object.members().map(|(name, value)| (name.to_owned(), value.to_value().into_owned())).collect()
        } else if let Some(array) = self.as_array() {
            array.elements().map(|element| element.to_value().into_owned()).collect()
        } else if let Some(number) = self.as_number() {
            Value::Number(number.to_number().into_owned())
        } else if let Some(text) = self.as_string() {
            Value::String(text.into_owned())
        } else {
            self.as_boolean().map_or(Value::Null, Value::Bool)
        };
        Cow::Owned(value)
    }

    fn lazy_value(&self) -> LazyInstance<'a> {
        let id = match self {
            View::Node(_, node) => node.0,
            View::Key(_) => Tree::ROOT.0,
        };
        LazyInstance::Ready(Cow::Owned(Value::from(id)))
    }

    fn identity(&self) -> Option<NodeIdentity> {
        match self {
            View::Node(document, node) => {
                Some(NodeIdentity::tagged(std::ptr::from_ref(document.tree) as usize, node.0))
            }
            View::Key(_) => None,
        }
    }
}

/// An object.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entries<'a> {
    document: Document<'a>,
    node: NodeId,
}

impl<'a> Object<'a, Arena> for Entries<'a> {
    type Node = View<'a>;
    type MemberName = &'a str;
    type MembersIter = Members<'a>;

    fn len(&self) -> usize {
        self.document.tree.count(self.node)
    }

    fn get(&self, key: &Box<str>) -> Option<View<'a>> {
        let value = self.document.tree.get(self.document.source, self.node, key)?;
        Some(View::Node(self.document, value))
    }

    fn members(&self) -> Members<'a> {
        Members { document: self.document, entries: self.document.tree.entries(self.node) }
    }
}

/// The entries of an object.
#[derive(Debug)]
pub(super) struct Members<'a> {
    document: Document<'a>,
    entries: syntax::Entries<'a>,
}

impl<'a> Iterator for Members<'a> {
    type Item = (&'a str, View<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let (key, value) = self.entries.next()?;
        Some((self.document.text(key), View::Node(self.document, value)))
    }
}

/// A list.
#[derive(Debug, Clone, Copy)]
pub(super) struct Elements<'a> {
    document: Document<'a>,
    node: NodeId,
}

impl<'a> Array<'a, Arena> for Elements<'a> {
    type Node = View<'a>;
    type ElementsIter = ElementsIter<'a>;

    fn len(&self) -> usize {
        self.document.tree.count(self.node)
    }

    fn elements(&self) -> ElementsIter<'a> {
        ElementsIter { document: self.document, items: self.document.tree.items(self.node) }
    }
}

/// The elements of a list.
#[derive(Debug)]
pub(super) struct ElementsIter<'a> {
    document: Document<'a>,
    items: syntax::Items<'a>,
}

impl<'a> Iterator for ElementsIter<'a> {
    type Item = View<'a>;

    fn next(&mut self) -> Option<View<'a>> {
        self.items.next().map(|item| View::Node(self.document, item))
    }
}

/// A number as it is spelt, in JSON's grammar.
#[derive(Debug, Clone, Copy)]
pub(super) struct NumberText<'a>(&'a str);

impl NumberText<'_> {
    fn finite(self) -> f64 {
        // Digits that exceed a double are as good as its largest value: no bound of a schema lies beyond.
        self.0.parse::<f64>().map_or(0.0, |number| number.clamp(f64::MIN, f64::MAX))
    }
}

impl JsonNumber for NumberText<'_> {
    fn as_u64(&self) -> Option<u64> {
        self.0.parse().ok()
    }

    fn as_i64(&self) -> Option<i64> {
        self.0.parse().ok()
    }

    fn as_f64(&self) -> Option<f64> {
        Some(self.finite())
    }

    fn as_str(&self) -> Cow<'_, str> {
        Cow::Borrowed(self.0)
    }

    fn to_number(&self) -> Cow<'_, Number> {
        let whole = self.as_u64().map(Number::from).or_else(|| self.as_i64().map(Number::from));
        let number = whole.or_else(|| Number::from_f64(self.finite()));
        Cow::Owned(number.expect("a finite double is a number of JSON"))
    }

    fn is_integer(&self) -> bool {
        self.as_u64().is_some() || self.as_i64().is_some() || self.finite().fract() == 0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;
    use crate::syntax::{Format, parse};

    #[test]
    fn satisfies_the_contract_of_the_validator() {
        let source = jsonschema::json::conformance::document().to_string();
        let tree = parse(FileId(0), Format::Json, &source).tree;
        let document = Document { tree: &tree, source: &source };
        jsonschema::json::conformance::assert_conformance::<Arena>(&document.root());
    }

    #[test]
    fn numbers_mean_the_same_however_they_are_spelt() {
        for (text, whole) in
            [("1", true), ("-1", true), ("1.0", true), ("1e3", true), ("1.5", false), ("1e999", true)]
        {
            assert_eq!(NumberText(text).is_integer(), whole, "{text}");
        }
        assert_eq!(NumberText("1e999").to_number().as_f64(), Some(f64::MAX));
    }
}
