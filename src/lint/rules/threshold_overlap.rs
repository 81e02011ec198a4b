//! # What
//!
//! Values of a metric meet its `target` and raise its `alert` as well.
//!
//! # Why
//!
//! Somebody is woken for a success; or, where every success alarms, one of the two is the wrong way round.
//!
//! # Bad
//!
//! ```yaml L1-goals.yaml
//! goals:
//!   - id: G1
//!     metrics:
//!       order_latency: { target: "< 500ms", alert: "< 2s", probe: ./measure.sh }
//! ```
//!
//! # Good
//!
//! ```yaml L1-goals.yaml
//! goals:
//!   - id: G1
//!     metrics:
//!       order_latency: { target: "< 500ms", alert: ">= 500ms", probe: ./measure.sh }
//! ```
//!
//! # Exceptions
//!
//! Thresholds that can't be compared, and prose. An alarm that is meant to come before the goal is missed is a reason to
//! allow it.

use super::super::{Context, Lint, thresholds};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};

/// `threshold-overlap`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "threshold-overlap",
        code: "R0167",
        level: Level::Warning,
        summary: "some values of a metric are a success and an alarm at once",
        source: include_str!("threshold_overlap.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for pair in thresholds::pairs(context) {
        let (target, alert) = (&pair.target.threshold, &pair.alert.threshold);
        if target.disjoint(alert) != Some(false) {
            continue;
        }
        let id = &pair.id;
        let message = if alert.contains(target) == Some(true) {
            format!("whenever `{id}` meets its target it also alarms")
        } else if target.contains(alert) == Some(true) {
            format!("whenever `{id}` alarms it also meets its target")
        } else {
            format!("`{id}` succeeds and alarms at once {}", pair.band())
        };
        let is_same_way = thresholds::is_upper(target.op) == thresholds::is_upper(alert.op)
            && target.op != crate::scalar::Op::Equal;
        let help = match is_same_way {
            true => "turn the operator of the alert round",
            false => "let the alert begin where the target ends",
        };
        found(
            Diagnostic::new(&LINT.info, context.place(pair.alert.at), message)
                .label(format!("`{}` alarms", pair.alert.spelt))
                .related(context.place(pair.target.at), format!("`{}` succeeds", pair.target.spelt))
                .help(help),
        );
    }
}
