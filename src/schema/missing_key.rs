//! # What
//!
//! An object lacks a key without which it makes no sense.
//!
//! # Why
//!
//! A procedure without an id can't be called, a step that does nothing can't be carried out.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! layer: L5
//! procedures:
//!   - name: Warm up the ovens
//!     steps:
//!       - {id: warm-up, command: ./warm-up.sh, undo: ./cool-down.sh}
//! ```
//!
//! Another one:
//!
//! ```json L5-execution.json
//! {"layer": "L5", "procedures": [{"id": "E1", "steps": [{"id": "warm-up", "timeout": 30}]}]}
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! layer: L5
//! procedures:
//!   - id: E1
//!     name: Warm up the ovens
//!     steps:
//!       - {id: warm-up, command: ./warm-up.sh, undo: ./cool-down.sh}
//! ```

use crate::diagnostic::{Level, RuleInfo};

/// `missing-key`.
pub(super) static RULE: RuleInfo = RuleInfo {
    id: "missing-key",
    code: "R0013",
    level: Level::Error,
    summary: "an object lacks a key that it must have",
    source: include_str!("missing_key.rs"),
};
