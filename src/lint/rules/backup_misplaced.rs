//! # What
//!
//! The folder in which L3 wants backups kept cannot be used, or L3 itself says that no procedure may write there: its
//! path leads through `..`, is the folder of the run itself or the root of all folders, or `forbidden_paths` or
//! `read_only_paths` name it.
//!
//! # Why
//!
//! No run writes a file before it has a place for what was there. And of two rules about one folder, whoever reads the
//! one is sure of the opposite of what happens.
//!
//! # Bad
//!
//! ```toml L3-limits.toml
//! [executor]
//! forbidden_paths = ["ops/**"]
//! backups = { location = "ops/backups" }
//! ```
//!
//! # Good
//!
//! ```toml L3-limits.toml
//! [executor]
//! forbidden_paths = ["ops/**"]
//! backups = { location = "run/backups" }
//! ```
//!
//! # Exceptions
//!
//! `allowed_paths`: they say what procedures may write, and it is the run that keeps the backups.

use super::super::{Context, Lint, policy};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::model::{Executor, PathList, Text};
use crate::plan::paths::{Boundary, Verdict, folder_fault, written};

/// `backup-misplaced`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "backup-misplaced",
        code: "R0420",
        level: Level::Error,
        summary: "the folder of the backups cannot be used, or may not be written to",
        source: include_str!("backup_misplaced.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for executor in policy::executors(context.rules) {
        let location = executor.backups.as_ref().and_then(|backups| backups.location.as_ref());
        let Some(location) = location else { continue };
        if let Some(fault) = folder_fault(&location.value) {
            let message = format!("`{}` {fault}", location.value);
            found(
                Diagnostic::new(&LINT.info, context.place(location.at), message)
                    .help("name a folder of its own, from the folder of the run and without `..`"),
            );
        } else if let Some((list, glob)) = forbidding(executor, &location.value) {
            let said = if list == PathList::ForbiddenPaths { "forbids" } else { "makes read-only" };
            let message =
                format!("the backups are kept in `{}`, which `{}` {said}", location.value, glob.value);
            found(
                Diagnostic::new(&LINT.info, context.place(location.at), message)
                    .related(context.place(glob.at), "no procedure may write there")
                    .help("name another folder, or change what L3 says of this one"),
            );
        }
    }
}

/// What says that nobody may write a backup in this folder.
fn forbidding<'e>(executor: &'e Executor, location: &str) -> Option<(PathList, &'e Text)> {
    let globs = |list: PathList| -> Vec<String> {
        executor.paths(list).iter().map(|text| text.value.clone()).collect()
    };
    let lists: Vec<_> = executor.precedence().into_iter().map(|list| (list, globs(list))).collect();
    let boundary = Boundary::of(lists.iter().map(|(list, globs)| (*list, globs.as_slice())));
    // What is in it: a glob such as `backups/**` names that, and one of the folder itself does not.
    let (list, glob) = match boundary.judge(&format!("{}/0/0", written(None, location))) {
        Verdict::Forbidden(glob) => (PathList::ForbiddenPaths, glob),
        Verdict::ReadOnly(glob) => (PathList::ReadOnlyPaths, glob),
        Verdict::Allowed | Verdict::Outside => return None,
    };
    Some((list, executor.paths(list).iter().find(|text| text.value == glob)?))
}
