//! # What
//!
//! The deadline of a repeated step is over before its second round may begin: by its own `delay` and the step's
//! `delay_after`, or by these and how long its author expects a round to take, `estimated_duration`.
//!
//! # Why
//!
//! No round begins later than the deadline after the first one began, so that the rounds that `max` promises never come.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - id: knead
//!         command: ./knead.sh
//!         read_only: true
//!         repeat: { until: test -e smooth, max: 5, deadline: 30s, delay: 1m }
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - id: knead
//!         command: ./knead.sh
//!         read_only: true
//!         repeat: { until: test -e smooth, max: 5, deadline: 10m, delay: 1m }
//! ```
//!
//! # Exceptions
//!
//! A `timeout` that is longer than the deadline is none of this: it is what a round may take when something hangs, not
//! what it takes.

use super::super::{Context, Lint, ways_back};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::graph::{Graph, Item};
use crate::model::{Repeat, Spanned, Step};
use crate::plan::bounds::seconds;
use crate::scalar::Duration;

/// `repeat-out-of-time`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "repeat-out-of-time",
        code: "R0301",
        level: Level::Warning,
        summary: "a repeated step has no time for a second round",
        source: include_str!("repeat_out_of_time.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for (_, entity) in context.graph.entities() {
        let Item::Procedure(procedure) = entity.item else { continue };
        for step in procedure.steps.iter().chain(procedure.finally.iter()) {
            if let Some(repeat) = step.repeat.as_ref().filter(|repeat| repeat.max.value > 1)
                && let Some(deadline) = repeat.deadline
            {
                judge(context, step, repeat, deadline, found);
            }
        }
    }
}

fn judge(
    context: &Context<'_>,
    step: &Spanned<Step>,
    repeat: &Repeat,
    deadline: Spanned<Duration>,
    found: &mut dyn FnMut(Diagnostic),
) {
    let parts = [
        ("a round is estimated to take this", estimate(context.graph, step)),
        ("is waited after each round", step.delay_after),
        ("is waited before the second round", repeat.delay),
    ];
    let parts: Vec<_> = parts.into_iter().filter_map(|(label, part)| Some((label, part?))).collect();
    let ms = |of: &Spanned<Duration>| of.value.as_millis();
    let sum = parts.iter().fold(0_u64, |sum, (_, part)| sum.saturating_add(ms(part)));
    if sum <= ms(&deadline) {
        return;
    }
    let figures = parts.iter().map(|(_, part)| seconds(ms(part))).collect::<Vec<_>>().join(" + ");
    let total = if parts.len() > 1 { format!(" = {}", seconds(sum)) } else { String::new() };
    let message = format!("no second round begins: {figures}{total} s > {} s", seconds(ms(&deadline)));
    let mut diagnostic = Diagnostic::new(&LINT.info, context.place(deadline.at), message)
        .label("is over by then")
        .help("raise the deadline, or say `verify` in the place of `repeat`");
    for (label, part) in parts {
        diagnostic = diagnostic.related(context.place(part.at), label);
    }
    found(diagnostic);
}

/// What the author of a step, or of the action that it uses, expects one attempt to take.
fn estimate(graph: &Graph<'_>, step: &Step) -> Option<Spanned<Duration>> {
    step.estimated_duration.or_else(|| ways_back::action(graph, step)?.estimated_duration)
}
