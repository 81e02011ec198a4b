//! What an expression evaluates to.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use jiff::SignedDuration;

/// A value of CEL.
#[derive(Debug, Clone)]
pub enum Value {
    /// No value.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A whole number that is not negative.
    Uint(u64),
    /// A floating point number.
    Double(f64),
    /// Text.
    String(String),
    /// A length of time.
    Duration(SignedDuration),
    /// Values in order.
    List(Vec<Value>),
    /// Values by key.
    Map(BTreeMap<Key, Value>),
}

/// A key of a map. `1` and `1u` are the same key.
#[derive(Debug, Clone)]
pub enum Key {
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A whole number that is not negative.
    Uint(u64),
    /// Text.
    String(String),
}

impl Value {
    /// What a map has under a name; nothing where it has no such, or this is no map.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Self> {
        match self {
            Value::Map(entries) => entries.get(&Key::from(name)),
            _ => None,
        }
    }

    /// The name of its type.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Bool(_) => "bool",
            Value::Int(_) => "int",
            Value::Uint(_) => "uint",
            Value::Double(_) => "double",
            Value::String(_) => "string",
            Value::Duration(_) => "duration",
            Value::List(_) => "list",
            Value::Map(_) => "map",
        }
    }

    /// Which of two numbers, strings, durations or bools is more; `None` for anything else and not-a-number.
    #[must_use]
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
            (Value::String(a), Value::String(b)) => Some(a.cmp(b)),
            (Value::Duration(a), Value::Duration(b)) => Some(a.cmp(b)),
            (Value::Double(a), Value::Double(b)) => a.partial_cmp(b),
            (Value::Double(a), b) => Some(compare_with_double(b.whole()?, *a)?.reverse()),
            (a, Value::Double(b)) => compare_with_double(a.whole()?, *b),
            (a, b) => Some(a.whole()?.cmp(&b.whole()?)),
        }
    }

    /// The number that an int or uint is.
    fn whole(&self) -> Option<i128> {
        match self {
            Value::Int(value) => Some(i128::from(*value)),
            Value::Uint(value) => Some(i128::from(*value)),
            _ => None,
        }
    }

    /// The key that it is in a map, if it can be one; a double is where it is a whole number.
    #[must_use]
    pub fn to_key(&self) -> Option<Key> {
        match self {
            Value::Bool(value) => Some(Key::Bool(*value)),
            Value::Int(value) => Some(Key::Int(*value)),
            Value::Uint(value) => Some(Key::Uint(*value)),
            Value::String(value) => Some(Key::String(value.clone())),
            Value::Double(value) => whole_of(*value).map(Key::Int),
            _ => None,
        }
    }

    /// Roughly how many words it fills: what it costs to copy or to compare.
    pub(super) fn weight(&self) -> u64 {
        match self {
            Value::String(text) => 1 + text.len() as u64 / 8,
            Value::List(elements) => 1 + elements.iter().map(Value::weight).sum::<u64>(),
            Value::Map(entries) => 1 + entries.values().map(|value| 1 + value.weight()).sum::<u64>(),
            _ => 1,
        }
    }
}

/// The whole number that a double is, if it is one and fits.
pub(super) fn whole_of(value: f64) -> Option<i64> {
    // -2^63 is a double, 2^63 - 1 is not: the range is half open.
    let fits = (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&value);
    (fits && value.fract() == 0.0).then_some(value as i64)
}

/// Compares exactly, where converting either side would round.
fn compare_with_double(whole: i128, double: f64) -> Option<Ordering> {
    if double.is_nan() {
        return None;
    }
    // The cast saturates, and everything beyond i128 is beyond the 64 bits of `whole` too.
    let order = whole.cmp(&(double.trunc() as i128));
    Some(order.then_with(|| 0.0_f64.partial_cmp(&double.fract()).unwrap_or(Ordering::Equal)))
}

impl PartialEq for Value {
    /// CEL's equality: numbers by value whatever their types, everything else by type and value.
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Value::Null, Value::Null) => true,
            (Value::List(a), Value::List(b)) => a == b,
            (Value::Map(a), Value::Map(b)) => a == b,
            (a, b) => a.compare(b) == Some(Ordering::Equal),
        }
    }
}

impl Key {
    /// The key as a value.
    #[must_use]
    pub fn to_value(&self) -> Value {
        match self {
            Key::Bool(value) => Value::Bool(*value),
            Key::Int(value) => Value::Int(*value),
            Key::Uint(value) => Value::Uint(*value),
            Key::String(value) => Value::String(value.clone()),
        }
    }

    fn rank(&self) -> (u8, i128, &str) {
        match self {
            Key::Bool(value) => (0, i128::from(*value), ""),
            Key::Int(value) => (1, i128::from(*value), ""),
            Key::Uint(value) => (1, i128::from(*value), ""),
            Key::String(value) => (2, 0, value),
        }
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        self.rank().cmp(&other.rank())
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Key {}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::String(text.to_owned())
    }
}

impl From<&str> for Key {
    fn from(text: &str) -> Self {
        Key::String(text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_compare_exactly_across_types() {
        use Ordering::{Equal, Greater, Less};
        let large = 9_007_199_254_740_993; // 2^53 + 1, which no double holds
        for (a, b, order) in [
            (Value::Int(1), Value::Uint(1), Some(Equal)),
            (Value::Int(-1), Value::Uint(u64::MAX), Some(Less)),
            (Value::Int(large), Value::Double(large as f64), Some(Greater)),
            (Value::Uint(2), Value::Double(2.5), Some(Less)),
            (Value::Int(-2), Value::Double(-2.5), Some(Greater)),
            (Value::Int(i64::MAX), Value::Double(f64::INFINITY), Some(Less)),
            (Value::Int(0), Value::Double(f64::NAN), None),
            (Value::Double(f64::NAN), Value::Double(f64::NAN), None),
            (Value::Int(1), Value::from("1"), None),
        ] {
            assert_eq!(a.compare(&b), order, "{a:?} {b:?}");
            assert_eq!(b.compare(&a), order.map(Ordering::reverse), "{b:?} {a:?}");
        }
    }
}
