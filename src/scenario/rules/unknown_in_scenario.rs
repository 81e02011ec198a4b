//! # What
//!
//! A scenario names something that is not there: an entry, an environment, a fact, an input, a step or a
//! check. Or it asks for something that can't be: the failure of a verification that the step does not have,
//! a gate that the run does not pass.
//!
//! # Why
//!
//! A misspelt fault does not happen, and the scenario passes for the wrong reason.
//!
//! # Exceptions
//!
//! It is reported by `rulec test` alone, since it depends on what the entry compiles to under the facts of
//! the scenario. The shape of scenario files is checked by `rulec check` too. What is wrong with a scenario is
//! an error whatever `rulec.toml` says, since nobody would notice that it is not tried out.

use crate::diagnostic::{Level, RuleInfo};

/// `unknown-in-scenario`.
pub static RULE: RuleInfo = RuleInfo {
    id: "unknown-in-scenario",
    code: "R0121",
    level: Level::Error,
    summary: "a scenario names something that is not there",
    source: include_str!("unknown_in_scenario.rs"),
};
