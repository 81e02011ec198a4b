//! # What
//!
//! Rules compare one fact with values of unlike types, or decide on values of unlike types for one target: a number here,
//! a text there.
//!
//! # Why
//!
//! A number is never equal to a text, so one of the rules never holds, or a condition that asks for the decision fails.
//!
//! # Bad
//!
//! ```yaml L4-decisions.yaml
//! rules:
//!   - { id: R1, condition: { field: guests, operator: equals, value: many }, action: { target: ovens, value: 2 }, priority: 1 }
//!   - { id: R2, condition: { field: guests, operator: less, value: 20 }, action: { target: ovens, value: 1 }, priority: 2 }
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - { id: E1, steps: [{ step: 1, manual: Light both, when: decisions.ovens == 2 }] }
//! ```
//!
//! # Good
//!
//! ```yaml L4-decisions.yaml
//! rules:
//!   - { id: R1, condition: { field: guests, operator: greater_or_equal, value: 20 }, action: { target: ovens, value: 2 }, priority: 1 }
//!   - { id: R2, condition: { field: guests, operator: less, value: 20 }, action: { target: ovens, value: 1 }, priority: 2 }
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - { id: E1, steps: [{ step: 1, manual: Light both, when: decisions.ovens == 2 }] }
//! ```
//!
//! # Exceptions
//!
//! `exists`, which asks for no value; whole and broken numbers are alike.

use std::collections::BTreeMap;

use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::Item;
use crate::model::{At, FactCondition, FactTest, Literal, Operator};

/// `unlike-values`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "unlike-values",
        code: "R0230",
        level: Level::Warning,
        summary: "one fact or decision has values of unlike types",
        source: include_str!("unlike_values.rs"),
    },
    check,
};

/// The first value of each name, and its type.
type Known<'a> = BTreeMap<(&'static str, &'a str), (&'static str, At)>;

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let mut known: Known<'_> = BTreeMap::new();
    for (_, entity) in context.graph.entities() {
        let Item::Rule(rule, _) = entity.item else { continue };
        let mut values = Vec::new();
        compared(&rule.condition, &mut values);
        if let Some(kind) = kind(&rule.action.value.value.value) {
            values.push(("decision", rule.action.target.value.as_str(), kind, rule.action.value.value.at));
        }
        for (what, name, kind, at) in values {
            let (first, first_at) = *known.entry((what, name)).or_insert((kind, at));
            if first != kind {
                found(
                    Diagnostic::new(
                        &LINT.info,
                        context.place(at),
                        format!("the {what} `{name}` is a {kind} here and a {first} elsewhere"),
                    )
                    .label(format!("a {kind}"))
                    .related(context.place(first_at), format!("a {first}"))
                    .help("write values of one type"),
                );
            }
        }
    }
}

fn compared<'a>(condition: &'a FactCondition, values: &mut Vec<(&'static str, &'a str, &'static str, At)>) {
    match condition.test() {
        Some(FactTest::Compare { field, operator, value: Some(value) })
            if operator.value != Operator::Exists =>
        {
            if let Some(kind) = kind(&value.value) {
                values.push(("fact", &field.value, kind, value.at));
            }
        }
        Some(FactTest::All(list) | FactTest::Any(list)) => {
            list.iter().for_each(|condition| compared(condition, values));
        }
        Some(FactTest::Not(condition)) => compared(condition, values),
        _ => {}
    }
}

fn kind(value: &Literal) -> Option<&'static str> {
    match value {
        Literal::Bool(_) => Some("truth value"),
        Literal::Int(_) | Literal::Float(_) => Some("number"),
        Literal::Text(_) => Some("text"),
        Literal::Null | Literal::List(_) | Literal::Object(_) => None,
    }
}
