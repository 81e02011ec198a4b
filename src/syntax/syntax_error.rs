//! # What
//!
//! The file breaks the grammar of its format: a comment, a trailing comma or single quotes in JSON, a tab
//! that indents YAML, a string that is never closed, a second document in one file.
//!
//! # Why
//!
//! Whoever reads such a file by other means reads something else, or nothing. Each mistake is reported at
//! its own place, and reading goes on behind it, so that one run shows them all.
//!
//! # Bad
//!
//! ```json L5-execution.json
//! {
//!   // the procedures of the shop
//!   "layer": "L5",
//!   "procedures": []
//! }
//! ```
//!
//! Another one:
//!
//! ```json L5-execution.json
//! {
//!   "layer": "L5",
//!   "procedures": [],
//! }
//! ```
//!
//! # Good
//!
//! ```json L5-execution.json
//! {
//!   "layer": "L5",
//!   "procedures": []
//! }
//! ```

use crate::diagnostic::{Level, RuleInfo};

/// `syntax-error`.
pub(super) static RULE: RuleInfo = RuleInfo {
    id: "syntax-error",
    code: "R0001",
    level: Level::Error,
    summary: "the file breaks the grammar of its format",
    source: include_str!("syntax_error.rs"),
};
