//! The rules that hold for every path of a run: a file each, in order of their codes.

mod broken_constraint;
mod change_left_behind;
mod endless_run;
mod overlapping_steps;
mod silenced_alert;
mod undecidable_when;
mod unverified_service;

pub use broken_constraint::RULE as BROKEN_CONSTRAINT;
pub use change_left_behind::RULE as CHANGE_LEFT_BEHIND;
pub use endless_run::RULE as ENDLESS_RUN;
pub use overlapping_steps::RULE as OVERLAPPING_STEPS;
pub use silenced_alert::RULE as SILENCED_ALERT;
pub use undecidable_when::RULE as UNDECIDABLE_WHEN;
pub use unverified_service::RULE as UNVERIFIED_SERVICE;

use crate::diagnostic::RuleInfo;

/// All of them, in order of their codes.
pub static RULES: &[&RuleInfo] = &[
    &ENDLESS_RUN,
    &CHANGE_LEFT_BEHIND,
    &UNVERIFIED_SERVICE,
    &UNDECIDABLE_WHEN,
    &OVERLAPPING_STEPS,
    &SILENCED_ALERT,
    &BROKEN_CONSTRAINT,
];
