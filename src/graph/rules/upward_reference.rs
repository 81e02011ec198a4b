//! # What
//!
//! `satisfies` names something of the same or of a later layer.
//!
//! # Why
//!
//! Each layer rests only on those before it; a goal that serves a procedure is upside down.
//!
//! # Bad
//!
//! ```yaml L1-goals.yaml
//! goals: [{ id: G1, satisfies: [E1] }]
//! ```
//! ```yaml L5-execution.yaml
//! procedures: [{ id: E1, steps: [{ step: 1, command: ./start.sh, undo: ./stop.sh }] }]
//! ```
//!
//! # Good
//!
//! ```yaml L1-goals.yaml
//! goals: [{ id: G1 }]
//! ```
//! ```yaml L5-execution.yaml
//! procedures: [{ id: E1, satisfies: [G1], steps: [{ step: 1, command: ./start.sh, undo: ./stop.sh }] }]
//! ```

use crate::diagnostic::{Level, RuleInfo};

/// `upward-reference`
pub static RULE: RuleInfo = RuleInfo {
    id: "upward-reference",
    code: "R0026",
    level: Level::Error,
    summary: "a layer rests on a later one",
    source: include_str!("upward_reference.rs"),
};
