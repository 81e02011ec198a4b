//! # What
//!
//! The name of a file says one layer, its `layer` another.
//!
//! # Why
//!
//! The layer decides which keys a file may have and on what it may rest. A person who goes by the name and
//! a program that goes by the key would not mean the same file.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! layer: L4
//! procedures: []
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! layer: L5
//! procedures: []
//! ```

use crate::diagnostic::{Level, RuleInfo};

/// `layer-mismatch`.
pub(super) static RULE: RuleInfo = RuleInfo {
    id: "layer-mismatch",
    code: "R0016",
    level: Level::Error,
    summary: "a file's name and its `layer` contradict each other",
    source: include_str!("layer_mismatch.rs"),
};
