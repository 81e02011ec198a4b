//! # What
//!
//! The timeouts and delays of a procedure's steps come to more than its `estimated_duration`, without a single retry.
//!
//! # Why
//!
//! Whoever waits for the procedure gives up, or plans something else, while it still runs as it was written.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     estimated_duration: 1m
//!     steps:
//!       - { step: 1, command: ./pack.sh, timeout: 40s, delay_after: 5s, undo: rm -f pack }
//!       - { step: 2, command: ./send.sh, timeout: 30s, undo: ./recall.sh }
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     estimated_duration: 2m
//!     steps:
//!       - { step: 1, command: ./pack.sh, timeout: 40s, delay_after: 5s, undo: rm -f pack }
//!       - { step: 2, command: ./send.sh, timeout: 30s, undo: ./recall.sh }
//! ```
//!
//! # Exceptions
//!
//! Where a step has no timeout there is nothing to add up; `unbounded-step` says so.

use super::super::{Context, Lint, times};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::plan::bounds::{Total, without_retries, worst_case};

/// `estimate-exceeded`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "estimate-exceeded",
        code: "R0061",
        level: Level::Warning,
        summary: "a procedure can take longer than its author estimates",
        source: include_str!("estimate_exceeded.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for (index, procedure) in context.graph.procedures() {
        let (Some(estimate), Some(plan)) = (procedure.estimated_duration, context.drafts().get(&index))
        else {
            continue;
        };
        let total = without_retries(&plan.steps, plan);
        if total.bound.ms().is_none_or(|ms| ms <= estimate.value.as_millis()) {
            continue;
        }
        let (id, sum) = (&procedure.id.value, times::sum(&total));
        let message = format!("`{id}` can take {sum} > {} s", estimate.value.seconds());
        let worst = worst_case(&plan.steps, plan, plan.alerts.get("default"));
        let mut diagnostic = Diagnostic::new(&LINT.info, context.place(estimate.at), message)
            .label("less than its timeouts and delays, without a retry")
            .help("estimate more, or shorten timeouts and delays");
        if worst.bound.ms().is_some_and(|ms| Some(ms) != total.bound.ms()) {
            let label = format!("with grace and all retries it can take {}", times::sum(&worst));
            diagnostic = diagnostic.related(context.place(procedure.id.at), label);
        } else if worst.bound.ms().is_none() && plan.max_parallel == Some(1) {
            let bounded = worst.terms.into_iter().filter(|term| term.ms.is_some()).collect();
            let sum = times::sum(&Total::in_sequence(bounded));
            let label = format!("with grace and all retries it can take {sum}, and whatever has no bound");
            diagnostic = diagnostic.related(context.place(procedure.id.at), label);
        }
        found(diagnostic);
    }
}
