//! How long procedures take: their plans as far as they are known without facts, and sums to show.

use std::collections::BTreeMap;

use petgraph::graph::NodeIndex;

use super::{limits, time_bounds};
use crate::diagnostic::Diagnostic;
use crate::graph::{EdgeKind, Graph, Item};
use crate::plan::bounds::{Bound, Run, Total, seconds};
use crate::plan::{Drafter, Plan};

/// How many terms a sum shows.
const SHOWN: usize = 16;

/// What drafting the entries of a rule set gives.
#[derive(Debug, Default)]
pub(super) struct Drafts {
    /// The plans of all procedures that something bounds or estimates, unless calls made them too large.
    pub(super) plans: BTreeMap<NodeIndex, Plan>,
    /// What no plan can hold, of all procedures and decisions.
    pub(super) found: Vec<Diagnostic>,
}

/// Drafts every procedure and decision, once.
pub(super) fn drafts(graph: &Graph<'_>) -> Drafts {
    let mut drafter = Drafter::new(graph);
    let mut drafts = Drafts::default();
    let all = limits::execution_time(graph.rules).is_some()
        || !limits::rollback_times(graph).is_empty()
        || time_bounds::bounds_procedures(graph);
    for (index, entity) in graph.entities() {
        let is_bounded = match entity.item {
            Item::Procedure(procedure) => {
                all || procedure.estimated_duration.is_some()
                    || procedure.window.is_some()
                    || is_timed_rollback(graph, index)
            }
            // How long a timeline lasts is what it says: limits are for what it runs.
            Item::Decision(_) | Item::Timeline(_) => false,
            _ => continue,
        };
        let drafted = drafter.draft(index);
        drafts.found.extend(drafted.diagnostics);
        if is_bounded && drafted.is_whole {
            drafts.plans.insert(index, drafted.plan);
        }
    }
    drafts
}

/// True where a procedure may be the rollback that a decision leaves so much time: one that it names, or one of
/// the procedure that carries it out.
fn is_timed_rollback(graph: &Graph<'_>, index: NodeIndex) -> bool {
    graph.referrers(index).any(|(edge, from)| {
        edge.kind == EdgeKind::RollsBackTo
            && match graph.entity(from).item {
                Item::Decision(decision) => decision.rollback.as_ref().is_some_and(|it| it.timeout.is_some()),
                _ => true,
            }
    })
}

/// A sum as people write it, `30 + 60 = 90 s`; where it is long, only what it comes to.
pub(super) fn sum(total: &Total<'_>) -> String {
    match total.bound.ms() {
        Some(ms) if total.terms.len() > SHOWN => {
            format!("{} timeouts and delays = {} s", total.terms.len(), seconds(ms))
        }
        _ => total.arithmetic(),
    }
}

/// A run without what has no bound in it.
pub(super) fn known(run: Run<'_>) -> Run<'_> {
    Run {
        preconditions: bounded(run.preconditions),
        steps: bounded(run.steps),
        postconditions: bounded(run.postconditions),
        rollback: bounded(run.rollback),
        finally: bounded(run.finally),
        cut: run.cut,
    }
}

fn bounded(total: Total<'_>) -> Total<'_> {
    Total::in_sequence(total.terms.into_iter().filter(|term| term.ms.is_some()).collect())
}

/// What a run comes to, phase by phase: `steps 30 + 5 = 35 s; rollback 10 s`.
pub(super) fn parts(run: &Run<'_>) -> String {
    let mut parts = Vec::new();
    let mut part = |name: &str, total: &Total<'_>| {
        if total.bound != Bound::Finite(0) {
            parts.push(format!("{name} {}", sum(total)));
        }
    };
    let forward = run.preconditions.bound.then(run.steps.bound).then(run.postconditions.bound);
    let is_cut = run.cut < forward;
    if !is_cut {
        part("preconditions", &run.preconditions);
        part("steps", &run.steps);
        part("postconditions", &run.postconditions);
    }
    part("rollback", &run.rollback);
    part("final steps", &run.finally);
    if is_cut {
        parts.insert(0, format!("timeout and grace {} s", run.cut.ms().map_or_else(String::new, seconds)));
    }
    parts.join("; ")
}
