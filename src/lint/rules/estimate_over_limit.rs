//! # What
//!
//! A step is estimated to take longer than its own timeout, a procedure longer than its timeout or than L3 lets a run
//! take, or a decision gives its rollback more time than L3 does.
//!
//! # Why
//!
//! One of the two figures is wrong. If it is the bound, the run is cut off in the middle of what it should do.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: test -e bread, timeout: 30s, estimated_duration: 2m, read_only: true }
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: test -e bread, timeout: 3m, estimated_duration: 2m, read_only: true }
//! ```

use super::super::{Context, Lint, limits};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::Item;
use crate::model::Spanned;
use crate::scalar::Duration;

/// `estimate-over-limit`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "estimate-over-limit",
        code: "R0226",
        level: Level::Warning,
        summary: "an estimate is longer than the bound on it",
        source: include_str!("estimate_over_limit.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let execution = limits::execution_time(context.rules);
    let rollbacks = limits::rollback_times(context.graph);
    let mut judge = |estimate: Option<Spanned<Duration>>, bound: Option<Spanned<Duration>>| {
        let (Some(estimate), Some(bound)) = (estimate, bound) else { return };
        if estimate.value <= bound.value {
            return;
        }
        let message =
            format!("it is estimated to take {} s > {} s", estimate.value.seconds(), bound.value.seconds());
        found(
            Diagnostic::new(&LINT.info, context.place(estimate.at), message)
                .label("longer than it may take")
                .related(context.place(bound.at), "the bound on it")
                .help("raise the bound, or lower the estimate"),
        );
    };
    for (_, entity) in context.graph.entities() {
        match entity.item {
            Item::Action(action, _) => judge(action.estimated_duration, action.timeout),
            Item::Step(step, _) => judge(step.estimated_duration, step.timeout),
            Item::Procedure(procedure) => {
                judge(procedure.estimated_duration, procedure.timeout.or(execution));
            }
            _ => {}
        }
    }
    for (_, entity) in context.graph.entities() {
        let Item::Decision(decision) = entity.item else { continue };
        let Some(timeout) = decision.rollback.as_ref().and_then(|rollback| rollback.timeout) else {
            continue;
        };
        // A bound that says `less than` is kept by a timeout of just so much.
        let just_below = timeout.value.as_millis().saturating_sub(1);
        if let Some(limit) = rollbacks.iter().find(|limit| !limit.allows(just_below)) {
            let id = &decision.id.value;
            let message = format!(
                "`{id}` gives its rollback {} s, and it should take `{}`",
                timeout.value.seconds(),
                limit.spelt.value
            );
            found(
                Diagnostic::new(&LINT.info, context.place(timeout.at), message)
                    .label("longer than L3 allows")
                    .related(context.place(limit.spelt.at), "the limit is stated here")
                    .help("lower the timeout, or raise the limit"),
            );
        }
    }
}
