//! # What
//!
//! A reference fits more than one thing, by id or by name. `kind:id` says which is meant.
//!
//! # Why
//!
//! Which of them is meant depends on who reads it.
//!
//! # Bad
//!
//! ```yaml L1-goals.yaml
//! goals:
//!   - { id: G1, metrics: { latency: "< 100ms" } }
//!   - { id: G2, metrics: { latency: "< 500ms" } }
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     satisfies: [G1, G2]
//!     preconditions: [{ metric: latency }]
//!     steps: [{ step: 1, command: ./start.sh, undo: ./stop.sh }]
//! ```
//!
//! # Good
//!
//! ```yaml L1-goals.yaml
//! goals:
//!   - { id: G1, metrics: { latency: "< 100ms" } }
//!   - { id: G2, metrics: { latency: { target: "< 500ms", probe: ./latency.sh } } }
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     satisfies: [G1, G2]
//!     preconditions: [{ metric: G2.latency }]
//!     steps: [{ step: 1, command: ./start.sh, undo: ./stop.sh }]
//! ```

use crate::diagnostic::{Level, RuleInfo};

/// `ambiguous-reference`
pub static RULE: RuleInfo = RuleInfo {
    id: "ambiguous-reference",
    code: "R0023",
    level: Level::Error,
    summary: "a reference may mean several things",
    source: include_str!("ambiguous_reference.rs"),
};
