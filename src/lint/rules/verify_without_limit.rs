//! # What
//!
//! A check that a run waits for has no `timeout`, and what it runs has no limit of its own.
//!
//! # Why
//!
//! A service that accepts the connection and never answers holds the run up for ever: no retry, no rollback, no alert.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: ./up.sh, undo: ./down.sh, verify: "curl --fail http://localhost:8080/health" }
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: ./up.sh, undo: ./down.sh, verify: "curl --fail --max-time 5 http://localhost:8080/health" }
//!       - { step: 2, command: ./up.sh, undo: ./down.sh, verify: { command: ./look.sh, timeout: 5s } }
//! ```
//!
//! # Exceptions
//!
//! What looks at files or processes and ends at once, such as `test`, `stat` or `pgrep`; and whatever `timeout` runs.

use super::super::commands::Role;
use super::super::program::program;
use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};

/// `verify-without-limit`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "verify-without-limit",
        code: "R0072",
        level: Level::Warning,
        summary: "a check may never come to an end",
        source: include_str!("verify_without_limit.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let waited_for = [Role::Verify, Role::Until, Role::Health, Role::Condition];
    for command in context.commands() {
        let Some(script) = command.script().filter(|_| !command.limited) else { continue };
        if !waited_for.contains(&command.role) {
            continue;
        }
        let mut endless = None;
        script.each_simple(&mut |simple| {
            let Some(first) = simple.words.first() else { return };
            // Where the program is not known because of a wrapper's options, neither is its limit.
            let ends = program(simple).map_or(first.is_known, |program| program.ends_by_itself());
            if !ends && endless.is_none() {
                let word = program(simple).map_or(first, |program| program.word);
                endless = Some((word.at.clone(), word.text().map(str::to_owned)));
            }
        });
        let Some((range, name)) = endless else { continue };
        let noun = command.role.noun();
        let help = match (name.as_deref(), command.role) {
            (Some("curl"), _) => "add `--max-time SECONDS`".to_owned(),
            (_, Role::Verify | Role::Until) => "write it as `{command, timeout}`".to_owned(),
            _ => "write it as `{check, timeout}`".to_owned(),
        };
        found(
            Diagnostic::new(
                &LINT.info,
                context.part(command.at, range),
                format!("nothing ends this {noun} if it hangs"),
            )
            .label("has no time limit")
            .help(help),
        );
    }
}
