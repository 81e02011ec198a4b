//! # What
//!
//! A procedure with `window: maintenance` can take longer than the window of L3's `allowed_hours` is open: all attempts of
//! all steps, with grace, verification and delays, then the rollback and the final steps.
//!
//! # Why
//!
//! The window is looked at when a run begins. Even one that begins at its first minute is still at work when the window
//! closes and the users are back.
//!
//! # Bad
//!
//! ```yaml L3-limits.yaml
//! operational_constraints: { deployment: { allowed_hours: "02:00-03:00" } }
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     window: maintenance
//!     steps:
//!       - { step: 1, command: ./pack.sh, timeout: 40m, retry: 1, undo: rm -f pack }
//! ```
//!
//! # Good
//!
//! ```yaml L3-limits.yaml
//! operational_constraints: { deployment: { allowed_hours: "02:00-06:00" } }
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     window: maintenance
//!     steps:
//!       - { step: 1, command: ./pack.sh, timeout: 40m, retry: 1, undo: rm -f pack }
//! ```
//!
//! # Exceptions
//!
//! Where a step has no timeout there is no worst case; `unbounded-step` says so.

use super::super::{Context, Lint, limits, times};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::plan::bounds::{run, seconds};

/// `window-too-short`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "window-too-short",
        code: "R0142",
        level: Level::Error,
        summary: "a run can take longer than its maintenance window is open",
        source: include_str!("window_too_short.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let Some(hours) = limits::allowed_hours(context.rules) else { return };
    let open = hours.value.length();
    for (index, procedure) in context.graph.procedures() {
        let (Some(window), Some(plan)) = (procedure.window, context.drafts().get(&index)) else { continue };
        let run = run(plan);
        let Some(worst) = run.bound().ms().filter(|ms| *ms > open.as_millis()) else { continue };
        let (id, worst) = (&procedure.id.value, seconds(worst));
        let message =
            format!("`{id}` can take {worst} s > {} s, as long as the window is open", open.seconds());
        found(
            Diagnostic::new(&LINT.info, context.place(window.at), message)
                .label(format!("in the worst case: {}", times::parts(&run)))
                .related(context.place(hours.at), "the window is stated here")
                .help("shorten timeouts or retries, split the procedure, or open the window for longer"),
        );
    }
}
