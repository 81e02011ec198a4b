//! Cycles: each strongly connected component of a relation is one finding, explained by a short cycle in it
//! with a place for every edge.

use std::collections::VecDeque;
use std::collections::hash_map::Entry;

use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;
use rustc_hash::{FxHashMap, FxHashSet};

use super::entity::{EdgeKind, EntityKind, Item};
use super::{Graph, rules};
use crate::diagnostic::{Diagnostic, RuleInfo};
use crate::model::At;

/// Up to how much work (start nodes times edges) the shortest of all cycles is looked for; in a greater
/// component it is the shortest one through its first node.
const EXHAUSTIVE: usize = 1_000_000;

/// A relation between entities: who, then whom, and where it says so.
type Relation = DiGraph<NodeIndex, (At, EdgeKind)>;

/// All cycles of steps, calls, rollbacks and components.
pub(super) fn find(graph: &Graph<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let needs = |kind| {
        relation(graph, move |graph, from, to, edge| {
            let same = graph.nodes[from].kind == kind && graph.nodes[to].kind == kind;
            (edge == EdgeKind::Needs && same).then_some((from, to))
        })
    };
    let steps = needs(EntityKind::Step);
    for cycle in cycles(&steps, |_| true) {
        found.push(explain(graph, &rules::STEP_CYCLE, &steps, &cycle));
    }
    let components = needs(EntityKind::Component);
    for cycle in cycles(&components, |_| true) {
        found.push(explain(graph, &rules::COMPONENT_CYCLE, &components, &cycle));
    }
    let environments = relation(graph, |_, from, to, edge| (edge == EdgeKind::Extends).then_some((from, to)));
    for cycle in cycles(&environments, |_| true) {
        found.push(explain(graph, &rules::ENVIRONMENT_CYCLE, &environments, &cycle));
    }
    let owners = owners(graph);
    let calls = relation(graph, |graph, from, to, edge| call(graph, &owners, from, to, edge));
    for cycle in cycles(&calls, |_| true) {
        found.push(explain(graph, &rules::CALL_CYCLE, &calls, &cycle));
    }
    let rollbacks = relation(graph, |graph, from, to, edge| {
        let procedures =
            graph.nodes[from].kind == EntityKind::Procedure && graph.nodes[to].kind == EntityKind::Procedure;
        match edge {
            EdgeKind::RollsBackTo if procedures => Some((from, to)),
            _ => call(graph, &owners, from, to, edge),
        }
    });
    // A cycle of calls alone was told above.
    let goes_back = |cycle: &[(At, EdgeKind)]| cycle.iter().any(|(_, kind)| *kind == EdgeKind::RollsBackTo);
    for cycle in cycles(&rollbacks, goes_back) {
        let itself = cycle.len() == 1;
        let rule = if itself { &rules::SELF_ROLLBACK } else { &rules::ROLLBACK_CYCLE };
        found.push(explain(graph, rule, &rollbacks, &cycle));
    }
    found
}

/// The procedure of every step.
fn owners(graph: &Graph<'_>) -> FxHashMap<NodeIndex, NodeIndex> {
    let mut owners = FxHashMap::default();
    for edge in graph.nodes.edge_references() {
        if edge.weight().kind == EdgeKind::Has && graph.nodes[edge.target()].kind == EntityKind::Step {
            owners.insert(edge.target(), edge.source());
        }
    }
    owners
}

/// A step that runs a procedure, as a call of its own procedure. A remedy's procedure is called as well.
fn call(
    graph: &Graph<'_>,
    owners: &FxHashMap<NodeIndex, NodeIndex>,
    from: NodeIndex,
    to: NodeIndex,
    edge: EdgeKind,
) -> Option<(NodeIndex, NodeIndex)> {
    let is_call = edge == EdgeKind::Runs && matches!(graph.nodes[from].item, Item::Step(..));
    is_call.then(|| owners.get(&from).map(|owner| (*owner, to))).flatten()
}

