//! When what happens: the phases, tasks and checkpoints of a timeline, with clock times where its start is known.

use super::Doc;
use super::text::prose;
use crate::plan::Plan;
use crate::scalar::DateTime;
use crate::target::words::duration;

/// One line of the table.
struct Row {
    from_ms: u64,
    till_ms: Option<u64>,
    what: String,
    owner: String,
}

/// Writes the table, and how to read it.
pub(super) fn timeline(doc: &mut Doc, plan: &Plan) {
    let Some(timeline) = &plan.timeline else { return };
    let start = timeline.start.as_deref().filter(|_| plan.rehearsal.is_none());
    let start = start.and_then(|start| DateTime::parse(start).ok());
    let mut rows = Vec::new();
    for phase in &timeline.phases {
        let what = format!("**{}**", prose(&phase.name));
        let row = |from_ms, till_ms, what, owner| Row { from_ms, till_ms: Some(till_ms), what, owner };
        rows.push(row(phase.start_ms, phase.end_ms, what, String::new()));
        for task in &phase.tasks {
            let owner = task.owner.as_deref().map(prose).unwrap_or_default();
            rows.push(row(task.start_ms, task.end_ms, prose(&task.name), owner));
        }
    }
    for checkpoint in &timeline.checkpoints {
        let what = format!("Checkpoint: {}", prose(&checkpoint.name));
        let row = Row { from_ms: checkpoint.at_ms, till_ms: None, what, owner: String::new() };
        let place = rows.iter().rposition(|row| row.till_ms.unwrap_or(row.from_ms) <= checkpoint.at_ms);
        rows.insert(place.map_or(0, |place| place + 1), row);
    }
    doc.block("## When");
    doc.block(match start {
        Some(start) => format!(
            "Planned to start at {start}. All times count from when it is really started: if that is another time, \
             so are they."
        ),
        None => "All times count from the start.".to_owned(),
    });
    let clocks = if start.is_some() { (" On the clock |", "---|") } else { ("", "") };
    let mut table =
        vec![format!("| From | Till |{} What | Owner |\n|---|---|{}---|---|", clocks.0, clocks.1)];
    table.extend(rows.iter().map(|row| {
        let till = row.till_ms.map(duration).unwrap_or_default();
        let clock = |ms| start.map(|start| start.after_ms(ms).clock_since(start));
        let clock = match (clock(row.from_ms), row.till_ms.and_then(clock)) {
            (Some(from), Some(till)) => format!(" {from} to {till} |"),
            (Some(from), None) => format!(" {from} |"),
            (None, _) => String::new(),
        };
        format!("| {} | {till} |{clock} {} | {} |", duration(row.from_ms), row.what, row.owner)
    }));
    doc.block(table.join("\n"));
}
