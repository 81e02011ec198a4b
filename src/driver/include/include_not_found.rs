//! # What
//!
//! What `include` names can't be read as rules: nothing is there, no rule files are in it, or several rule sets are.
//!
//! # Why
//!
//! Procedures call what the other rule set was to lend them. Nothing that is judged without it would be true, so
//! nothing more is.
//!
//! # Bad
//!
//! ```yaml L5-bake.yaml
//! include: [libary]
//! procedures:
//!   - id: bake
//!     steps:
//!       - { step: 1, uses: heat, timeout: 60 }
//! ```
//!
//! ```toml library/rulec.toml
//! name = "library"
//! ```
//!
//! ```yaml library/L5-ovens.yaml
//! actions:
//!   heat: { command: ./heat.sh 240, timeout: 60, undo: ./heat.sh 0 }
//! ```
//!
//! # Good
//!
//! ```yaml L5-bake.yaml
//! include: [library]
//! procedures:
//!   - id: bake
//!     steps:
//!       - { step: 1, uses: heat, timeout: 60 }
//! ```
//!
//! ```toml library/rulec.toml
//! name = "library"
//! ```
//!
//! ```yaml library/L5-ovens.yaml
//! actions:
//!   heat: { command: ./heat.sh 240, timeout: 60, undo: ./heat.sh 0 }
//! ```

use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::source::Location;

/// `include-not-found`.
pub(in crate::driver) static RULE: RuleInfo = RuleInfo {
    id: "include-not-found",
    code: "R0400",
    level: Level::Error,
    summary: "what is included can't be read as rules",
    source: include_str!("include_not_found.rs"),
};

pub(super) fn finding(path: &str, at: Location, why: &str) -> Diagnostic {
    Diagnostic::new(&RULE, at, format!("`{path}` can't be included: {why}"))
        .help("name the folder of one rule set, or one of its files, from the folder of this file")
}