fn relation(
    graph: &Graph<'_>,
    pick: impl Fn(&Graph<'_>, NodeIndex, NodeIndex, EdgeKind) -> Option<(NodeIndex, NodeIndex)>,
) -> Relation {
    let mut relation = Relation::new();
    let mut known = FxHashMap::default();
    let mut edges = FxHashSet::default();
    for edge in graph.nodes.edge_references() {
        let picked = pick(graph, edge.source(), edge.target(), edge.weight().kind);
        if let Some((from, to)) = picked
            && edges.insert((from, to, edge.weight().kind))
        {
            let from = *known.entry(from).or_insert_with(|| relation.add_node(from));
            let to = *known.entry(to).or_insert_with(|| relation.add_node(to));
            relation.add_edge(from, to, (edge.weight().at, edge.weight().kind));
        }
    }
    relation
}

/// One short cycle of every component that has a wanted one: the nodes of the relation, in order, from the
/// one that is written first.
fn cycles(relation: &Relation, wanted: impl Fn(&[(At, EdgeKind)]) -> bool) -> Vec<Vec<NodeIndex>> {
    let mut found = Vec::new();
    for mut component in kosaraju_scc(relation) {
        component.sort_by_key(|node| relation[*node]);
        if component.len() == 1 && !relation.contains_edge(component[0], component[0]) {
            continue;
        }
        let inside: FxHashSet<NodeIndex> = component.iter().copied().collect();
        let edges: usize = component.iter().map(|node| relation.edges(*node).count()).sum();
        let starts = if component.len() * edges <= EXHAUSTIVE { component.len() } else { 1 };
        let around = component[..starts].iter().filter_map(|start| shortest(relation, *start, &inside));
        let around = around.filter(|cycle| wanted(&weights(relation, cycle)));
        // The shortest, and of equal ones the first.
        if let Some(cycle) = around.min_by_key(Vec::len) {
            found.push(cycle);
        }
    }
    found.sort_by_key(|cycle| relation[cycle[0]]);
    found
}

/// The shortest way from a node back to itself, by breadth-first search.
fn shortest(relation: &Relation, start: NodeIndex, inside: &FxHashSet<NodeIndex>) -> Option<Vec<NodeIndex>> {
    let mut before: FxHashMap<NodeIndex, NodeIndex> = FxHashMap::default();
    let mut queue = VecDeque::from([start]);
    while let Some(node) = queue.pop_front() {
        let mut next: Vec<NodeIndex> =
            relation.neighbors(node).filter(|next| inside.contains(next)).collect();
        next.sort_by_key(|next| relation[*next]);
        for next in next {
            if next == start {
                let mut cycle = vec![node];
                while let Some(previous) = before.get(cycle.last().expect("it is not empty")) {
                    cycle.push(*previous);
                }
                cycle.reverse();
                return Some(cycle);
            }
            if let Entry::Vacant(fresh) = before.entry(next) {
                fresh.insert(node);
                queue.push_back(next);
            }
        }
    }
    None
}

/// The edges of a cycle, in order. Where two lead the same way, a rollback is shown before a call.
fn weights(relation: &Relation, cycle: &[NodeIndex]) -> Vec<(At, EdgeKind)> {
    let next = cycle.iter().skip(1).chain(cycle.first());
    let edges = cycle.iter().zip(next).map(|(from, to)| {
        let between = relation.edges_connecting(*from, *to).map(|edge| *edge.weight());
        between.max_by_key(|(at, kind)| (*kind == EdgeKind::RollsBackTo, std::cmp::Reverse(*at)))
    });
    edges.map(|edge| edge.expect("a cycle follows edges of the relation")).collect()
}

fn explain(
    graph: &Graph<'_>,
    rule: &'static RuleInfo,
    relation: &Relation,
    cycle: &[NodeIndex],
) -> Diagnostic {
    let entity = |node: NodeIndex| &graph.nodes[relation[node]];
    let name = |node: NodeIndex| {
        let entity = entity(node);
        match entity.kind {
            EntityKind::Step => entity.id.split_once('/').map_or(entity.id.as_ref(), |(_, step)| step),
            _ => entity.id.as_ref(),
        }
    };
    let edges = weights(relation, cycle);
    let mut path: Vec<String> = cycle.iter().take(12).map(|node| format!("`{}`", name(*node))).collect();
    if cycle.len() > path.len() {
        path.push(format!("({} more)", cycle.len() - path.len()));
    }
    path.push(format!("`{}`", name(cycle[0])));
    let path = path.join(" -> ");
    let verb = |kind: EdgeKind| if kind == EdgeKind::Runs { "calls" } else { kind.name() };
    let itself = cycle.len() == 1;
    let first = name(cycle[0]);
    let (message, help) = match rule.id {
        "step-cycle" if itself => (format!("step `{first}` needs itself"), "take this need away"),
        "step-cycle" => (format!("steps need one another: {path}"), "take one of these needs away"),
        "component-cycle" if itself => {
            (format!("component `{first}` depends on itself"), "take this dependency away")
        }
        "component-cycle" => {
            (format!("components depend on one another: {path}"), "take one of these dependencies away")
        }
        "call-cycle" if itself => {
            (format!("procedure `{first}` calls itself"), "a procedure must not come to call itself")
        }
        "call-cycle" => {
            (format!("procedures call one another: {path}"), "a procedure must not come to call itself")
        }
        "environment-cycle" if itself => {
            (format!("environment `{first}` extends itself"), "take this `extends` away")
        }
        "environment-cycle" => {
            (format!("environments extend one another: {path}"), "take one of these `extends` away")
        }
        "self-rollback" => (
            format!("procedure `{first}` is its own rollback"),
            "name a procedure that takes back what this one did",
        ),
        _ => (
            format!("rolling back comes round to where it started: {path}"),
            "a rollback must not lead to what it rolls back",
        ),
    };
    let mut labels = edges.iter().zip(cycle).zip(cycle.iter().skip(1).chain(cycle.first())).map(
        |(((at, kind), from), to)| {
            (graph.rules.location(*at), format!("`{}` {} `{}`", name(*from), verb(*kind), name(*to)))
        },
    );
    let (first, text) = labels.next().expect("a cycle has an edge");
    let mut found = Diagnostic::new(rule, first, message).label(text).help(help);
    for (location, text) in labels {
        found = found.related(location, text);
    }
    found
}
