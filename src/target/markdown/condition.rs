//! Conditions as items of a task list, each with the command that decides it.

use super::text::{fence, prose, task};
use crate::plan::ir::Condition;
use crate::target::words::{duration, measure};

/// The conditions, an item each.
pub(super) fn conditions(conditions: &[Condition]) -> String {
    conditions.iter().map(condition).collect::<Vec<_>>().join("\n")
}

/// The condition as an item.
pub(super) fn condition(condition: &Condition) -> String {
    let mut text = prose(&condition.text);
    if text.is_empty() {
        text.push_str("this holds");
    }
    if !condition.mandatory {
        text.push_str(" (recommended, decides nothing)");
    }
    let Some(check) = &condition.check else { return task(&text, &[]) };
    let mut notes = Vec::new();
    if let Some(wanted) = &check.measure {
        notes.push(format!("its first line must be a number {}", prose(&measure(wanted))));
    }
    if let Some(ms) = check.timeout_ms {
        notes.push(format!("at most {}", duration(ms)));
    }
    if !notes.is_empty() {
        text.push_str(&format!(" ({})", notes.join("; ")));
    }
    match &check.says {
        None => task(&text, &[fence("sh", &check.command)]),
        // What is said of a typed check may be the text of the condition already.
        Some(says) if *says == condition.text => task(&text, &[]),
        Some(says) => task(&format!("{text}: {}", prose(says)), &[]),
    }
}
