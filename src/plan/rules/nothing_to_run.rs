//! # What
//!
//! A decision is compiled whose action is bound to no command, or whose conditions are false under the facts given.
//!
//! # Why
//!
//! A script that does less than the decision says is worse than none. `check` reports such actions as `action-unbound`.

use crate::diagnostic::{Level, RuleInfo};

/// `nothing-to-run`
pub static RULE: RuleInfo = RuleInfo {
    id: "nothing-to-run",
    code: "R0104",
    level: Level::Error,
    summary: "an entry has something that nothing carries out",
    source: include_str!("nothing_to_run.rs"),
};
