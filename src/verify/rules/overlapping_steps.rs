//! # What
//!
//! Two steps run at once that write the same file, or share a mutex.
//!
//! # Why
//!
//! Which of them wins is a matter of luck, and what one puts back is what the other has just written.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { id: a, file: { path: app.conf, content: "1" } }
//!       - { id: b, file: { path: ./app.conf, content: "2" } }
//!       - { id: c, command: ./reload.sh, read_only: true, timeout: 9, needs: [a, b] }
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { id: a, file: { path: app.conf, content: "1" }, mutex: app.conf }
//!       - { id: b, file: { path: ./app.conf, content: "2" }, mutex: app.conf }
//!       - { id: c, command: ./reload.sh, read_only: true, timeout: 9, needs: [a, b] }
//! ```
//!
//! # Exceptions
//!
//! What commands write is not known: `writes` tells it of a procedure, not of its steps. It is reported by `rulec verify`
//! alone.

use crate::diagnostic::{Level, RuleInfo};

/// `overlapping-steps`
pub static RULE: RuleInfo = RuleInfo {
    id: "overlapping-steps",
    code: "R0114",
    level: Level::Error,
    summary: "two steps can run at once that must not",
    source: include_str!("overlapping_steps.rs"),
};
