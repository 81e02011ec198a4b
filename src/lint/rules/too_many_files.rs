//! # What
//!
//! A procedure writes more files than `max_files_touched` of L3 allows: those of its `file` steps, of the procedures
//! that it runs, and those that its `writes` name one by one.
//!
//! # Why
//!
//! A change that touches more than the rules allow is to be split, so that each part can be looked through and taken
//! back.
//!
//! # Bad
//!
//! ```toml L3-limits.toml
//! [executor.constraints]
//! max_files_touched = 1
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, file: { path: orders.conf, content: "port = 8080" } }
//!       - { step: 2, file: { path: ovens.conf, content: "port = 8081" } }
//! ```
//!
//! # Good
//!
//! ```toml L3-limits.toml
//! [executor.constraints]
//! max_files_touched = 2
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, file: { path: orders.conf, content: "port = 8080" } }
//!       - { step: 2, file: { path: ovens.conf, content: "port = 8081" } }
//! ```
//!
//! # Exceptions
//!
//! What commands write, and how many files a glob stands for, is not known and not counted.

use std::collections::BTreeSet;

use petgraph::graph::NodeIndex;

use super::super::{Context, Lint, policy};
use crate::diagnostic::{Diagnostic, Level, RuleInfo, plural};
use crate::graph::Graph;
use crate::model::{Procedure, Spanned, StepKind};
use crate::plan::paths::written;

/// `too-many-files`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "too-many-files",
        code: "R0163",
        level: Level::Error,
        summary: "a procedure writes more files than L3 allows",
        source: include_str!("too_many_files.rs"),
    },
    check,
};

/// How many procedures are followed from one: enough for what people write.
const FOLLOWED: usize = 200;

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let limits = policy::executors(context.rules)
        .filter_map(|executor| executor.constraints.as_ref()?.max_files_touched);
    let Some(limit) = limits.min_by_key(|limit| limit.value) else { return };
    let most = limit.value as usize;
    for (index, procedure) in context.graph.procedures() {
        let files = files(context.graph, index, procedure);
        if files.len() <= most {
            continue;
        }
        let message = format!("`{}` writes {} > {most}", procedure.id.value, plural(files.len(), "file"));
        let named: Vec<String> = files.iter().take(4).map(|file| format!("`{file}`")).collect();
        let more = if files.len() > named.len() { ", ..." } else { "" };
        found(
            Diagnostic::new(&LINT.info, context.place(procedure.id.at), message)
                .label(format!("writes {}{more}", named.join(", ")))
                .related(context.place(limit.at), "the limit is stated here")
                .help("split the procedure, or raise the limit"),
        );
    }
}

/// The files that a procedure and its parts surely write.
fn files(graph: &Graph<'_>, index: NodeIndex, procedure: &Spanned<Procedure>) -> BTreeSet<String> {
    let mut files = BTreeSet::new();
    let mut waiting = vec![procedure];
    let mut seen = BTreeSet::from([index]);
    while let Some(procedure) = waiting.pop() {
        let literal = procedure.writes.iter().filter(|glob| !glob.value.contains(['*', '?', '[', '{', '\\']));
        let literal = literal.filter(|path| !path.value.ends_with('/'));
        files.extend(literal.map(|path| written(None, &path.value)));
        for step in policy::steps(procedure) {
            if let Some(StepKind::File(file)) = step.kind() {
                let dir = step.working_dir.as_ref().map(|dir| dir.value.as_str());
                files.insert(written(dir, &file.path.value));
            }
        }
        for (called, part) in policy::called(graph, procedure) {
            if seen.len() < FOLLOWED && seen.insert(called) {
                waiting.push(part);
            }
        }
    }
    files
}
