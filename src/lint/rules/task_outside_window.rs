//! # What
//!
//! A task of a timeline is given to a role at a time at which that role is not on duty.
//!
//! # Why
//!
//! Nobody is there who answers for the task. The role's `window` says from when to when it is, counted from the start of
//! the timeline.
//!
//! # Bad
//!
//! ```yaml L1-goals.yaml
//! stakeholders:
//!   - { role: packer, window: { start: 0h, end: 6h } }
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - { id: E1, steps: [{ step: 1, manual: Pack the ovens }] }
//! timelines:
//!   - { id: T1, phases: [{ name: pack, start: 4h, end: 8h, tasks: [{ run: E1, owner: packer }] }] }
//! ```
//!
//! # Good
//!
//! ```yaml L1-goals.yaml
//! stakeholders:
//!   - { role: packer, window: { start: 0h, end: 8h } }
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - { id: E1, steps: [{ step: 1, manual: Pack the ovens }] }
//! timelines:
//!   - { id: T1, phases: [{ name: pack, start: 4h, end: 8h, tasks: [{ run: E1, owner: packer }] }] }
//! ```
//!
//! # Exceptions
//!
//! A role without a `window` is there all the time.

use super::super::timelines::tasks;
use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};

/// `task-outside-window`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "task-outside-window",
        code: "R0316",
        level: Level::Warning,
        summary: "a task is given to a role that is not on duty then",
        source: include_str!("task_outside_window.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for task in tasks(context) {
        let (Some(owner), Some(stakeholder)) = (&task.task.owner, task.stakeholder) else { continue };
        let Some(window) = &stakeholder.window else { continue };
        let (start, end) = (task.start.value, task.end.value);
        if window.start.value <= start && end <= window.end.value {
            continue;
        }
        let message = format!(
            "the task lasts from {start} to {end}, `{}` is on duty from {} to {}",
            owner.value, window.start.value, window.end.value
        );
        found(
            Diagnostic::new(&LINT.info, context.place(owner.at), message)
                .label("answers for it")
                .related(context.place(window.at), "on duty then")
                .help("give the task to somebody who is there, or let the role stay longer"),
        );
    }
}
