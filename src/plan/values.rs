//! Values of inputs: whether a text is one of a type, and what expressions see of it.

use super::ir::InputType;
use crate::expr::Value;
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

#[cfg(test)]
mod tests {
    use super::*;

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
