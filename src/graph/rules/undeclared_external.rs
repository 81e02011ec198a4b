//! # What
//!
//! A component depends on something that is no component, and that `external` does not list either.
//!
//! # Why
//!
//! Nobody knows whether it is a slip of the pen or a thing outside, and nothing checks that it is there.
//!
//! # Bad
//!
//! ```yaml L2-system.yaml
//! context:
//!   project_structure:
//!     components:
//!       - { name: orders, dependencies: [PostgreSQL] }
//! ```
//!
//! # Good
//!
//! ```yaml L2-system.yaml
//! context:
//!   project_structure:
//!     external: [PostgreSQL]
//!     components:
//!       - { name: orders, dependencies: [PostgreSQL] }
//! ```

use crate::diagnostic::{Level, RuleInfo};

/// `undeclared-external`
pub static RULE: RuleInfo = RuleInfo {
    id: "undeclared-external",
    code: "R0024",
    level: Level::Warning,
    summary: "a dependency is neither a component nor declared as external",
    source: include_str!("undeclared_external.rs"),
};
