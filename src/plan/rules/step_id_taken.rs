//! # What
//!
//! A step has the id that another step of its procedure gives to one of those that it stands for: round 1 of a repeated
//! step `S` is the step `S~1`, and step `b` of a procedure that step `a` runs is `a/b`.
//!
//! # Why
//!
//! A plan has each id once. What is recorded of one of the two would be taken for the other, and what waits for one would
//! wait for both or for neither.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { id: knead, command: ./knead.sh, read_only: true, repeat: { until: test -e smooth, max: 3, delay: 5s } }
//!       - { id: knead~1, command: ./rest.sh, read_only: true }
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { id: knead, command: ./knead.sh, read_only: true, repeat: { until: test -e smooth, max: 3, delay: 5s } }
//!       - { id: rest, command: ./rest.sh, read_only: true }
//! ```

use crate::diagnostic::{Level, RuleInfo};

/// `step-id-taken`
pub static RULE: RuleInfo = RuleInfo {
    id: "step-id-taken",
    code: "R0441",
    level: Level::Error,
    summary: "a step has the id of a round, or of a step of a call",
    source: include_str!("step_id_taken.rs"),
};
