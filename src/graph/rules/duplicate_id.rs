//! # What
//!
//! Two entities of one kind have the same id: two procedures, two goals, two steps of one procedure.
//! Ids are unique per kind over the whole rule set, over all of its files.
//!
//! # Why
//!
//! A reference to the id could mean either, and a runner that takes the first one silently ignores the other.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps: [{ step: 1, command: ./start.sh, undo: ./stop.sh }]
//!   - id: E1
//!     steps: [{ step: 1, command: ./stop.sh, undo: ./start.sh }]
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps: [{ step: 1, command: ./start.sh, undo: ./stop.sh }]
//!   - id: E2
//!     steps: [{ step: 1, command: ./stop.sh, undo: ./start.sh }]
//! ```

use crate::diagnostic::{Level, RuleInfo};

/// `duplicate-id`
pub static RULE: RuleInfo = RuleInfo {
    id: "duplicate-id",
    code: "R0021",
    level: Level::Error,
    summary: "two things of one kind have the same id",
    source: include_str!("duplicate_id.rs"),
};
