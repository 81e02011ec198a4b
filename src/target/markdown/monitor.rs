//! Monitors as a section of the page: what is looked for, how often, and what is done in a breach.

use super::Doc;
use super::text::{code, fence, prose};
use crate::plan::Plan;
use crate::target::flow::title;
use crate::target::words::{duration, measure};

/// A section with each monitor, if there are any.
pub(super) fn monitors(doc: &mut Doc, plan: &Plan) {
    if plan.monitors.is_empty() {
        return;
    }
    doc.block("## Monitors");
    doc.block("Watched all the time, whether or not this is run.");
    for monitor in &plan.monitors {
        doc.block(format!("### {}", prose(&title(&monitor.id, &monitor.text))));
        let mut words = format!("Every {}: ", duration(monitor.every_ms));
        words.push_str(&match &monitor.check.measure {
            Some(wanted) => format!("the first line must be a number {}", prose(&measure(wanted))),
            None => match &monitor.check.says {
                Some(says) => prose(says),
                None => String::from("it must exit with 0"),
            },
        });
        if let Some(ms) = monitor.check.timeout_ms {
            words.push_str(&format!(", within {}", duration(ms)));
        }
        doc.block(words + ".");
        if monitor.check.says.is_none() {
            doc.block(fence("sh", &monitor.check.command));
        }
        let reaction = monitor.on_breach.as_ref();
        let alert =
            reaction.and_then(|it| it.alert.as_ref()).map(|name| format!("raise the alert {}", code(name)));
        let run = reaction.and_then(|it| it.run.as_ref()).map(|id| format!("run {}", code(id)));
        let done: Vec<String> = alert.into_iter().chain(run).collect();
        if !done.is_empty() {
            doc.block(format!("In a breach, {}.", done.join(", then ")));
        }
    }
}
