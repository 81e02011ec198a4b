//! What a rule is about, in a word: for lists.
//!
//! A phase that reads, lowers or runs says it for all of its rules. The lints and the names of the graph are told
//! apart here.

use crate::diagnostic::RuleInfo;
use crate::{plan, scenario, schema, syntax, verify};

/// The groups of rules that judge the rule set as a whole.
const GROUPS: &[(&str, &[&str])] = &[
    ("names", &["role-not-listed", "step-number-gap", "unknown-argument"]),
    (
        "graph",
        &[
            "call-cycle",
            "component-cycle",
            "open-branches",
            "orphan-procedure",
            "rollback-cycle",
            "start-order",
            "step-cycle",
            "stop-order",
            "unreachable-step",
            "use-before-definition",
            "used-before-made",
        ],
    ),
    (
        "failure",
        &[
            "course-drift",
            "decision-contradicts-procedure",
            "empty-rollback",
            "idle-undo",
            "irreversible-step",
            "missing-rollback",
            "no-such-breaker",
            "nothing-to-roll-back",
            "odd-step-out",
            "opposite-course",
            "retry-of-unsafe-step",
            "repeat-once",
            "retry-without-attempts",
            "rollback-can-abort",
            "rollback-drift",
            "rollback-mode-conflict",
            "self-rollback",
            "undo-hides-failure",
            "unstated-on-failure",
        ],
    ),
    (
        "time",
        &[
            "bound-without-time",
            "bounds-do-not-add-up",
            "delay-drift",
            "estimate-exceeded",
            "estimate-over-limit",
            "execution-over-limit",
            "impossible-phase",
            "mixed-duration-spellings",
            "phase-clock-mismatch",
            "phase-overlap",
            "repeat-out-of-time",
            "rollback-over-limit",
            "step-over-limit",
            "task-outside-window",
            "step-over-procedure",
            "unbounded-step",
            "waits-over-bound",
            "window-too-short",
            "zero-timeout",
        ],
    ),
    (
        "verification",
        &[
            "checklist-cannot-fail",
            "circular-precondition",
            "prose-only-gate",
            "silent-monitor",
            "transition-without-evidence",
            "until-cannot-hold",
            "until-is-the-step",
            "unverified-start",
            "unwatched-component",
            "verify-cannot-fail",
            "verify-elsewhere",
            "verify-ignores-http-errors",
            "verify-matches-old-files",
            "verify-without-limit",
        ],
    ),
    (
        "commands",
        &[
            "background-process",
            "broad-kill",
            "clock-in-name",
            "command-syntax",
            "interactive-command",
            "masked-failure",
            "not-idempotent",
            "not-portable",
            "pipe-to-shell",
            "placeholder-value",
            "secret-literal",
            "unguarded-delete",
            "unset-variable",
            "unused-product",
        ],
    ),
    (
        "limits",
        &[
            "constraint-violated",
            "backup-left-out",
            "backup-misplaced",
            "backup-overwritten",
            "backup-required",
            "backup-short-lived",
            "flow-too-seldom",
            "idle-parallelism",
            "limit-contradiction",
            "limit-out-of-reach",
            "not-granted",
            "odd-port-out",
            "optional-dependency",
            "path-forbidden",
            "path-missing",
            "patch-too-long",
            "path-not-allowed",
            "port-clash",
            "port-drift",
            "port-not-allowed",
            "port-unsaid",
            "resource-over-capacity",
            "precedence-incomplete",
            "review-required",
            "risk-below-floor",
            "risk-needs-health-check",
            "risk-needs-rollback",
            "risk-needs-verification",
            "threshold-gap",
            "threshold-overlap",
            "too-many-files",
            "tool-not-of-role",
            "unclassed-risk",
            "unit-mismatch",
            "unknown-port-asked",
            "value-drift",
        ],
    ),
    (
        "settings",
        &[
            "environment-cycle",
            "firewall-drift",
            "mode-conflict",
            "nothing-to-generate",
            "port-typed-again",
            "prune-without-proof",
            "reload-unsupported",
            "setting-contradiction",
            "setting-misfit",
            "setting-missing",
            "unfilled-setting",
            "unknown-setting",
        ],
    ),
    (
        "decisions",
        &[
            "action-unbound",
            "decision-conflict",
            "decision-gap",
            "decision-impossible",
            "decision-not-judged",
            "decision-shadowed",
            "decision-unrealised",
            "later-than-priority",
            "priority-undefined",
            "rollback-as-action",
            "undecided-environment",
            "unlike-values",
            "unread-value",
            "unstated-match",
        ],
    ),
    (
        "trace",
        &[
            "goal-unserved",
            "metric-without-probe",
            "metric-without-target",
            "requirement-unserved",
            "unused-checklist",
            "unused-component",
            "unused-resource",
        ],
    ),
    ("targets", &["target-cannot"]),
    (
        "housekeeping",
        &["invalid-suppression", "suppression-expired", "suppression-without-reason", "unused-suppression"],
    ),
];

/// What nobody has put into a group.
const OTHERS: &str = "rules";

/// What a rule is about, in a word.
#[must_use]
pub fn group(rule: &RuleInfo) -> &'static str {
    let by_id = GROUPS.iter().find(|(_, ids)| ids.contains(&rule.id)).map(|(name, _)| *name);
    let is_of = |rules: &[&RuleInfo]| rules.iter().any(|other| other.id == rule.id);
    by_id.unwrap_or_else(|| {
        if is_of(syntax::RULES) || is_of(super::RULES) {
            "text"
        } else if is_of(schema::RULES) {
            "shape"
        } else if is_of(crate::graph::rules::RULES) {
            "names"
        } else if is_of(plan::rules::RULES) {
            "plans"
        } else if is_of(verify::rules::RULES) {
            "runs"
        } else if is_of(scenario::RULES) {
            "scenarios"
        } else {
            OTHERS
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::all_rules;

    #[test]
    fn every_rule_has_a_group_and_every_name_a_rule() {
        let rules = all_rules();
        let left: Vec<_> = rules.iter().filter(|rule| group(rule) == OTHERS).map(|rule| rule.id).collect();
        assert!(left.is_empty(), "say in `GROUPS` what these are about: {left:?}");
        let named = GROUPS.iter().flat_map(|(_, ids)| ids.iter());
        let unknown: Vec<_> = named.filter(|id| !rules.iter().any(|rule| rule.id == **id)).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }
}
