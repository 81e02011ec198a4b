//! # What
//!
//! An owner or an approval names a role that is neither a stakeholder of L1 nor a role of L3's authorization.
//! Where a rule set declares no roles at all, there is nothing to hold them against and nothing is reported.
//!
//! # Why
//!
//! When it matters nobody knows who is to be called.
//!
//! # Bad
//!
//! ```yaml L1-goals.yaml
//! goals: [{ id: G1, owner: designers }]
//! stakeholders: [{ role: operators }]
//! ```
//!
//! # Good
//!
//! ```yaml L1-goals.yaml
//! goals: [{ id: G1, owner: operators }]
//! stakeholders: [{ role: operators }]
//! ```

use crate::diagnostic::{Level, RuleInfo};

/// `unknown-role`
pub static RULE: RuleInfo = RuleInfo {
    id: "unknown-role",
    code: "R0025",
    level: Level::Error,
    summary: "an owner or approver is nobody that is declared",
    source: include_str!("unknown_role.rs"),
};
