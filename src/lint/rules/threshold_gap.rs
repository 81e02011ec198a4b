//! # What
//!
//! Between the `target` of a metric and its `alert` is a band of values that are neither a success nor an alarm.
//!
//! # Why
//!
//! A system can stay in that band for ever: it misses its goal, and nobody is told. Some want that margin; then it is
//! good to know how wide it is.
//!
//! # Bad
//!
//! ```yaml L1-goals.yaml
//! goals:
//!   - id: G1
//!     metrics:
//!       orders_on_time: { target: ">= 95%", alert: "< 85%", probe: ./measure.sh }
//! ```
//!
//! # Good
//!
//! ```yaml L1-goals.yaml
//! goals:
//!   - id: G1
//!     metrics:
//!       orders_on_time: { target: ">= 95%", alert: "< 95%", probe: ./measure.sh }
//! ```
//!
//! # Exceptions
//!
//! Thresholds that can't be compared, and prose.

use super::super::{Context, Lint, thresholds};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};

/// `threshold-gap`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "threshold-gap",
        code: "R0166",
        level: Level::Note,
        summary: "some values of a metric are neither a success nor an alarm",
        source: include_str!("threshold_gap.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for pair in thresholds::pairs(context) {
        let (target, alert) = (&pair.target.threshold, &pair.alert.threshold);
        let leaves_gap = target.exhausts_with(alert) == Some(false) && target.disjoint(alert) == Some(true);
        if !leaves_gap {
            continue;
        }
        let message = format!("`{}` neither succeeds nor alarms {}", pair.id, pair.band());
        found(
            Diagnostic::new(&LINT.info, context.place(pair.alert.at), message)
                .label("alarms")
                .related(context.place(pair.target.at), "succeeds")
                .help("let the alert begin where the target ends, if the margin is not meant"),
        );
    }
}
