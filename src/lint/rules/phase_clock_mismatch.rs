//! # What
//!
//! The `clock` of a phase is not what a clock shows when the phase starts and ends.
//!
//! # Why
//!
//! Tables of times are copied, and then one of their two columns is changed. Some people come when the clock says so,
//! others when the hours have passed: they don't meet. What a clock shows is worked out from the timeline's `start`, or,
//! where it has none, from the first phase that has a `clock`, and the offsets.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! timelines:
//!   - id: T1
//!     start: 2025-01-31T20:00
//!     phases:
//!       - { name: pack, start: 0h, end: 6h, clock: "20:00-02:00" }
//!       - { name: move, start: 6h, end: 18h, clock: "06:00-18:00" }
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! timelines:
//!   - id: T1
//!     start: 2025-01-31T20:00
//!     phases:
//!       - { name: pack, start: 0h, end: 6h, clock: "20:00-02:00" }
//!       - { name: move, start: 6h, end: 18h, clock: "02:00-14:00" }
//! ```
//!
//! # Exceptions
//!
//! A phase without a `clock` can't contradict itself. One that starts or ends between two minutes is not judged.

use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::Item;
use crate::model::{At, Phase, Timeline};
use crate::scalar::Duration;

/// `phase-clock-mismatch`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "phase-clock-mismatch",
        code: "R0315",
        level: Level::Error,
        summary: "the clock times of a phase are not those of its offsets",
        source: include_str!("phase_clock_mismatch.rs"),
    },
    check,
};

const DAY: u64 = 24 * 60;

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for (_, entity) in context.graph.entities() {
        let Item::Timeline(timeline) = entity.item else { continue };
        let Some((zero, from)) = zero(timeline) else { continue };
        for phase in &timeline.phases {
            let Some(clock) = phase.clock else { continue };
            let (Some(start), Some(end)) = (minutes(phase.start.value), minutes(phase.end.value)) else {
                continue;
            };
            let shown = [u64::from(clock.value.start()), u64::from(clock.value.end()) % DAY];
            let due = [(zero + start) % DAY, (zero + end) % DAY];
            if shown == due || phase.end.value < phase.start.value {
                continue;
            }
            let sum = |offset: Duration, due| format!("{} + {offset} = {}", time(zero), time(due));
            let message =
                format!("the clock says {}, the offsets say {}-{}", clock.value, time(due[0]), time(due[1]));
            let words = format!("{}, {}", sum(phase.start.value, due[0]), sum(phase.end.value, due[1]));
            let place = if from == clock.at { phase.start.at } else { from };
            found(
                Diagnostic::new(&LINT.info, context.place(clock.at), message)
                    .label(words)
                    .related(context.place(place), "counted from here")
                    .help("mend the offsets or the clock; a phase needs no `clock`, since it is worked out"),
            );
        }
    }
}

/// The minute of the day at which a timeline starts, and what says so.
fn zero(timeline: &Timeline) -> Option<(u64, At)> {
    if let Some(start) = timeline.start {
        return Some((u64::from(start.value.minute_of_day()), start.at));
    }
    let known = |phase: &Phase| {
        let (clock, offset) = (phase.clock?, minutes(phase.start.value)?);
        Some(((u64::from(clock.value.start()) + DAY - offset % DAY) % DAY, clock.at))
    };
    timeline.phases.iter().find_map(|phase| known(phase))
}

fn minutes(duration: Duration) -> Option<u64> {
    let ms = duration.as_millis();
    ms.is_multiple_of(60_000).then_some(ms / 60_000)
}

fn time(minute: u64) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}
