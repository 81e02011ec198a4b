//! # What
//!
//! Steps of a procedure say nothing of what happens when they fail; or a decision has actions and no `rollback`.
//!
//! # Why
//!
//! They abort the run, which is the default; whether the author has thought of it, nobody can see. A decision that
//! aborts half-way leaves behind what its first actions did, unless they have an `undo`.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: ./report.sh, read_only: true }
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: ./report.sh, read_only: true, on_failure: abort }
//! ```
//!
//! # Exceptions
//!
//! Calls: what is called speaks for itself. Actions that change nothing, or have an `undo`.

use super::super::ways_back;
use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::{Graph, Item};
use crate::model::{Decision, Step, StepKind};

/// `unstated-on-failure`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "unstated-on-failure",
        code: "R0054",
        level: Level::Note,
        summary: "steps do not say what happens when they fail",
        source: include_str!("unstated_on_failure.rs"),
    },
    check,
};

/// How many further steps are pointed at.
const SHOWN: usize = 9;

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for (_, procedure) in context.graph.procedures() {
        // A called procedure's steps speak for themselves.
        let speaks = |step: &Step| !matches!(step.kind(), None | Some(StepKind::Run(_) | StepKind::Probe(_)));
        let silent: Vec<_> =
            procedure.steps.iter().filter(|step| step.on_failure.is_none() && speaks(step)).collect();
        let Some(first) = silent.first() else { continue };
        let message = match silent.len() {
            1 => format!("a step of `{}` does not say what happens when it fails", procedure.id.value),
            count => {
                format!("{count} steps of `{}` do not say what happens when they fail", procedure.id.value)
            }
        };
        let mut diagnostic = Diagnostic::new(&LINT.info, context.place(ways_back::shown_at(first)), message)
            .label(if silent.len() == 1 { "says nothing" } else { "the first of them" })
            .help("say `on_failure: abort`, or what else is meant");
        for step in silent.iter().skip(1).take(SHOWN) {
            diagnostic = diagnostic.related(context.place(ways_back::shown_at(step)), "nor does this one");
        }
        found(diagnostic);
    }
    for (_, entity) in context.graph.entities() {
        let Item::Decision(decision) = entity.item else { continue };
        let states = decision.rollback.as_ref().is_some_and(|rollback| rollback.on_failure.is_some());
        if !states && may_leave_something(context.graph, decision) {
            let message = format!("`{}` does not say what happens when its actions fail", decision.id.value);
            found(
                Diagnostic::new(&LINT.info, context.place(decision.id.at), message)
                    .label("has no `rollback`")
                    .help("name what is done then: `rollback: {on_failure: PROCEDURE}`"),
            );
        }
    }
}

/// True where an action of a decision is not known to change nothing, or to be taken back.
fn may_leave_something(graph: &Graph<'_>, decision: &Decision) -> bool {
    decision.actions.iter().any(|action| match graph.target(action.action.at).map(|target| target.item) {
        Some(Item::Action(bound, _)) => {
            bound.undo.is_none() && !bound.read_only.is_some_and(|read_only| read_only.value)
        }
        Some(Item::Procedure(_)) => false,
        _ => true,
    })
}
