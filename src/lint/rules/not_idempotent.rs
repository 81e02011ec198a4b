//! # What
//!
//! A step is retried, or says `idempotent: true`, and its command fails or does more when it runs a second time:
//! `mkdir` without `-p`, `ln -s` without `-f`, `git clone`, `createdb`, `useradd`, `echo … >> FILE`.
//!
//! # Why
//!
//! The first attempt makes the folder and fails later on. Every further attempt fails because the folder is there, and
//! that is what the log shows in the end. A line that is added twice is found much later.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: mkdir trays && ./fill.sh trays, retry: 2, undo: rm -r trays }
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: mkdir -p trays && ./fill.sh trays, retry: 2, undo: rm -r trays }
//!       - { step: 2, command: test -d shop || git clone https://git.oven.dev/shop, retry: 2, undo: rm -rf shop }
//! ```
//!
//! # Exceptions
//!
//! What runs only under a condition, has an alternative behind `||`, or follows an `rm` in the same command; files
//! that the command empties first, and those whose name says that they are logs.

use std::ops::Range;

use rustc_hash::FxHashSet;

use super::super::command::{Command, CommandKind, Join, List, Pipeline, Word};
use super::super::commands::Role;
use super::super::program::{Program, program};
use super::super::{Context, Lint, ways_back};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::Item;
use crate::model::At;

/// `not-idempotent`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "not-idempotent",
        code: "R0130",
        level: Level::Warning,
        summary: "a command that may run twice fails or does more the second time",
        source: include_str!("not_idempotent.rs"),
    },
    check,
};

/// Programs that change nothing which the next ones ask for, so that those run in any case.
const PLAIN: &[&str] =
    &["cd", "export", "umask", "set", "echo", "printf", "true", ":", "mkdir", "touch", "cp"];

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let repeated = repeated(context);
    for command in context.commands().iter().filter(|command| command.role == Role::Run) {
        let Some(script) = command.script().filter(|_| repeated.contains(&command.at)) else { continue };
        let mut removes = false;
        script.each_simple(&mut |simple| {
            removes |= program(simple)
                .is_some_and(|program| ["rm", "rmdir", "dropdb", "unlink"].contains(&program.name));
        });
        if removes {
            continue;
        }
        let fresh = written_anew(command.text, script);
        each_certain(script, &mut |inner| {
            let Some((at, message, help)) = repeats(command.text, inner, &fresh) else { return };
            found(
                Diagnostic::new(&LINT.info, context.part(command.at, at), message)
                    .label("may run more than once here")
                    .help(help),
            );
        });
    }
}

/// The commands of steps and actions that are retried or said to be idempotent.
fn repeated(context: &Context<'_>) -> FxHashSet<At> {
    let mut repeated = FxHashSet::default();
    for (_, entity) in context.graph.entities() {
        match entity.item {
            Item::Action(action, _)
                if action.retry().retries > 0 || action.idempotent.is_some_and(|said| said.value) =>
            {
                repeated.insert(action.command.at);
            }
            Item::Procedure(procedure) => {
                for step in procedure.steps.iter().chain(procedure.finally.iter()) {
                    if step.retry().retries == 0 && !step.idempotent.is_some_and(|said| said.value) {
                        continue;
                    }
                    let of_action = || Some(&ways_back::action(context.graph, step)?.command);
                    repeated.extend(step.command.as_ref().or_else(of_action).map(|command| command.at));
                }
            }
            _ => {}
        }
    }
    repeated
}

/// Visits the commands that run whenever the script does, up to where that is no longer certain.
fn each_certain(script: &List, visit: &mut dyn FnMut(&Command)) {
    for item in &script.items {
        let has_alternative = item.chain.rest.iter().any(|link| link.join == Join::Or);
        if has_alternative {
            continue;
        }
        for pipeline in item.chain.pipelines() {
            for command in &pipeline.commands {
                match &command.kind {
                    CommandKind::Group(list) | CommandKind::Subshell(list) => each_certain(list, visit),
                    CommandKind::Simple(_) => visit(command),
                    _ => {}
                }
            }
            if !is_plain(pipeline) {
                break;
            }
        }
    }
}

