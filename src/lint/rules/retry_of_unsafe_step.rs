//! # What
//!
//! A step is retried, and its command does something once more each time it runs: it sends a message, posts to a server,
//! inserts a row, publishes a package. It does not say that it is `idempotent`.
//!
//! # Why
//!
//! An attempt that fails has often done its work: the answer was lost, or what came after it failed. The next attempt
//! does it again, and two orders are placed.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: "curl -f -X POST http://localhost:8080/orders", retry: 2, undo: ./cancel.sh }
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - step: 1
//!         command: 'curl -f -X POST -H "Idempotency-Key: $order" http://localhost:8080/orders'
//!         retry: 2
//!         undo: ./cancel.sh
//!       - { step: 2, command: "curl -f -X PUT http://localhost:8080/orders/7", retry: 2, undo: ./cancel.sh }
//! ```
//!
//! # Exceptions
//!
//! Steps that are `idempotent`, and retries after certain exit codes only: somebody has thought of it. What fails the
//! second time, such as `mkdir`, is reported as `not-idempotent`.

use std::ops::Range;

use rustc_hash::FxHashMap;

use super::super::command::Word;
use super::super::commands::{CommandText, Role};
use super::super::program::{Program, program};
use super::super::{Context, Lint, ways_back};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::model::At;

/// `retry-of-unsafe-step`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "retry-of-unsafe-step",
        code: "R0140",
        level: Level::Warning,
        summary: "a retried step does its work once more each time",
        source: include_str!("retry_of_unsafe_step.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let mut commands: FxHashMap<At, &CommandText<'_>> = FxHashMap::default();
    for command in context.commands().iter().filter(|command| command.role == Role::Run) {
        commands.insert(command.at, command);
    }
    for (_, procedure) in context.graph.procedures() {
        for step in procedure.steps.iter().chain(procedure.finally.iter()) {
            let action = ways_back::action(context.graph, step);
            let retry = step.retry.as_ref().or_else(|| action?.retry.as_ref());
            let says = step.idempotent.or_else(|| action?.idempotent).is_some_and(|says| says.value);
            let Some(retry) = retry.filter(|_| !says && !ways_back::is_read_only(context.graph, step)) else {
                continue;
            };
            let plan = retry.plan();
            let at = step.command.as_ref().map(|command| command.at).or_else(|| Some(action?.command.at));
            let Some(command) = at.and_then(|at| commands.get(&at)) else { continue };
            let Some((range, what)) = repeats(command) else { continue };
            if plan.retries == 0 || !plan.on_exit_codes.is_empty() {
                continue;
            }
            found(
                Diagnostic::new(
                    &LINT.info,
                    context.part(command.at, range),
                    format!("each attempt {what} once more"),
                )
                .label("an attempt that fails may have done it")
                .related(context.place(retry.at), "is tried again")
                .help("take the retry away, make it safe and say `idempotent: true`, or retry after certain exit codes only"),
            );
        }
    }
}

/// The part of a command that does more each time, and what it does.
fn repeats(command: &CommandText<'_>) -> Option<(Range<usize>, &'static str)> {
    let mut found = None;
    command.script()?.each_simple(&mut |simple| {
        if let (None, Some(program)) = (&found, program(simple)) {
            found = of_program(&program);
        }
    });
    found
}

fn of_program(program: &Program<'_>) -> Option<(Range<usize>, &'static str)> {
    let argument = |at: usize| program.arguments.get(at).and_then(Word::text).unwrap_or_default();
    let up_to = |at: usize| {
        program.word.at.start..program.arguments.get(at).map_or(program.word.at.end, |it| it.at.end)
    };
    match program.name {
        "curl" => posts(program).map(|at| (at, "sends this")),
        "mail" | "mailx" | "sendmail" | "mutt" | "msmtp" => {
            Some((program.word.at.clone(), "sends a message"))
        }
        "psql" | "mysql" | "mariadb" | "sqlite3" => {
            let inserts = |word: &&Word| {
                word.text().is_some_and(|text| {
                    let text = text.trim_start().to_ascii_lowercase();
                    let is_guarded = ["conflict", "ignore", "exists", "duplicate", "begin"];
                    text.starts_with("insert ") && !is_guarded.iter().any(|guard| text.contains(guard))
                })
            };
            program.arguments.iter().find(inserts).map(|word| (word.at.clone(), "inserts this"))
        }
        "aws" if argument(0) == "sns" && argument(1) == "publish" => Some((up_to(1), "sends a message")),
        "aws" if argument(0) == "sqs" && argument(1) == "send-message" => Some((up_to(1), "sends a message")),
        _ => None,
    }
}

/// Where `curl` is told to send a POST: by the specification of HTTP, the method that is not safe to repeat.
fn posts(program: &Program<'_>) -> Option<Range<usize>> {
    let words = program.arguments;
    // A key tells the server that it is the same request.
    if words.iter().any(|word| word.lead.to_ascii_lowercase().contains("idempotency-key") || word.splits) {
        return None;
    }
    let named = words.iter().enumerate().find_map(|(at, word)| match word.text()? {
        "-X" | "--request" => Some((word.at.start..words.get(at + 1)?.at.end, words[at + 1].text()?)),
        text => {
            let method = text.strip_prefix("-X").or_else(|| text.strip_prefix("--request="))?;
            Some((word.at.clone(), method))
        }
    });
    match named {
        Some((at, method)) => (method == "POST").then_some(at),
        None => None,
    }
}
