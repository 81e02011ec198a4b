//! # What
//!
//! Components depend on one another in a circle.
//!
//! # Why
//!
//! There is no order in which they could be started or stopped.
//!
//! # Bad
//!
//! ```yaml L2-system.yaml
//! context:
//!   project_structure:
//!     components:
//!       - { name: orders, dependencies: [stock] }
//!       - { name: stock, dependencies: [orders] }
//! ```
//!
//! # Good
//!
//! ```yaml L2-system.yaml
//! context:
//!   project_structure:
//!     components:
//!       - { name: orders, dependencies: [stock] }
//!       - { name: stock }
//! ```

use crate::diagnostic::{Level, RuleInfo};

/// `component-cycle`
pub static RULE: RuleInfo = RuleInfo {
    id: "component-cycle",
    code: "R0034",
    level: Level::Error,
    summary: "components depend on one another",
    source: include_str!("component_cycle.rs"),
};
