//! # What
//!
//! A step hands a file to a program, and only a later step of the procedure makes that file; its `undo` removes it, and
//! nothing behind it uses it.
//!
//! # Why
//!
//! The earlier step finds nothing, or what an earlier run has left.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: ./order.sh stock.txt, undo: ./cancel.sh }
//!       - { step: 2, command: ./count.sh > stock.txt, undo: rm -f stock.txt }
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: ./count.sh > stock.txt, undo: rm -f stock.txt }
//!       - { step: 2, command: ./order.sh stock.txt, undo: ./cancel.sh }
//! ```
//!
//! # Exceptions
//!
//! Steps that run side by side. Programs that put files away, such as `mv`, `cp` or `tar`: the file of the last run makes room
//! for the next. A file that a condition asks for before the first step.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use rustc_hash::FxHashMap;

use super::super::commands::{CommandText, Role};
use super::super::program::program;
use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::model::At;

/// `used-before-made`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "used-before-made",
        code: "R0256",
        level: Level::Warning,
        summary: "a step uses a file that only a later one makes",
        source: include_str!("used_before_made.rs"),
    },
    check,
};

/// Programs that put files away, make room for them, or ask whether they are there.
const HOUSEKEEPING: &[&str] = &[
    ":", "[", "chmod", "chown", "cp", "echo", "find", "gzip", "install", "ln", "ls", "mkdir", "mv", "printf",
    "rm", "rmdir", "rsync", "stat", "tar", "test", "touch", "true", "truncate", "unlink", "zip",
];

/// The uses of one file in a procedure.
#[derive(Default)]
struct Uses {
    /// The first use by a program that reads it, with the step's position.
    read: Option<(usize, At, Range<usize>)>,
    /// Every step that names it, but in its undo.
    named: BTreeSet<usize>,
    /// The steps whose command writes it anew, and whose undo removes it.
    made: BTreeMap<usize, At>,
}

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let mut of_steps: FxHashMap<At, Vec<&CommandText<'_>>> = FxHashMap::default();
    let mut asked: BTreeSet<&str> = BTreeSet::new();
    for command in context.commands() {
        match command.step {
            Some(step) => of_steps.entry(step.at).or_default().push(command),
            None => asked.extend(words(command).into_iter().map(|(word, _)| word)),
        }
    }
    for (index, procedure) in context.graph.procedures() {
        if context.graph.order(index).is_graph {
            continue;
        }
        let mut files: BTreeMap<&str, Uses> = BTreeMap::new();
        for (position, step) in procedure.steps.iter().enumerate() {
            let commands = of_steps.get(&step.at).map(Vec::as_slice).unwrap_or_default();
            note(&mut files, position, commands);
        }
        for (file, uses) in files {
            let Some((reader, at, part)) = &uses.read else { continue };
            let Some((maker, made)) = uses.made.first_key_value() else { continue };
            let ends_there = uses.named.last() == Some(maker) && uses.made.len() == 1;
            let is_first = uses.named.first() == Some(reader);
            if reader >= maker || !ends_there || !is_first || asked.contains(file) {
                continue;
            }
            found(
                Diagnostic::new(
                    &LINT.info,
                    context.part(*at, part.clone()),
                    format!("`{file}` is used here, and made by a later step"),
                )
                .label("is not there yet")
                .related(context.place(*made), "makes it")
                .help("let the step that makes it come first"),
            );
        }
    }
}

/// Notes what the commands of one step do with files.
fn note<'c>(files: &mut BTreeMap<&'c str, Uses>, position: usize, commands: &[&'c CommandText<'c>]) {
    let removed: BTreeSet<&str> =
        commands.iter().filter(|it| it.role == Role::Undo).flat_map(|it| removed(it)).collect();
    for command in commands.iter().filter(|command| command.role != Role::Undo) {
        for (word, range) in words(command) {
            let uses = files.entry(word).or_default();
            uses.named.insert(position);
            if command.role == Role::Run && uses.read.is_none() && !removed.contains(word) {
                uses.read = Some((position, command.at, range));
            }
        }
        let Some(script) = command.script().filter(|_| command.role == Role::Run) else { continue };
        script.each(&mut |part, _| {
            for redirect in part.redirects.iter().filter(|redirect| !redirect.is_input()) {
                let file = &command.text[redirect.target.at.clone()];
                let uses = files.entry(file).or_default();
                uses.named.insert(position);
                if removed.contains(file) && redirect.operator == ">" {
                    uses.made.entry(position).or_insert(command.at);
                }
            }
        });
    }
}

/// The words that look like files and are handed to programs which read them; and those of checks.
fn words<'c>(command: &'c CommandText<'c>) -> Vec<(&'c str, Range<usize>)> {
    let mut words = Vec::new();
    let Some(script) = command.script() else { return words };
    script.each_simple(&mut |simple| {
        let is_kept = |name: &str| command.role == Role::Run && HOUSEKEEPING.contains(&name);
        let Some(program) = program(simple) else { return };
        let is_file = |text: &str| text.contains(['/', '.']) && !text.starts_with('-');
        for word in program.arguments.iter().filter(|word| word.text().is_some_and(is_file)) {
            if !is_kept(program.name) {
                words.push((&command.text[word.at.clone()], word.at.clone()));
            }
        }
    });
    words
}

/// The files that an undo removes.
fn removed<'c>(command: &'c CommandText<'c>) -> Vec<&'c str> {
    let mut files = Vec::new();
    let Some(script) = command.script() else { return files };
    script.each_simple(&mut |simple| {
        if let Some(program) = program(simple).filter(|program| program.name == "rm") {
            files.extend(program.operands(&[]).map(|word| &command.text[word.at.clone()]));
        }
    });
    files
}
