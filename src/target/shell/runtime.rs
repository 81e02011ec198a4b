//! The part of a script that is the same in all of them, as far as the plan needs it: shell sources, and programs
//! for `sh` and `awk` that the script holds as strings.
//!
//! A script is read anew each time it is started, so what its plan can't come to is left out: what else would call
//! it finds a few words in its place. Comments are left out too, but for the headings; they stand in the sources.

use super::{file, quote};
use crate::plan::ir::{InputType, Plan};

/// A source file of the runtime.
struct Part {
    text: &'static str,
    /// What a plan must have for it to be there; none: it always is.
    needs: Option<Need>,
}

/// What only some plans have.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Need {
    /// An audit log.
    Audit,
    /// Secret inputs.
    Secrets,
    /// Inputs.
    Inputs,
    /// Idempotency.
    Idempotency,
    /// Approvals.
    Approvals,
    /// Monitors.
    Monitors,
    /// Steps that write files.
    Files,
    /// Such steps, and a word on where the old files are kept, or for how long.
    Backups,
}

impl Need {
    const ALL: [Self; 8] = [
        Self::Audit,
        Self::Secrets,
        Self::Inputs,
        Self::Idempotency,
        Self::Approvals,
        Self::Monitors,
        Self::Files,
        Self::Backups,
    ];

    fn is_of(self, plan: &Plan) -> bool {
        match self {
            Need::Audit => plan.policy.audit.is_some(),
            Need::Secrets => plan.inputs.iter().any(|input| input.kind == InputType::Secret),
            Need::Inputs => !plan.inputs.is_empty(),
            Need::Idempotency => plan.policy.idempotency.is_some(),
            Need::Approvals => !plan.policy.approvals.is_empty(),
            Need::Monitors => !plan.monitors.is_empty(),
            Need::Files => file::is_needed(plan),
            Need::Backups => plan.policy.backups.is_some() && file::is_needed(plan),
        }
    }

    /// What stands in the place of its parts in a script without them.
    fn without(self) -> &'static str {
        match self {
            Need::Audit => include_str!("runtime/without/audit.sh"),
            Need::Secrets => include_str!("runtime/without/secrets.sh"),
            Need::Inputs => include_str!("runtime/without/inputs.sh"),
            Need::Idempotency => include_str!("runtime/without/idempotency.sh"),
            Need::Approvals => include_str!("runtime/without/approvals.sh"),
            Need::Monitors => include_str!("runtime/without/monitors.sh"),
            Need::Files => include_str!("runtime/without/files.sh"),
            Need::Backups => include_str!("runtime/without/backups.sh"),
        }
    }
}

const fn always(text: &'static str) -> Part {
    Part { text, needs: None }
}

const fn of(need: Need, text: &'static str) -> Part {
    Part { text, needs: Some(need) }
}

/// The shell sources, in the order in which they stand in a script.
const PARTS: &[Part] = &[
    always(include_str!("runtime/prologue.sh")),
    always(include_str!("runtime/helpers.sh")),
    always(include_str!("runtime/journal.sh")),
    of(Need::Secrets, include_str!("runtime/mask.sh")),
    always(include_str!("runtime/process.sh")),
    always(include_str!("runtime/clock.sh")),
    always(include_str!("runtime/disk.sh")),
    always(include_str!("runtime/safety.sh")),
    always(include_str!("runtime/state.sh")),
    always(include_str!("runtime/lock.sh")),
    of(Need::Audit, include_str!("runtime/audit.sh")),
    of(Need::Audit, include_str!("runtime/retire.sh")),
    of(Need::Audit, include_str!("runtime/verify.sh")),
    of(Need::Inputs, include_str!("runtime/fits.sh")),
    of(Need::Inputs, include_str!("runtime/input.sh")),
    always(include_str!("runtime/saved.sh")),
    of(Need::Idempotency, include_str!("runtime/earlier.sh")),
    always(include_str!("runtime/gates.sh")),
    of(Need::Approvals, include_str!("runtime/approval.sh")),
    of(Need::Approvals, include_str!("runtime/approve.sh")),
    of(Need::Files, include_str!("runtime/path.sh")),
    of(Need::Backups, include_str!("runtime/backup.sh")),
    always(include_str!("runtime/step.sh")),
    always(include_str!("runtime/attempt.sh")),
    always(include_str!("runtime/remedy.sh")),
    always(include_str!("runtime/outcome.sh")),
    always(include_str!("runtime/check.sh")),
    always(include_str!("runtime/ready.sh")),
    always(include_str!("runtime/run.sh")),
    always(include_str!("runtime/resume.sh")),
    always(include_str!("runtime/restore.sh")),
    always(include_str!("runtime/report.sh")),
    always(include_str!("runtime/show.sh")),
    of(Need::Monitors, include_str!("runtime/monitor.sh")),
    of(Need::Monitors, include_str!("runtime/look.sh")),
    always(include_str!("runtime/replay.sh")),
    always(include_str!("runtime/commands.sh")),
    always(include_str!("runtime/status.sh")),
    always(include_str!("runtime/list.sh")),
    always(include_str!("runtime/formats.sh")),
    always(include_str!("runtime/requests.sh")),
    always(include_str!("runtime/plan.sh")),
    always(include_str!("runtime/main.sh")),
];

