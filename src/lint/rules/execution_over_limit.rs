//! # What
//!
//! In the worst case a run of a procedure takes longer than `max_execution_time` of L3: all attempts of all steps, with
//! grace, verification and delays, then the rollback and the final steps.
//!
//! # Why
//!
//! The rules promise an end that they don't keep, just when everything goes wrong.
//!
//! # Bad
//!
//! ```yaml L3-limits.yaml
//! executor: { constraints: { max_execution_time: 1m } }
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: ./pack.sh, timeout: 30s, retry: 1, undo: rm -f pack }
//! ```
//!
//! # Good
//!
//! ```yaml L3-limits.yaml
//! executor: { constraints: { max_execution_time: 2m } }
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: ./pack.sh, timeout: 30s, retry: 1, undo: rm -f pack }
//! ```
//!
//! # Exceptions
//!
//! What has no timeout is left out of the sum; `unbounded-step` says so of steps. Where steps run side by side, there is
//! no sum then.

use super::super::{Context, Lint, limits, times};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::plan::bounds::{run, seconds};

/// `execution-over-limit`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "execution-over-limit",
        code: "R0064",
        level: Level::Error,
        summary: "a run can take longer than L3 allows",
        source: include_str!("execution_over_limit.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let Some(limit) = limits::execution_time(context.rules) else { return };
    for (index, procedure) in context.graph.procedures() {
        let Some(plan) = context.drafts().get(&index) else { continue };
        let whole = run(plan);
        // Where steps run one after another, what has no bound takes nothing away from what the others take.
        let is_known = whole.bound().ms().is_some();
        let run = match is_known || plan.max_parallel != Some(1) {
            true => whole,
            false => times::known(whole),
        };
        let Some(worst) = run.bound().ms().filter(|ms| *ms > limit.value.as_millis()) else { continue };
        let id = &procedure.id.value;
        let more = if is_known { "" } else { ", and something in it has no bound" };
        let message = format!("`{id}` can take {} s > {} s{more}", seconds(worst), limit.value.seconds());
        found(
            Diagnostic::new(&LINT.info, context.place(procedure.id.at), message)
                .label(format!("in the worst case: {}", times::parts(&run)))
                .related(context.place(limit.at), "the limit is stated here")
                .help("shorten timeouts or retries, give the procedure a `timeout`, or split it"),
        );
    }
}
