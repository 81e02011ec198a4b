//! # What
//!
//! What came of a scenario's run is not what the scenario expects, or the run does not end at all.
//!
//! # Why
//!
//! Either the rules do something else than they are meant to, or the scenario is out of date. The trace of
//! the run, shown below the finding, says which.
//!
//! # Exceptions
//!
//! It is reported by `rulec test` alone, and has no level but error: what is not to be tested is taken out of
//! the scenario.

use crate::diagnostic::{Level, RuleInfo};

/// `unmet-expectation`.
pub static RULE: RuleInfo = RuleInfo {
    id: "unmet-expectation",
    code: "R0122",
    level: Level::Error,
    summary: "a scenario comes out differently than it expects",
    source: include_str!("unmet_expectation.rs"),
};
