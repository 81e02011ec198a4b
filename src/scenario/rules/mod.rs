//! What this module finds: the documentation of each rule is the comment of its file.

mod unknown_in_scenario;
mod unmet_expectation;

pub use unknown_in_scenario::RULE as UNKNOWN_IN_SCENARIO;
pub use unmet_expectation::RULE as UNMET_EXPECTATION;

use crate::diagnostic::RuleInfo;

/// The rules that this module reports, by code.
pub static RULES: &[&RuleInfo] = &[&UNKNOWN_IN_SCENARIO, &UNMET_EXPECTATION];
