//! What a file says, before it is spelt. Keys keep the order in which a person would write them.

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    /// A text.
    Text(String),
    /// A whole number.
    Number(usize),
    /// A truth value.
    Truth(bool),
    /// A list.
    List(Vec<Value>),
    /// Keys and values, in order.
    Object(Vec<(String, Value)>),
}

impl Value {
    /// An object with one more entry.
    pub(super) fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        match &mut self {
            Value::Object(entries) => entries.push((key.to_owned(), value.into())),
            _ => panic!("only an object has entries"),
        }
        self
    }
}

/// An object without entries.
pub(super) fn object() -> Value {
    Value::Object(Vec::new())
}

/// A list of what can become values.
pub(super) fn list<T: Into<Value>>(items: impl IntoIterator<Item = T>) -> Value {
    Value::List(items.into_iter().map(Into::into).collect())
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Value::Text(text)
    }
}

impl From<usize> for Value {
    fn from(number: usize) -> Self {
        Value::Number(number)
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Value::Truth(truth)
    }
}
