//! # What
//!
//! All steps of a procedure say who owns them, or what happens when they fail, and one does not.
//!
//! # Why
//!
//! A key that stands everywhere but once was forgotten there, or got lost in an edit. In the night nobody knows whose
//! step it is, and a step of a sequence that goes on whatever happens aborts it.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, manual: Close the door, on_failure: continue }
//!       - { step: 2, manual: Put the lights out, on_failure: continue }
//!       - { step: 3, manual: Lock the till }
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, manual: Close the door, on_failure: continue }
//!       - { step: 2, manual: Put the lights out, on_failure: continue }
//!       - { step: 3, manual: Lock the till, on_failure: abort }
//! ```
//!
//! # Exceptions
//!
//! Calls, since what is called speaks for itself; procedures with less than three steps. Of `on_failure` only where
//! another step goes on after its failure: else the default says the same.

use super::super::ways_back;
use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::model::{At, OnFailure, Spanned, Step, StepKind};

/// `odd-step-out`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "odd-step-out",
        code: "R0220",
        level: Level::Warning,
        summary: "one step leaves out what all others of its procedure say",
        source: include_str!("odd_step_out.rs"),
    },
    check,
};

/// Fewer steps show no habit.
const FEWEST: usize = 3;

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for (_, procedure) in context.graph.procedures() {
        let speaks = |step: &&Spanned<Step>| !matches!(step.kind(), None | Some(StepKind::Run(_)));
        let steps: Vec<&Spanned<Step>> = procedure.steps.iter().filter(speaks).collect();
        if steps.len() < FEWEST {
            continue;
        }
        let goes_on = |step: &&&Spanned<Step>| {
            matches!(step.on_failure(), OnFailure::Continue | OnFailure::AlertAndContinue)
        };
        let owner = |step: &Step| step.owner.as_ref().map(|owner| owner.at);
        let on_failure = |step: &Step| step.on_failure.map(|on_failure| on_failure.at);
        let mut judge = |key: &str, of: &dyn Fn(&Step) -> Option<At>| {
            let mut silent = steps.iter().filter(|step| of(step).is_none());
            let (Some(odd), None) = (silent.next(), silent.next()) else { return };
            let Some(other) = steps.iter().find_map(|step| of(step)) else { return };
            let message = format!(
                "this step says nothing of `{key}`, all {} others of `{}` do",
                steps.len() - 1,
                procedure.id.value
            );
            found(
                Diagnostic::new(&LINT.info, context.place(ways_back::shown_at(odd)), message)
                    .label(format!("has no `{key}`"))
                    .related(context.place(other), "another step says it")
                    .help(format!("say `{key}` here too")),
            );
        };
        judge("owner", &owner);
        if steps.iter().filter(goes_on).count() > 0 {
            judge("on_failure", &on_failure);
        }
    }
}
