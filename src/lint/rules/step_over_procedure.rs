//! # What
//!
//! One attempt of a step may take longer than its whole procedure.
//!
//! # Why
//!
//! The limit of the step never counts: the run is cut off and rolled back first, where the step might still have ended
//! well or been tried again.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     timeout: 30s
//!     steps: [{ step: 1, command: ./bake.sh, undo: ./throw-away.sh, timeout: 60s }]
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     timeout: 2 minutes
//!     steps: [{ step: 1, command: ./bake.sh, undo: ./throw-away.sh, timeout: 60s }]
//! ```
//!
//! # Exceptions
//!
//! Final steps, which no limit of the procedure bounds.

use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::Item;
use crate::model::Spanned;
use crate::model::Step;
use crate::scalar::Duration;

/// `step-over-procedure`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "step-over-procedure",
        code: "R0284",
        level: Level::Warning,
        summary: "one attempt of a step may take longer than its procedure",
        source: include_str!("step_over_procedure.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for (_, procedure) in context.graph.procedures() {
        let Some(limit) = procedure.timeout else { continue };
        for step in &procedure.steps {
            let Some(timeout) = timeout(context, step).filter(|timeout| timeout.value > limit.value) else {
                continue;
            };
            let (step, whole) = (timeout.value.seconds(), limit.value.seconds());
            let message = format!("one attempt may take {step} s > {whole} s of its whole procedure");
            found(
                Diagnostic::new(&LINT.info, context.place(timeout.at), message)
                    .label("never comes to count")
                    .related(context.place(limit.at), "the run is cut off here")
                    .help("shorten the step's timeout, or give the procedure more time"),
            );
        }
    }
}

/// The timeout of a step, else that of the action that it uses.
fn timeout(context: &Context<'_>, step: &Step) -> Option<Spanned<Duration>> {
    step.timeout.or_else(|| match context.graph.target(step.uses.as_ref()?.at)?.item {
        Item::Action(action, _) => action.timeout,
        _ => None,
    })
}
