//! # What
//!
//! A `when` is not an expression of the supported part of CEL, names something that is not in scope, or compares what
//! can't be compared. In scope are `inputs.NAME`, `env.NAME`, `decisions.NAME` and `steps.ID.status`, `.exit_code` and
//! `.output`. The same goes for `always` and `never` of a constraint in L3, which have names of their own: see
//! `rulec explain broken-constraint`.
//!
//! # Why
//!
//! A condition that can't be read can't decide anything.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { id: look, command: test -f ready, timeout: 5, read_only: true }
//!       - { id: go, command: ./status.sh, timeout: 5, read_only: true, when: steps.look.state == "ok" }
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { id: look, command: test -f ready, timeout: 5, read_only: true }
//!       - { id: go, command: ./status.sh, timeout: 5, read_only: true, when: steps.look.status == "ok" }
//! ```

use crate::diagnostic::{Level, RuleInfo};

/// `invalid-expression`
pub static RULE: RuleInfo = RuleInfo {
    id: "invalid-expression",
    code: "R0102",
    level: Level::Error,
    summary: "an expression is wrong",
    source: include_str!("invalid_expression.rs"),
};
