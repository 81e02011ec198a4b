//! # What
//!
//! A command packs or dumps something, and then, on a line of its own or behind a `;`, deletes old files by their age:
//! `find ... -mtime +30 -delete`. The deletion runs even if the backup failed.
//!
//! # Why
//!
//! When backups fail for as long as the files may be old, the last good one is deleted, by the procedure that should have
//! made a new one.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - step: 1
//!         command: |
//!           tar -czf backups/today.tar.gz data
//!           find backups -name '*.tar.gz' -mtime +30 -delete
//!         timeout: 60
//!         irreversible: old backups are gone
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - step: 1
//!         command: |
//!           tar -czf backups/today.tar.gz data &&
//!             tar -tzf backups/today.tar.gz > /dev/null &&
//!             find backups -name '*.tar.gz' -mtime +30 -delete
//!         timeout: 60
//!         irreversible: old backups are gone
//! ```
//!
//! # Exceptions
//!
//! A script that begins with `set -e`, and steps of their own: a step that fails keeps the next one from running.

use std::ops::Range;

use super::super::command::{Item, List, Place, Simple};
use super::super::program::{Program, program};
use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};

/// `prune-without-proof`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "prune-without-proof",
        code: "R0381",
        level: Level::Warning,
        summary: "old backups are deleted whether or not there is a new one",
        source: include_str!("prune_without_proof.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for command in context.commands() {
        let Some(script) = command.script() else { continue };
        let Some((made, deleted)) = blind(script) else { continue };
        let message = "deletes old files whether or not the new one was made";
        found(
            Diagnostic::new(&LINT.info, context.part(command.at, deleted), message)
                .related(context.part(command.at, made), "this may have failed")
                .help("join the two with `&&`, and read the new file back between them"),
        );
    }
}

/// What makes a backup, and what deletes old ones in a later chain.
fn blind(script: &List) -> Option<(Range<usize>, Range<usize>)> {
    let mut made: Option<Range<usize>> = None;
    for item in &script.items {
        let mut here: Option<Range<usize>> = None;
        let mut stops = false;
        let mut deleted = None;
        each(item, &mut |simple| {
            let Some(program) = program(simple) else { return };
            stops |= program.name == "set" && program.has_option('e', &[]);
            if makes(&program) {
                here = Some(program.word.at.clone());
            } else if deletes(&program) && here.is_none() {
                deleted = Some(program.word.at.clone());
            }
        });
        if stops {
            return None;
        }
        if let (Some(made), Some(deleted)) = (&made, deleted) {
            return Some((made.clone(), deleted));
        }
        made = here.or(made);
    }
    None
}

fn each(item: &Item, visit: &mut dyn FnMut(&Simple)) {
    let list = List { items: vec![item.clone()] };
    list.each(&mut |command, _: Place| {
        if let Some(simple) = command.as_simple() {
            visit(simple);
        }
    });
}

fn makes(program: &Program<'_>) -> bool {
    let first = program.arguments.first().and_then(|word| word.text()).unwrap_or_default();
    match program.name {
        "tar" => {
            let bundled = first.trim_start_matches('-');
            (!first.starts_with("--") && bundled.starts_with('c')) || program.has_option('c', &["--create"])
        }
        "pg_dump" | "pg_dumpall" | "mysqldump" | "mongodump" => true,
        _ => false,
    }
}

fn deletes(program: &Program<'_>) -> bool {
    let has = |word: &str| program.arguments.iter().any(|argument| argument.text() == Some(word));
    program.name == "find" && has("-delete") && (has("-mtime") || has("-ctime") || has("-mmin"))
}
