//! # What
//!
//! `rollback_procedure` names the procedure itself.
//!
//! # Why
//!
//! What failed once is done once more, in the name of taking it back.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - { id: E1, rollback_procedure: E1, steps: [{ step: 1, command: ./start.sh }] }
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

/// `self-rollback`
pub static RULE: RuleInfo = RuleInfo {
    id: "self-rollback",
    code: "R0035",
    level: Level::Error,
    summary: "a procedure is its own rollback",
    source: include_str!("self_rollback.rs"),
};
