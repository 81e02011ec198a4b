//! In which order components are started or stopped, held against what they depend on.
//!
//! Two events are out of order where the dependant comes before what it needs (after it, to stop), and nothing
//! says that the other one ran in between: a rolling restart, which stops and starts one after another, is no
//! fault. Dependencies are followed through components that the sequence leaves alone. Components that depend
//! on one another have no order at all, which is a finding of its own.

use std::collections::VecDeque;

use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use rustc_hash::{FxHashMap, FxHashSet};

use super::context::Context;
use super::starts::{Event, Sequence, Verb};
use crate::diagnostic::{Diagnostic, RuleInfo};
use crate::graph::{EdgeKind, EntityKind, Graph, Item, Order};
use crate::model::At;

/// How many places a finding shows at most for violated dependencies.
const SHOWN: usize = 5;

/// How many dependencies, and needs of steps, are looked at for one sequence at most.
const BUDGET: usize = 1_000_000;

/// Dependencies that lead from one component to another: who has each, on whom, and where it is written.
type Path = Vec<(NodeIndex, NodeIndex, At)>;

/// A dependency that a sequence does not keep.
struct Violation {
    /// What happens to the dependant.
    dependant: Event,
    /// What happens to the component that it needs.
    needed: Event,
    /// False where the steps run side by side, so that luck decides.
    is_sure: bool,
    /// The dependencies from one to the other.
    path: Path,
}

/// A finding for every procedure and decision that does not keep the order.
pub(super) fn check(
    context: &Context<'_>,
    rule: &'static RuleInfo,
    verb: Verb,
    found: &mut dyn FnMut(Diagnostic),
) {
    let cyclic = cyclic(context.graph);
    for sequence in context.sequences() {
        let violations = violations(context, sequence, verb, &cyclic);
        if !violations.is_empty() {
            found(explain(context, rule, sequence, verb, &violations));
        }
    }
}

fn violations(
    context: &Context<'_>,
    sequence: &Sequence,
    verb: Verb,
    cyclic: &FxHashMap<NodeIndex, usize>,
) -> Vec<Violation> {
    let mut firsts: FxHashMap<NodeIndex, Event> = FxHashMap::default();
    let mut in_order = Vec::new();
    let mut opposite: FxHashMap<NodeIndex, Vec<usize>> = FxHashMap::default();
    for event in &sequence.events {
        if event.verb == verb {
            firsts.entry(event.component).or_insert_with(|| {
                in_order.push(*event);
                *event
            });
        } else {
            opposite.entry(event.component).or_default().push(event.position);
        }
    }
    let graph = context.graph;
    let order =
        (graph.entity(sequence.owner).kind == EntityKind::Procedure).then(|| graph.order(sequence.owner));
    // With one step at a time, those that are ready run in listed order.
    let one_at_a_time = match graph.entity(sequence.owner).item {
        Item::Procedure(procedure) => procedure.max_parallel.is_some_and(|most| most.value == 1),
        _ => true,
    };
    let mut left = BUDGET;
    let mut found = Vec::new();
    for event in &in_order {
        for (needed, path) in nearest(graph, event.component, &firsts, &mut left) {
            let (dependant, needed) = (*event, firsts[&needed]);
            let (early, late) = match verb {
                Verb::Start => (dependant, needed),
                Verb::Stop => (needed, dependant),
            };
            // Where the needed one is stopped (to start) or started again (to stop) in between, it was there.
            let between = early.position.min(late.position)..early.position.max(late.position);
            let was_there =
                opposite.get(&needed.component).is_some_and(|all| all.iter().any(|at| between.contains(at)));
            let depend_on_each_other = cyclic
                .get(&dependant.component)
                .is_some_and(|component| cyclic.get(&needed.component) == Some(component));
            // Of two steps that run only under a condition, perhaps only one ever runs.
            let exclude_each_other = early.is_conditional && late.is_conditional;
            let is_kept = comes_first(order, late.position, early.position, &mut left)
                || (one_at_a_time && late.position < early.position);
            let is_excused = was_there || depend_on_each_other || exclude_each_other;
            if !is_kept && !is_excused && early.position != late.position {
                let is_sure = comes_first(order, early.position, late.position, &mut left);
                found.push(Violation { dependant, needed, is_sure, path });
            }
        }
    }
    found
}

/// Whether one step surely comes before another.
fn comes_first(order: Option<&Order>, first: usize, second: usize, left: &mut usize) -> bool {
    let Some(order) = order.filter(|order| order.is_graph) else { return first < second };
    let mut seen = FxHashSet::default();
    let mut open = vec![second];
    while let Some(step) = open.pop() {
        for needed in &order.needs[step] {
            // With nothing left to look with, the benefit of the doubt.
            let Some(fewer) = left.checked_sub(1) else { return true };
            *left = fewer;
            if *needed == first {
                return true;
            }
            if seen.insert(*needed) {
                open.push(*needed);
            }
        }
    }
    false
}

/// The components with an event that a component depends on, through those without one, and the way there.
fn nearest(
    graph: &Graph<'_>,
    from: NodeIndex,
    events: &FxHashMap<NodeIndex, Event>,
    left: &mut usize,
) -> Vec<(NodeIndex, Path)> {
    let mut before: FxHashMap<NodeIndex, (NodeIndex, At)> = FxHashMap::default();
    let mut queue = VecDeque::from([from]);
    let mut found = Vec::new();
    while let Some(component) = queue.pop_front() {
        for (edge, to) in graph.references(component) {
            let is_new = to != from && !before.contains_key(&to);
            if edge.kind != EdgeKind::Needs || !is_new || graph.entity(to).kind != EntityKind::Component {
                continue;
            }
            let Some(fewer) = left.checked_sub(1) else { return found };
            *left = fewer;
            before.insert(to, (component, edge.at));
            if events.contains_key(&to) {
                let mut path = Vec::new();
                let mut at = to;
                while let Some((previous, place)) = before.get(&at) {
                    path.push((*previous, at, *place));
                    at = *previous;
                }
                path.reverse();
                found.push((to, path));
            } else {
                queue.push_back(to);
            }
        }
    }
    found
}

