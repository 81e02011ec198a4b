//! # What
//!
//! A value of another type than its key takes: a number for a list, a text for `true` or `false`.
//!
//! # Why
//!
//! What is meant can only be guessed. YAML makes such mistakes easy: `mode: 0644` is the number 644, and
//! a key with nothing behind it has the value `null`.
//!
//! # Bad
//!
//! ```json L5-execution.json
//! {"layer": "L5", "procedures": [{"id": "E1", "tags": "backup", "steps": []}]}
//! ```
//!
//! Another one:
//!
//! ```yaml L5-execution.yaml
//! layer: L5
//! procedures:
//!   - id: E1
//!     steps:
//! ```
//!
//! # Good
//!
//! ```json L5-execution.json
//! {"layer": "L5", "procedures": [{"id": "E1", "tags": ["backup"], "steps": []}]}
//! ```

use crate::diagnostic::{Level, RuleInfo};

/// `wrong-type`.
pub(super) static RULE: RuleInfo = RuleInfo {
    id: "wrong-type",
    code: "R0014",
    level: Level::Error,
    summary: "a value of another type than its key takes",
    source: include_str!("wrong_type.rs"),
};
