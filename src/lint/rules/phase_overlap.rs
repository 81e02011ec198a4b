//! # What
//!
//! A phase of a timeline starts before an earlier one has ended.
//!
//! # Why
//!
//! Phases follow one another, and a phase that starts when another has ended waits for its tasks. Those of two that
//! overlap run side by side, which is seldom what a table of phases means: mostly one of the two times is wrong.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! timelines:
//!   - id: T1
//!     phases:
//!       - { name: pack, start: 0h, end: 8h }
//!       - { name: move, start: 6h, end: 12h }
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! timelines:
//!   - id: T1
//!     phases:
//!       - { name: pack, start: 0h, end: 8h }
//!       - { name: move, start: 8h, end: 12h }
//! ```
//!
//! # Exceptions
//!
//! A phase that ends before it starts is no measure of the others; `impossible-phase` reports it.

use super::super::{Context, Lint, timelines};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::model::{Phase, Spanned};

/// `phase-overlap`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "phase-overlap",
        code: "R0143",
        level: Level::Warning,
        summary: "a phase starts before an earlier one has ended",
        source: include_str!("phase_overlap.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for timeline in timelines::all(context) {
        let mut phases: Vec<&Spanned<Phase>> = timelines::possible(timeline).collect();
        phases.sort_by_key(|phase| phase.start.value);
        let mut longest: Option<&Spanned<Phase>> = None;
        for phase in phases {
            if let Some(earlier) = longest.filter(|earlier| phase.start.value < earlier.end.value) {
                let (start, end) = (phase.start, earlier.end);
                let name = name(earlier).map_or_else(String::new, |name| format!(" {name}"));
                let message =
                    format!("starts at {}, before the phase{name} ends at {}", start.value, end.value);
                found(
                    Diagnostic::new(&LINT.info, context.place(start.at), message)
                        .label("phases follow one another")
                        .related(context.place(end.at), "the earlier phase ends here")
                        .help("let it start when the earlier one has ended, or make them one phase"),
                );
            }
            if longest.is_none_or(|earlier| earlier.end.value < phase.end.value) {
                longest = Some(phase);
            }
        }
    }
}

fn name(phase: &Phase) -> Option<String> {
    phase.name.as_ref().map(|name| format!("`{}`", name.value))
}
