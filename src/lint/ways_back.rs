//! What takes back what a procedure did, when it fails.

use petgraph::graph::NodeIndex;
use rustc_hash::FxHashSet;

use super::context::Context;
use super::policy::{self, Demand};
use super::program;
use super::starts::Verb;
use crate::graph::{EdgeKind, Graph, Item};
use crate::model::{Action, At, OnFailure, Procedure, RuleSet, Spanned, Step, StepKind};

/// What a procedure has to go back by.
pub(super) enum WayBack<'a> {
    /// It has one, or needs none.
    There,
    /// It changes something in these steps, and has none.
    Missing(Vec<&'a Spanned<Step>>),
    /// These steps ask for a rollback, and there is none.
    AskedForInVain(Vec<&'a Spanned<Step>>),
}

/// The risks at which L3 demands a way back.
pub(super) fn demand(rules: &RuleSet) -> Demand {
    policy::demand(rules, |executor| &executor.require_rollback_for_risk)
}

/// What a procedure has to go back by.
pub(super) fn of<'a>(
    context: &Context<'a>,
    index: NodeIndex,
    procedure: &'a Spanned<Procedure>,
) -> WayBack<'a> {
    let graph = context.graph;
    if procedure.rollback_procedure.is_some() || is_part_of_covered(graph, index) {
        return WayBack::There;
    }
    let mut undoes = false;
    let mut in_vain = Vec::new();
    let in_sequence = !graph.order(index).is_graph;
    let any_undo = procedure.steps.iter().any(|step| has_undo(graph, step));
    for step in &procedure.steps {
        undoes |= has_undo(graph, step);
        let may_go_back = if in_sequence { undoes } else { any_undo };
        if step.on_failure() == OnFailure::Rollback && !may_go_back {
            in_vain.push(step);
        }
    }
    if !in_vain.is_empty() {
        return WayBack::AskedForInVain(in_vain);
    }
    let never_ends_early = procedure.postconditions.is_empty()
        && procedure
            .steps
            .iter()
            .all(|step| matches!(step.on_failure(), OnFailure::Continue | OnFailure::AlertAndContinue));
    if is_rollback(graph, index) || never_ends_early {
        return WayBack::There;
    }
    let changes: Vec<_> =
        procedure.steps.iter().enumerate().filter(|(_, step)| leaves_something(graph, step)).collect();
    let sequences = context.sequences();
    let stops: FxHashSet<usize> = match sequences.binary_search_by_key(&index, |sequence| sequence.owner) {
        Ok(found) => {
            let events = sequences[found].events.iter().filter(|event| event.verb == Verb::Stop);
            events.map(|event| event.position).collect()
        }
        Err(_) => FxHashSet::default(),
    };
    match changes.iter().all(|(position, _)| stops.contains(position)) {
        true => WayBack::There,
        false => WayBack::Missing(changes.into_iter().map(|(_, step)| step).collect()),
    }
}

/// True where a procedure needs no way back of its own.
pub(super) fn needs_none(graph: &Graph<'_>, index: NodeIndex) -> bool {
    is_rollback(graph, index) || is_part_of_covered(graph, index)
}

fn is_rollback(graph: &Graph<'_>, index: NodeIndex) -> bool {
    graph.referrers(index).any(|(edge, _)| edge.kind == EdgeKind::RollsBackTo)
}

/// True where the step changes nothing, by its own word or its action's.
pub(super) fn is_read_only(graph: &Graph<'_>, step: &Step) -> bool {
    if let Some(StepKind::Probe(_)) = step.kind() {
        return true;
    }
    let says = |said: Option<Spanned<bool>>| said.map(|said| said.value);
    says(step.read_only).or_else(|| says(action(graph, step)?.read_only)).unwrap_or(false)
}

/// Where a step is shown: at its name, else its id or number.
pub(super) fn shown_at(step: &Spanned<Step>) -> At {
    let name = step.name.as_ref().map(|name| name.at);
    name.or_else(|| Some(step.key()?.at)).unwrap_or(step.at)
}

/// The action that a step uses.
pub(super) fn action<'a>(graph: &Graph<'a>, step: &Step) -> Option<&'a Action> {
    let Some(StepKind::Uses(reference)) = step.kind() else { return None };
    match graph.target(reference.at)?.item {
        Item::Action(action, _) => Some(&action.value),
        _ => None,
    }
}

/// True where a step is taken back when the run is rolled back.
fn has_undo(graph: &Graph<'_>, step: &Step) -> bool {
    match step.kind() {
        Some(StepKind::File(_)) => true,
        // The called procedure is judged on its own.
        Some(StepKind::Run(_)) => true,
        _ => step.undo.is_some() || action(graph, step).is_some_and(|action| action.undo.is_some()),
    }
}

/// True where a step changes something that nobody takes back, and does not say why.
fn leaves_something(graph: &Graph<'_>, step: &Step) -> bool {
    let is_explained = step.irreversible.is_some()
        || action(graph, step).is_some_and(|action| action.irreversible.is_some());
    let runs = match step.kind() {
        Some(StepKind::Command(command)) => !program::only_reads(&command.value),
        // What leads nowhere is a finding of its own.
        Some(StepKind::Uses(_)) => action(graph, step).is_some(),
        _ => false,
    };
    runs && !is_read_only(graph, step) && !has_undo(graph, step) && !is_explained
}

/// True where a procedure runs as a part of others, and each of those has a rollback.
fn is_part_of_covered(graph: &Graph<'_>, index: NodeIndex) -> bool {
    let mut callers = graph.referrers(index).filter(|(edge, _)| edge.kind == EdgeKind::Runs).peekable();
    callers.peek().is_some()
        && callers.all(|(_, from)| match graph.entity(from).item {
            Item::Step(_, caller) => caller.rollback_procedure.is_some(),
            _ => false,
        })
}
