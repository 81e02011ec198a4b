//! # What
//!
//! A step writes into the folder in which L3 wants backups kept, or removes it: the path of a `file` step, what a
//! procedure `writes`, where the output of a command goes, and what `rm`, `mv`, `cp` and their like are given.
//!
//! # Why
//!
//! The backup is the only way back of a `file` step. One that a later step writes over or removes is missed in the very
//! run that needs it.
//!
//! # Bad
//!
//! ```toml L3-limits.toml
//! [executor]
//! backups = { location = "build/backups" }
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: rm -rf build, timeout: 5, undo: ./build.sh }
//! ```
//!
//! # Good
//!
//! ```toml L3-limits.toml
//! [executor]
//! backups = { location = "run/backups" }
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: rm -rf build, timeout: 5, undo: ./build.sh }
//! ```
//!
//! # Exceptions
//!
//! Making the folder itself. Paths that are known only when the command runs, and paths from a folder that the command
//! itself changes to.

use super::super::targets::targets;
use super::super::{Context, Lint, policy};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::model::{At, StepKind, Text};
use crate::plan::paths::{folder_fault, written};
use crate::source::Location;

/// `backup-overwritten`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "backup-overwritten",
        code: "R0421",
        level: Level::Error,
        summary: "a step writes into the folder of the backups, or removes it",
        source: include_str!("backup_overwritten.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    // The first file that says where counts.
    let policies = policy::executors(context.rules).filter_map(|executor| executor.backups.as_ref());
    let location = policies.filter_map(|backups| backups.location.as_ref()).next();
    let Some(location) = location.filter(|location| folder_fault(&location.value).is_none()) else { return };
    let folder = written(None, &location.value);
    let mut report = |place: Location, path: &str, is_whole: bool| {
        let message = if is_below(path, &folder) {
            format!("this writes to `{path}`, where the backups are kept")
        } else if is_whole && (path == folder || is_below(&folder, path)) {
            format!("this removes `{path}`, and the backups in `{folder}` with it")
        } else {
            return;
        };
        found(
            Diagnostic::new(&LINT.info, place, message)
                .related(context.place(location.at), "the backups of all runs")
                .help("write elsewhere, or keep the backups in a folder that no step touches"),
        );
    };
    for (path, at) in files(context) {
        // A file cannot be where the folder is.
        let path = if path == folder { format!("{path}/") } else { path };
        report(context.place(at), &path, false);
    }
    for command in context.commands() {
        for target in targets(command) {
            report(context.part(command.at, target.at), &target.path, target.is_whole);
        }
    }
}

/// What steps of the kind `file` write, and what procedures say that they write.
fn files(context: &Context<'_>) -> Vec<(String, At)> {
    let mut paths = Vec::new();
    for (_, procedure) in context.graph.procedures() {
        let said = |text: &Text| (written(None, &text.value), text.at);
        paths.extend(procedure.writes.iter().map(said));
        for step in policy::steps(procedure) {
            if let Some(StepKind::File(file)) = step.kind() {
                let dir = step.working_dir.as_ref().map(|dir| dir.value.as_str());
                paths.push((written(dir, &file.path.value), file.path.at));
            }
        }
    }
    paths
}

/// True for a path below a folder.
fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}
