//! What serves what: the links that `satisfies` draws between the layers.

use petgraph::graph::NodeIndex;

use super::context::Context;
use crate::graph::{EdgeKind, EntityKind, Item};
use crate::model::Texts;

/// What is known of the links of a rule set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Links {
    /// There are none.
    None,
    /// There are some, and each leads somewhere.
    Some,
    /// One leads nowhere, or upwards, which is a finding of its own: what it was meant to serve is not known.
    Broken,
}

/// The links of a rule set.
pub(super) fn links(context: &Context<'_>) -> Links {
    let mut links = Links::None;
    for (_, entity) in context.graph.entities() {
        for reference in served(entity.item).into_iter().flat_map(|texts| texts.iter()) {
            // Nothing comes before a goal that it could serve.
            if context.graph.target(reference.at).is_none() || entity.kind == EntityKind::Goal {
                return Links::Broken;
            }
            links = Links::Some;
        }
    }
    links
}

/// True where something says that it serves an entity.
pub(super) fn is_served(context: &Context<'_>, index: NodeIndex) -> bool {
    context.graph.referrers(index).any(|(edge, _)| edge.kind == EdgeKind::Satisfies)
}

fn served(item: Item<'_>) -> Option<&Texts> {
    match item {
        Item::Goal(goal) => Some(&goal.value.satisfies),
        Item::Requirement(requirement) => Some(&requirement.value.satisfies),
        Item::Assumption(assumption) => Some(&assumption.satisfies),
        Item::Risk(risk) => Some(&risk.value.satisfies),
        Item::Constraint(own) => Some(&own.constraint.value.satisfies),
        Item::Rule(rule, _) => Some(&rule.value.satisfies),
        Item::Decision(decision) => Some(&decision.value.satisfies),
        Item::Procedure(procedure) => Some(&procedure.value.satisfies),
        Item::Step(step, _) => Some(&step.value.satisfies),
        Item::Monitor(monitor) => Some(&monitor.value.satisfies),
        Item::Timeline(timeline) => Some(&timeline.value.satisfies),
        Item::Metric(..)
        | Item::Stakeholder(_)
        | Item::Component(_)
        | Item::Environment(_)
        | Item::Resource(_)
        | Item::Setting(_)
        | Item::Action(..)
        | Item::Checklist(_)
        | Item::Alert(_)
        | Item::Name => None,
    }
}
