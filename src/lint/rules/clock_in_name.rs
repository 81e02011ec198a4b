//! # What
//!
//! The commands of a procedure ask the clock several times for the name of a file or folder, each time anew:
//! `mkdir out_$(date +%F)` in one step, `tar -cf out_$(date +%F)/all.tar` in the next. Or a command writes a file whose
//! name tells no more than the day: `tar -cf all_$(date +%F).tar`.
//!
//! # Why
//!
//! The names differ where a second, or midnight, lies between them: the second step writes beside what the first made, or
//! fails because it is not there. A retry and an `undo` ask again as well. And a second run on the same day overwrites
//! what the first one wrote.
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
//! or
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: "tar -czf trays/$(date +%F).tar.gz *.loaf", undo: ./clean.sh }
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
//! Text that is printed or sent, addresses, and times that are reckoned, as in `--since "$(date -d yesterday)"`. Of names
//! by the day those that come round again, such as that of the weekday, files to which lines are added, and steps that are
//! `idempotent` or ask first whether the file is there.

use std::ops::Range;

use rustc_hash::{FxHashMap, FxHashSet};

use super::super::clock;
use super::super::command::{Command, CommandKind, List, Word};
use super::super::commands::{CommandText, Role};
use super::super::products::{files, folders, only_clock};
use super::super::program::program;
use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::model::{At, Procedure, Step};

/// `clock-in-name`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "clock-in-name",
        code: "R0131",
        level: Level::Warning,
        summary: "a name made of the time changes within a run, or is that of an earlier one",
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
    let mut of_steps: FxHashMap<At, Vec<&CommandText<'_>>> = FxHashMap::default();
    for command in context.commands().iter().filter(|command| command.role != Role::Other) {
        if let Some(step) = command.step {
            of_steps.entry(step.at).or_default().push(command);
        }
    }
    for (_, procedure) in context.graph.procedures() {
        let steps = procedure.steps.iter().chain(procedure.finally.iter());
        let commands = || steps.clone().filter_map(|step| of_steps.get(&step.at)).flatten().copied();
        asked_again(context, commands(), found);
        too_coarse(context, procedure, &of_steps, found);
    }
}

/// Reports every name that is made of the time but the first.
fn asked_again<'c>(
    context: &Context<'_>,
    commands: impl Iterator<Item = &'c CommandText<'c>>,
    found: &mut dyn FnMut(Diagnostic),
) {
    let mut first: Option<(At, Range<usize>)> = None;
    for command in commands {
        let Some(script) = command.script() else { continue };
        for at in names(command.text, script) {
            let Some((first, first_at)) = &first else {
                first = Some((command.at, at));
                continue;
            };
            found(
                Diagnostic::new(
                    &LINT.info,
                    context.part(command.at, at),
                    "this asks the clock again for a name, and may get another one",
                )
                .label("later than the first")
                .related(context.part(*first, first_at.clone()), "the first name is made here")
                .help("make the name once: an input of the procedure, which each command has as a variable"),
            );
        }
    }
}

/// Reports the files that are written anew under a name which a second run on the same day has as well.
fn too_coarse(
    context: &Context<'_>,
    procedure: &Procedure,
    of_steps: &FxHashMap<At, Vec<&CommandText<'_>>>,
    found: &mut dyn FnMut(Diagnostic),
) {
    let may_repeat = |step: &Step| !step.idempotent.is_some_and(|said| said.value);
    let steps = procedure.steps.iter().chain(procedure.finally.iter()).filter(|step| may_repeat(step));
    let mut made: FxHashSet<&str> = FxHashSet::default();
    for command in steps.filter_map(|step| of_steps.get(&step.at)).flatten() {
        let Some(script) = command.script().filter(|script| command.role == Role::Run && !asks(script))
        else {
            continue;
        };
        script.each(&mut |inner, _| {
            let spelt = |word: &Word| command.text[word.at.clone()].trim_end_matches('/');
            made.extend(folders(inner).into_iter().map(spelt));
            for word in files(inner) {
                let Some(unit) = only_clock(word).and_then(|clock| clock.unit()) else { continue };
                // What goes into a folder does not take its place.
                if made.contains(spelt(word)) || command.text[..word.at.end].ends_with('/') {
                    continue;
                }
                let within = if unit == "day" { "on" } else { "in" };
                let message = format!("a second run {within} the same {unit} overwrites this");
                found(
                    Diagnostic::new(&LINT.info, context.part(command.at, word.at.clone()), message)
                        .label(format!("its name tells no more than the {unit}"))
                        .help("tell the time too, as `%H%M%S` does; or name it by an input"),
                );
            }
        });
    }
}

/// True where a script looks whether something is there.
fn asks(script: &List) -> bool {
    let mut asks = false;
    script.each(&mut |command, _| {
        asks |= matches!(command.kind, CommandKind::DoubleBracket)
            || command.as_simple().and_then(program).is_some_and(|it| ["test", "["].contains(&it.name));
    });
    asks
}

/// Every `$(date …)` of a script that is a part of a name, in order of the text.
fn names(text: &str, script: &List) -> Vec<Range<usize>> {
    let mut names = Vec::new();
    script.each(&mut |command, _| {
        names.extend(command.redirects.iter().filter_map(|redirect| in_word(text, &redirect.target, true)));
        in_command(text, command, &mut names);
    });
    names.sort_by_key(|at| at.start);
    names
}

fn in_command(text: &str, command: &Command, names: &mut Vec<Range<usize>>) {
    let CommandKind::Simple(simple) = &command.kind else { return };
    // `d=backup-$(date +%F)` is a name where it says more than the time.
    names.extend(simple.assignments.iter().filter_map(|word| {
        let value = &text[word.at.clone()];
        let (_, value) = value.split_once('=')?;
        let bare = value.trim_matches('"');
        let is_all = bare.starts_with(['$', '`']) && bare.ends_with([')', '`']);
        (!is_all).then(|| in_word(text, word, false))?
    }));
    if let Some(program) = program(simple).filter(|program| !OF_TEXT.contains(&program.name)) {
        let takes_files = OF_FILES.contains(&program.name);
        names.extend(program.arguments.iter().filter_map(|word| in_word(text, word, takes_files)));
    }
}

/// `$(date …)` in a word that is a name, or must be one.
fn in_word(text: &str, word: &Word, must_be: bool) -> Option<Range<usize>> {
    let at = clock::in_word(word)?.at;
    let around = [&text[word.at.start..at.start], &text[at.end..word.at.end]];
    let is_text = around.iter().any(|part| part.contains([' ', '\n']) || part.contains("://"));
    let before = around[0].rsplit('=').next().unwrap_or_default();
    let is_file = before.contains('/')
        || around[1].contains('/')
        || around[1].split('.').skip(1).any(|end| end.starts_with(|c: char| c.is_ascii_alphabetic()));
    (!is_text && (must_be || is_file)).then_some(at)
}
