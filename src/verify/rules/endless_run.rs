//! # What
//!
//! A run comes to a state from which it can't get to its end, or goes round in a circle. That a job without a timeout
//! comes to its end is taken for granted: the lints say where nothing bounds it, and `rulec verify` lists those jobs.
//!
//! # Why
//!
//! Nobody is told that the run has stopped, and its lock is never given back.
//!
//! # Exceptions
//!
//! It is reported by `rulec verify` alone. What rules compile to has an end, so that no example can show it: that
//! there is always a proof of it holds rulec itself to account.

use crate::diagnostic::{Level, RuleInfo};

/// `endless-run`
pub static RULE: RuleInfo = RuleInfo {
    id: "endless-run",
    code: "R0110",
    level: Level::Error,
    summary: "a run need not come to an end",
    source: include_str!("endless_run.rs"),
};
