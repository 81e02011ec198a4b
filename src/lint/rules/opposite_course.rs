//! # What
//!
//! A decision stops a component that the procedure which carries it out starts, or the other way round; or a procedure
//! only starts a component, and its rollback starts it again and never stops it.
//!
//! # Why
//!
//! One of the two does the opposite of what is meant: the service is down when it should be up.
//!
//! # Bad
//!
//! ```yaml L2-system.yaml
//! context:
//!   project_structure:
//!     components:
//!       - { name: oven, actions: { start: { command: ./heat.sh, undo: ./cool.sh }, stop: { command: ./cool.sh } } }
//! ```
//! ```yaml L4-decisions.yaml
//! decision_rules:
//!   - { id: D1, actions: [{ service: oven, action: stop }] }
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - { id: E1, satisfies: [D1], steps: [{ step: 1, uses: oven.start }] }
//! ```
//!
//! # Good
//!
//! ```yaml L2-system.yaml
//! context:
//!   project_structure:
//!     components:
//!       - { name: oven, actions: { start: { command: ./heat.sh, undo: ./cool.sh }, stop: { command: ./cool.sh } } }
//! ```
//! ```yaml L4-decisions.yaml
//! decision_rules:
//!   - { id: D1, actions: [{ service: oven, action: start }] }
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - { id: E1, satisfies: [D1], steps: [{ step: 1, uses: oven.start }] }
//! ```
//!
//! # Exceptions
//!
//! Whoever does both with a component, as a restart does.

use std::collections::BTreeMap;

use petgraph::graph::NodeIndex;

use super::super::starts::{Event, Verb};
use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::Item;

/// `opposite-course`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "opposite-course",
        code: "R0227",
        level: Level::Warning,
        summary: "what should do the same does the opposite, or a rollback the same",
        source: include_str!("opposite_course.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let graph = context.graph;
    let id = |index: NodeIndex| graph.entity(index).id.as_ref();
    for pair in context.realised() {
        let done = single(context, pair.procedure);
        for (component, event) in single(context, pair.decision) {
            let Some(other) = done.get(&component).filter(|other| other.verb != event.verb) else { continue };
            let message = format!(
                "`{}` {} `{}`, `{}` {} it",
                id(pair.decision),
                word(event.verb),
                id(component),
                id(pair.procedure),
                word(other.verb)
            );
            found(
                Diagnostic::new(&LINT.info, context.place(event.at), message)
                    .label("does the opposite of what carries it out")
                    .related(context.place(other.at), format!("`{}` carries it out", id(pair.procedure)))
                    .help("let both do the same"),
            );
        }
    }
    for (index, procedure) in graph.procedures() {
        let Some(reference) = &procedure.rollback_procedure else { continue };
        let Some(rollback) = graph.target_index(reference.at).filter(|it| *it != index) else { continue };
        if !matches!(graph.entity(rollback).item, Item::Procedure(_)) {
            continue;
        }
        let done = single(context, index);
        for (component, event) in single(context, rollback) {
            let started =
                done.get(&component).filter(|it| it.verb == Verb::Start && event.verb == Verb::Start);
            let Some(started) = started else { continue };
            let message = format!("`{}` starts `{}`, and so does its rollback", id(index), id(component));
            found(
                Diagnostic::new(&LINT.info, context.place(event.at), message)
                    .label("starts it again, and nothing stops it")
                    .related(context.place(started.at), "is started here")
                    .help("stop it in the rollback"),
            );
        }
    }
}

fn word(verb: Verb) -> &'static str {
    match verb {
        Verb::Start => "starts",
        Verb::Stop => "stops",
    }
}

/// The components with which a procedure or decision does one thing only, and the first time that it does.
fn single(context: &Context<'_>, owner: NodeIndex) -> BTreeMap<NodeIndex, Event> {
    let sequences = context.sequences();
    let Ok(at) = sequences.binary_search_by_key(&owner, |sequence| sequence.owner) else {
        return BTreeMap::new();
    };
    let mut events: BTreeMap<NodeIndex, Option<Event>> = BTreeMap::new();
    for event in &sequences[at].events {
        let known = events.entry(event.component).or_insert(Some(*event));
        if known.is_some_and(|known| known.verb != event.verb) {
            *known = None;
        }
    }
    events.into_iter().filter_map(|(component, event)| Some((component, event?))).collect()
}
