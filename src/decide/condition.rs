//! Whether a condition over facts holds: yes, no, or not known.

use std::cmp::Ordering;

use serde_json::{Number, Value};

use super::{Facts, plain};
use crate::model::{FactCondition, FactTest, Operator};

/// Kleene's three values: `None` is not known.
pub(super) fn holds(condition: &FactCondition, facts: &Facts) -> Option<bool> {
    match condition.test()? {
        FactTest::All(parts) => all(parts.iter().map(|part| holds(part, facts))),
        FactTest::Any(parts) => negate(all(parts.iter().map(|part| negate(holds(part, facts))))),
        FactTest::Not(part) => negate(holds(part, facts)),
        FactTest::Compare { field, operator, value } => {
            let given = facts.get(&field.value);
            let value = value.map_or(Value::Null, |value| plain(value));
            match (operator.value, given) {
                (Operator::Exists, given) => Some(given.is_some() == (value != Value::Bool(false))),
                (_, None) => None,
                (operator, Some(given)) => Some(compare(operator, given, &value)),
            }
        }
    }
}

/// One that fails decides, whatever is not known.
fn all(parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut all = Some(true);
    for part in parts {
        match part {
            Some(true) => {}
            Some(false) => return Some(false),
            None => all = None,
        }
    }
    all
}

fn negate(holds: Option<bool>) -> Option<bool> {
    holds.map(|holds| !holds)
}

fn compare(operator: Operator, given: &Value, value: &Value) -> bool {
    let order = || order(given, value);
    match operator {
        Operator::Equals => equal(given, value),
        Operator::NotEquals => !equal(given, value),
        Operator::Contains => match given {
            Value::Array(items) => items.iter().any(|item| equal(item, value)),
            Value::String(text) => value.as_str().is_some_and(|part| text.contains(part)),
            _ => false,
        },
        Operator::In => value.as_array().is_some_and(|items| items.iter().any(|item| equal(item, given))),
        Operator::Greater => order() == Some(Ordering::Greater),
        Operator::GreaterOrEqual => matches!(order(), Some(Ordering::Greater | Ordering::Equal)),
        Operator::Less => order() == Some(Ordering::Less),
        Operator::LessOrEqual => matches!(order(), Some(Ordering::Less | Ordering::Equal)),
        Operator::Exists => true,
    }
}

fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => numbers(a, b) == Some(Ordering::Equal),
        (a, b) => a == b,
    }
}

fn order(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => numbers(a, b),
        (Value::String(a), Value::String(b)) => Some(a.cmp(b)),
        _ => None,
    }
}

fn numbers(a: &Number, b: &Number) -> Option<Ordering> {
    match (a.as_i64(), b.as_i64()) {
        (Some(a), Some(b)) => Some(a.cmp(&b)),
        _ => a.as_f64()?.partial_cmp(&b.as_f64()?),
    }
}
