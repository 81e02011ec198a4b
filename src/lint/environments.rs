//! What lints about environments and settings share: which names something asks for, and which environments are whole.

use std::collections::BTreeSet;

use super::context::Context;
use crate::graph::{EdgeKind, EntityKind, Item};
use crate::model::{FactCondition, FactTest};

/// The environments that must have everything, by name: those that no other extends, and what is called production.
pub(super) fn whole<'c>(context: &'c Context<'_>) -> Vec<&'c str> {
    let graph = context.graph;
    let environments = graph.of_kind(EntityKind::Environment);
    let is_whole = |index| !graph.referrers(index).any(|(edge, _)| edge.kind == EdgeKind::Extends);
    environments
        .filter(|(index, entity)| is_whole(*index) || is_production(&entity.id))
        .map(|(_, entity)| entity.id.as_ref())
        .collect()
}

/// True for the environment in which it matters.
pub(super) fn is_production(environment: &str) -> bool {
    ["production", "prod", "live"].contains(&environment)
}

/// The names of the facts that rules ask for, and of the inputs that procedures take.
pub(super) fn asked<'a>(context: &Context<'a>) -> BTreeSet<&'a str> {
    let mut names = BTreeSet::new();
    for (_, entity) in context.graph.entities() {
        match entity.item {
            Item::Rule(rule, _) => fields(&rule.condition, &mut names),
            Item::Procedure(procedure) => {
                names.extend(procedure.inputs.iter().map(|input| input.name.value.as_str()));
            }
            Item::Timeline(timeline) => {
                names.extend(timeline.inputs.iter().map(|input| input.name.value.as_str()));
            }
            _ => {}
        }
    }
    names
}

/// The facts that a condition asks for.
pub(super) fn fields<'a>(condition: &'a FactCondition, names: &mut BTreeSet<&'a str>) {
    match condition.test() {
        Some(FactTest::Compare { field, .. }) => drop(names.insert(&field.value)),
        Some(FactTest::All(list) | FactTest::Any(list)) => {
            list.iter().for_each(|condition| fields(condition, names));
        }
        Some(FactTest::Not(condition)) => fields(condition, names),
        None => {}
    }
}
