//! # What
//!
//! `rulec.toml` is no TOML, or says something that rulec does not know: a key that does not exist, the level
//! of a rule that does not exist, a value of another type, a path pattern that matches nothing.
//!
//! # Why
//!
//! A misspelt setting is one that has no effect, and nobody notices that a rule is still off.
//!
//! # Bad
//!
//! ```toml rulec.toml
//! [lint]
//! unreadable-file = "warning"
//! ```
//!
//! # Good
//!
//! ```toml rulec.toml
//! [lints]
//! unreadable-file = "warning"
//! ```

use crate::diagnostic::{Level, RuleInfo};

/// `invalid-config`.
pub(super) static RULE: RuleInfo = RuleInfo {
    id: "invalid-config",
    code: "R0007",
    level: Level::Error,
    summary: "`rulec.toml` says something that rulec does not know",
    source: include_str!("invalid_config.rs"),
};
