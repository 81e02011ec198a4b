//! # What
//!
//! A step makes a folder that is named by the clock, and no other command of the procedure can mean it.
//!
//! # Why
//!
//! Nobody else knows its name, so it stays empty. What was to go into it goes somewhere else, mostly where the next run
//! overwrites it.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: mkdir -p trays/$(date +%s), undo: rmdir trays/* }
//!       - { step: 2, command: tar -czf trays/flour.tar.gz flour, undo: rm -f trays/flour.tar.gz }
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     inputs: [{ name: tray, required: true }]
//!     steps:
//!       - { step: 1, command: 'mkdir -p "trays/$tray"', undo: 'rmdir "trays/$tray"' }
//!       - { step: 2, command: 'tar -czf "trays/$tray/flour.tar.gz" flour', undo: 'rm -f "trays/$tray/flour.tar.gz"' }
//! ```
//!
//! # Exceptions
//!
//! A folder with a fixed name: whatever runs on the machine may use it. Procedures in which something runs whose ways are
//! not known here, a script of your own for instance, and those that run as a part of others. Files: they may be what the
//! procedure is there for.

use rustc_hash::FxHashMap;

use super::super::command::{Command, Word};
use super::super::commands::{CommandText, Role};
use super::super::products::{folders, may_refer, name, only_clock};
use super::super::program::program;
use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::EdgeKind;
use crate::model::{At, Procedure, StepKind};

/// `unused-product`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "unused-product",
        code: "R0148",
        level: Level::Warning,
        summary: "a step makes a folder that nothing uses",
        source: include_str!("unused_product.rs"),
    },
    check,
};

/// How many folders of one procedure are looked for.
const MOST: usize = 100;

/// Programs that touch no other files than those that they are given.
const PLAIN: &[&str] = &[
    ":",
    "[",
    "cat",
    "chmod",
    "chown",
    "cp",
    "curl",
    "date",
    "df",
    "du",
    "echo",
    "egrep",
    "false",
    "find",
    "grep",
    "gunzip",
    "gzip",
    "head",
    "id",
    "ln",
    "ls",
    "md5sum",
    "mkdir",
    "mv",
    "pg_dump",
    "printf",
    "rm",
    "rmdir",
    "sha256sum",
    "sleep",
    "sort",
    "stat",
    "sync",
    "tail",
    "tar",
    "test",
    "touch",
    "true",
    "wc",
    "zip",
];

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let mut of_steps: FxHashMap<At, Vec<&CommandText<'_>>> = FxHashMap::default();
    for command in context.commands().iter().filter(|command| command.role != Role::Undo) {
        if let Some(step) = command.step {
            of_steps.entry(step.at).or_default().push(command);
        }
    }
    for (index, procedure) in context.graph.procedures() {
        let is_part = context.graph.referrers(index).any(|(edge, _)| edge.kind == EdgeKind::Runs);
        if !is_part && let Some(commands) = plain_commands(procedure, &of_steps) {
            judge(context, &commands, found);
        }
    }
}

/// All commands of a procedure, where all that they touch can be seen.
fn plain_commands<'c>(
    procedure: &Procedure,
    of_steps: &FxHashMap<At, Vec<&'c CommandText<'c>>>,
) -> Option<Vec<&'c CommandText<'c>>> {
    let mut all = Vec::new();
    for step in procedure.steps.iter().chain(procedure.finally.iter()) {
        if !matches!(step.kind(), Some(StepKind::Command(_))) || step.working_dir.is_some() {
            return None;
        }
        for command in of_steps.get(&step.at)? {
            let mut is_plain = true;
            command.script()?.each_simple(&mut |simple| {
                is_plain &= simple.words.is_empty()
                    || program(simple).is_some_and(|program| PLAIN.contains(&program.name));
            });
            if !is_plain {
                return None;
            }
            all.push(*command);
        }
    }
    Some(all)
}

fn judge(context: &Context<'_>, commands: &[&CommandText<'_>], found: &mut dyn FnMut(Diagnostic)) {
    let mut words: Vec<(&CommandText<'_>, &Word)> = Vec::new();
    let mut made: Vec<(&CommandText<'_>, &Word)> = Vec::new();
    for command in commands {
        let Some(script) = command.script() else { continue };
        script.each(&mut |inner: &Command, _| {
            made.extend(folders(inner).into_iter().map(|word| (*command, word)));
            // The first word is the program.
            let is_program = |word: &Word| {
                inner
                    .as_simple()
                    .and_then(|simple| simple.words.first())
                    .is_some_and(|first| first.at == word.at)
            };
            words.extend(inner.words().filter(|word| !is_program(word)).map(|word| (*command, word)));
        });
    }
    for (command, word) in made.into_iter().take(MOST) {
        let (Some(clock), Some(folder)) = (only_clock(word), name(command.text, word)) else { continue };
        let is_used = words.iter().any(|(other, inner)| {
            !std::ptr::eq(*inner, word) && may_refer(other.text, inner, &folder, &clock)
        });
        if !is_used {
            found(
                Diagnostic::new(
                    &LINT.info,
                    context.part(command.at, word.at.clone()),
                    "nothing uses the folder that this makes",
                )
                .label("no other command can mean it")
                .help("write into it by a name that all steps know, such as an input; or leave it out"),
            );
        }
    }
}
