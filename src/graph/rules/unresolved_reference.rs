//! # What
//!
//! Something is referred to by an id or name that nothing has.
//!
//! # Why
//!
//! What was meant is not run, not checked, not served. Usually it is a slip of the pen or a renamed thing.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     rollback_procedure: E9
//!     steps: [{ step: 1, command: ./start.sh }]
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     rollback_procedure: E2
//!     steps: [{ step: 1, command: ./start.sh }]
//!   - id: E2
//!     steps: [{ step: 1, command: ./stop.sh }]
//! ```

use crate::diagnostic::{Level, RuleInfo};

/// `unresolved-reference`
pub static RULE: RuleInfo = RuleInfo {
    id: "unresolved-reference",
    code: "R0022",
    level: Level::Error,
    summary: "a reference leads nowhere",
    source: include_str!("unresolved_reference.rs"),
};
