//! # What
//!
//! No condition of a procedure or checkpoint asks for a checklist.
//!
//! # Why
//!
//! Nothing waits for it. It may be gone through by hand; or it was meant to be a gate and is none.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! checklists:
//!   before_opening: [{ item: the counter is clean, mandatory: true }]
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! checklists:
//!   before_opening: [{ item: the counter is clean, mandatory: true }]
//! procedures:
//!   - id: E1
//!     preconditions: [{ checklist: before_opening }]
//!     steps: [{ step: 1, command: ./open.sh, undo: ./close.sh }]
//! ```

use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::{EdgeKind, EntityKind};

/// `unused-checklist`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "unused-checklist",
        code: "R0173",
        level: Level::Note,
        summary: "no condition asks for a checklist",
        source: include_str!("unused_checklist.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for (index, checklist) in context.graph.of_kind(EntityKind::Checklist) {
        if context.graph.referrers(index).any(|(edge, _)| edge.kind == EdgeKind::Requires) {
            continue;
        }
        let message = format!("no condition asks for checklist `{}`", checklist.id);
        let help = format!("make it a condition of what it is for: `checklist: {}`", checklist.id);
        found(Diagnostic::new(&LINT.info, context.place(checklist.at), message).help(help));
    }
}
