//! # What
//!
//! A procedure comes to call itself, by `run` or by a remedy.
//!
//! # Why
//!
//! Calls are inlined when a procedure is compiled; a circle of them has no end.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - { id: E1, steps: [{ step: 1, run: E2 }] }
//!   - { id: E2, steps: [{ step: 1, run: E1 }] }
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - { id: E1, steps: [{ step: 1, run: E2 }] }
//!   - { id: E2, steps: [{ step: 1, command: ./stop.sh, undo: ./start.sh }] }
//! ```

use crate::diagnostic::{Level, RuleInfo};

/// `call-cycle`
pub static RULE: RuleInfo = RuleInfo {
    id: "call-cycle",
    code: "R0032",
    level: Level::Error,
    summary: "procedures call one another",
    source: include_str!("call_cycle.rs"),
};
