//! # What
//!
//! A check asks a web address with `curl`, without `--fail`, and its exit code decides.
//!
//! # Why
//!
//! Without `--fail` curl exits with 0 whatever the server answers, also with 404 or 500. The check only shows that
//! something listens on the port.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: ./up.sh, undo: ./down.sh, verify: "curl --max-time 5 http://localhost:8080/health" }
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: ./up.sh, undo: ./down.sh, verify: "curl --fail --max-time 5 http://localhost:8080/health" }
//!       - { step: 2, command: ./up.sh, undo: ./down.sh, verify: "test \"$(curl -m 5 http://localhost:8080/name)\" = orders" }
//! ```
//!
//! # Exceptions
//!
//! Where not the exit code but the output is looked at, behind a pipe or in `$(...)`, and where the options are
//! known only at run time.

use super::super::program::program;
use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Edit, Fix, Level, RuleInfo};
use crate::source::Span;

/// `verify-ignores-http-errors`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "verify-ignores-http-errors",
        code: "R0071",
        level: Level::Warning,
        summary: "a check asks with curl, and any answer will do",
        source: include_str!("verify_ignores_http_errors.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for command in context.commands().iter().filter(|command| command.role.is_check()) {
        let Some(script) = command.script() else { continue };
        script.each_deciding(&mut |simple| {
            let Some(curl) = program(simple).filter(|program| program.ignores_http_errors()) else { return };
            let place = context.part(command.at, curl.word.at.clone());
            let message =
                format!("the {} accepts every answer of the server, errors too", command.role.noun());
            let mut diagnostic = Diagnostic::new(&LINT.info, place, message)
                .label("exits with 0 also for 404 and 500")
                .help("add `--fail`");
            // Behind an alias, or where the name itself is escaped, its place is not known to the letter.
            if context.rules.sources.get(place.file).slice(place.span) == &command.text[curl.word.at.clone()]
            {
                let edits = vec![Edit { span: Span::at(place.span.end), text: " --fail".into() }];
                diagnostic = diagnostic.fix(Fix { title: "add `--fail`".into(), safe: true, edits });
            }
            found(diagnostic);
        });
    }
}
