//! # What
//!
//! A condition names a component without a health check, or a metric without a probe or without a threshold, or with a
//! threshold in another unit than the probe's; or a monitor names such a metric, or one whose `alert` is a single value:
//! a probe can't be held against all others.
//!
//! # Why
//!
//! It looks bound, but nothing decides it.
//!
//! # Bad
//!
//! ```yaml L2-system.yaml
//! context: { project_structure: { components: [{ name: orders }] } }
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     preconditions: [{ health: orders }]
//!     steps: [{ step: 1, command: test -f ready, timeout: 5, read_only: true }]
//! ```
//!
//! # Good
//!
//! ```yaml L2-system.yaml
//! context: { project_structure: { components: [{ name: orders, health: { check: ./probe.sh, timeout: 5 } }] } }
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     preconditions: [{ health: orders }]
//!     steps: [{ step: 1, command: test -f ready, timeout: 5, read_only: true }]
//! ```

use crate::diagnostic::{Level, RuleInfo};

/// `nothing-to-check`
pub static RULE: RuleInfo = RuleInfo {
    id: "nothing-to-check",
    code: "R0106",
    level: Level::Error,
    summary: "a condition is bound to something that can't be checked",
    source: include_str!("nothing_to_check.rs"),
};
