//! What is known of a value before it is computed.

use std::collections::BTreeMap;
use std::fmt;

/// A static type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Type {
    /// Anything; known at run time only.
    Dyn,
    /// `null`
    Null,
    /// `true`, `false`
    Bool,
    /// A signed number of 64 bits.
    Int,
    /// An unsigned number of 64 bits.
    Uint,
    /// A floating point number.
    Double,
    /// Text.
    String,
    /// One of these texts, such as the status of a step.
    Enumeration(Vec<String>),
    /// A length of time.
    Duration,
    /// A list of elements of one type.
    List(Box<Type>),
    /// A map from keys of one type to values of one type.
    Map(Box<Type>, Box<Type>),
    /// A map whose keys are all known, such as `steps`.
    Record(BTreeMap<String, Type>),
}

/// The names that expressions may use, and their types.
pub trait Types {
    /// The type of a name such as `inputs`.
    fn root(&self, name: &str) -> Option<&Type>;

    /// All such names, the likeliest to be meant first.
    fn roots(&self) -> Vec<&str>;
}

impl Types for BTreeMap<String, Type> {
    fn root(&self, name: &str) -> Option<&Type> {
        self.get(name)
    }

    fn roots(&self) -> Vec<&str> {
        self.keys().map(String::as_str).collect()
    }
}

impl Type {
    /// A record of named fields.
    pub fn record<N: Into<String>>(fields: impl IntoIterator<Item = (N, Type)>) -> Self {
        Type::Record(fields.into_iter().map(|(name, of)| (name.into(), of)).collect())
    }

    /// One of some texts.
    pub fn one_of<N: Into<String>>(texts: impl IntoIterator<Item = N>) -> Self {
        Type::Enumeration(texts.into_iter().map(Into::into).collect())
    }

    pub(super) fn is_number(&self) -> bool {
        matches!(self, Type::Int | Type::Uint | Type::Double)
    }

    pub(super) fn is_text(&self) -> bool {
        matches!(self, Type::String | Type::Enumeration(_))
    }

    /// Whether a value of one type can equal one of the other.
    pub(super) fn may_equal(&self, other: &Self) -> bool {
        match (self, other) {
            (Type::Dyn, _) | (_, Type::Dyn) => true,
            (Type::List(a), Type::List(b)) => a.may_equal(b),
            (Type::Map(..) | Type::Record(_), Type::Map(..) | Type::Record(_)) => true,
            (a, b) => a == b || (a.is_number() && b.is_number()) || (a.is_text() && b.is_text()),
        }
    }

    /// Whether `<` and its like compare the two.
    pub(super) fn may_compare(&self, other: &Self) -> bool {
        let ordered = |of: &Self| {
            matches!(of, Type::Dyn | Type::Bool | Type::Duration) || of.is_number() || of.is_text()
        };
        ordered(self) && ordered(other) && self.may_equal(other)
    }

    /// A type that holds the values of both.
    pub(super) fn joined(self, other: Self) -> Self {
        if self == other {
            self
        } else if self.is_text() && other.is_text() {
            Type::String
        } else {
            Type::Dyn
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::Dyn => f.write_str("dyn"),
            Type::Null => f.write_str("null"),
            Type::Bool => f.write_str("bool"),
            Type::Int => f.write_str("int"),
            Type::Uint => f.write_str("uint"),
            Type::Double => f.write_str("double"),
            Type::String | Type::Enumeration(_) => f.write_str("string"),
            Type::Duration => f.write_str("duration"),
            Type::List(element) => write!(f, "list({element})"),
            Type::Map(key, value) => write!(f, "map({key}, {value})"),
            Type::Record(_) => f.write_str("map"),
        }
    }
}
