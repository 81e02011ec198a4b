//! From facts to decisions: runs the rules of all layers over what is known at compile time.
//!
//! Rules run in order of layer, then priority (the smallest first), then source; the first that holds gives
//! its target the value, so that an earlier layer is never overruled. A condition about a fact that is not
//! given neither holds nor fails, and a rule with such a condition decides nothing.
//!
//! What is wrong with rules whatever the facts are, [`tables`] works out: a [`Space`] turns conditions into boxes
//! over facts, of which one may be covered by others, or overlap them.

mod cell;
mod condition;
mod cover;
mod example;
mod gaps;
mod index;
mod line;
mod space;
mod table;
mod values;

pub use example::Example;
pub use gaps::Domains;
pub use space::{Region, Space, can_hold, can_meet};
pub use table::{Flaw, Tables, tables};

use std::collections::BTreeMap;

use serde_json::Value;

use crate::model::{At, LayerId, Literal, Priority, Rule, RuleSet, Spanned};

/// What is known at compile time: names and plain values.
pub type Facts = BTreeMap<String, Value>;

/// The value of a decision and the rule that gave it.
#[derive(Debug, Clone, PartialEq)]
pub struct Decided {
    /// The value.
    pub value: Value,
    /// The id of the rule.
    pub rule: String,
    /// Where the rule's action gives the value.
    pub at: At,
}

/// The decisions of a rule set under these facts, by target.
#[must_use]
pub fn decide(rules: &RuleSet, facts: &Facts) -> BTreeMap<String, Decided> {
    let mut decided = BTreeMap::new();
    for (_, rule) in in_order(rules) {
        let target = &rule.action.value.target.value;
        if !decided.contains_key(target) && condition::holds(&rule.condition, facts) == Some(true) {
            let value = &rule.action.value.value;
            let entry = Decided { value: plain(value), rule: rule.id.value.clone(), at: value.at };
            decided.insert(target.clone(), entry);
        }
    }
    decided
}

/// The targets that none of their rules decides under these facts, whatever else is given, each with the first place
/// where one would.
#[must_use]
pub fn undecided<'r>(rules: &'r RuleSet, facts: &Facts) -> BTreeMap<&'r str, At> {
    let mut undecided = targets(rules);
    for (_, rule) in in_order(rules) {
        if condition::holds(&rule.condition, facts) != Some(false) {
            undecided.remove(rule.action.target.value.as_str());
        }
    }
    undecided
}

/// The targets that rules give values to, under whatever facts, each with one place where one does.
#[must_use]
pub fn targets(rules: &RuleSet) -> BTreeMap<&str, At> {
    let mut targets = BTreeMap::new();
    for (_, rule) in in_order(rules) {
        targets.entry(rule.action.target.value.as_str()).or_insert(rule.action.target.at);
    }
    targets
}

/// The value that a text on a command line stands for: a whole number, a number, `true`, `false`, a list or
/// object in JSON, and any other text itself.
#[must_use]
pub fn fact(text: &str) -> Value {
    match serde_json::from_str(text) {
        Ok(Value::Null | Value::String(_)) | Err(_) => Value::String(text.to_owned()),
        Ok(value) => value,
    }
}

/// A value of a rule file as plain JSON.
#[must_use]
pub fn plain(literal: &Literal) -> Value {
    match literal {
        Literal::Null => Value::Null,
        Literal::Bool(value) => Value::Bool(*value),
        Literal::Int(value) => Value::from(*value),
        Literal::Float(value) => Value::from(*value),
        Literal::Text(text) => Value::String(text.clone()),
        Literal::List(items) => Value::Array(items.iter().map(|item| plain(item)).collect()),
        Literal::Object(map) => {
            Value::Object(map.iter().map(|entry| (entry.name.value.clone(), plain(&entry.value))).collect())
        }
    }
}

/// All rules in the order in which they are asked, each with what it has this place by, but for the order of the text.
fn in_order(rules: &RuleSet) -> Vec<((LayerId, Priority), &Spanned<Rule>)> {
    let mut all = Vec::new();
    for loaded in rules.files() {
        for rule in &loaded.document.header.rules {
            let priority = rule.priority.map_or(Priority::default(), |priority| priority.value);
            all.push(((loaded.layer, priority), rule));
        }
    }
    all.sort_by_key(|(order, _)| *order);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_the_command_line_is_what_it_looks_like() {
        assert_eq!(fact("3"), Value::from(3));
        assert_eq!(fact("0.5"), Value::from(0.5));
        assert_eq!(fact("true"), Value::from(true));
        assert_eq!(fact("[1]"), serde_json::json!([1]));
        for text in ["", "null", "\"x\"", "1.2.3", "canary"] {
            assert_eq!(fact(text), Value::from(text), "{text}");
        }
    }
}
