//! # What
//!
//! A command writes to, or deletes, a path that `forbidden_paths` of L3 lists: where its output goes, and what `rm`,
//! `mv`, `cp`, `mkdir`, `touch`, `tee`, `ln`, `truncate` and their like are given.
//!
//! # Why
//!
//! Files that a step writes with `file` are held against the list when the plan is made, and again when it runs. What a
//! command writes, nothing holds back.
//!
//! # Bad
//!
//! ```toml L3-limits.toml
//! [executor]
//! forbidden_paths = ["/etc/**", "**/.env"]
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: echo '127.0.0.1 orders' >> /etc/hosts, undo: ./forget-host.sh }
//! ```
//!
//! # Good
//!
//! ```toml L3-limits.toml
//! [executor]
//! forbidden_paths = ["/etc/**", "**/.env"]
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: cp /etc/hosts hosts.copy, undo: rm -f hosts.copy }
//! ```
//!
//! # Exceptions
//!
//! Paths that are known only when the command runs, and paths from a folder that the command itself changes to. For
//! what `file` and `writes` name, see `path-not-allowed`.

use super::super::targets::targets;
use super::super::{Context, Lint, policy};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::model::Text;
use crate::scalar::Glob;

/// `path-forbidden`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "path-forbidden",
        code: "R0156",
        level: Level::Error,
        summary: "a command writes to a path that L3 forbids",
        source: include_str!("path_forbidden.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let listed = policy::executors(context.rules).flat_map(|executor| executor.forbidden_paths.iter());
    let forbidden: Vec<(&Text, Glob)> =
        listed.filter_map(|text| Some((text, Glob::parse(&text.value).ok()?))).collect();
    if forbidden.is_empty() {
        return;
    }
    for command in context.commands() {
        for target in targets(command) {
            let path = &target.path;
            let Some((text, _)) = forbidden.iter().find(|(_, glob)| glob.matches(path)) else { continue };
            let message = format!("this writes to `{path}`, which `{}` forbids", text.value);
            found(
                Diagnostic::new(&LINT.info, context.part(command.at, target.at), message)
                    .related(context.place(text.at), "no procedure may write there")
                    .help("write to another path, or change what L3 forbids"),
            );
        }
    }
}
