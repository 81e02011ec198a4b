//! The values that expressions find under `inputs` in a run that nobody answers questions in.

use std::collections::BTreeMap;

use crate::expr::Value;
use crate::plan::Plan;
use crate::plan::ir::{Input, InputType};

/// The inputs of a plan that have a value: the one that is fixed, else the default, as the type says that
/// expressions see it. What has neither, such as a secret, is not there.
#[must_use]
pub fn inputs(plan: &Plan) -> BTreeMap<String, Value> {
    let known = |input: &Input| {
        let text = input.value.as_ref().or(input.default.as_ref())?;
        Some((input.name.clone(), value(input.kind, text)?))
    };
    plan.inputs.iter().filter_map(known).collect()
}

/// A text as a value of its type; none where it is not of it.
fn value(kind: InputType, text: &str) -> Option<Value> {
    match kind {
        InputType::Int | InputType::Port => text.parse().ok().map(Value::Int),
        InputType::Float => text.parse().ok().map(Value::Double),
        InputType::Bool => text.parse().ok().map(Value::Bool),
        InputType::String
        | InputType::Duration
        | InputType::Size
        | InputType::Path
        | InputType::Url
        | InputType::Enum => Some(Value::String(text.to_owned())),
        InputType::Secret => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_what_its_type_says() {
        for (kind, text, expected) in [
            (InputType::Int, "-3", Some(Value::Int(-3))),
            (InputType::Port, "8080", Some(Value::Int(8080))),
            (InputType::Float, "2", Some(Value::Double(2.0))),
            (InputType::Bool, "true", Some(Value::Bool(true))),
            (InputType::Bool, "yes", None),
            (InputType::Duration, "90s", Some(Value::from("90s"))),
            (InputType::Enum, "1", Some(Value::from("1"))),
            (InputType::Secret, "x", None),
        ] {
            assert_eq!(value(kind, text), expected, "{kind:?} {text}");
        }
    }
}
