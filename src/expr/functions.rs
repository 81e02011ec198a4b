//! The functions and methods: one table of how each is written, what it takes, gives and does.

use jiff::SignedDuration;

use super::{Type, Value};

/// A function.
pub(super) struct Function {
    pub(super) name: &'static str,
    pub(super) form: Form,
    /// For each parameter, that of the dot first, the types that it takes.
    pub(super) parameters: &'static [&'static [Kind]],
    pub(super) result: Type,
    /// Called with values of these types only.
    pub(super) call: fn(&[Value]) -> Result<Value, String>,
}

/// How a function is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `size(x)`
    Global,
    /// `x.size()`
    Method,
    /// Both ways.
    Either,
}

/// A type without what is inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Bool,
    Int,
    Uint,
    Double,
    String,
    Duration,
    List,
    Map,
}

const TEXT: &[Kind] = &[Kind::String];

/// In the order in which help lists them.
pub(super) static FUNCTIONS: [Function; 10] = [
    Function {
        name: "size",
        form: Form::Either,
        parameters: &[&[Kind::String, Kind::List, Kind::Map]],
        result: Type::Int,
        call: |operands| {
            Ok(Value::Int(match &operands[0] {
                Value::String(text) => text.chars().count(),
                Value::List(elements) => elements.len(),
                Value::Map(entries) => entries.len(),
                _ => 0,
            } as i64))
        },
    },
    Function {
        name: "startsWith",
        form: Form::Method,
        parameters: &[TEXT, TEXT],
        result: Type::Bool,
        call: |operands| Ok(Value::Bool(text(&operands[0]).starts_with(text(&operands[1])))),
    },
    Function {
        name: "endsWith",
        form: Form::Method,
        parameters: &[TEXT, TEXT],
        result: Type::Bool,
        call: |operands| Ok(Value::Bool(text(&operands[0]).ends_with(text(&operands[1])))),
    },
    Function {
        name: "contains",
        form: Form::Method,
        parameters: &[TEXT, TEXT],
        result: Type::Bool,
        call: |operands| Ok(Value::Bool(text(&operands[0]).contains(text(&operands[1])))),
    },
    Function {
        name: "matches",
        form: Form::Either,
        parameters: &[TEXT, TEXT],
        result: Type::Bool,
        call: |operands| Ok(Value::Bool(pattern(text(&operands[1]))?.is_match(text(&operands[0])))),
    },
    Function {
        name: "int",
        form: Form::Global,
        parameters: &[&[Kind::Int, Kind::Uint, Kind::Double, Kind::String]],
        result: Type::Int,
        call: |operands| {
            let value = match &operands[0] {
                Value::Int(value) => Some(*value),
                Value::Uint(value) => i64::try_from(*value).ok(),
                Value::Double(value) => super::value::whole_of(value.trunc()),
                other => text(other).parse().ok(),
            };
            value.map(Value::Int).ok_or_else(|| not_a("int", &operands[0]))
        },
    },
    Function {
        name: "uint",
        form: Form::Global,
        parameters: &[&[Kind::Int, Kind::Uint, Kind::Double, Kind::String]],
        result: Type::Uint,
        call: |operands| {
            let value = match &operands[0] {
                Value::Int(value) => u64::try_from(*value).ok(),
                Value::Uint(value) => Some(*value),
                Value::Double(value) => {
                    (0.0..18_446_744_073_709_551_616.0).contains(value).then_some(value.trunc() as u64)
                }
                other => text(other).parse().ok(),
            };
            value.map(Value::Uint).ok_or_else(|| not_a("uint", &operands[0]))
        },
    },
    Function {
        name: "double",
        form: Form::Global,
        parameters: &[&[Kind::Int, Kind::Uint, Kind::Double, Kind::String]],
        result: Type::Double,
        call: |operands| {
            let value = match &operands[0] {
                Value::Int(value) => Some(*value as f64),
                Value::Uint(value) => Some(*value as f64),
                Value::Double(value) => Some(*value),
                other => text(other).parse().ok(),
            };
            value.map(Value::Double).ok_or_else(|| not_a("double", &operands[0]))
        },
    },
    Function {
        name: "string",
        form: Form::Global,
        parameters: &[&[Kind::Bool, Kind::Int, Kind::Uint, Kind::Double, Kind::String, Kind::Duration]],
        result: Type::String,
        call: |operands| Ok(Value::String(shown(&operands[0]))),
    },
    Function {
        name: "duration",
        form: Form::Global,
        parameters: &[TEXT],
        result: Type::Duration,
        call: |operands| {
            let value = text(&operands[0]).parse::<SignedDuration>().ok();
            value.map(Value::Duration).ok_or_else(|| not_a("duration", &operands[0]))
        },
    },
];

