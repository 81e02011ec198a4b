//! # What
//!
//! The procedure that a `rollback_procedure` or a decision's `on_failure` names does nothing: it has no steps, or all of
//! them are `read_only`.
//!
//! # Why
//!
//! The run reports that it was rolled back, and everything is as the failure left it.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     rollback_procedure: E2
//!     steps:
//!       - { step: 1, command: ./migrate.sh up }
//!   - id: E2
//!     steps:
//!       - { step: 1, command: ./migrate.sh status, read_only: true }
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     rollback_procedure: E2
//!     steps:
//!       - { step: 1, command: ./migrate.sh up }
//!   - id: E2
//!     steps:
//!       - { step: 1, command: ./migrate.sh down }
//! ```

use super::super::ways_back;
use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::{EdgeKind, EntityKind, Item};

/// `empty-rollback`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "empty-rollback",
        code: "R0053",
        level: Level::Warning,
        summary: "a rollback takes nothing back",
        source: include_str!("empty_rollback.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for (index, entity) in context.graph.entities() {
        if !matches!(entity.kind, EntityKind::Procedure | EntityKind::Decision) {
            continue;
        }
        for (edge, to) in context.graph.references(index) {
            let Item::Procedure(rollback) = context.graph.entity(to).item else { continue };
            // A step by hand or a called procedure may take back anything.
            let does_nothing = rollback.steps.iter().all(|step| ways_back::is_read_only(context.graph, step));
            if edge.kind == EdgeKind::RollsBackTo && does_nothing && to != index {
                let what = if rollback.steps.is_empty() { "has no steps" } else { "only reads" };
                let message = format!("rolling back to `{}` takes nothing back", rollback.id.value);
                found(
                    Diagnostic::new(&LINT.info, context.place(edge.at), message)
                        .related(context.place(rollback.id.at), what)
                        .help("give it steps that undo what was done, or name another procedure"),
                );
            }
        }
    }
}
