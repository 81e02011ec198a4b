//! # What
//!
//! Steps of a procedure need one another in a circle, by `needs` or by the procedure's `dependencies`.
//!
//! # Why
//!
//! None of them can ever start.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { id: a, command: test -s a, read_only: true, needs: [b] }
//!       - { id: b, command: test -s b, read_only: true, needs: [a] }
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { id: a, command: test -s a, read_only: true }
//!       - { id: b, command: test -s b, read_only: true, needs: [a] }
//! ```

use crate::diagnostic::{Level, RuleInfo};

/// `step-cycle`
pub static RULE: RuleInfo = RuleInfo {
    id: "step-cycle",
    code: "R0031",
    level: Level::Error,
    summary: "steps need one another",
    source: include_str!("step_cycle.rs"),
};
