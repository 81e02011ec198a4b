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

use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::source::{FileId, Location, Span};

/// `syntax-error`.
pub(super) static RULE: RuleInfo = RuleInfo {
    id: "syntax-error",
    code: "R0001",
    level: Level::Error,
    summary: "the file breaks the grammar of its format",
    source: include_str!("syntax_error.rs"),
};

/// The largest file that is read. Far above any rule file, far below what 32-bit offsets can hold.
pub const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// The finding for a file of more than [`MAX_BYTES`], which need not be read at all.
#[must_use]
pub fn too_large(file: FileId, bytes: u64) -> Diagnostic {
    let mebibytes = bytes.div_ceil(1024 * 1024);
    let limit = MAX_BYTES / 1024 / 1024;
    Diagnostic::new(
        &RULE,
        Location { file, span: Span::at(0) },
        format!("the file has {mebibytes} MiB, more than the {limit} MiB that a rule file may have"),
    )
    .help("split it into several files of the same layer, or move it out of the rule set")
}
