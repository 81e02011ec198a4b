//! # What
//!
//! The `until` of a repeated step always exits with something else than 0.
//!
//! # Why
//!
//! All rounds run, and then the step has failed, whatever they did.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { id: knead, command: ./knead.sh, read_only: true, repeat: { until: "test -e smooth; false", max: 3 } }
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { id: knead, command: ./knead.sh, read_only: true, repeat: { until: "test -e smooth", max: 3 } }
//! ```
//!
//! # Exceptions
//!
//! Only what certainly fails is reported. That one can't fail is `verify-cannot-fail`.

use super::super::commands::Role;
use super::super::{Context, Lint, outcome};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};

/// `until-cannot-hold`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "until-cannot-hold",
        code: "R0303",
        level: Level::Warning,
        summary: "a repeated step waits for what never comes",
        source: include_str!("until_cannot_hold.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for command in context.commands().iter().filter(|command| command.role == Role::Until) {
        let Some(script) = command.script().filter(|script| !script.items.is_empty()) else { continue };
        if !outcome::of_script(script).success {
            found(
                Diagnostic::new(&LINT.info, context.place(command.at), "this never holds")
                    .label("fails whatever is the case")
                    .help("ask for what the rounds are to bring about"),
            );
        }
    }
}
