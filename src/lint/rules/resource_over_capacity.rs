//! # What
//!
//! A step or an action takes more of a resource than there is.
//!
//! # Why
//!
//! It can never start: there will never be enough, however long it waits.
//!
//! # Bad
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
//!     steps: [{ step: 1, command: ./bake.sh, undo: ./throw-away.sh, resources: { oven-slots: 6 } }]
//! ```
//!
//! # Good
//!
//! ```yaml L2-system.yaml
//! context:
//!   resources:
//!     oven-slots: { capacity: 8 }
//! ```
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps: [{ step: 1, command: ./bake.sh, undo: ./throw-away.sh, resources: { oven-slots: 6 } }]
//! ```

use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::Item;

/// `resource-over-capacity`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "resource-over-capacity",
        code: "R0280",
        level: Level::Error,
        summary: "a step takes more of a resource than there is",
        source: include_str!("resource_over_capacity.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for (_, entity) in context.graph.entities() {
        let (what, taken) = match entity.item {
            Item::Step(step, _) => ("step", &step.resources),
            Item::Action(action, _) => ("action", &action.resources),
            _ => continue,
        };
        for entry in taken {
            let target = context.graph.target(entry.name.at);
            let Some(Item::Resource(resource)) = target.map(|entity| entity.item) else { continue };
            let (units, there) = (entry.value.value.0, resource.capacity.value.0);
            if units <= there {
                continue;
            }
            let (name, of) = (&entry.name.value, resource.unit.as_ref().map_or("units", |unit| &unit.value));
            let message = format!("{what} `{}` takes {units} {of} of `{name}`: {units} > {there}", entity.id);
            found(
                Diagnostic::new(&LINT.info, context.place(entry.value.at), message)
                    .label("never starts")
                    .related(context.place(resource.capacity.at), format!("there are {there}"))
                    .help("let it take less at a time, or provide more"),
            );
        }
    }
}
