//! # What
//!
//! A procedure has a way back, and a step of it destroys or publishes what no way back can restore: it drops a database,
//! deletes volumes, overwrites a remote branch, publishes a package. It has no `undo`, and does not say why that is fine.
//!
//! # Why
//!
//! When a later step fails the rollback runs, and reports that all is as it was. It is not.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     rollback_procedure: E2
//!     steps:
//!       - { step: 1, command: dropdb orders }
//!       - { step: 2, command: ./load.sh orders }
//!   - id: E2
//!     steps: [{ step: 1, command: ./unload.sh orders }]
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     rollback_procedure: E2
//!     steps:
//!       - { step: 1, command: dropdb orders, irreversible: the data was moved to the archive last year }
//!       - { step: 2, command: ./load.sh orders }
//!   - id: E2
//!     steps: [{ step: 1, command: ./unload.sh orders }]
//! ```
//!
//! # Exceptions
//!
//! The last step: nothing behind it can fail. What the procedure has made itself, rollbacks, final steps, and steps that
//! say `irreversible`. Where there is no way back at all `missing-rollback` says so.

use std::ops::Range;

use rustc_hash::{FxHashMap, FxHashSet};

use super::super::command::{Simple, Word};
use super::super::commands::{CommandText, Role};
use super::super::program::{Program, program};
use super::super::{Context, Lint, ways_back};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::EdgeKind;
use crate::model::{At, Procedure, Spanned, Step};

/// `irreversible-step`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "irreversible-step",
        code: "R0139",
        level: Level::Warning,
        summary: "a step does what its rollback can't take back",
        source: include_str!("irreversible_step.rs"),
    },
    check,
};

/// Words of SQL that destroy, each with the one that must follow.
const SQL: [(&str, &[&str]); 2] = [("drop", &["table", "database", "schema"]), ("truncate", &[])];

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let graph = context.graph;
    let mut commands: FxHashMap<At, &CommandText<'_>> = FxHashMap::default();
    for command in context.commands().iter().filter(|command| command.role == Role::Run) {
        commands.insert(command.at, command);
    }
    for (index, procedure) in graph.procedures() {
        let is_rollback = graph.referrers(index).any(|(edge, _)| edge.kind == EdgeKind::RollsBackTo);
        let Some(promise) = promise(context, procedure).filter(|_| !is_rollback) else { continue };
        let is_last = |position: usize| {
            !graph.order(index).is_graph
                && position + 1 == procedure.steps.len()
                && procedure.postconditions.is_empty()
        };
        let mut made: FxHashSet<&str> = FxHashSet::default();
        for (position, step) in procedure.steps.iter().enumerate() {
            let of_action = || ways_back::action(graph, step).map(|action| action.command.at);
            let at = step.command.as_ref().map(|command| command.at).or_else(of_action);
            let Some(command) = at.and_then(|at| commands.get(&at)) else { continue };
            if !is_last(position)
                && !is_explained(context, step)
                && let Some((range, what)) = destroys(command, &made)
            {
                found(
                    Diagnostic::new(
                        &LINT.info,
                        context.part(command.at, range),
                        format!("this {what}, and no rollback brings it back"),
                    )
                    .label("has no `undo`, and does not say that it needs none")
                    .related(context.place(promise), "promises a way back")
                    .help("give the step an `undo`, or say why it is `irreversible`"),
                );
            }
            collect(command, &mut made);
        }
    }
}

/// Where a procedure promises that it is taken back.
fn promise(context: &Context<'_>, procedure: &Procedure) -> Option<At> {
    let rollback = procedure.rollback_procedure.as_ref().map(|rollback| rollback.at);
    let undo = || {
        procedure.steps.iter().find_map(|step| {
            let own = step.undo.as_ref().map(|undo| undo.at);
            own.or_else(|| Some(ways_back::action(context.graph, step)?.undo.as_ref()?.at))
        })
    };
    rollback.or_else(undo)
}

fn is_explained(context: &Context<'_>, step: &Spanned<Step>) -> bool {
    let action = ways_back::action(context.graph, step);
    step.undo.is_some()
        || step.irreversible.is_some()
        || action.is_some_and(|action| action.undo.is_some() || action.irreversible.is_some())
}

