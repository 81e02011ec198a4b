//! # What
//!
//! Lists and mappings stand in each other more than 200 levels deep.
//!
//! # Why
//!
//! No rule needs more than a dozen levels. What is deeper comes from a broken generator, or is meant to
//! break whatever reads the file. The part that is too deep is left out, everything else is checked.
//!
//! # Bad
//!
//! ```json L5-execution.json
//! {"layer": "L5", "x-note":
//!   [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[
//!   [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[
//!   [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[
//!   ]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]
//!   ]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]
//!   ]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]
//! }
//! ```
//!
//! # Good
//!
//! ```json L5-execution.json
//! {"layer": "L5", "x-note": [[["three levels"]]]}
//! ```

use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::source::Span;

use super::findings::Findings;

/// `nested-too-deep`.
pub(super) static RULE: RuleInfo = RuleInfo {
    id: "nested-too-deep",
    code: "R0004",
    level: Level::Error,
    summary: "lists and mappings stand in each other more than 200 levels deep",
    source: include_str!("nested_too_deep.rs"),
};

/// How many containers may be open at once.
pub(super) const MAX_DEPTH: usize = 200;

/// The finding at the start of the first container that is one too many.
pub(super) fn found(findings: &Findings, span: Span) -> Diagnostic {
    findings
        .make(&RULE, span, format!("nested more than {MAX_DEPTH} levels deep"))
        .label(format!("level {}", MAX_DEPTH + 1))
        .help("flatten the structure; what is deeper is left out of the check")
}
