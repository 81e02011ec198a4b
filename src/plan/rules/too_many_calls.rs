//! # What
//!
//! The calls of an entry come to more than 50,000 steps, or nest deeper than 64 procedures.
//!
//! # Why
//!
//! Calls are inlined, and multiply: a procedure that runs another one twice, which runs a third one twice, and so on,
//! comes to a billion steps within thirty procedures. No runner could hold such a plan.

use crate::diagnostic::{Level, RuleInfo};

/// `too-many-calls`
pub static RULE: RuleInfo = RuleInfo {
    id: "too-many-calls",
    code: "R0109",
    level: Level::Error,
    summary: "calls come to more steps than a plan can hold",
    source: include_str!("too_many_calls.rs"),
};