/// The components that depend on one another, with a number for each circle of them.
fn cyclic(graph: &Graph<'_>) -> FxHashMap<NodeIndex, usize> {
    let mut relation = DiGraph::new();
    let mut nodes = FxHashMap::default();
    for (index, _) in graph.of_kind(EntityKind::Component) {
        nodes.insert(index, relation.add_node(index));
    }
    for (index, _) in graph.of_kind(EntityKind::Component) {
        for (edge, to) in graph.references(index) {
            if let (EdgeKind::Needs, Some(to)) = (edge.kind, nodes.get(&to)) {
                relation.add_edge(nodes[&index], *to, ());
            }
        }
    }
    let circles = kosaraju_scc(&relation).into_iter().filter(|circle| circle.len() > 1).enumerate();
    circles
        .flat_map(|(number, circle)| circle.into_iter().map(move |node| (node, number)))
        .map(|(node, number)| (relation[node], number))
        .collect()
}

fn explain(
    context: &Context<'_>,
    rule: &'static RuleInfo,
    sequence: &Sequence,
    verb: Verb,
    violations: &[Violation],
) -> Diagnostic {
    let name = |index: NodeIndex| format!("`{}`", context.graph.entity(index).id);
    let first = &violations[0];
    let same: Vec<&Violation> =
        violations.iter().filter(|other| other.dependant.component == first.dependant.component).collect();
    let needed: Vec<String> = same.iter().map(|violation| name(violation.needed.component)).collect();
    let dependant = name(first.dependant.component);
    let more = match violations.len() - same.len() {
        0 => String::new(),
        1 => "; one more is out of order".to_owned(),
        count => format!("; {count} more are out of order"),
    };
    let needed = listed(&needed);
    let are = if same.len() == 1 { "is" } else { "are" };
    let (done, message) = match (verb, first.is_sure) {
        (Verb::Start, true) => {
            ("started", format!("{dependant} is started before {needed}, which it needs{more}"))
        }
        (Verb::Start, false) => {
            ("started", format!("{dependant} may be started before {needed}, which it needs{more}"))
        }
        (Verb::Stop, true) => {
            ("stopped", format!("{dependant} still runs when {needed}, which it needs, {are} stopped{more}"))
        }
        (Verb::Stop, false) => (
            "stopped",
            format!("{dependant} may still run when {needed}, which it needs, {are} stopped{more}"),
        ),
    };
    let primary = match verb {
        Verb::Start => first.dependant,
        Verb::Stop => first.needed,
    };
    let mut found = Diagnostic::new(rule, context.place(primary.at), message)
        .label(format!("{} is {done} here", name(primary.component)));
    let mut told = FxHashSet::from_iter([primary.at]);
    for violation in violations.iter().take(SHOWN) {
        for event in [violation.dependant, violation.needed] {
            if told.insert(event.at) {
                found = found
                    .related(context.place(event.at), format!("{} is {done} here", name(event.component)));
            }
        }
        for (from, to, at) in &violation.path {
            if told.insert(*at) {
                found =
                    found.related(context.place(*at), format!("{} depends on {}", name(*from), name(*to)));
            }
        }
    }
    match valid_order(context.graph, sequence, verb) {
        Some(order) => {
            let order: Vec<String> = order.into_iter().map(name).collect();
            let verb = if verb == Verb::Start { "start" } else { "stop" };
            found.help(format!("{verb} them in this order: {}", order.join(", ")))
        }
        None => found,
    }
}

fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [before @ .., last] if names.len() <= SHOWN => format!("{} and {last}", before.join(", ")),
        _ => format!("{} and {} more", names[..SHOWN - 1].join(", "), names.len() + 1 - SHOWN),
    }
}

/// The components of a sequence in an order that keeps all dependencies, as near to the written one as can
/// be; none where there are too many to show, or where they go round in a circle.
fn valid_order(graph: &Graph<'_>, sequence: &Sequence, verb: Verb) -> Option<Vec<NodeIndex>> {
    let mut listed: Vec<NodeIndex> = Vec::new();
    let mut events = FxHashMap::default();
    for event in sequence.events.iter().filter(|event| event.verb == verb) {
        if events.insert(event.component, *event).is_none() {
            listed.push(event.component);
        }
    }
    if listed.len() > 12 {
        return None;
    }
    let mut left = BUDGET;
    let needs: Vec<Vec<NodeIndex>> = listed
        .iter()
        .map(|component| {
            nearest(graph, *component, &events, &mut left).into_iter().map(|(to, _)| to).collect()
        })
        .collect();
    let mut order: Vec<NodeIndex> = Vec::new();
    while order.len() < listed.len() {
        let is_next = |position: &usize| {
            let component = listed[*position];
            !order.contains(&component)
                && match verb {
                    Verb::Start => needs[*position].iter().all(|needed| order.contains(needed)),
                    Verb::Stop => (0..listed.len())
                        .all(|other| order.contains(&listed[other]) || !needs[other].contains(&component)),
                }
        };
        let next = (0..listed.len()).find(is_next)?;
        order.push(listed[next]);
    }
    Some(order)
}
