//! # What
//!
//! A procedure of a risk that `require_rollback_for_risk` of L3 names changes something, and when it fails nothing
//! takes that back.
//!
//! # Why
//!
//! The rules promise a way back. The run that needs it is a bad place to learn that there is none.
//!
//! # Bad
//!
//! ```toml L3-limits.toml
//! [executor]
//! require_rollback_for_risk = ["high", "critical"]
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     risk: critical
//!     steps:
//!       - { step: 1, command: ./migrate.sh up }
//! ```
//!
//! # Good
//!
//! ```toml L3-limits.toml
//! [executor]
//! require_rollback_for_risk = ["high", "critical"]
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     risk: critical
//!     steps:
//!       - { step: 1, command: ./migrate.sh up, undo: ./migrate.sh down }
//! ```
//!
//! # Exceptions
//!
//! Those of `missing-rollback`, which says the same of procedures that L3 demands nothing of.

use super::super::ways_back::{self, WayBack};
use super::super::{Context, Lint, policy};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};

/// `risk-needs-rollback`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "risk-needs-rollback",
        code: "R0159",
        level: Level::Error,
        summary: "a risky procedure has no way back, as L3 demands",
        source: include_str!("risk_needs_rollback.rs"),
    },
    check,
};

/// How many further steps are pointed at.
const SHOWN: usize = 3;

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for of in policy::at_risk(context, &ways_back::demand(context.rules)) {
        let WayBack::Missing(steps) = ways_back::of(context, of.index, of.procedure) else { continue };
        let (id, risk) = (&of.procedure.id.value, policy::word(of.risk.value));
        let message = format!("`{id}` is of {risk} risk, and nothing takes back what it changes");
        let mut diagnostic = Diagnostic::new(&LINT.info, context.place(of.procedure.id.at), message)
            .label("has no way back")
            .related(context.place(of.demanded_at), "a way back is demanded here");
        for step in steps.iter().take(SHOWN) {
            let at = ways_back::shown_at(step);
            diagnostic = diagnostic.related(context.place(at), "this step has no `undo`");
        }
        found(diagnostic.help(
            "name a `rollback_procedure`, give the steps an `undo`, or say why they are `irreversible`; a step that changes nothing is `read_only: true`",
        ));
    }
}
