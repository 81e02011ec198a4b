//! # What
//!
//! The `timeout` of a step or an action, or of its verification, is longer than `max_step_time` of L3.
//!
//! # Why
//!
//! The step may do what the rules forbid, and the runner has been told both.
//!
//! # Bad
//!
//! ```yaml L3-limits.yaml
//! executor: { constraints: { max_step_time: 30s } }
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: ./pack.sh, timeout: 40s, undo: rm -f pack }
//! ```
//!
//! # Good
//!
//! ```yaml L3-limits.yaml
//! executor: { constraints: { max_step_time: 30s } }
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: ./pack.sh, timeout: 30s, undo: rm -f pack }
//! ```

use super::super::{Context, Lint, limits};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::Item;
use crate::model::{Spanned, TextOr, Verify};
use crate::scalar::Duration;

/// `step-over-limit`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "step-over-limit",
        code: "R0063",
        level: Level::Error,
        summary: "a step may take longer than L3 allows",
        source: include_str!("step_over_limit.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let Some(limit) = limits::step_time(context.rules) else { return };
    let mut judge = |timeout: Option<Spanned<Duration>>| {
        let Some(timeout) = timeout.filter(|timeout| timeout.value > limit.value) else { return };
        let message =
            format!("one attempt may take {} s > {} s", timeout.value.seconds(), limit.value.seconds());
        found(
            Diagnostic::new(&LINT.info, context.place(timeout.at), message)
                .label("longer than L3 allows")
                .related(context.place(limit.at), "the limit is stated here")
                .help("shorten the timeout, or split the step"),
        );
    };
    for (_, entity) in context.graph.entities() {
        match entity.item {
            Item::Procedure(procedure) => {
                for step in procedure.steps.iter().chain(procedure.finally.iter()) {
                    judge(step.timeout);
                    judge(of_verify(step.verify.as_ref()));
                }
            }
            Item::Action(action, _) => {
                judge(action.timeout);
                judge(of_verify(action.verify.as_ref()));
            }
            _ => {}
        }
    }
}

fn of_verify(verify: Option<&Spanned<Verify>>) -> Option<Spanned<Duration>> {
    match &verify?.value {
        TextOr::Object(policy) => policy.timeout,
        TextOr::Text(_) => None,
    }
}
