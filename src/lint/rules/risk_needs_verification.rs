//! # What
//!
//! A step changes something and nothing verifies it, in a procedure of a risk that `require_verification_for_risk` of
//! L3 names, or in one that runs as a part of it.
//!
//! # Why
//!
//! The rules promise that nothing risky goes on before it is known to have worked. Without a `verify` the next step
//! builds on an exit code.
//!
//! # Bad
//!
//! ```toml L3-limits.toml
//! [executor]
//! require_verification_for_risk = ["high"]
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     risk: high
//!     steps:
//!       - { step: 1, command: ./migrate.sh up, undo: ./migrate.sh down }
//! ```
//!
//! # Good
//!
//! ```toml L3-limits.toml
//! [executor]
//! require_verification_for_risk = ["high"]
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     risk: high
//!     steps:
//!       - step: 1
//!         command: ./migrate.sh up
//!         undo: ./migrate.sh down
//!         verify: { command: ./migrate.sh status, timeout: 10 }
//!       - { step: 2, command: ./report.sh, read_only: true }
//! ```
//!
//! # Exceptions
//!
//! Steps that change nothing and say so with `read_only`, what a person does by hand, files that the runner writes
//! and reads back, and what runs at the end whatever happened (`finally`). A procedure that others roll back to is judged
//! by its own risk only.

use super::super::{Context, Lint, policy, ways_back};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::Graph;
use crate::model::{Step, StepKind};

/// `risk-needs-verification`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "risk-needs-verification",
        code: "R0158",
        level: Level::Error,
        summary: "a step of a risky procedure is not verified, as L3 demands",
        source: include_str!("risk_needs_verification.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let demand = policy::demand(context.rules, |executor| &executor.require_verification_for_risk);
    let at_risk = policy::at_risk(context, &demand);
    let at_risk = at_risk.iter().map(|it| (it.index, it.procedure, it));
    for (_, procedure, of) in policy::with_parts(context.graph, at_risk) {
        for step in procedure.steps.iter().filter(|step| is_unverified(context.graph, step)) {
            let (id, risk) = (&of.procedure.id.value, policy::word(of.risk.value));
            let message = format!("nothing verifies this step, and `{id}` is of {risk} risk");
            let mut diagnostic =
                Diagnostic::new(&LINT.info, context.place(ways_back::shown_at(step)), message)
                    .label("changes something")
                    .related(context.place(of.risk.at), format!("`{id}` is of {risk} risk"));
            if procedure.id.at != of.procedure.id.at {
                let label = format!("runs as a part of `{id}`");
                diagnostic = diagnostic.related(context.place(procedure.id.at), label);
            }
            found(
                diagnostic
                    .related(context.place(of.demanded_at), "verification is demanded here")
                    .help("give the step a `verify`; one that changes nothing is `read_only: true`"),
            );
        }
    }
}

/// True where a step runs a command that changes something, and nothing looks whether it has worked.
fn is_unverified(graph: &Graph<'_>, step: &Step) -> bool {
    let action = ways_back::action(graph, step);
    let runs = match step.kind() {
        Some(StepKind::Command(_)) => true,
        // What leads nowhere is a finding of its own.
        Some(StepKind::Uses(_)) => action.is_some(),
        _ => false,
    };
    let is_verified = step.repeat.is_some()
        || step.verify.is_some()
        || action.is_some_and(|action| action.verify.is_some());
    runs && !is_verified && !ways_back::is_read_only(graph, step)
}
