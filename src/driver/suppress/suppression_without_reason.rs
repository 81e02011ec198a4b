//! # What
//!
//! A suppression does not say why. It counts all the same, so that what it covers is not reported as well.
//!
//! # Why
//!
//! Whoever reads it in a year can't tell whether it still holds, and leaves it. The reason is the one thing that no
//! tool can find out later.
//!
//! # Bad
//!
//! ```yaml L5-bake.yaml
//! procedures:
//!   # rulec: allow missing-rollback
//!   - id: bake
//!     steps:
//!       - { step: 1, command: ./bake.sh, timeout: 60, on_failure: abort }
//! ```
//!
//! # Good
//!
//! ```yaml L5-bake.yaml
//! procedures:
//!   # rulec: allow missing-rollback -- bread can't be unbaked
//!   - id: bake
//!     steps:
//!       - { step: 1, command: ./bake.sh, timeout: 60, on_failure: abort }
//! ```

use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::source::Location;

/// `suppression-without-reason`.
pub(in crate::driver) static RULE: RuleInfo = RuleInfo {
    id: "suppression-without-reason",
    code: "R0200",
    level: Level::Error,
    summary: "a suppression does not say why",
    source: include_str!("suppression_without_reason.rs"),
};

pub(super) fn finding(rule: &RuleInfo, place: Location) -> Diagnostic {
    let message = format!("`{}` is allowed here, and nothing says why", rule.id);
    Diagnostic::new(&RULE, place, message).help("write it behind `--`, or as `reason`")
}
