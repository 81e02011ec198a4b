//! Which procedure carries a decision out.
//!
//! Said by the procedure's `satisfies`, or by an action of the decision that names the procedure; or, where
//! neither is there, shown by what they do: both start the same components, two at least, in the same order,
//! and no other procedure does.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::graph::NodeIndex;

use super::context::Context;
use super::starts::{Sequence, Verb};
use crate::graph::{EdgeKind, EntityKind};

/// Decisions and procedures that carry them out, in order of the decisions.
pub(super) fn pairs(context: &Context<'_>) -> Vec<(NodeIndex, NodeIndex)> {
    let graph = context.graph;
    let mut pairs = BTreeSet::new();
    for (decision, _) in graph.of_kind(EntityKind::Decision) {
        let named = graph.references(decision).filter(|(edge, to)| {
            edge.kind == EdgeKind::Uses && graph.entity(*to).kind == EntityKind::Procedure
        });
        pairs.extend(named.map(|(_, procedure)| (decision, procedure)));
        let serving = graph.referrers(decision).filter(|(edge, from)| {
            edge.kind == EdgeKind::Satisfies && graph.entity(*from).kind == EntityKind::Procedure
        });
        pairs.extend(serving.map(|(_, procedure)| (decision, procedure)));
    }
    let told: BTreeSet<NodeIndex> = pairs.iter().map(|(decision, _)| *decision).collect();
    let mut by_starts: BTreeMap<Vec<NodeIndex>, Vec<NodeIndex>> = BTreeMap::new();
    for sequence in context.sequences() {
        if graph.entity(sequence.owner).kind == EntityKind::Procedure {
            by_starts.entry(started(sequence)).or_default().push(sequence.owner);
        }
    }
    for sequence in context.sequences() {
        let is_silent =
            graph.entity(sequence.owner).kind == EntityKind::Decision && !told.contains(&sequence.owner);
        let started = started(sequence);
        if is_silent
            && started.len() >= 2
            && let Some([procedure]) = by_starts.get(&started).map(Vec::as_slice)
        {
            pairs.insert((sequence.owner, *procedure));
        }
    }
    pairs.into_iter().collect()
}

fn started(sequence: &Sequence) -> Vec<NodeIndex> {
    let starts = sequence.events.iter().filter(|event| event.verb == Verb::Start);
    starts.map(|event| event.component).collect()
}
