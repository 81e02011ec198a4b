//! # What
//!
//! A path that a procedure changes is named by `automatic_paths` and by `manual_paths` of L3, or both lists have the same
//! glob.
//!
//! # Why
//!
//! Either the rollback puts the old file back, or it leaves that to a person. With both, whoever reads one list is
//! sure of the opposite of what happens.
//!
//! # Bad
//!
//! ```yaml L3-limits.yaml
//! executor:
//!   rollback:
//!     automatic_paths: ["**"]
//!     manual_paths: ["migrations/**"]
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, file: { path: migrations/1.sql, content: "select 1;" }, timeout: 5 }
//! ```
//!
//! # Good
//!
//! ```yaml L3-limits.yaml
//! executor:
//!   rollback:
//!     automatic_paths: ["services/**"]
//!     manual_paths: ["migrations/**"]
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, file: { path: migrations/1.sql, content: "select 1;" }, timeout: 5 }
//! ```
//!
//! # Exceptions
//!
//! Globs that may overlap, and of which no procedure changes a path that both name.

use super::super::{Context, Lint, policy};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::model::Text;
use crate::plan::gate;
use crate::scalar::Glob;

/// `rollback-mode-conflict`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "rollback-mode-conflict",
        code: "R0343",
        level: Level::Error,
        summary: "a file is to be taken back by the run, and by a person only",
        source: include_str!("rollback_mode_conflict.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let policies: Vec<_> =
        policy::executors(context.rules).filter_map(|executor| executor.rollback.as_ref()).collect();
    let automatic = globs(policies.iter().flat_map(|policy| policy.automatic_paths.iter()));
    let manual = globs(policies.iter().flat_map(|policy| policy.manual_paths.iter()));
    for (by_hand, _) in &manual {
        let Some((by_run, _)) = automatic.iter().find(|(other, _)| other.value == by_hand.value) else {
            continue;
        };
        let message = format!("`{}` is taken back by the run, and by a person only", by_hand.value);
        found(
            Diagnostic::new(&LINT.info, context.place(by_hand.at), message)
                .label("by a person")
                .related(context.place(by_run.at), "by the run")
                .help("name it in one of both lists"),
        );
    }
    if automatic.is_empty() || manual.is_empty() {
        return;
    }
    for (index, procedure) in context.graph.procedures() {
        for change in gate::changes(context.graph, index, procedure) {
            let named = |globs: &[(&'_ Text, Glob)]| {
                globs
                    .iter()
                    .find(|(_, glob)| glob.matches(&change.path))
                    .map(|(text, _)| (text.at, text.value.clone()))
            };
            let (Some((run_at, by_run)), Some((hand_at, by_hand))) = (named(&automatic), named(&manual))
            else {
                continue;
            };
            if by_run == by_hand {
                continue;
            }
            let message = format!("`{}` is taken back by the run, and by a person only", change.path);
            found(
                Diagnostic::new(&LINT.info, context.place(change.at), message)
                    .related(context.place(run_at), "by the run")
                    .related(context.place(hand_at), "by a person")
                    .help("let only one of both lists name it"),
            );
        }
    }
}

fn globs<'a>(texts: impl Iterator<Item = &'a Text>) -> Vec<(&'a Text, Glob)> {
    texts.filter_map(|text| Some((text, Glob::parse(&text.value).ok()?))).collect()
}
