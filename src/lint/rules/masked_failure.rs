//! # What
//!
//! A command ends in `|| true` or `|| :`, in another command that always succeeds, or in a pipe whose right side
//! succeeds whatever its left side does.
//!
//! # Why
//!
//! The step is ok whatever happened: it is never retried, never rolled back, and what comes next builds on it.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: "./migrate.sh up || true", undo: ./migrate.sh down }
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: ./migrate.sh up, undo: ./migrate.sh down, on_failure: continue }
//!       - { step: 2, command: "./clean.sh || true; ./migrate.sh up", undo: ./migrate.sh down }
//! ```
//!
//! # Exceptions
//!
//! `|| true` in the middle of a command, where the last part still decides; an `undo`, of which `undo-hides-failure` speaks;
//! and what follows `set`, `trap` and other words that change how a script ends.

use super::super::commands::Role;
use super::super::outcome::{self, Mask};
use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};

/// `masked-failure`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "masked-failure",
        code: "R0081",
        level: Level::Warning,
        summary: "a command hides that it has failed",
        source: include_str!("masked_failure.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for command in context.commands().iter().filter(|command| command.role == Role::Run) {
        let Some(mask) = command.script().and_then(outcome::mask) else { continue };
        let (message, help) = match mask {
            Mask::Alternative(_) | Mask::Last(_) => (
                "the step is ok even if its command fails",
                "take this away; a failure that may be ignored is `on_failure: continue`",
            ),
            Mask::Pipe(_) => (
                "the step is ok even if the left side of the pipe fails",
                "write to a file first, or let the right side fail when it gets nothing",
            ),
        };
        found(
            Diagnostic::new(&LINT.info, context.part(command.at, mask.range()), message)
                .label("hides what went wrong before")
                .help(help),
        );
    }
}
