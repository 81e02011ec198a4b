//! # What
//!
//! A step says `on_failure: rollback`, but the procedure has no `rollback_procedure`, and neither the step nor one before
//! it has an `undo`.
//!
//! # Why
//!
//! The author counts on being brought back to where it started, and the run just ends.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: ./migrate.sh up, on_failure: rollback }
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: ./migrate.sh up, undo: ./migrate.sh down, on_failure: rollback }
//! ```

use super::super::ways_back::{self, WayBack};
use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};

/// `nothing-to-roll-back`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "nothing-to-roll-back",
        code: "R0052",
        level: Level::Error,
        summary: "a step asks for a rollback where there is none",
        source: include_str!("nothing_to_roll_back.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for (index, procedure) in context.graph.procedures() {
        let WayBack::AskedForInVain(steps) = ways_back::of(context, index, procedure) else { continue };
        for step in steps {
            let Some(on_failure) = &step.on_failure else { continue };
            let message = format!("`{}` has nothing to roll back to", procedure.id.value);
            found(
                Diagnostic::new(&LINT.info, context.place(on_failure.at), message)
                    .label("a rollback is asked for here")
                    .related(context.place(procedure.id.at), "has no `rollback_procedure`")
                    .help("name a `rollback_procedure`, or give the steps up to here an `undo`"),
            );
        }
    }
}
