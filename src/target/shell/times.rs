//! When what happens in a timeline, for `status`: its tasks, each with the numbers of its steps, and its checkpoints.

use super::data::{Functions, names, time};
use super::quote::{json, line, single};
use crate::plan::ir::Plan;

/// What is shown of the timeline of a plan, where it has one.
pub(super) fn functions(plan: &Plan, out: &mut Functions) {
    let Some(timeline) = &plan.timeline else { return };
    let tasks: Vec<_> = timeline.phases.iter().flat_map(|phase| &phase.tasks).collect();
    for (i, task) in (1..).zip(&tasks) {
        let prefix = format!("{}/", task.id);
        let steps = (1..).zip(&plan.steps).filter(|(_, step)| step.id.starts_with(&prefix));
        let numbers: Vec<String> = steps.map(|(number, _): (usize, _)| number.to_string()).collect();
        let mut lines = names(&task.id, &task.name);
        lines.push(format!("rulec_task_steps={}", single(&numbers.join(" "))));
        lines.extend(task.owner.as_ref().map(|owner| format!("rulec_owner={}", line(owner))));
        out.add("", &format!("rulec_task_{i}"), lines);
    }
    for (i, checkpoint) in (1..).zip(&timeline.checkpoints) {
        let mut lines = names(&checkpoint.id, &checkpoint.name);
        lines.push(format!("rulec_at_ms={}", time(checkpoint.at_ms)));
        out.add("", &format!("rulec_mark_{i}"), lines);
    }
}

/// How much of it there is.
pub(super) fn constants(plan: &Plan) -> Vec<String> {
    let Some(timeline) = &plan.timeline else { return vec!["rulec_horizon=".to_owned()] };
    let tasks: usize = timeline.phases.iter().map(|phase| phase.tasks.len()).sum();
    vec![
        format!("rulec_horizon={}", time(timeline.duration_ms)),
        format!("rulec_tasks={tasks}"),
        format!("rulec_marks={}", timeline.checkpoints.len()),
        format!("rulec_json_start={}", timeline.start.as_deref().map_or_else(|| "null".to_owned(), json)),
    ]
}
