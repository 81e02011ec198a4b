//! # What
//!
//! A suppression was to hold until a day, and that day is over. What it covered is reported again. The day is
//! that of UTC, so that it ends everywhere at once.
//!
//! # Why
//!
//! Somebody meant to mend it by then. Either that was done, and the suppression can go, or it was not.
//!
//! # Bad
//!
//! ```yaml L5-bake.yaml
//! procedures:
//!   - id: bake
//!     x-rulec-allow: [{ lint: missing-rollback, reason: the new oven comes in May, until: 2020-05-31 }]
//!     steps:
//!       - { step: 1, command: ./bake.sh, undo: ./throw-away.sh, timeout: 60, on_failure: abort }
//! ```
//!
//! # Good
//!
//! ```yaml L5-bake.yaml
//! procedures:
//!   - id: bake
//!     x-rulec-allow: [{ lint: missing-rollback, reason: the new oven comes in May, until: 2999-05-31 }]
//!     steps:
//!       - { step: 1, command: ./bake.sh, timeout: 60, on_failure: abort }
//! ```

use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::scalar::Date;
use crate::source::Location;

/// `suppression-expired`.
pub(in crate::driver) static RULE: RuleInfo = RuleInfo {
    id: "suppression-expired",
    code: "R0201",
    level: Level::Warning,
    summary: "a suppression has outlived its last day",
    source: include_str!("suppression_expired.rs"),
};

pub(super) fn finding(rule: &RuleInfo, place: Location, until: Date, today: Date) -> Diagnostic {
    let message = format!("`{}` was allowed until {until}, and today is {today}", rule.id);
    Diagnostic::new(&RULE, place, message)
        .help("mend what it covers, then take it away; or give it a later day")
}
