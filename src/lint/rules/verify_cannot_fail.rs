//! # What
//!
//! A check exits with 0 whatever happens: it ends in `|| true`, in `; true`, or runs only what can't fail.
//!
//! # Why
//!
//! It looks as if something was checked. Nothing was.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: ./up.sh, undo: ./down.sh, verify: "test -s up.pid || true" }
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: ./up.sh, undo: ./down.sh, verify: "test -s up.pid" }
//! ```
//!
//! # Exceptions
//!
//! Only what certainly can't fail is reported; a check that tests too little may still be one that can.

use super::super::outcome::{self, Mask};
use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};

/// `verify-cannot-fail`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "verify-cannot-fail",
        code: "R0073",
        level: Level::Warning,
        summary: "a check holds whatever is the case",
        source: include_str!("verify_cannot_fail.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for command in context.commands().iter().filter(|command| command.role.is_check()) {
        let Some(script) = command.script().filter(|script| !script.items.is_empty()) else {
            continue;
        };
        if outcome::of_script(script).failure {
            continue;
        }
        let mask = outcome::mask(script);
        let range = mask.as_ref().map_or(0..command.text.len(), Mask::range);
        let message = format!("the {} can't fail", command.role.noun());
        found(
            Diagnostic::new(&LINT.info, context.part(command.at, range), message)
                .label("exits with 0 whatever happened")
                .help(match mask {
                    Some(Mask::Alternative(_) | Mask::Last(_)) => "take this away",
                    Some(Mask::Pipe(_)) | None => "end with something that fails when it should",
                }),
        );
    }
}