/// What a command makes, as it is spelt: what is its own it may destroy.
fn collect<'c>(command: &'c CommandText<'_>, made: &mut FxHashSet<&'c str>) {
    let Some(script) = command.script() else { return };
    script.each_simple(&mut |simple| {
        if let Some(program) = program(simple) {
            let creates = ["createdb", "lvcreate"].contains(&program.name)
                || program.arguments.iter().take(2).any(|word| word.text() == Some("create"));
            if creates {
                made.extend(program.arguments.last().map(|word| &command.text[word.at.clone()]));
            }
        }
    });
}

/// The part of a command that destroys or publishes, and what that is.
fn destroys(command: &CommandText<'_>, made: &FxHashSet<&str>) -> Option<(Range<usize>, &'static str)> {
    let mut found = None;
    command.script()?.each_simple(&mut |simple: &Simple| {
        let Some(program) = program(simple).filter(|_| found.is_none()) else { return };
        let last = program.arguments.last().map(|word| &command.text[word.at.clone()]);
        let is_own = last.is_some_and(|last| made.contains(last));
        if !is_own {
            found = of_program(&program).map(|(words, what)| {
                let end = program.arguments[..words].last().map_or(program.word.at.end, |word| word.at.end);
                (program.word.at.start..end, what)
            });
        }
    });
    found
}

/// How many arguments say that a program destroys, and what it does.
fn of_program(program: &Program<'_>) -> Option<(usize, &'static str)> {
    let text = |at: usize| program.arguments.get(at).and_then(Word::text).unwrap_or_default();
    let has = |option: &str| program.arguments.iter().any(|word| word.text() == Some(option));
    let asks_only =
        program.arguments.iter().any(|word| word.lead.starts_with("--dry-run") || word.lead == "--help");
    if asks_only {
        return None;
    }
    let words = match program.name {
        "dropdb" => return Some((0, "drops a database")),
        "shred" | "wipefs" => return Some((0, "destroys what is stored")),
        name if name == "mkfs" || name.starts_with("mkfs.") => return Some((0, "destroys what is stored")),
        "psql" | "mysql" | "mariadb" | "sqlite3" | "sqlcmd" => {
            let at = program.arguments.iter().position(|word| word.text().is_some_and(drops))?;
            return Some((at + 1, "drops what is stored"));
        }
        "redis-cli" => {
            let flush = |word: &Word| {
                word.text()
                    .is_some_and(|it| ["flushall", "flushdb"].contains(&it.to_ascii_lowercase().as_str()))
            };
            let at = program.arguments.iter().position(flush)?;
            return Some((at + 1, "drops what is stored"));
        }
        "git" if text(0) == "push" && (has("--force") || has("-f")) => {
            return Some((1, "overwrites a remote branch"));
        }
        "npm" | "cargo" | "pnpm" if text(0) == "publish" => return Some((1, "publishes a package")),
        "twine" if text(0) == "upload" => return Some((1, "publishes a package")),
        "gem" if text(0) == "push" => return Some((1, "publishes a package")),
        "terraform" | "tofu" if text(0) == "destroy" => 1,
        "docker" | "podman" if text(0) == "volume" && ["rm", "remove", "prune"].contains(&text(1)) => 2,
        "kubectl" if text(0) == "delete" => {
            let kinds = ["pvc", "pv", "persistentvolumeclaim", "persistentvolume", "namespace", "ns"];
            if !kinds.contains(&text(1)) {
                return None;
            }
            2
        }
        "aws" if text(0) == "s3" && (text(1) == "rb" || (text(1) == "rm" && has("--recursive"))) => 2,
        "zfs" | "zpool" if text(0) == "destroy" => 1,
        "lvremove" | "vgremove" => 0,
        _ => return None,
    };
    Some((words, "deletes what is stored"))
}

/// True for a text of SQL with a statement that destroys.
fn drops(sql: &str) -> bool {
    sql.split(';').any(|statement| {
        let mut words = statement.split_whitespace().map(str::to_ascii_lowercase);
        let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let third = words.next().unwrap_or_default();
        // `DROP TABLE IF EXISTS` clears what may be left over of an earlier run.
        SQL.iter().any(|(verb, what)| {
            first == *verb && (what.is_empty() || (what.contains(&second.as_str()) && third != "if"))
        })
    })
}
