//! # What
//!
//! A checklist has items, and none of them is `mandatory`.
//!
//! # Why
//!
//! A checklist holds where all its mandatory items do. This one holds whatever is the case.
//!
//! # Bad
//!
//! ```yaml L5-checklists.yaml
//! checklists:
//!   evening:
//!     - { item: the ovens are off }
//!     - { item: the door is locked }
//! ```
//!
//! # Good
//!
//! ```yaml L5-checklists.yaml
//! checklists:
//!   evening:
//!     - { item: the ovens are off, mandatory: true }
//!     - { item: the door is locked }
//! ```

use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::Item;

/// `checklist-cannot-fail`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "checklist-cannot-fail",
        code: "R0074",
        level: Level::Warning,
        summary: "no item of a checklist is mandatory",
        source: include_str!("checklist_cannot_fail.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for (_, entity) in context.graph.entities() {
        let Item::Checklist(items) = entity.item else { continue };
        if items.value.is_empty() || items.value.iter().any(|item| item.is_mandatory()) {
            continue;
        }
        let message = format!("checklist `{}` can't fail: none of its items is mandatory", entity.id);
        found(
            Diagnostic::new(&LINT.info, context.place(entity.at), message)
                .label("holds whatever is the case")
                .help("add `mandatory: true` to the items that decide"),
        );
    }
}
