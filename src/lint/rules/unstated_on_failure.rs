//! # What
//!
//! Steps of a procedure say nothing of what happens when they fail.
//!
//! # Why
//!
//! They abort the run, which is the default; whether the author has thought of it, nobody can see.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: ./report.sh, read_only: true }
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, command: ./report.sh, read_only: true, on_failure: abort }
//! ```

use super::super::ways_back;
use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::model::{Step, StepKind};

/// `unstated-on-failure`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "unstated-on-failure",
        code: "R0054",
        level: Level::Note,
        summary: "steps do not say what happens when they fail",
        source: include_str!("unstated_on_failure.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for (_, procedure) in context.graph.procedures() {
        // A called procedure's steps speak for themselves.
        let speaks = |step: &Step| !matches!(step.kind(), None | Some(StepKind::Run(_)));
        let silent: Vec<_> =
            procedure.steps.iter().filter(|step| step.on_failure.is_none() && speaks(step)).collect();
        let Some(first) = silent.first() else { continue };
        let message = match silent.len() {
            1 => format!("a step of `{}` does not say what happens when it fails", procedure.id.value),
            count => {
                format!("{count} steps of `{}` do not say what happens when they fail", procedure.id.value)
            }
        };
        found(
            Diagnostic::new(&LINT.info, context.place(ways_back::shown_at(first)), message)
                .label(if silent.len() == 1 { "says nothing" } else { "the first of them" })
                .help("say `on_failure: abort`, or what else is meant"),
        );
    }
}
