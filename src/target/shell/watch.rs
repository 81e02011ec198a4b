//! The monitors of a plan as shell functions, and the alerts that they raise.
//!
//! A procedure that a breach runs is this script where it is what was compiled; else it is the script of that
//! procedure, which stands beside this one under the name that the target gives it.

use super::data::{Functions, condition, folder, place, time};
use super::quote::{LONGEST, assign, json, line, single};
use crate::plan::ir::{Condition, EntryKind, Monitor, Plan};
use crate::target::file_name;

/// How long an alert of a monitor may take where nobody says: one that hangs must not end the watch.
const ALERT_MS: u64 = 60_000;

/// True where a script can hold all texts of the monitor.
pub(super) fn is_held(plan: &Plan, monitor: &Monitor) -> bool {
    let alert = alert(monitor).and_then(|name| plan.alerts.get(name)).map(|alert| &alert.command);
    let texts = [&monitor.id, &monitor.text, &monitor.check.command].into_iter().chain(alert);
    texts.into_iter().all(|text| text.len() <= LONGEST && !text.contains('\0'))
}

pub(super) fn functions(plan: &Plan, out: &mut Functions) {
    let monitors: Vec<&Monitor> = plan.monitors.iter().filter(|monitor| is_held(plan, monitor)).collect();
    out.add("", "rulec_watches", [format!("rulec_monitors={}", monitors.len())]);
    for (i, monitor) in (1..).zip(&monitors) {
        out.add(&place(&monitor.id, &monitor.source), &format!("rulec_monitor_{i}"), lines(plan, monitor));
    }
}

fn lines(plan: &Plan, monitor: &Monitor) -> Vec<String> {
    let holds = Condition {
        text: monitor.text.clone(),
        check: Some(monitor.check.clone()),
        mandatory: true,
        source: monitor.source.clone(),
    };
    let mut lines = vec![
        assign("rulec_watch", &monitor.id),
        assign("rulec_watch_text", &monitor.text),
        format!("rulec_tag={}", line(&monitor.id)),
        format!("rulec_json_id={}", json(&monitor.id)),
        format!("rulec_watch_folder={}", single(&folder(&monitor.id))),
        format!("rulec_every={}", time(monitor.every_ms.max(1))),
    ];
    lines.extend(condition(&holds, None));
    if let Some(name) = alert(monitor) {
        let known = plan.alerts.get(name);
        lines.push(format!("rulec_json_alert={}", json(name)));
        lines.push(assign("rulec_page", known.map_or("", |alert| &alert.command)));
        let limit = known.and_then(|alert| alert.timeout_ms).unwrap_or(ALERT_MS);
        lines.push(format!("rulec_page_limit={}", time(limit)));
    }
    if let Some(run) = monitor.on_breach.as_ref().and_then(|reaction| reaction.run.as_ref()) {
        let is_own = plan.entry.kind == EntryKind::Procedure && plan.entry.id == *run;
        let script = if is_own { String::new() } else { file_name(run, "sh") };
        lines.push(assign("rulec_cure", run));
        lines.push(format!("rulec_cure_script={}", single(&script)));
    }
    lines
}

fn alert(monitor: &Monitor) -> Option<&str> {
    monitor.on_breach.as_ref()?.alert.as_deref()
}
