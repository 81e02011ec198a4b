//! Which procedure carries a decision out.
//!
//! Said by the procedure's `satisfies`, or by an action of the decision that names the procedure; or, where
//! neither is there, shown by what they do: both start the same components, two at least, in the same order,
//! and no other procedure does.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::graph::NodeIndex;

use super::context::Context;
use super::starts::{Sequence, Verb};
use crate::graph::{EdgeKind, EntityKind, Item};
use crate::model::{Decision, Procedure, Spanned};

/// A decision and a procedure that carries it out.
#[derive(Debug)]
pub(super) struct Realised<'a> {
    /// The decision's place in the graph.
    pub(super) decision: NodeIndex,
    /// The decision.
    pub(super) decided: &'a Spanned<Decision>,
    /// The procedure's place in the graph.
    pub(super) procedure: NodeIndex,
    /// The procedure.
    pub(super) carrier: &'a Spanned<Procedure>,
    /// How that is known.
    pub(super) by: By,
}

/// How it is known that a procedure carries a decision out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum By {
    /// The decision calls it: then the procedure alone says what happens.
    Call,
    /// The procedure says so.
    Word,
    /// Both start the same.
    Deeds,
}

/// Decisions and procedures that carry them out, in order of the decisions, then of the procedures.
pub(super) fn pairs<'a>(context: &Context<'a>) -> Vec<Realised<'a>> {
    let graph = context.graph;
    let mut pairs: BTreeMap<(NodeIndex, NodeIndex), By> = BTreeMap::new();
    for (decision, _) in graph.of_kind(EntityKind::Decision) {
        let serving = graph.referrers(decision).filter(|(edge, _)| edge.kind == EdgeKind::Satisfies);
        pairs.extend(serving.map(|(_, procedure)| ((decision, procedure), By::Word)));
        let named = graph.references(decision).filter(|(edge, _)| edge.kind == EdgeKind::Uses);
        pairs.extend(named.map(|(_, procedure)| ((decision, procedure), By::Call)));
    }
    pairs.retain(|(_, procedure), _| graph.entity(*procedure).kind == EntityKind::Procedure);
    let told: BTreeSet<NodeIndex> = pairs.keys().map(|(decision, _)| *decision).collect();
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
            pairs.insert((sequence.owner, *procedure), By::Deeds);
        }
    }
    let whole = pairs.into_iter().filter_map(|((decision, procedure), by)| {
        match (graph.entity(decision).item, graph.entity(procedure).item) {
            (Item::Decision(decided), Item::Procedure(carrier)) => {
                Some(Realised { decision, decided, procedure, carrier, by })
            }
            _ => None,
        }
    });
    whole.collect()
}

fn started(sequence: &Sequence) -> Vec<NodeIndex> {
    sequence.of(Verb::Start).map(|event| event.component).collect()
}
