//! # What
//!
//! On some path a `when` asks for the output, exit code or status of a step that has none there: it was skipped,
//! failed, or is not over yet.
//!
//! # Why
//!
//! A condition that can't be decided fails its step, and with it the run.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { id: look, command: ./look.sh, output: true, read_only: true, timeout: 9, on_failure: continue }
//!       - { id: go, command: ./go.sh, undo: ./back.sh, timeout: 9, when: steps.look.output == "ready" }
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { id: look, command: ./look.sh, output: true, read_only: true, timeout: 9, on_failure: continue }
//!       - id: go
//!         command: ./go.sh
//!         undo: ./back.sh
//!         timeout: 9
//!         when: steps.look.status == "ok" && steps.look.output == "ready"
//! ```
//!
//! # Exceptions
//!
//! It is reported by `rulec verify` alone.

use crate::diagnostic::{Level, RuleInfo};

/// `undecidable-when`
pub static RULE: RuleInfo = RuleInfo {
    id: "undecidable-when",
    code: "R0113",
    level: Level::Error,
    summary: "a condition can ask for what is not there",
    source: include_str!("undecidable_when.rs"),
};
