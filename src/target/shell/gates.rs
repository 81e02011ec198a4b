//! What guards the start of a run: its hours, and who must approve it, as data of a script.

use super::losses::LONGEST_MS;
use super::quote::{assign, block, json, line, single};
use crate::plan::ir::{Approval, Plan, Risk, Window};

/// True where a script can tell whether it is open: its ends are times of day.
pub(super) fn is_held(window: &Window) -> bool {
    let is_time = |text: &str| {
        let number = |part: &str, below: u8| {
            part.len() == 2
                && part.bytes().all(|byte| byte.is_ascii_digit())
                && part.parse().is_ok_and(|number: u8| number < below)
        };
        text.split_once(':').is_some_and(|(hour, minute)| number(hour, 24) && number(minute, 60))
    };
    is_time(&window.start) && is_time(&window.end)
}

/// The assignments that say which gates there are.
pub(super) fn constants(plan: &Plan) -> Vec<String> {
    let window = plan.policy.window.as_ref().filter(|window| is_held(window));
    let (from, to) = window.map_or(("", ""), |window| (window.start.as_str(), window.end.as_str()));
    let longest = plan.bounds.worst_case_ms.map(|ms| ms.min(LONGEST_MS).div_ceil(60_000).to_string());
    let risk = match plan.entry.risk {
        None => "",
        Some(Risk::Low) => "low",
        Some(Risk::Medium) => "medium",
        Some(Risk::High) => "high",
        Some(Risk::Critical) => "critical",
    };
    vec![
        format!("rulec_window_from={from}"),
        format!("rulec_window_to={to}"),
        format!("rulec_longest={}", longest.unwrap_or_default()),
        format!("rulec_risk={risk}"),
        format!("rulec_approvals={}", plan.policy.approvals.len()),
    ]
}

/// The definition of an approval: its roles, for comparing, for the report, for people; what is to be considered.
pub(super) fn approval(approval: &Approval) -> Vec<String> {
    let roles = &approval.roles;
    let by = match roles.as_slice() {
        [] => "anybody".to_owned(),
        [role] => role.clone(),
        [others @ .., last] => format!("{} or {last}", others.join(", ")),
    };
    let mut lines = vec![format!("rulec_roles={}", roles.len())];
    for (i, role) in (1..).zip(roles) {
        lines.push(assign(&format!("rulec_role_{i}"), role));
        lines.push(format!("rulec_json_role_{i}={}", json(role)));
    }
    lines.push(format!("rulec_by={}", line(&by)));
    let because = if approval.reason.is_empty() { single("") } else { block(&approval.reason) };
    lines.push(format!("rulec_because={because}"));
    lines
}
