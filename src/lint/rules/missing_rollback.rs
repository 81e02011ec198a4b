//! # What
//!
//! A procedure changes something, and when it fails nothing takes that back: it has no `rollback_procedure`, and a step
//! of it has neither an `undo` nor the reason why it is `irreversible`.
//!
//! # Why
//!
//! A run that fails in the middle leaves the system in a state that nobody has thought about.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: ./migrate.sh up }
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: ./migrate.sh up, undo: ./migrate.sh down }
//!       - { step: 2, command: test -s schema.sql, read_only: true }
//! ```
//!
//! # Exceptions
//!
//! A procedure that is itself a rollback, that only stops components, that runs only as a part of procedures which
//! have a rollback, or that goes on whatever fails. A command that only looks, such as `ls` or `test`. Files that a step writes with `file` are put back by the
//! runner, and what a person does by hand is not judged. Where L3 demands a way back for the procedure's risk,
//! `risk-needs-rollback` says it.

use super::super::ways_back::{self, WayBack};
use super::super::{Context, Lint, policy};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};

/// `missing-rollback`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "missing-rollback",
        code: "R0051",
        level: Level::Warning,
        summary: "a procedure changes something and has no way back",
        source: include_str!("missing_rollback.rs"),
    },
    check,
};

/// How many further steps are pointed at.
const SHOWN: usize = 3;

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let demand = ways_back::demand(context.rules);
    let bound = policy::constraints(context.rules).find_map(|constraints| {
        constraints.operational_constraints.as_ref()?.deployment.as_ref()?.rollback_time.as_ref()
    });
    for (index, procedure) in context.graph.procedures() {
        if procedure.risk.is_some_and(|risk| demand.contains_key(&risk.value)) {
            continue;
        }
        let WayBack::Missing(steps) = ways_back::of(context, index, procedure) else { continue };
        let message = format!("`{}` changes something, and nothing takes it back", procedure.id.value);
        let mut diagnostic = Diagnostic::new(&LINT.info, context.place(procedure.id.at), message)
            .label("has no way back")
            .help("name a `rollback_procedure`, give the steps an `undo`, or say why they are `irreversible`; a step that changes nothing is `read_only: true`");
        for step in steps.iter().take(SHOWN) {
            let at = ways_back::shown_at(step);
            diagnostic = diagnostic.related(context.place(at), "this step has no `undo`");
        }
        if let Some(bound) = bound {
            diagnostic =
                diagnostic.related(context.place(bound.at), "bounds every rollback, and here is none");
        }
        found(diagnostic);
    }
}
