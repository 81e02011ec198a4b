//! # What
//!
//! The `until` of a repeated step is the step's own command, word for word.
//!
//! # Why
//!
//! A round that fails fails the step, and one that succeeds has shown already that the command succeeds: there is no
//! second round, and the command runs once more for nothing. What waits until a command succeeds is a `retry`.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { id: wait, command: test -e smooth, read_only: true, repeat: { until: test -e smooth, max: 9, delay: 5s } }
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { id: wait, command: test -e smooth, read_only: true, retry: { retries: 8, delay: 5s } }
//! ```
//!
//! # Exceptions
//!
//! A round that goes on where it fails, `on_failure: continue`, is a round like any other, and is not reported.

use super::super::{Context, Lint, ways_back};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::Item;
use crate::model::{OnFailure, StepKind, UntilKind};

/// `until-is-the-step`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "until-is-the-step",
        code: "R0302",
        level: Level::Warning,
        summary: "a repeated step asks what it has just done",
        source: include_str!("until_is_the_step.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for (_, entity) in context.graph.entities() {
        let Item::Procedure(procedure) = entity.item else { continue };
        for step in procedure.steps.iter().chain(procedure.finally.iter()) {
            let Some(repeat) = &step.repeat else { continue };
            let goes_on = matches!(step.on_failure(), OnFailure::Continue | OnFailure::AlertAndContinue);
            let command = match step.kind() {
                Some(StepKind::Command(command)) => Some(command),
                _ => ways_back::action(context.graph, step).map(|action| &action.command),
            };
            let (Some(command), Some(UntilKind::Command(until, _)), false) =
                (command, repeat.until.value.kind(), goes_on)
            else {
                continue;
            };
            if command.value.trim() == until.trim() {
                found(
                    Diagnostic::new(
                        &LINT.info,
                        context.place(repeat.until.at),
                        "this asks what the step has just done",
                    )
                    .label("holds whenever a round succeeds")
                    .related(context.place(command.at), "is the same command")
                    .help(
                        "say `retry` in the place of `repeat`, or ask for what the rounds are to bring about",
                    ),
                );
            }
        }
    }
}
