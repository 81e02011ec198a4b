//! # What
//!
//! Some functional requirements are served, by the `satisfies` of a constraint, decision, procedure, step or monitor, and
//! this one by nothing; and the same of those that are not functional.
//!
//! # Why
//!
//! Whoever traces requirements reads what is not served as forgotten.
//!
//! # Bad
//!
//! ```yaml L2-system.yaml
//! requirements:
//!   functional:
//!     - { id: FR1, description: Orders can be placed until six }
//!     - { id: FR2, description: Orders can be taken back }
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - { id: E1, satisfies: [FR1], steps: [{ step: 1, command: ./open.sh, undo: ./close.sh }] }
//! ```
//!
//! # Good
//!
//! ```yaml L2-system.yaml
//! requirements:
//!   functional:
//!     - { id: FR1, description: Orders can be placed until six }
//!     - { id: FR2, description: Orders can be taken back }
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - { id: E1, satisfies: [FR1, FR2], steps: [{ step: 1, command: ./open.sh, undo: ./close.sh }] }
//! ```
//!
//! # Exceptions
//!
//! Where no requirement of the same list is served at all: there, they are not traced.

use rustc_hash::FxHashSet;

use super::super::trace::{self, Links};
use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::EntityKind;
use crate::model::{At, Layer};

/// `requirement-unserved`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "requirement-unserved",
        code: "R0170",
        level: Level::Warning,
        summary: "nothing says that it serves a requirement, where others are served",
        source: include_str!("requirement_unserved.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    if trace::links(context) != Links::Some {
        return;
    }
    let functional = functional(context);
    for is_functional in [true, false] {
        let all = context.graph.of_kind(EntityKind::Requirement);
        let all = all.filter(|(_, requirement)| functional.contains(&requirement.at) == is_functional);
        let (served, unserved): (Vec<_>, Vec<_>) =
            all.partition(|(index, _)| trace::is_served(context, *index));
        for (_, requirement) in unserved.into_iter().filter(|_| !served.is_empty()) {
            let message = format!("nothing says that it serves requirement `{}`", requirement.id);
            let help =
                format!("name it under `satisfies` of what serves it: `satisfies: [{}]`", requirement.id);
            found(Diagnostic::new(&LINT.info, context.place(requirement.at), message).help(help));
        }
    }
}

/// Where the ids of functional requirements stand.
fn functional(context: &Context<'_>) -> FxHashSet<At> {
    let layers = context.rules.files().iter().filter_map(|loaded| match &loaded.document.body {
        Layer::Understanding(understanding) => understanding.requirements.as_ref(),
        _ => None,
    });
    layers.flat_map(|requirements| &requirements.functional).map(|requirement| requirement.id.at).collect()
}
