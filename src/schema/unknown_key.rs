//! # What
//!
//! A key that the rule language does not know, or that means nothing where it stands.
//!
//! # Why
//!
//! A misspelt key is as good as none: the timeout that it was to set is not set, and nobody is told. So
//! nothing unknown is passed over in silence. Keys that start with `x-` are your own and are left alone.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! layer: L5
//! procedures:
//!   - id: E1
//!     steps:
//!       - {id: warm-up, command: ./warm-up.sh, undo: ./cool-down.sh, timout: 30s}
//! ```
//!
//! Another one:
//!
//! ```json L5-execution.json
//! {"layer": "L5", "procedures": [{"id": "E1", "steps": [
//!   {"id": "warm-up", "command": "./warm-up.sh", "undo": "./cool-down.sh", "with": {"oven": "3"}}
//! ]}]}
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! layer: L5
//! procedures:
//!   - id: E1
//!     x-team: bakery
//!     steps:
//!       - {id: warm-up, command: ./warm-up.sh, undo: ./cool-down.sh, timeout: 30s}
//! ```

use crate::diagnostic::{Level, RuleInfo};

/// `unknown-key`.
pub(super) static RULE: RuleInfo = RuleInfo {
    id: "unknown-key",
    code: "R0011",
    level: Level::Error,
    summary: "a key that the rule language does not know",
    source: include_str!("unknown_key.rs"),
};
