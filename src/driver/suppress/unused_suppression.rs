//! # What
//!
//! A suppression covers nothing: the rule that it names finds nothing there.
//!
//! # Why
//!
//! What it was for has been mended, or it stands at the wrong place. It would hide the next mistake of that
//! kind, which nobody has looked at.
//!
//! # Bad
//!
//! ```toml L5-bake.toml
//! [[procedures]]
//! id = "bake"
//!
//! [[procedures.steps]]
//! step = 1
//! command = "./bake.sh" # rulec: allow masked-failure -- a burnt loaf is no reason to stop
//! undo = "./throw-away.sh"
//! timeout = 60
//! on_failure = "abort"
//! ```
//!
//! # Good
//!
//! ```toml L5-bake.toml
//! [[procedures]]
//! id = "bake"
//!
//! [[procedures.steps]]
//! step = 1
//! command = "./bake.sh || true" # rulec: allow masked-failure -- a burnt loaf is no reason to stop
//! undo = "./throw-away.sh"
//! timeout = 60
//! on_failure = "abort"
//! ```
//!
//! # Exceptions
//!
//! Nothing is said of rules that are off in the file, of those that only `compile`, `test` or `verify` finds, nor
//! while mistakes in a file keep others from being found.

use crate::diagnostic::{Diagnostic, Fix, Level, RuleInfo};
use crate::source::Location;

/// `unused-suppression`.
pub(in crate::driver) static RULE: RuleInfo = RuleInfo {
    id: "unused-suppression",
    code: "R0202",
    level: Level::Warning,
    summary: "a suppression covers nothing",
    source: include_str!("unused_suppression.rs"),
};

pub(super) fn finding(rule: &RuleInfo, place: Location, removal: Option<Fix>) -> Diagnostic {
    let message = format!("`{}` is allowed here, but finds nothing", rule.id);
    let found = Diagnostic::new(&RULE, place, message).help("take it away, or put it where the finding is");
    Diagnostic { fix: removal, ..found }
}
