//! # What
//!
//! A procedure writes more lines to files than `max_patch_lines` of L3, counted where the rules have the content.
//!
//! # Why
//!
//! A change that nobody can read through is not reviewed. What a step copies from a file is known only when it runs: the
//! script counts it there, and refuses what is too much.
//!
//! # Bad
//!
//! ```toml L3-limits.toml
//! [executor.constraints]
//! max_patch_lines = 2
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, file: { path: a.conf, content: "1\n2\n3\n" }, timeout: 5 }
//! ```
//!
//! # Good
//!
//! ```toml L3-limits.toml
//! [executor.constraints]
//! max_patch_lines = 3
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, file: { path: a.conf, content: "1\n2\n3\n" }, timeout: 5 }
//! ```

use super::super::{Context, Lint, policy};
use crate::diagnostic::{Diagnostic, Level, RuleInfo, plural};
use crate::plan::gate;

/// `patch-too-long`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "patch-too-long",
        code: "R0344",
        level: Level::Error,
        summary: "a procedure writes more lines than L3 allows",
        source: include_str!("patch_too_long.rs"),
    },
    check,
};

/// How many files are pointed at.
const SHOWN: usize = 3;

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let limits = policy::executors(context.rules).filter_map(|executor| executor.constraints.as_ref());
    let Some(most) = limits.filter_map(|limits| limits.max_patch_lines).min_by_key(|limit| limit.value)
    else {
        return;
    };
    for (index, procedure) in context.graph.procedures() {
        let mut changes = gate::changes(context.graph, index, procedure);
        let lines = gate::lines(&changes);
        if lines <= most.value as usize {
            continue;
        }
        let message = format!("`{}` writes {} > {}", procedure.id.value, plural(lines, "line"), most.value);
        let mut diagnostic = Diagnostic::new(&LINT.info, context.place(procedure.id.at), message)
            .related(context.place(most.at), "the limit is stated here");
        changes.sort_by_key(|change| std::cmp::Reverse(change.lines));
        for change in changes.iter().filter(|change| change.lines > 0).take(SHOWN) {
            diagnostic = diagnostic.related(context.place(change.at), plural(change.lines, "line"));
        }
        found(diagnostic.help("split the procedure, or raise the limit"));
    }
}
