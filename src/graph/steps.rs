//! In which order the steps of a procedure run: as listed, or as a graph where `needs` or `dependencies` say so.

use petgraph::graph::NodeIndex;
use rustc_hash::{FxHashMap, FxHashSet};

use super::entity::{EdgeKind, Item};
use super::{Graph, rules};
use crate::diagnostic::Diagnostic;
use crate::model::{Procedure, Spanned, StepRef};
use crate::scalar::nearest;

/// How many findings of one procedure get a suggestion.
const SUGGESTIONS: usize = 50;

/// The order of a procedure's steps.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Order {
    /// For each step, by its position, the positions of the steps that must have ended, ascending.
    pub needs: Vec<Vec<usize>>,
    /// True where the steps form a graph; false where each simply follows the one before it.
    pub is_graph: bool,
}

/// The order of every procedure, with an edge for every need that is written.
pub(super) fn resolve(graph: &mut Graph<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let procedures: Vec<_> = graph.procedures().collect();
    for (index, procedure) in procedures {
        let order = order(graph, index, procedure, &mut found);
        graph.orders.insert(index, order);
    }
    found
}

fn order(
    graph: &mut Graph<'_>,
    index: NodeIndex,
    procedure: &Procedure,
    found: &mut Vec<Diagnostic>,
) -> Order {
    let steps = &procedure.steps;
    let mut needs: Vec<Vec<usize>> = vec![Vec::new(); steps.len()];
    if procedure.dependencies.is_empty() && steps.iter().all(|step| step.needs.is_empty()) {
        for (position, needed) in needs.iter_mut().enumerate().skip(1) {
            needed.push(position - 1);
        }
        return Order { needs, is_graph: false };
    }
    let names = Names::new(procedure);
    let nodes = step_nodes(graph, index, procedure);
    let mut suggestions = SUGGESTIONS;
    let mut draw = |graph: &mut Graph<'_>, from: Option<usize>, reference: &Spanned<StepRef>| {
        let to = names.find(&reference.value.0);
        match (from, to) {
            (Some(from), Some(to)) => {
                needs[from].push(to);
                if let (Some(a), Some(b)) = (nodes[from], nodes[to]) {
                    graph.connect(a, b, EdgeKind::Needs, reference.at);
                }
            }
            (_, None) => found.push(unresolved(graph, procedure, &names, reference, &mut suggestions)),
            (None, Some(_)) => {}
        }
    };
    for (position, step) in steps.iter().enumerate() {
        for reference in &step.needs {
            draw(graph, Some(position), reference);
        }
    }
    for edge in &procedure.dependencies {
        let after = names.find(&edge.to.value.0);
        if after.is_none() {
            draw(graph, None, &edge.to);
        }
        draw(graph, after, &edge.from);
    }
    for needed in &mut needs {
        needed.sort_unstable();
        needed.dedup();
    }
    Order { needs, is_graph: true }
}

/// Ids and numbers of a procedure's steps. The number serves also where a step has an id, unless another
/// step has it as its id.
struct Names<'a> {
    positions: FxHashMap<String, usize>,
    known: Vec<&'a str>,
}

impl<'a> Names<'a> {
    fn new(procedure: &'a Procedure) -> Self {
        let mut positions = FxHashMap::default();
        let mut known = Vec::new();
        for (position, step) in procedure.steps.iter().enumerate() {
            if let Some(id) = &step.id {
                positions.entry(id.value.clone()).or_insert(position);
                known.push(id.value.as_str());
            }
        }
        for (position, step) in procedure.steps.iter().enumerate() {
            if let Some(number) = step.step {
                positions.entry(number.value.to_string()).or_insert(position);
            }
        }
        Self { positions, known }
    }

    fn find(&self, name: &str) -> Option<usize> {
        self.positions.get(name).copied()
    }
}

/// The graph's nodes of a procedure's own steps, by position; a step whose id is taken twice has its own.
fn step_nodes(
    graph: &Graph<'_>,
    procedure_index: NodeIndex,
    procedure: &Procedure,
) -> Vec<Option<NodeIndex>> {
    let mut by_place = FxHashMap::default();
    for (edge, to) in graph.references(procedure_index) {
        if edge.kind == EdgeKind::Has
            && let Item::Step(step, _) = graph.entity(to).item
        {
            by_place.insert(step.at, to);
        }
    }
    procedure.steps.iter().map(|step| by_place.get(&step.at).copied()).collect()
}

fn unresolved(
    graph: &Graph<'_>,
    procedure: &Procedure,
    names: &Names<'_>,
    reference: &Spanned<StepRef>,
    suggestions: &mut usize,
) -> Diagnostic {
    let name = &reference.value.0;
    let message = format!("procedure `{}` has no step `{name}`", procedure.id.value);
    let found = Diagnostic::new(&rules::UNRESOLVED_REFERENCE, graph.rules.location(reference.at), message);
    let near = suggestions.checked_sub(1).and_then(|left| {
        *suggestions = left;
        nearest(name, names.known.iter().copied())
    });
    match near.and_then(|near| Some((near, procedure.steps.get(names.find(near)?)?.key()?))) {
        Some((near, key)) => found
            .related(graph.rules.location(key.at), format!("`{near}` is declared here"))
            .help(format!("did you mean `{near}`?")),
        None => {
            let mut seen = FxHashSet::default();
            let keys = procedure
                .steps
                .iter()
                .filter_map(|step| step.key())
                .filter(|key| seen.insert(key.value.clone()));
            let listed: Vec<String> = keys.take(8).map(|key| format!("`{}`", key.value)).collect();
            found.help(format!("its steps are {}", listed.join(", ")))
        }
    }
}