/// The function of a name.
pub(super) fn named(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|function| function.name == name)
}

/// Compiles a regular expression.
pub(super) fn pattern(text: &str) -> Result<regex::Regex, String> {
    let pattern = regex::RegexBuilder::new(text).size_limit(1 << 20).build();
    pattern.map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => "the regular expression is too large".to_owned(),
        error => {
            // The last line says what is wrong; those before draw the place.
            let text = error.to_string();
            let reason = text.lines().last().unwrap_or_default().trim_start_matches("error: ");
            format!("invalid regular expression: {reason}")
        }
    })
}

impl Function {
    /// How many arguments stand in the parentheses.
    pub(super) fn arity(&self, is_method: bool) -> usize {
        self.parameters.len() - usize::from(is_method)
    }

    /// Whether it may be written with, or without, something before a dot.
    pub(super) fn allows(&self, is_method: bool) -> bool {
        match self.form {
            Form::Either => true,
            Form::Method => is_method,
            Form::Global => !is_method,
        }
    }

    /// How to write it.
    pub(super) fn usage(&self) -> String {
        let arguments = |count| ["value", "text"][..count].join(", ");
        match self.form {
            Form::Global => format!("{}({})", self.name, arguments(self.parameters.len())),
            Form::Method | Form::Either => {
                format!("value.{}({})", self.name, &["", "text"][self.parameters.len() - 1])
            }
        }
    }
}

impl Kind {
    /// The kind of a type; `None` where any value may come.
    pub(super) fn of_type(of: &Type) -> Option<Self> {
        match of {
            Type::Dyn | Type::Null => None,
            Type::Bool => Some(Kind::Bool),
            Type::Int => Some(Kind::Int),
            Type::Uint => Some(Kind::Uint),
            Type::Double => Some(Kind::Double),
            Type::String | Type::Enumeration(_) => Some(Kind::String),
            Type::Duration => Some(Kind::Duration),
            Type::List(_) => Some(Kind::List),
            Type::Map(..) | Type::Record(_) => Some(Kind::Map),
        }
    }

    /// The kind of a value.
    pub(super) fn of_value(value: &Value) -> Option<Self> {
        match value {
            Value::Null => None,
            Value::Bool(_) => Some(Kind::Bool),
            Value::Int(_) => Some(Kind::Int),
            Value::Uint(_) => Some(Kind::Uint),
            Value::Double(_) => Some(Kind::Double),
            Value::String(_) => Some(Kind::String),
            Value::Duration(_) => Some(Kind::Duration),
            Value::List(_) => Some(Kind::List),
            Value::Map(_) => Some(Kind::Map),
        }
    }

    /// The name of the type.
    pub(super) fn name(self) -> &'static str {
        match self {
            Kind::Bool => "bool",
            Kind::Int => "int",
            Kind::Uint => "uint",
            Kind::Double => "double",
            Kind::String => "string",
            Kind::Duration => "duration",
            Kind::List => "list",
            Kind::Map => "map",
        }
    }

    /// The names of some types, as messages list them.
    pub(super) fn names(kinds: &[Self]) -> String {
        kinds.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(" or ")
    }
}

fn text(value: &Value) -> &str {
    match value {
        Value::String(text) => text,
        _ => "",
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Uint(value) => value.to_string(),
        Value::Double(value) => value.to_string(),
        Value::Duration(value) => format!("{}s", seconds(*value)),
        other => text(other).to_owned(),
    }
}

/// Decimal seconds without trailing zeros, as CEL shows a duration.
pub(super) fn seconds(duration: SignedDuration) -> String {
    let nanos = duration.as_nanos();
    let (whole, part) = (nanos.unsigned_abs() / 1_000_000_000, nanos.unsigned_abs() % 1_000_000_000);
    let sign = if nanos < 0 { "-" } else { "" };
    let fraction = format!("{part:09}");
    let fraction = fraction.trim_end_matches('0');
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

fn not_a(what: &str, value: &Value) -> String {
    let shown: String = shown(value).chars().take(40).map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("`{shown}` is not a valid {what}")
}
