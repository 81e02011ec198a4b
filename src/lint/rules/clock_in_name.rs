//! # What
//!
//! Several commands of one procedure ask the clock for the name of a file or folder, each for itself:
//! `mkdir out_$(date +%F)` in one step, `tar -cf out_$(date +%F)/all.tar` in the next.
//!
//! # Why
//!
//! The names differ where a second, or midnight, lies between them: the second step writes beside what the first made, or
//! fails because it is not there. A retry and an `undo` ask again as well.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: mkdir -p trays/$(date +%F), undo: ./clean.sh }
//!       - { step: 2, command: "cp *.loaf trays/$(date +%F)/", undo: ./clean.sh }
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     inputs: [{ name: day, required: true }]
//!     steps:
//!       - { step: 1, command: 'mkdir -p "trays/$day"', undo: ./clean.sh }
//!       - { step: 2, command: 'cp *.loaf "trays/$day/"', undo: ./clean.sh }
//!       - { step: 3, command: 'echo "baked $(date)" >>baked.log', undo: ./clean.sh }
//! ```
//!
//! # Exceptions
//!
//! Text that is printed or sent, addresses, and times that are reckoned, as in `--since "$(date -d yesterday)"`.

use std::ops::Range;

use rustc_hash::FxHashMap;

use super::super::command::{Command, CommandKind, List, Piece, Word};
use super::super::commands::{CommandText, Role};
use super::super::program::program;
use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::model::At;

/// `clock-in-name`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "clock-in-name",
        code: "R0131",
        level: Level::Warning,
        summary: "several commands of a procedure name something by the clock",
        source: include_str!("clock_in_name.rs"),
    },
    check,
};

/// Programs whose arguments are names of files.
const OF_FILES: &[&str] =
    &["mkdir", "touch", "cp", "mv", "ln", "rm", "tar", "zip", "gzip", "rsync", "cat", "test", "["];

/// Programs whose arguments are text.
const OF_TEXT: &[&str] =
    &["echo", "printf", "logger", "date", "expr", "sleep", "curl", "wget", "mail", "journalctl"];

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let mut of_steps: FxHashMap<At, Vec<(&CommandText<'_>, Range<usize>)>> = FxHashMap::default();
    for command in context.commands() {
        let (Some(step), Some(script)) = (command.step, command.script()) else { continue };
        if command.role == Role::Other {
            continue;
        }
        if let Some(at) = first_name(command.text, script) {
            of_steps.entry(step.at).or_default().push((command, at));
        }
    }
    for (_, procedure) in context.graph.procedures() {
        let steps = procedure.steps.iter().chain(procedure.finally.iter());
        let mut names = steps.filter_map(|step| of_steps.get(&step.at)).flatten();
        let Some((first, first_at)) = names.next() else { continue };
        for (command, at) in names {
            found(
                Diagnostic::new(
                    &LINT.info,
                    context.part(command.at, at.clone()),
                    "this asks the clock again for a name, and may get another one",
                )
                .label("later than the first")
                .related(context.part(first.at, first_at.clone()), "the first name is made here")
                .help("make the name once: an input of the procedure, which each command has as a variable"),
            );
        }
    }
}

/// The first `$(date …)` of a script that is a part of a name.
fn first_name(text: &str, script: &List) -> Option<Range<usize>> {
    let mut found: Option<Range<usize>> = None;
    script.each(&mut |command, _| {
        let name = command.redirects.iter().find_map(|redirect| in_word(text, &redirect.target, true));
        let name = name.or_else(|| in_command(text, command));
        if found.as_ref().is_none_or(|found| name.as_ref().is_some_and(|name| name.start < found.start)) {
            found = name.or(found.take());
        }
    });
    found
}

fn in_command(text: &str, command: &Command) -> Option<Range<usize>> {
    let CommandKind::Simple(simple) = &command.kind else { return None };
    // `d=backup-$(date +%F)` is a name where it says more than the time.
    let assigned = simple.assignments.iter().find_map(|word| {
        let value = &text[word.at.clone()];
        let (_, value) = value.split_once('=')?;
        let bare = value.trim_matches('"');
        let is_all = bare.starts_with(['$', '`']) && bare.ends_with([')', '`']);
        (!is_all).then(|| in_word(text, word, false))?
    });
    let program = program(simple);
    assigned.or_else(|| {
        let program = program.filter(|program| !OF_TEXT.contains(&program.name))?;
        let takes_files = OF_FILES.contains(&program.name);
        program.arguments.iter().find_map(|word| in_word(text, word, takes_files))
    })
}

/// `$(date …)` in a word that is a name, or must be one.
fn in_word(text: &str, word: &Word, must_be: bool) -> Option<Range<usize>> {
    let at = word.pieces.iter().find_map(|piece| match piece {
        Piece::Output { at, script } if asks_now(script) => Some(at.clone()),
        _ => None,
    })?;
    let around = [&text[word.at.start..at.start], &text[at.end..word.at.end]];
    let is_text = around.iter().any(|part| part.contains([' ', '\n']) || part.contains("://"));
    let before = around[0].rsplit('=').next().unwrap_or_default();
    let is_file = before.contains('/')
        || around[1].contains('/')
        || around[1].split('.').skip(1).any(|end| end.starts_with(|c: char| c.is_ascii_alphabetic()));
    (!is_text && (must_be || is_file)).then_some(at)
}

/// True for `date`, with a format or without, but not for a time that is reckoned from another one.
fn asks_now(script: &List) -> bool {
    let [item] = script.items.as_slice() else { return false };
    let [command] = item.chain.first.commands.as_slice() else { return false };
    let Some(program) = command.as_simple().and_then(program).filter(|_| item.chain.rest.is_empty()) else {
        return false;
    };
    program.name == "date"
        && program.arguments.iter().all(|word| {
            word.text().is_some_and(|text| text.starts_with('+') || ["-u", "--utc", "-I"].contains(&text))
        })
}
