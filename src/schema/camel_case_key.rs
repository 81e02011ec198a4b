//! # What
//!
//! A key of the rule language in `camelCase`.
//!
//! # Why
//!
//! Keys are spelt in `snake_case`. A key in another spelling would be dropped in silence by many readers.
//! The fix renames it.
//!
//! # Bad
//!
//! ```json L5-execution.json
//! {"layer": "L5", "procedures": [{"id": "E1", "estimatedDuration": "3 minutes", "steps": [
//!   {"id": "warm-up", "command": "./warm-up.sh", "undo": "./cool-down.sh", "timeout": "2m"}
//! ]}]}
//! ```
//!
//! # Good
//!
//! ```json L5-execution.json
//! {"layer": "L5", "procedures": [{"id": "E1", "estimated_duration": "3 minutes", "steps": [
//!   {"id": "warm-up", "command": "./warm-up.sh", "undo": "./cool-down.sh", "timeout": "2m"}
//! ]}]}
//! ```

use crate::diagnostic::{Level, RuleInfo};

/// `camel-case-key`.
pub(super) static RULE: RuleInfo = RuleInfo {
    id: "camel-case-key",
    code: "R0012",
    level: Level::Error,
    summary: "a key in `camelCase` that is known in `snake_case`",
    source: include_str!("camel_case_key.rs"),
};