/// True where what follows behind `&&` is no answer to a question.
fn is_plain(pipeline: &Pipeline) -> bool {
    let [command] = pipeline.commands.as_slice() else { return false };
    let Some(simple) = command.as_simple() else { return false };
    !pipeline.negated
        && (simple.words.is_empty() || program(simple).is_some_and(|program| PLAIN.contains(&program.name)))
}

/// The files that a script empties first, as they are spelt.
fn written_anew<'t>(text: &'t str, script: &List) -> FxHashSet<&'t str> {
    let mut files = FxHashSet::default();
    script.each(&mut |command, _| {
        let anew = command.redirects.iter().filter(|redirect| [">", ">|"].contains(&redirect.operator));
        files.extend(anew.map(|redirect| &text[redirect.target.at.clone()]));
    });
    files
}

/// What of a command does not go well twice, why, and what to do.
fn repeats(
    text: &str,
    command: &Command,
    fresh: &FxHashSet<&str>,
) -> Option<(Range<usize>, String, &'static str)> {
    let program = program(command.as_simple()?)?;
    let first = program.arguments.first().and_then(Word::text).unwrap_or_default();
    let second = program.arguments.get(1).and_then(Word::text).unwrap_or_default();
    let at = program.word.at.clone();
    let with_first = || at.start..program.arguments.first().map_or(at.end, |word| word.at.end);
    let exists = "what it makes is there";
    let (range, why, help) = match program.name {
        "mkdir" => (!has(&program, 'p', "--parents")).then_some((at, exists, "add `-p`")),
        "mkfifo" => Some((at, exists, "ask first: `test -p NAME || mkfifo NAME`")),
        "ln" => {
            let is_soft = has(&program, 's', "--symbolic") && !has(&program, 'f', "--force");
            is_soft.then_some((at, exists, "add `-f`, and `-n` where the target is a folder"))
        }
        "createdb" | "createuser" | "initdb" => Some((at, exists, "ask first whether it is there")),
        "useradd" | "groupadd" => {
            Some((at, exists, "ask first: `id NAME || useradd NAME`, `getent group NAME || groupadd NAME`"))
        }
        "git" => match (first, second) {
            ("clone", _) => {
                Some((with_first(), exists, "ask first: `test -d FOLDER || git clone URL FOLDER`"))
            }
            ("remote", "add") => Some((with_first(), exists, "use `git remote set-url`, or ask first")),
            _ => None,
        },
        "docker" | "podman" => match (first, second) {
            ("network", "create") => Some((with_first(), exists, "ask first: `docker network inspect NAME`")),
            _ => None,
        },
        "helm" => (first == "install").then_some((with_first(), exists, "write `helm upgrade --install`")),
        "kubectl" => {
            let asks_only = program.arguments.iter().any(|word| word.lead.starts_with("--dry-run"));
            (first == "create" && !asks_only).then_some((with_first(), exists, "write `kubectl apply`"))
        }
        "echo" | "printf" => {
            let append = command.redirects.iter().find(|redirect| redirect.operator == ">>")?;
            let file = &text[append.target.at.clone()];
            let target = file.to_ascii_lowercase();
            let is_log = target.contains("log") || target.contains("journal") || target.contains("/dev/");
            if is_log || fresh.contains(file) {
                return None;
            }
            let message = "this adds the same text once more each time it runs".to_owned();
            return Some((
                append.at.clone(),
                message,
                "ask first: `grep -qxF TEXT FILE || echo TEXT >> FILE`",
            ));
        }
        _ => None,
    }?;
    Some((range.clone(), format!("`{}` fails the second time, when {why}", &text[range]), help))
}

fn has(program: &Program<'_>, letter: char, long: &str) -> bool {
    program.has_option(letter, &[long])
}
