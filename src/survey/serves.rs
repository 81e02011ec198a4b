//! Downwards: what serves something, and what carries that out.

use petgraph::graph::NodeIndex;
use rustc_hash::FxHashSet;
use schemars::JsonSchema;
use serde::Serialize;

use super::Thing;
use crate::graph::{EdgeKind, EntityKind, Graph, Item};

/// A thing and what serves it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Node {
    /// The thing.
    #[serde(flatten)]
    pub thing: Thing,
    /// What it is to the thing above: `satisfies`, `carries out`, `lessens`.
    #[serde(skip_serializing_if = "str::is_empty")]
    #[schemars(default)]
    pub relation: &'static str,
    /// Of a procedure, its steps.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "usize")]
    pub steps: Option<usize>,
    /// Of a procedure, its steps that are verified, and its conditions that a program decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "usize")]
    pub checks: Option<usize>,
    /// What serves it in turn, in order of the source.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub served_by: Vec<Node>,
    /// True where that was listed before, under the same goal.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schemars(default)]
    pub listed_above: bool,
}

/// How deep a tree may be. Five layers make no more than a few levels, unless their references are wrong.
const DEEPEST: usize = 100;

/// A goal, or anything else, and all that serves it.
pub(super) fn tree(graph: &Graph<'_>, root: NodeIndex) -> Node {
    node(graph, root, "", 0, &mut FxHashSet::default())
}

/// True where something that is carried out serves it, directly or through others.
pub(super) fn is_carried_out(node: &Node) -> bool {
    node.served_by.iter().any(|child| {
        ["procedure", "step", "monitor", "timeline", "action"].contains(&child.thing.kind)
            || is_carried_out(child)
    })
}

/// What is right below: what satisfies it, and what carries it out.
pub(super) fn below(graph: &Graph<'_>, of: NodeIndex) -> Vec<(NodeIndex, &'static str)> {
    let satisfying = graph.referrers(of).filter(|(edge, _)| edge.kind == EdgeKind::Satisfies);
    let mut below: Vec<_> = satisfying.map(|(_, from)| (from, "satisfies")).collect();
    match graph.entity(of).kind {
        EntityKind::Decision => {
            let used = graph.references(of).filter(|(edge, _)| edge.kind == EdgeKind::Uses);
            below.extend(used.map(|(_, to)| (to, "carries out")));
        }
        EntityKind::Risk => {
            let lessening = graph.references(of).filter(|(edge, _)| edge.kind == EdgeKind::MitigatedBy);
            below.extend(lessening.map(|(_, to)| (to, "lessens")));
        }
        EntityKind::Goal => {
            // A monitor that watches a metric of the goal serves the goal.
            let metrics = graph.references(of).filter(|(edge, _)| edge.kind == EdgeKind::Has);
            for (_, metric) in metrics {
                let watching = graph
                    .referrers(metric)
                    .filter(|(_, from)| graph.entity(*from).kind == EntityKind::Monitor);
                below.extend(watching.map(|(_, monitor)| (monitor, "watches a metric")));
            }
        }
        _ => {}
    }
    let mut seen = FxHashSet::default();
    below.retain(|(index, _)| seen.insert(*index));
    below
}

fn node(
    graph: &Graph<'_>,
    index: NodeIndex,
    relation: &'static str,
    depth: usize,
    seen: &mut FxHashSet<NodeIndex>,
) -> Node {
    let is_first = seen.insert(index);
    let below = below(graph, index);
    let (steps, checks) = match graph.entity(index).item {
        Item::Procedure(procedure) => {
            let verified = procedure.steps.iter().filter(|step| step.verify.is_some()).count();
            let conditions = procedure.preconditions.iter().chain(procedure.postconditions.iter());
            let bound = conditions.filter(|condition| super::coverage::is_checked(graph, condition)).count();
            (Some(procedure.steps.iter().count()), Some(verified + bound))
        }
        _ => (None, None),
    };
    let listed_above = !is_first && !below.is_empty();
    let served_by = if is_first && depth < DEEPEST {
        below.into_iter().map(|(child, relation)| node(graph, child, relation, depth + 1, seen)).collect()
    } else {
        Vec::new()
    };
    Node { thing: Thing::new(graph, index), relation, steps, checks, served_by, listed_above }
}
