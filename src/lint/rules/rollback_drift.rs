//! # What
//!
//! A decision and the procedure that carries it out go back by different procedures, or only one of them does.
//!
//! # Why
//!
//! Which way back is taken depends on which of the two was started. At night nobody looks which one it was.
//!
//! # Bad
//!
//! ```yaml L4-decisions.yaml
//! decision_rules:
//!   - { id: D1, actions: [{ action: light }], rollback: { on_failure: E2 } }
//! ```
//! ```yaml L5-execution.yaml
//! actions: { light: { command: ./light.sh, timeout: 5, undo: ./quench.sh } }
//! procedures:
//!   - { id: E1, satisfies: [D1], rollback_procedure: E3, steps: [{ step: 1, uses: light }] }
//!   - { id: E2, steps: [{ step: 1, manual: Put the fire out }] }
//!   - { id: E3, steps: [{ step: 1, manual: Call somebody }] }
//! ```
//!
//! # Good
//!
//! ```yaml L4-decisions.yaml
//! decision_rules:
//!   - { id: D1, actions: [{ action: light }], rollback: { on_failure: E2 } }
//! ```
//! ```yaml L5-execution.yaml
//! actions: { light: { command: ./light.sh, timeout: 5, undo: ./quench.sh } }
//! procedures:
//!   - { id: E1, satisfies: [D1], rollback_procedure: E2, steps: [{ step: 1, uses: light }] }
//!   - { id: E2, steps: [{ step: 1, manual: Put the fire out }] }
//! ```
//!
//! # Exceptions
//!
//! A decision that runs the procedure as an action: if only one of them has a way back, that one is taken. Ways back of which
//! one runs the other. A decision that several procedures carry out, each a part of it, or that does nothing by itself.

use super::super::realised::By;
use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::{Edge, EdgeKind, Entity, EntityKind, Graph, Item};
use crate::model::StepKind;

/// `rollback-drift`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "rollback-drift",
        code: "R0224",
        level: Level::Warning,
        summary: "a decision and its procedure go back by different ways",
        source: include_str!("rollback_drift.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let graph = context.graph;
    for pair in context.realised() {
        let (decision, procedure) = (pair.decided, pair.carrier);
        let (d, p) = (&decision.id.value, &procedure.id.value);
        let decided = decision.rollback.as_ref().and_then(|rollback| rollback.on_failure.as_ref());
        let taken = procedure.rollback_procedure.as_ref();
        let calls = pair.by == By::Call;
        // Each of several takes back its own part, and what does nothing by itself need not be taken back.
        let carriers = context.realised().iter().filter(|other| other.decision == pair.decision);
        let acts = |edge: &Edge| matches!(edge.kind, EdgeKind::Uses | EdgeKind::Needs);
        if carriers.count() > 1 || !graph.references(pair.decision).any(|(edge, _)| acts(edge)) {
            continue;
        }
        let diagnostic = match (decided, taken) {
            (Some(decided), Some(taken)) => {
                let (Some(one), Some(other)) = (graph.target(decided.at), graph.target(taken.at)) else {
                    continue;
                };
                let is_same = one.at == other.at || runs(graph, one, other) || runs(graph, other, one);
                if is_same || one.kind != EntityKind::Procedure {
                    continue;
                }
                let message = format!("`{d}` goes back by `{}`, `{p}` by `{}`", one.id, other.id);
                Diagnostic::new(&LINT.info, context.place(decided.at), message)
                    .label("the decision's way back")
                    .related(context.place(taken.at), format!("that of `{p}`, which carries it out"))
            }
            (Some(decided), None) if !calls => {
                if graph.target(decided.at).is_none_or(|it| it.kind != EntityKind::Procedure) {
                    continue;
                }
                let message = format!("`{d}` goes back by `{}`, `{p}` by no procedure", decided.value);
                Diagnostic::new(&LINT.info, context.place(procedure.id.at), message)
                    .label("carries the decision out, and has no `rollback_procedure`")
                    .related(context.place(decided.at), "the decision's way back")
            }
            (None, Some(taken)) if !calls => {
                let message = format!("`{d}` goes back by no procedure, `{p}` by `{}`", taken.value);
                Diagnostic::new(&LINT.info, context.place(decision.id.at), message)
                    .label("has no `rollback`")
                    .related(context.place(taken.at), "that of the procedure which carries it out")
            }
            _ => continue,
        };
        found(diagnostic.help("let both go back by the same procedure"));
    }
}

/// True where a step of one procedure runs the other.
fn runs(graph: &Graph<'_>, one: &Entity<'_>, other: &Entity<'_>) -> bool {
    let Item::Procedure(procedure) = one.item else { return false };
    procedure.steps.iter().any(|step| match step.kind() {
        Some(StepKind::Run(reference)) => graph.target(reference.at).is_some_and(|it| it.at == other.at),
        _ => false,
    })
}
