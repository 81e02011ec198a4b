//! # What
//!
//! A phase of a timeline ends before it starts, or a phase or checkpoint lies behind the end of the timeline.
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

use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::Item;

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
    for (_, entity) in context.graph.entities() {
        let Item::Timeline(timeline) = entity.item else { continue };
        for phase in &timeline.phases {
            let (start, end) = (phase.start, phase.end);
            if end.value < start.value {
                let message = format!("ends at {}, before it starts at {}", end.value, start.value);
                found(
                    Diagnostic::new(&LINT.info, context.place(end.at), message)
                        .label("both count from the start of the timeline")
                        .related(context.place(start.at), "starts here")
                        .help("say when it ends, not how long it takes"),
                );
            }
        }
        let Some(duration) = timeline.duration else { continue };
        let ends = timeline.phases.iter().filter(|phase| phase.start.value <= phase.end.value);
        let ends = ends.map(|phase| ("a phase ends", phase.end));
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
