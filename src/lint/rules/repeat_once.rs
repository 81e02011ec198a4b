//! # What
//!
//! A step is to be repeated, with `max: 1`: one round, and then the step itself asks.
//!
//! # Why
//!
//! Nothing is ever repeated. A `delay` or `deadline` beside it counts for nothing, and whoever reads `repeat` believes in
//! further rounds.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { id: knead, command: ./knead.sh, read_only: true, repeat: { until: test -e smooth, max: 1, delay: 5s } }
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { id: knead, command: ./knead.sh, read_only: true, repeat: { until: test -e smooth, max: 3, delay: 5s } }
//! ```

use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::Item;

/// `repeat-once`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "repeat-once",
        code: "R0300",
        level: Level::Warning,
        summary: "a repeated step has one round",
        source: include_str!("repeat_once.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for (_, entity) in context.graph.entities() {
        let Item::Procedure(procedure) = entity.item else { continue };
        for step in procedure.steps.iter().chain(procedure.finally.iter()) {
            if let Some(repeat) = step.repeat.as_ref().filter(|repeat| repeat.max.value == 1) {
                found(
                    Diagnostic::new(
                        &LINT.info,
                        context.place(repeat.max.at),
                        "a single round repeats nothing",
                    )
                    .label("the first round is the last")
                    .help("raise `max`, or write `until` as the step's `verify`"),
                );
            }
        }
    }
}