/// What the script holds as strings: what leads the process group of a command, and what `awk` is given.
const STRINGS: [(&str, &str); 4] = [
    ("rulec_wrap", include_str!("runtime/wrap.sh")),
    ("rulec_panel_awk", include_str!("runtime/panel.awk")),
    ("rulec_report_awk", include_str!("runtime/report.awk")),
    ("rulec_formats_awk", include_str!("runtime/formats.awk")),
];

/// Writes what the script of a plan needs.
pub(super) fn write(plan: &Plan, out: &mut String) {
    let needed: Vec<Need> = Need::ALL.into_iter().filter(|need| need.is_of(plan)).collect();
    write_for(&needed, out);
}

fn write_for(needed: &[Need], out: &mut String) {
    for part in PARTS.iter().filter(|part| part.needs.is_none_or(|need| needed.contains(&need))) {
        out.push('\n');
        out.push_str(&without_comments(part.text));
    }
    for need in Need::ALL.into_iter().filter(|need| !needed.contains(need)) {
        out.push('\n');
        out.push_str(&without_comments(need.without()));
    }
    if needed.contains(&Need::Secrets) {
        // Not in a function: mksh would take the option back at its end.
        out.push_str("\n# A trace of the shell would show the secrets.\nset +x\n");
    }
    out.push_str("\n# ---- Texts for others: `sh` and `awk`.\n");
    for (name, text) in STRINGS {
        out.push_str(&format!("\n{name}={}\n", quote::single(&compact(text))));
    }
}

/// Shell source with no comments but headings and words to its checker.
fn without_comments(text: &str) -> String {
    let is_kept = |line: &&str| {
        let line = line.trim_start();
        !line.starts_with('#') || line.starts_with("# ----") || line.starts_with("# shellcheck")
    };
    let mut out = String::with_capacity(text.len());
    for line in text.lines().filter(is_kept) {
        if !(line.is_empty() && out.ends_with("\n\n")) {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

/// A program for another reader than people: without its indentation, and without lines that are comments.
fn compact(text: &str) -> String {
    let lines = text.lines().map(str::trim_start).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use regex::Regex;

    use super::*;

    /// Names that stand where a command may.
    fn called(text: &str) -> BTreeSet<String> {
        let call = r#"(?m)(?:^|[;&|({!`)]|\$\(|\b(?:if|elif|while|until|then|do|else|!))[ \t]*"?(rulec_[a-z_]+)(?:[ \t;)\n"]|$)"#;
        let call = Regex::new(call).expect("it is one");
        call.captures_iter(text).map(|found| found[1].to_owned()).collect()
    }

    fn defined(text: &str) -> BTreeSet<String> {
        let function = Regex::new(r"(?m)^(rulec_[a-z_]+)\(\)").expect("it is one");
        function.captures_iter(text).map(|found| found[1].to_owned()).collect()
    }

    #[test]
    fn no_part_calls_what_is_left_out() {
        let mut whole = String::new();
        write_for(&Need::ALL, &mut whole);
        let all = defined(&whole);
        let heads = whole.lines().filter(|line| line.starts_with("rulec_") && line.ends_with("() {")).count();
        assert_eq!(heads, all.len(), "a function is defined twice");
        assert!(all.len() > 300, "{}", all.len());
        for set in 0..1_u32 << Need::ALL.len() {
            let needed: Vec<Need> = Need::ALL
                .into_iter()
                .enumerate()
                .filter(|(i, _)| set >> i & 1 == 1)
                .map(|(_, it)| it)
                .collect();
            // A secret is an input.
            if needed.contains(&Need::Secrets) && !needed.contains(&Need::Inputs) {
                continue;
            }
            let mut text = String::new();
            write_for(&needed, &mut text);
            let there = defined(&text);
            let missing: Vec<_> = called(&text)
                .into_iter()
                .filter(|name| all.contains(name) && !there.contains(name))
                .collect();
            assert_eq!(missing, Vec::<String>::new(), "{set:b}");
        }
    }

    #[test]
    fn comments_go_and_all_else_stays() {
        let text = "# ---- A.\n\n# What f is.\nf() {\n  # why\n  # shellcheck disable=SC2086\n  g $1 # x\n}\n\n# last\n\nh() {\n  :\n}\n";
        let kept = "# ---- A.\n\nf() {\n  # shellcheck disable=SC2086\n  g $1 # x\n}\n\nh() {\n  :\n}\n";
        assert_eq!(without_comments(text), kept);
    }
}
