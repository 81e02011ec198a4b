//! # What
//!
//! A procedure writes to paths that `always_review_categories` of L3 names, and starts without an approval.
//!
//! # Why
//!
//! The rules promise that a second person has looked. Without an `approval` nobody is asked.
//!
//! # Bad
//!
//! ```toml L3-limits.toml
//! [executor]
//! always_review_categories = ["migrations/**"]
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     writes: [migrations/*.sql]
//!     steps:
//!       - { step: 1, command: ./generate.sh, undo: ./generate.sh --undo }
//! ```
//!
//! # Good
//!
//! ```toml L3-limits.toml
//! [executor]
//! always_review_categories = ["migrations/**"]
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     writes: [migrations/*.sql]
//!     approval: { roles: [owner], reason: The data changes its shape. }
//!     steps:
//!       - { step: 1, command: ./generate.sh, undo: ./generate.sh --undo }
//! ```
//!
//! # Exceptions
//!
//! A procedure that only runs as a part of others which have an approval.

use super::super::{Context, Lint, policy};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::model::{At, Procedure, StepKind, Text};
use crate::plan::paths::{Boundary, Verdict, written};

/// `review-required`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "review-required",
        code: "R0161",
        level: Level::Error,
        summary: "a procedure writes what L3 wants reviewed, and nobody approves it",
        source: include_str!("review_required.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let categories: Vec<&Text> = policy::executors(context.rules)
        .flat_map(|executor| executor.always_review_categories.iter())
        .collect();
    if categories.is_empty() {
        return;
    }
    let globs: Vec<String> = categories.iter().map(|category| category.value.clone()).collect();
    let reviewed = Boundary::new(&[], &globs);
    // An approval that a called procedure asks for is lost, and a finding of its own.
    let entries = context.graph.procedures().filter(|(index, procedure)| {
        procedure.approval.is_none() && policy::callers(context.graph, *index).next().is_none()
    });
    let entries = entries.map(|(index, procedure)| (index, procedure, procedure));
    for (_, procedure, entry) in policy::with_parts(context.graph, entries) {
        if procedure.approval.is_some() {
            continue;
        }
        let Some((at, path, category)) = first_reviewed(procedure, &reviewed) else { continue };
        let message = format!("`{path}` is always reviewed, and nobody approves `{}`", entry.id.value);
        let mut diagnostic = Diagnostic::new(&LINT.info, context.place(at), message);
        if let Some(category) = categories.iter().find(|known| known.value == category) {
            diagnostic = diagnostic.related(context.place(category.at), "a review is demanded here");
        }
        found(
            diagnostic
                .related(context.place(entry.id.at), "starts without an approval")
                .help("give the procedure `approval: { roles: [ROLE], reason: WHY }`"),
        );
    }
}

/// The first path that a procedure writes and that is reviewed, and the glob that says so.
fn first_reviewed<'b>(procedure: &Procedure, reviewed: &'b Boundary) -> Option<(At, String, &'b str)> {
    let hit = |verdict: Verdict<'b>| match verdict {
        Verdict::Forbidden(glob) => Some(glob),
        Verdict::Allowed | Verdict::Outside => None,
    };
    let said = procedure
        .writes
        .iter()
        .find_map(|glob| Some((glob.at, glob.value.clone(), hit(reviewed.judge_glob(&glob.value))?)));
    said.or_else(|| {
        policy::steps(procedure).find_map(|step| {
            let Some(StepKind::File(file)) = step.kind() else { return None };
            let dir = step.working_dir.as_ref().map(|dir| dir.value.as_str());
            let path = written(dir, &file.path.value);
            let glob = hit(reviewed.judge(&path))?;
            Some((file.path.at, path, glob))
        })
    })
}
