//! # What
//!
//! A step that runs a procedure says something that holds only for a single command (`retry`, `timeout`, `verify`, `undo`,
//! a tolerant `on_failure`, ...), or the procedure that it runs says something that holds only for an entry (`timeout`,
//! `finally`, `approval`, `window`, `max_parallel`), or a remedy runs a procedure with steps that are not commands.
//!
//! # Why
//!
//! Calls are inlined. What can't be inlined would be lost, and nobody would see that it was.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps: [{ step: 1, run: E2, retry: 3 }]
//!   - id: E2
//!     steps: [{ step: 1, command: test -f ready, timeout: 5, read_only: true }]
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps: [{ step: 1, run: E2 }]
//!   - id: E2
//!     steps: [{ step: 1, command: test -f ready, timeout: 5, retry: 3, read_only: true }]
//! ```

use crate::diagnostic::{Level, RuleInfo};

/// `call-loses-meaning`
pub static RULE: RuleInfo = RuleInfo {
    id: "call-loses-meaning",
    code: "R0101",
    level: Level::Error,
    summary: "a call can't carry what is asked of it",
    source: include_str!("call_loses_meaning.rs"),
};
