//! # What
//!
//! A value of the right type that its key does not take: a name that is none of the choices, a number out of
//! range, a duration that is none, or two keys of which only one may stand.
//!
//! # Why
//!
//! The value has no meaning, so nothing could be compiled from it.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! layer: L5
//! procedures:
//!   - id: E1
//!     steps:
//!       - {id: warm-up, command: ./warm-up.sh, undo: ./cool-down.sh, on_failure: abrot}
//! ```
//!
//! Another one:
//!
//! ```yaml L5-execution.yaml
//! layer: L5
//! procedures:
//!   - id: E1
//!     steps:
//!       - {id: warm-up, command: ./warm-up.sh, undo: ./cool-down.sh, timeout: 5 minuets}
//! ```
//!
//! Another one:
//!
//! ```json L5-execution.json
//! {"layer": "L5", "procedures": [{"id": "E1", "steps": [
//!   {"id": "warm-up", "command": "./warm-up.sh", "undo": "./cool-down.sh", "manual": "Warm up the ovens."}
//! ]}]}
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! layer: L5
//! procedures:
//!   - id: E1
//!     steps:
//!       - {id: warm-up, command: ./warm-up.sh, undo: ./cool-down.sh, timeout: 5 minutes, on_failure: abort}
//! ```

use crate::diagnostic::{Level, RuleInfo};

/// `invalid-value`.
pub(super) static RULE: RuleInfo = RuleInfo {
    id: "invalid-value",
    code: "R0015",
    level: Level::Error,
    summary: "a value that its key does not take",
    source: include_str!("invalid_value.rs"),
};
