//! # What
//!
//! Environments extend one another in a circle.
//!
//! # Why
//!
//! Where a value stands in none of them, the search for it would never end; where it stands in several, nobody can tell
//! which of them was meant to count.
//!
//! # Bad
//!
//! ```yaml L2-system.yaml
//! context:
//!   environments:
//!     testing: { extends: production, ovens: 1 }
//!     production: { extends: testing, ovens: 8 }
//! ```
//!
//! # Good
//!
//! ```yaml L2-system.yaml
//! context:
//!   environments:
//!     testing: { extends: production, ovens: 1 }
//!     production: { ovens: 8 }
//! ```

use crate::diagnostic::{Level, RuleInfo};

/// `environment-cycle`
pub static RULE: RuleInfo = RuleInfo {
    id: "environment-cycle",
    code: "R0370",
    level: Level::Error,
    summary: "environments extend one another",
    source: include_str!("environment_cycle.rs"),
};
