//! Values of inputs: whether a text is one of a type, and what expressions see of it.

use std::cmp::Ordering;

use super::ir::{Input, InputType};
use crate::expr::Value;
use crate::model::{At, Plain, Spanned};
use crate::scalar::{Duration, Size};

/// Why a text is no value of a type, in words that end a sentence; none where it is one. `values` are those of
/// an `enum`.
#[must_use]
pub fn misfit(kind: InputType, text: &str, values: &[String]) -> Option<String> {
    let fine = match kind {
        InputType::String | InputType::Secret => true,
        InputType::Int => text.parse::<i64>().is_ok(),
        InputType::Float => text.parse::<f64>().is_ok_and(f64::is_finite),
        InputType::Bool => matches!(text, "true" | "false"),
        InputType::Duration => Duration::parse(text).is_ok(),
        InputType::Size => Size::parse(text).is_ok(),
        InputType::Path => !text.is_empty(),
        InputType::Url => {
            text.split_once("://").is_some_and(|(scheme, rest)| !scheme.is_empty() && !rest.is_empty())
        }
        InputType::Port => text.parse::<u16>().is_ok_and(|port| port > 0),
        InputType::Enum => values.iter().any(|value| value == text),
    };
    let expected = match kind {
        InputType::Int => "a whole number".to_owned(),
        InputType::Float => "a number".to_owned(),
        InputType::Bool => "true or false".to_owned(),
        InputType::Duration => "a duration such as `30s`".to_owned(),
        InputType::Size => "a size such as `2GB`".to_owned(),
        InputType::Path => "a path".to_owned(),
        InputType::Url => "a URL with a scheme".to_owned(),
        InputType::Port => "a port, 1 to 65535".to_owned(),
        InputType::Enum => {
            format!("one of {}", values.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", "))
        }
        InputType::String | InputType::Secret => String::new(),
    };
    (!fine).then(|| format!("`{text}` is not {expected}"))
}

/// What expressions see of a text that is a value of a type: numbers and truth values as such, the rest as
/// text.
#[must_use]
pub fn typed(kind: InputType, text: &str) -> Value {
    let value = match kind {
        InputType::Int | InputType::Port => text.parse().ok().map(Value::Int),
        InputType::Float => text.parse().ok().map(Value::Double),
        InputType::Bool => text.parse().ok().map(Value::Bool),
        _ => None,
    };
    value.unwrap_or_else(|| Value::String(text.to_owned()))
}

/// The least and the greatest value of a type, as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    kind: InputType,
    /// The least value.
    pub min: Option<String>,
    /// The greatest value.
    pub max: Option<String>,
}

impl Limits {
    /// The limits that are values of the type themselves, of a type that has an order.
    #[must_use]
    pub fn of(kind: InputType, min: Option<&Spanned<Plain>>, max: Option<&Spanned<Plain>>) -> Self {
        let text = |limit: Option<&Spanned<Plain>>| {
            limit.map(|limit| limit.value.0.clone()).filter(|text| order(kind, text, text).is_some())
        };
        Self { kind, min: text(min), max: text(max) }
    }

    /// Those of an input of a plan.
    #[must_use]
    pub fn of_input(input: &Input) -> Self {
        Self { kind: input.kind, min: input.min.clone(), max: input.max.clone() }
    }

    /// What is wrong with limits as they are written, each at its place.
    #[must_use]
    pub fn faults(&self, min: Option<&Spanned<Plain>>, max: Option<&Spanned<Plain>>) -> Vec<(At, String)> {
        let mut faults = Vec::new();
        for limit in [min, max].into_iter().flatten() {
            if order(self.kind, &limit.value.0, &limit.value.0).is_none() {
                let fault = misfit(self.kind, &limit.value.0, &[]);
                let none = || format!("a value of type {} has no order", self.kind.name());
                faults.push((limit.at, fault.filter(|_| has_order(self.kind)).unwrap_or_else(none)));
            }
        }
        if let (Some(least), Some(most), Some(at)) = (&self.min, &self.max, max)
            && order(self.kind, least, most) == Some(Ordering::Greater)
        {
            faults.push((at.at, format!("nothing is at least `{least}` and at most `{most}`")));
        }
        faults
    }

    /// Why a value of the type lies outside, in words that end a sentence; none where it lies within.
    #[must_use]
    pub fn misfit(&self, text: &str) -> Option<String> {
        let is = |limit: &str, wrong| order(self.kind, text, limit) == Some(wrong);
        match (&self.min, &self.max) {
            (Some(min), _) if is(min, Ordering::Less) => Some(format!("`{text}` is less than `{min}`")),
            (_, Some(max)) if is(max, Ordering::Greater) => Some(format!("`{text}` is more than `{max}`")),
            _ => None,
        }
    }
}

/// True for the types whose values can be compared.
fn has_order(kind: InputType) -> bool {
    use InputType::{Duration, Float, Int, Port, Size};
    matches!(kind, Int | Float | Port | Duration | Size)
}

/// How two values of a type compare; none where one of them is no value, or the type has no order.
fn order(kind: InputType, a: &str, b: &str) -> Option<Ordering> {
    match kind {
        InputType::Int => Some(a.parse::<i64>().ok()?.cmp(&b.parse().ok()?)),
        InputType::Port => Some(a.parse::<u16>().ok()?.cmp(&b.parse().ok()?)),
        InputType::Float => a.parse::<f64>().ok()?.partial_cmp(&b.parse().ok()?),
        InputType::Duration => Some(Duration::parse(a).ok()?.cmp(&Duration::parse(b).ok()?)),
        InputType::Size => Some(Size::parse(a).ok()?.cmp(&Size::parse(b).ok()?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_held_in_the_order_of_the_type() {
        let limits =
            |kind, min: &str, max: &str| Limits { kind, min: Some(min.into()), max: Some(max.into()) };
        let told = |kind, min, max, text: &str| limits(kind, min, max).misfit(text).unwrap_or_default();
        assert_eq!(told(InputType::Int, "9", "10", "10"), "");
        assert_eq!(told(InputType::Int, "9", "10", "11"), "`11` is more than `10`");
        assert_eq!(told(InputType::Int, "-9", "10", "-10"), "`-10` is less than `-9`");
        assert_eq!(told(InputType::Float, "0.5", "1e3", "999.5"), "");
        assert_eq!(told(InputType::Duration, "90s", "5m", "1m"), "`1m` is less than `90s`");
        assert_eq!(told(InputType::Size, "1KB", "1KiB", "1020B"), "");
        assert_eq!(told(InputType::String, "b", "c", "a"), "");
    }

    #[test]
    fn expressions_see_numbers_as_numbers() {
        let shown = |kind, text| format!("{:?}", typed(kind, text));
        assert_eq!(shown(InputType::Int, "-3"), "Int(-3)");
        assert_eq!(shown(InputType::Port, "80"), "Int(80)");
        assert_eq!(shown(InputType::Float, "2"), "Double(2.0)");
        assert_eq!(shown(InputType::Bool, "true"), "Bool(true)");
        assert_eq!(shown(InputType::Duration, "30s"), "String(\"30s\")");
        assert_eq!(shown(InputType::Int, "x"), "String(\"x\")");
    }
}
