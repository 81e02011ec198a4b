//! # What
//!
//! No step and no action takes any of a resource.
//!
//! # Why
//!
//! Its capacity bounds nothing: what uses it runs at once as much as it likes.
//!
//! # Bad
//!
//! ```yaml L2-system.yaml
//! context:
//!   resources:
//!     oven-slots: { capacity: 4 }
//! ```
//!
//! # Good
//!
//! ```yaml L2-system.yaml
//! context:
//!   resources:
//!     oven-slots: { capacity: 4 }
//! ```
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps: [{ step: 1, command: ./bake.sh, undo: ./throw-away.sh, resources: { oven-slots: 2 } }]
//! ```

use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::{EdgeKind, EntityKind};

/// `unused-resource`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "unused-resource",
        code: "R0281",
        level: Level::Note,
        summary: "no step takes any of a resource",
        source: include_str!("unused_resource.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for (index, resource) in context.graph.of_kind(EntityKind::Resource) {
        if context.graph.referrers(index).any(|(edge, _)| edge.kind == EdgeKind::Takes) {
            continue;
        }
        let message = format!("nothing takes any of `{}`", resource.id);
        let help = format!("say what steps or actions take: `resources: {{{}: UNITS}}`", resource.id);
        found(Diagnostic::new(&LINT.info, context.place(resource.at), message).help(help));
    }
}
