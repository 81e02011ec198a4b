//! # What
//!
//! A procedure writes to paths that `always_review_categories` of L3 names, and starts without an approval.
//!
//! # Why
//!
//! The rules promise that a second person has looked. Without an `approval` nobody is asked.
//!
//! # Bad
//!
//! ```toml L3-limits.toml
//! [executor]
//! always_review_categories = ["migrations/**"]
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     writes: [migrations/*.sql]
//!     steps:
//!       - { step: 1, command: ./generate.sh, undo: ./generate.sh --undo }
//! ```
//!
//! # Good
//!
//! ```toml L3-limits.toml
//! [executor]
//! always_review_categories = ["migrations/**"]
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     writes: [migrations/*.sql]
//!     approval: { roles: [owner], reason: The data changes its shape. }
//!     steps:
//!       - { step: 1, command: ./generate.sh, undo: ./generate.sh --undo }
//! ```
//!
//! # Exceptions
//!
//! A procedure that only runs as a part of others which have an approval.

use super::super::{Context, Lint, policy};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::plan::gate;

/// `review-required`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "review-required",
        code: "R0161",
        level: Level::Error,
        summary: "a procedure writes what L3 wants reviewed, and nobody approves it",
        source: include_str!("review_required.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    if policy::executors(context.rules).all(|executor| executor.always_review_categories.is_empty()) {
        return;
    }
    for (index, procedure) in context.graph.procedures() {
        // An approval that a called procedure asks for is lost, and a finding of its own.
        if procedure.approval.is_some() || policy::callers(context.graph, index).next().is_some() {
            continue;
        }
        let changes = gate::changes(context.graph, index, procedure);
        let Some(reviewed) = gate::reviewed(context.rules, &changes).into_iter().next() else { continue };
        let message =
            format!("`{}` is always reviewed, and nobody approves `{}`", reviewed.path, procedure.id.value);
        found(
            Diagnostic::new(&LINT.info, context.place(reviewed.change), message)
                .related(context.place(reviewed.category), "a review is demanded here")
                .related(context.place(procedure.id.at), "starts without an approval")
                .help("give the procedure `approval: { roles: [ROLE], reason: WHY }`"),
        );
    }
}
