//! # What
//!
//! A procedure has `window: maintenance`, but no file of L3 states
//! `operational_constraints.deployment.allowed_hours`.
//!
//! # Why
//!
//! The guard that the author counts on can't be made.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     window: maintenance
//!     steps: [{ step: 1, command: test -f ready, timeout: 5, read_only: true }]
//! ```
//!
//! # Good
//!
//! ```yaml L3-limits.yaml
//! operational_constraints: { deployment: { allowed_hours: "02:00-06:00" } }
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     window: maintenance
//!     steps: [{ step: 1, command: test -f ready, timeout: 5, read_only: true }]
//! ```

use crate::diagnostic::{Level, RuleInfo};

/// `window-without-hours`
pub static RULE: RuleInfo = RuleInfo {
    id: "window-without-hours",
    code: "R0105",
    level: Level::Error,
    summary: "a maintenance window is asked for, and nothing says when it is",
    source: include_str!("window_without_hours.rs"),
};
