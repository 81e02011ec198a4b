//! The timelines of a rule set: their phases, and their tasks, each with its times and what L1 says of its owner.

use super::context::Context;
use crate::graph::{EntityKind, Item, Lookup};
use crate::model::{Phase, Spanned, Stakeholder, Task, Timeline};
use crate::scalar::Duration;

/// All timelines, in order of the source.
pub(super) fn all<'a>(context: &Context<'a>) -> impl Iterator<Item = &'a Spanned<Timeline>> {
    context.graph.entities().filter_map(|(_, entity)| match entity.item {
        Item::Timeline(timeline) => Some(timeline),
        _ => None,
    })
}

/// The phases that take up time in which something can be done. One that ends before it starts takes none, nor
/// does one that has tasks and ends when it starts.
pub(super) fn possible(timeline: &Timeline) -> impl Iterator<Item = &Spanned<Phase>> {
    timeline.phases.iter().filter(|phase| is_possible(phase))
}

/// True where a phase takes up time, or needs none.
pub(super) fn is_possible(phase: &Phase) -> bool {
    let (start, end) = (phase.start.value, phase.end.value);
    start < end || (start == end && phase.tasks.is_empty())
}

/// A task of a timeline.
pub(super) struct TaskOf<'a> {
    pub(super) task: &'a Spanned<Task>,
    /// When it starts: its own time, or that of its phase.
    pub(super) start: Spanned<Duration>,
    /// When it must be done.
    pub(super) end: Spanned<Duration>,
    /// Its owner, where L1 has one of that role.
    pub(super) stakeholder: Option<&'a Spanned<Stakeholder>>,
}

/// All tasks, in order of the source.
pub(super) fn tasks<'a>(context: &Context<'a>) -> Vec<TaskOf<'a>> {
    let mut tasks = Vec::new();
    for timeline in all(context) {
        for phase in &timeline.phases {
            for task in &phase.tasks {
                let role = task.owner.as_ref().map(|owner| context.graph.lookup(&[EntityKind::Role], owner));
                let stakeholder = match role {
                    Some(Lookup::One(role)) => match context.graph.entity(role).item {
                        Item::Stakeholder(stakeholder) => Some(stakeholder),
                        _ => None,
                    },
                    _ => None,
                };
                let (start, end) = (task.start.unwrap_or(phase.start), task.end.unwrap_or(phase.end));
                tasks.push(TaskOf { task, start, end, stakeholder });
            }
        }
    }
    tasks
}
