//! # What
//!
//! A phase of a timeline ends before it starts, or when it starts though it has tasks, or a phase or checkpoint lies behind the end of the timeline.
//!
//! # Why
//!
//! Nothing can be done in such a phase, and nobody is there any more to look at such a checkpoint.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! timelines:
//!   - id: T1
//!     duration: 10h
//!     phases:
//!       - { name: pack, start: 8h, end: 2h }
//!       - { name: move, start: 8h, end: 12h }
//!     checkpoints:
//!       - { at: 11h, require: [Everything has arrived] }
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! timelines:
//!   - id: T1
//!     duration: 12h
//!     phases:
//!       - { name: pack, start: 2h, end: 8h }
//!       - { name: move, start: 8h, end: 12h }
//!     checkpoints:
//!       - { at: 12h, require: [Everything has arrived] }
//! ```
//!
//! # Exceptions
//!
//! A phase without tasks may end when it starts: it is a moment.

use super::super::{Context, Lint, timelines};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};

/// `impossible-phase`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "impossible-phase",
        code: "R0144",
        level: Level::Error,
        summary: "a phase ends before it starts, or after its timeline",
        source: include_str!("impossible_phase.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for timeline in timelines::all(context) {
        for phase in timeline.phases.iter().filter(|phase| !timelines::is_possible(phase)) {
            let (start, end) = (phase.start, phase.end);
            let message = match end.value < start.value {
                true => format!("ends at {}, before it starts at {}", end.value, start.value),
                false => format!("ends at {}, when it starts, and has something to do", end.value),
            };
            found(
                Diagnostic::new(&LINT.info, context.place(end.at), message)
                    .label("both count from the start of the timeline")
                    .related(context.place(start.at), "starts here")
                    .help("say when it ends, not how long it takes"),
            );
        }
        let Some(duration) = timeline.duration else { continue };
        let ends = timelines::possible(timeline).map(|phase| ("a phase ends", phase.end));
        let moments =
            timeline.checkpoints.iter().map(|checkpoint| ("a checkpoint comes", checkpoint.value.at));
        for (what, moment) in ends.chain(moments).filter(|(_, moment)| moment.value > duration.value) {
            let message =
                format!("{what} at {}, and the timeline is over after {}", moment.value, duration.value);
            found(
                Diagnostic::new(&LINT.info, context.place(moment.at), message)
                    .label("after the end")
                    .related(context.place(duration.at), "lasts so long")
                    .help("let the timeline last longer, or this come earlier"),
            );
        }
    }
}
