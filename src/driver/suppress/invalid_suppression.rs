//! # What
//!
//! An `x-rulec-allow` or a comment `# rulec: allow` names a rule that does not exist, a day that does not exist,
//! or says something else that rulec does not know.
//!
//! # Why
//!
//! It has no effect. Whoever wrote it believes that it has.
//!
//! # Bad
//!
//! ```yaml L1-goals.yaml
//! goals:
//!   - id: G1
//!     name: Fresh bread every day
//!     x-rulec-allow: [{ lint: missing-rolback, reason: nothing is changed here }]
//! ```
//!
//! # Good
//!
//! ```yaml L5-bake.yaml
//! procedures:
//!   - id: bake
//!     x-rulec-allow: [{ lint: missing-rollback, reason: bread can't be unbaked, until: 2999-01-01 }]
//!     steps:
//!       - { step: 1, command: ./bake.sh, timeout: 60, on_failure: abort }
//! ```

use crate::diagnostic::{Level, RuleInfo};

/// `invalid-suppression`.
pub(in crate::driver) static RULE: RuleInfo = RuleInfo {
    id: "invalid-suppression",
    code: "R0203",
    level: Level::Error,
    summary: "a suppression says something that rulec does not know",
    source: include_str!("invalid_suppression.rs"),
};
