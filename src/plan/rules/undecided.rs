//! # What
//!
//! A `when` reads `decisions.NAME`, but under the facts given to `compile` no rule gives it a value.
//!
//! # Why
//!
//! Whether the step runs would be left to chance. `check` knows no facts and does not report this; `compile` does, and
//! asks for the facts with `--set NAME=VALUE` or `--environment NAME`.

use crate::diagnostic::{Level, RuleInfo};

/// `undecided`
pub static RULE: RuleInfo = RuleInfo {
    id: "undecided",
    code: "R0103",
    level: Level::Error,
    summary: "a condition rests on a decision that has no value",
    source: include_str!("undecided.rs"),
};
