//! # What
//!
//! A command is not shell: a quote, a parenthesis or an `if` is never closed, a word stands where it can't, or an
//! operator or redirection leads nowhere. Or it is empty, or nothing but a comment.
//!
//! # Why
//!
//! The shell refuses the command before it runs anything of that line, so the step fails each time. Where this is
//! the command of an `undo`, that shows only in the middle of a rollback.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: "if test -e bread; then ./sell.sh", undo: ./take-back.sh }
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: "if test -e bread; then ./sell.sh; fi", undo: ./take-back.sh }
//! ```
//!
//! # Exceptions
//!
//! What some shells know and others do not is `not-portable`. What an `echo` prints and what stands in quotes is no
//! command, and neither is what `ssh` or `sh -c` is given in quotes.

use super::super::command::{Broken, Fault};
use super::super::placeholders;
use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};

/// `command-syntax`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "command-syntax",
        code: "R0123",
        level: Level::Error,
        summary: "a command that no shell can read",
        source: include_str!("command_syntax.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for command in context.commands() {
        let is_nothing = |line: &str| line.trim().is_empty() || line.trim_start().starts_with('#');
        if command.text.lines().all(is_nothing) {
            found(
                Diagnostic::new(&LINT.info, context.place(command.at), "the command is empty")
                    .label("there is nothing to run")
                    .help("write the command; a step that a person does is `manual`"),
            );
            continue;
        }
        let Err(Fault::Broken(broken)) = &command.parsed else { continue };
        // `<NAME>` is a redirection to the shell, and something else to whoever wrote it.
        if placeholders::of_broken(command.text, broken).is_some() {
            continue;
        }
        let range = broken.range();
        let spelt = &command.text[range.clone()];
        let (message, label, help) = match broken {
            Broken::Unclosed { closing, .. } if spelt == *closing => (
                format!("`{spelt}` is opened and never closed"),
                "the rest of the command is inside of this",
                format!("add the second `{closing}`, or write `\\{closing}` for the sign itself"),
            ),
            Broken::Unclosed { closing, .. } => (
                format!("`{spelt}` has no `{closing}`"),
                "what is opened here is never closed",
                format!("add `{closing}`"),
            ),
            Broken::Misplaced { expected, .. } => {
                let what = match spelt.trim() {
                    "" => "the end of the line".to_owned(),
                    word => format!("`{word}`"),
                };
                match expected {
                    Some(expected) => (
                        format!("{what} stands where `{expected}` must"),
                        "does not belong here",
                        format!("add `{expected}` before it; keywords follow `;` or a line break"),
                    ),
                    None => (
                        format!("{what} can't stand here"),
                        "nothing that it would belong to is open here",
                        "take it away, or put it in quotes if it is text".to_owned(),
                    ),
                }
            }
            Broken::NothingAfter { .. } => (
                format!("nothing follows `{spelt}`"),
                "asks for a command behind it",
                "add the command, or take this away".to_owned(),
            ),
            Broken::NoTarget { .. } => (
                format!("`{spelt}` leads nowhere"),
                "asks for a file behind it",
                "name the file, or put the sign in quotes if it is text".to_owned(),
            ),
        };
        found(Diagnostic::new(&LINT.info, context.part(command.at, range), message).label(label).help(help));
    }
}
