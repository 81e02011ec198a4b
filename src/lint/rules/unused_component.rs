//! # What
//!
//! Nothing has to do with a component: nothing depends on it, no data goes to it or comes from it, no step, decision or
//! condition names it, and no command mentions its name, folder or port.
//!
//! # Why
//!
//! It is left over, or what starts and watches it is missing.
//!
//! # Bad
//!
//! ```yaml L2-system.yaml
//! context:
//!   project_structure:
//!     components: [{ name: orders, path: services/orders }]
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - { id: E1, steps: [{ step: 1, command: ./warm-up.sh, undo: ./cool.sh }] }
//! ```
//!
//! # Good
//!
//! ```yaml L2-system.yaml
//! context:
//!   project_structure:
//!     components: [{ name: orders, path: services/orders }]
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - { id: E1, steps: [{ step: 1, command: services/orders/start.sh, undo: ./stop.sh }] }
//! ```
//!
//! # Exceptions
//!
//! A rule set without procedures and decisions.

use petgraph::graph::NodeIndex;
use rustc_hash::FxHashSet;

use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::{EdgeKind, EntityKind, Item};
use crate::model::Component;

/// `unused-component`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "unused-component",
        code: "R0172",
        level: Level::Note,
        summary: "nothing has to do with a component",
        source: include_str!("unused_component.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let graph = context.graph;
    let acts = |kind| graph.of_kind(kind).next().is_some();
    if !acts(EntityKind::Procedure) && !acts(EntityKind::Decision) {
        return;
    }
    let events = context.sequences().iter().flat_map(|sequence| &sequence.events);
    let touched: FxHashSet<NodeIndex> = events.map(|event| event.component).collect();
    let mut candidates = Vec::new();
    for (index, entity) in graph.of_kind(EntityKind::Component) {
        let Item::Component(component) = entity.item else { continue };
        let is_named = graph.referrers(index).next().is_some() || touched.contains(&index);
        let acts = || graph.references(index).filter(|(edge, _)| edge.kind == EdgeKind::Has);
        let is_used =
            acts().any(|(_, action)| graph.referrers(action).any(|(edge, _)| edge.kind != EdgeKind::Has));
        let sends = graph.references(index).any(|(edge, _)| edge.kind == EdgeKind::FlowsTo);
        if !is_named && !is_used && !sends {
            candidates.push(component);
        }
    }
    // Most rule sets end here, before all that their commands say is gone through.
    if candidates.is_empty() {
        return;
    }
    let mentioned = mentioned(context);
    for component in candidates.into_iter().filter(|component| !is_mentioned(component, &mentioned)) {
        let message = format!("nothing has to do with component `{}`", component.name.value);
        found(
            Diagnostic::new(&LINT.info, context.place(component.name.at), message)
                .help("name it where it is started, checked or needed, or leave it out"),
        );
    }
}

/// The words of all commands but those of components, and of what steps say.
fn mentioned<'c>(context: &'c Context<'_>) -> FxHashSet<&'c str> {
    let mut mentioned: FxHashSet<&str> = FxHashSet::default();
    for command in context.asking().filter(|command| command.component.is_none()) {
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
        mentioned.extend(command.text.split(|c| !is_part(c)));
    }
    for (_, entity) in context.graph.entities() {
        if let Item::Step(step, _) = entity.item {
            let texts = step.name.iter().chain(&step.manual).chain(&step.working_dir);
            mentioned.extend(texts.flat_map(|text| text.value.split(['/', ' ', ',', ':'])));
        }
    }
    mentioned
}

/// True where the name, the last folder of the path or the port of a component is among these words.
fn is_mentioned(component: &Component, words: &FxHashSet<&str>) -> bool {
    let folder =
        component.path.as_ref().and_then(|path| path.value.rsplit('/').find(|part| !part.is_empty()));
    let port = component.port.map(|port| port.value.to_string());
    // A name of several words is mentioned where all of them are.
    component.name.value.split_whitespace().all(|word| words.contains(word))
        || folder.is_some_and(|folder| words.contains(folder))
        || port.is_some_and(|port| words.contains(port.as_str()))
}
