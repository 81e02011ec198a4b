//! # What
//!
//! A step starts a component and has no `verify`, nothing behind it could look whether the component is well, and the
//! procedure has no postconditions.
//!
//! # Why
//!
//! That a start command ends with 0 says that it was given, not that anything came up.
//!
//! # Bad
//!
//! ```yaml L2-system.yaml
//! context: { project_structure: { components: [{ name: shop, path: shop }] } }
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: cd shop && ./start.sh, undo: ./stop.sh }
//! ```
//!
//! # Good
//!
//! ```yaml L2-system.yaml
//! context: { project_structure: { components: [{ name: shop, path: shop }] } }
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: cd shop && ./start.sh, undo: ./stop.sh, verify: { command: ./shop-is-open.sh, timeout: 5s } }
//! ```
//!
//! # Exceptions
//!
//! A procedure that runs as a part of others, which may look themselves. A step behind the start that neither starts nor
//! stops anything: it may be what looks. `rulec verify` goes through every path, and reports as `unverified-service` what
//! no path may leave so.

use super::super::starts::{Event, Verb};
use super::super::{Context, Lint, ways_back};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::{EdgeKind, Item};
use crate::model::StepKind;

/// `unverified-start`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "unverified-start",
        code: "R0150",
        level: Level::Note,
        summary: "a component is started and nothing looks whether it is well",
        source: include_str!("unverified_start.rs"),
    },
    check,
};

/// How many further starts are pointed at.
const SHOWN: usize = 4;

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let graph = context.graph;
    for sequence in context.sequences() {
        let Item::Procedure(procedure) = graph.entity(sequence.owner).item else { continue };
        let is_part = graph
            .referrers(sequence.owner)
            .any(|(edge, _)| matches!(edge.kind, EdgeKind::Runs | EdgeKind::Uses));
        if is_part || !procedure.postconditions.is_empty() {
            continue;
        }
        let mut touched = vec![false; procedure.steps.len()];
        for event in &sequence.events {
            touched[event.position] = true;
        }
        // From here on nothing is done but to start and stop.
        let quiet = touched.iter().rposition(|touched| !touched).map_or(0, |last| last + 1);
        let starts = sequence.events.iter().filter(|event| event.verb == Verb::Start);
        let mut unverified = starts.filter(|event| {
            let step = &procedure.steps[event.position];
            let verifies = step.verify.is_some()
                || step.repeat.is_some()
                || ways_back::action(graph, step).is_some_and(|action| action.verify.is_some());
            let is_call = matches!(step.kind(), Some(StepKind::Run(_)));
            let looks_later = event.position < quiet || graph.order(sequence.owner).is_graph && quiet > 0;
            !(verifies || is_call || looks_later)
        });
        let Some(first) = unverified.next() else { continue };
        let name = |event: &Event| &graph.entity(event.component).id;
        let message = format!("`{}` is started, and nothing looks whether it is well", name(first));
        let help = format!(
            "give the step a `verify`, or the procedure the postcondition `{{health: {}}}`",
            name(first)
        );
        let mut diagnostic =
            Diagnostic::new(&LINT.info, context.place(first.at), message).label("is not verified").help(help);
        for event in unverified.take(SHOWN) {
            diagnostic = diagnostic.related(context.place(event.at), format!("nor is `{}`", name(event)));
        }
        found(diagnostic);
    }
}
