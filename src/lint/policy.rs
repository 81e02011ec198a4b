//! Which procedures the execution policy of L3 speaks of: those of a risk, and what runs as a part of them.

use std::collections::{BTreeMap, VecDeque};

use petgraph::graph::NodeIndex;
use rustc_hash::FxHashSet;

use super::context::Context;
use crate::graph::{EdgeKind, Graph, Item};
use crate::model::{
    At, Constraints, Executor, Layer, List, Procedure, Risk, RuleSet, Spanned, Step, StepKind,
};
use crate::plan::gate;
use crate::syntax::Kind;

/// A demand that L3 makes of procedures of some risks: for each such risk, where it is named.
pub(super) type Demand = BTreeMap<Risk, At>;

/// A procedure that a demand speaks of.
#[derive(Debug, Clone, Copy)]
pub(super) struct AtRisk<'a> {
    /// The procedure in the graph.
    pub(super) index: NodeIndex,
    /// The procedure.
    pub(super) procedure: &'a Spanned<Procedure>,
    /// Its risk.
    pub(super) risk: Spanned<Risk>,
    /// Where L3 names that risk.
    pub(super) demanded_at: At,
}

pub(super) use crate::plan::gate::risk_word as word;

/// The risk of a procedure, and where it is stated: what it says itself, or the floor of L3 where that is higher.
pub(super) fn effective(
    context: &Context<'_>,
    index: NodeIndex,
    procedure: &Procedure,
) -> Option<Spanned<Risk>> {
    let has_floors = executors(context.rules).any(|executor| !executor.risk_floors.is_empty());
    let raised = has_floors
        .then(|| gate::raised(context.rules, &gate::changes(context.graph, index, procedure)))
        .flatten()
        .filter(|raised| procedure.risk.is_none_or(|stated| stated.value < raised.risk));
    raised.map(|raised| Spanned { value: raised.risk, at: raised.change }).or(procedure.risk)
}

/// All files of constraints.
pub(super) fn constraints(rules: &RuleSet) -> impl Iterator<Item = &Constraints> {
    rules.files().iter().filter_map(|loaded| match &loaded.document.body {
        Layer::Constraints(constraints) => Some(&**constraints),
        _ => None,
    })
}

/// The texts in the lists below the technical constraints of L3 whose key is one of these, at any depth.
pub(super) fn listed_texts(rules: &RuleSet, is_meant: impl Fn(&str) -> bool) -> Vec<At> {
    let mut texts = Vec::new();
    for group in constraints(rules).filter_map(|constraints| constraints.technical_constraints) {
        let (tree, source) = (rules.tree(group.at), rules.source(group.at.file));
        let mut waiting = vec![group.at.node];
        while let Some(node) = waiting.pop() {
            for (key, value) in tree.entries(node) {
                match tree.kind(value) {
                    Kind::Object => waiting.push(value),
                    Kind::Array if is_meant(tree.text(source, key)) => {
                        let items = tree.items(value).filter(|item| tree.kind(*item) == Kind::String);
                        texts.extend(items.map(|node| At { file: group.at.file, node }));
                    }
                    _ => {}
                }
            }
        }
    }
    texts
}

/// The execution policies, as many as there are.
pub(super) fn executors(rules: &RuleSet) -> impl Iterator<Item = &Executor> {
    constraints(rules).filter_map(|constraints| constraints.executor.as_ref().map(|executor| &executor.value))
}

/// The risks that one of the lists of the execution policy names.
pub(super) fn demand(rules: &RuleSet, list: fn(&Executor) -> &List<Risk>) -> Demand {
    let mut demand = Demand::new();
    for risk in executors(rules).flat_map(|executor| list(executor).iter()) {
        demand.entry(risk.value).or_insert(risk.at);
    }
    demand
}

/// The procedures of these risks, in order of the source.
pub(super) fn at_risk<'a>(context: &Context<'a>, demand: &Demand) -> Vec<AtRisk<'a>> {
    let at_risk = context.graph.procedures().filter_map(|(index, procedure)| {
        let risk = effective(context, index, procedure)?;
        let demanded_at = *demand.get(&risk.value)?;
        Some(AtRisk { index, procedure, risk, demanded_at })
    });
    at_risk.collect()
}

/// The steps of a procedure, those included that run at the end.
pub(super) fn steps(procedure: &Procedure) -> impl Iterator<Item = &Spanned<Step>> {
    procedure.steps.iter().chain(procedure.finally.iter())
}

/// The procedures that a procedure runs in steps of its own.
pub(super) fn called<'a>(
    graph: &Graph<'a>,
    procedure: &'a Procedure,
) -> impl Iterator<Item = (NodeIndex, &'a Spanned<Procedure>)> {
    steps(procedure).filter_map(|step| match step.kind() {
        Some(StepKind::Run(reference)) => {
            let index = graph.target_index(reference.at)?;
            match graph.entity(index).item {
                Item::Procedure(called) => Some((index, called)),
                _ => None,
            }
        }
        _ => None,
    })
}

/// The procedures that have a step which runs this one.
pub(super) fn callers<'g, 'a>(
    graph: &'g Graph<'a>,
    index: NodeIndex,
) -> impl Iterator<Item = (NodeIndex, &'a Spanned<Procedure>)> + use<'g, 'a> {
    let runs = graph.referrers(index).filter(|(edge, _)| edge.kind == EdgeKind::Runs);
    runs.filter_map(move |(_, step)| {
        let Item::Step(_, caller) = graph.entity(step).item else { return None };
        let (_, owner) = graph.referrers(step).find(|(edge, _)| edge.kind == EdgeKind::Has)?;
        Some((owner, caller))
    })
}

/// These procedures and all that run them, each once, with the first of these that it runs.
pub(super) fn with_callers<'a, T: Copy>(
    graph: &Graph<'a>,
    from: impl IntoIterator<Item = (NodeIndex, &'a Spanned<Procedure>, T)>,
) -> Vec<(NodeIndex, &'a Spanned<Procedure>, T)> {
    spread(from, |(index, _)| callers(graph, index).collect())
}

/// These procedures and all that run as a part of them, each once, with the first of these that runs it.
pub(super) fn with_parts<'a, T: Copy>(
    graph: &Graph<'a>,
    from: impl IntoIterator<Item = (NodeIndex, &'a Spanned<Procedure>, T)>,
) -> Vec<(NodeIndex, &'a Spanned<Procedure>, T)> {
    spread(from, |(_, procedure)| called(graph, procedure).collect())
}

/// A procedure and where it is in the graph.
type Found<'a> = (NodeIndex, &'a Spanned<Procedure>);

fn spread<'a, T: Copy>(
    from: impl IntoIterator<Item = (NodeIndex, &'a Spanned<Procedure>, T)>,
    next: impl Fn(Found<'a>) -> Vec<Found<'a>>,
) -> Vec<(NodeIndex, &'a Spanned<Procedure>, T)> {
    let mut waiting: VecDeque<_> = from.into_iter().collect();
    let mut seen: FxHashSet<NodeIndex> = waiting.iter().map(|(index, ..)| *index).collect();
    let mut all = Vec::new();
    while let Some((index, procedure, of)) = waiting.pop_front() {
        all.push((index, procedure, of));
        for (index, procedure) in next((index, procedure)) {
            if seen.insert(index) {
                waiting.push_back((index, procedure, of));
            }
        }
    }
    all
}
