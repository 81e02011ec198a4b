//! # What
//!
//! A step fails, its alert is being raised, and the run is broken off before that is done: another step fails that must
//! not, or the time of the run is up.
//!
//! # Why
//!
//! The alert was asked for, and nobody gets it.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! alerts: { default: { command: ./page.sh } }
//! procedures:
//!   - id: E1
//!     steps:
//!       - { id: a, command: ./a.sh, read_only: true, timeout: 9, on_failure: alert_and_continue }
//!       - { id: b, command: ./b.sh, read_only: true, timeout: 9 }
//!       - { id: c, command: ./c.sh, read_only: true, timeout: 9, needs: [a, b] }
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! alerts: { default: { command: ./page.sh } }
//! procedures:
//!   - id: E1
//!     steps:
//!       - { id: a, command: ./a.sh, read_only: true, timeout: 9, on_failure: alert_and_continue }
//!       - { id: b, command: ./b.sh, read_only: true, timeout: 9 }
//! ```
//!
//! # Exceptions
//!
//! Where somebody cancels the run: they are there to see it. An alert whose command fails was raised as well as could be.
//! It is reported by `rulec verify` alone.

use crate::diagnostic::{Level, RuleInfo};

/// `silenced-alert`
pub static RULE: RuleInfo = RuleInfo {
    id: "silenced-alert",
    code: "R0115",
    level: Level::Warning,
    summary: "an alert can be cut off before it is raised",
    source: include_str!("silenced_alert.rs"),
};
