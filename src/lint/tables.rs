//! What decisions are made by: what is wrong with their rules, which values names can have, and how to say it.

use std::collections::{BTreeMap, BTreeSet};

use crate::decide::{self, Domains, Tables};
use crate::graph::{EntityKind, Graph, Item};
use crate::model::{FactCondition, FactTest, InputType, Literal, Operator};

/// What is wrong with all rules from facts to decisions.
pub(super) fn judge<'a>(graph: &Graph<'a>) -> Tables<'a> {
    decide::tables(graph.rules, &facts(graph))
}

/// Which values facts can have: an input of the same name says so, where all of that name agree.
fn facts(graph: &Graph<'_>) -> Domains {
    let mut domains = Domains::default();
    let mut types: BTreeMap<String, BTreeSet<Declared>> = BTreeMap::new();
    for (_, entity) in graph.entities() {
        let inputs = match entity.item {
            Item::Procedure(procedure) => &procedure.inputs,
            Item::Timeline(timeline) => &timeline.inputs,
            _ => continue,
        };
        for input in inputs {
            let setting = input.setting.as_ref().and_then(|setting| graph.setting(setting));
            let of_setting = setting.map(|setting| input.of_setting(setting));
            let input = of_setting.as_ref().unwrap_or(&input.value);
            let declared = match input.input_type() {
                InputType::Enum => Declared::Enumeration,
                InputType::Int | InputType::Port => Declared::Whole,
                _ => Declared::Other,
            };
            types.entry(input.name.value.clone()).or_default().insert(declared);
            if declared == Declared::Enumeration {
                let values = domains.values.entry(input.name.value.clone()).or_default();
                values.extend(input.values.iter().map(|value| decide::plain(value)));
            }
        }
    }
    domains.values.retain(|name, values| types[name.as_str()].len() == 1 && !values.is_empty());
    let whole = types.iter().filter(|(_, of)| of.len() == 1 && of.contains(&Declared::Whole));
    domains.whole = whole.map(|(name, _)| name.clone()).collect();
    domains
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Declared {
    Enumeration,
    Whole,
    Other,
}

/// Which values the names of expressions can have: those that rules give a decision, and those that environments give
/// a variable.
pub(super) fn names(graph: &Graph<'_>) -> Domains {
    let mut domains = Domains::default();
    let mut note = |name: String, value: &Literal| {
        domains.values.entry(name).or_default().push(decide::plain(value));
    };
    for (_, entity) in graph.entities() {
        match entity.item {
            Item::Rule(rule, _) => {
                note(format!("decisions.{}", rule.action.target.value), &rule.action.value.value.value);
            }
            Item::Environment(map) if entity.kind == EntityKind::Environment => {
                for entry in map.iter() {
                    note(format!("env.{}", entry.name.value), &entry.value);
                }
            }
            _ => {}
        }
    }
    domains
}

/// A value as a message shows it: a text without quotes.
pub(super) fn shown(value: &Literal) -> String {
    let text = match value {
        Literal::Text(text) => text.clone(),
        value => decide::plain(value).to_string(),
    };
    text.replace('`', "'").replace(['\n', '\r'], " ")
}

/// A comparison in a few signs: `cpu > 90`.
pub(super) fn words(condition: &FactCondition) -> Option<String> {
    let Some(FactTest::Compare { field, operator, value }) = condition.test() else { return None };
    let value = value.map(|value| shown(value)).unwrap_or_default();
    let sign = match operator.value {
        Operator::Equals => "==",
        Operator::NotEquals => "!=",
        Operator::Contains => "contains",
        Operator::Greater => ">",
        Operator::GreaterOrEqual => ">=",
        Operator::Less => "<",
        Operator::LessOrEqual => "<=",
        Operator::In => "in",
        Operator::Exists if value == "false" => return Some(format!("{} not given", field.value)),
        Operator::Exists => return Some(format!("{} given", field.value)),
    };
    Some(format!("{} {sign} {value}", field.value))
}
