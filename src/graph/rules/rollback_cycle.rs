//! # What
//!
//! The rollback of a procedure leads, by further rollbacks or calls, back to the procedure.
//!
//! # Why
//!
//! When it fails, what was to take it back does it again.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - { id: E1, rollback_procedure: E2, steps: [{ step: 1, command: ./start.sh }] }
//!   - { id: E2, rollback_procedure: E1, steps: [{ step: 1, command: ./stop.sh }] }
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - { id: E1, rollback_procedure: E2, steps: [{ step: 1, command: ./start.sh }] }
//!   - { id: E2, steps: [{ step: 1, command: ./stop.sh }] }
//! ```

use crate::diagnostic::{Level, RuleInfo};

/// `rollback-cycle`
pub static RULE: RuleInfo = RuleInfo {
    id: "rollback-cycle",
    code: "R0033",
    level: Level::Error,
    summary: "rolling back comes round to where it started",
    source: include_str!("rollback_cycle.rs"),
};
