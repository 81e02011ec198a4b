//! # What
//!
//! On a path that ends well a step that starts a component ends ok without its verification: it has none, or a remedy with
//! `then: continue` goes past it; and nothing behind it looks whether the component is well, or what does is
//! skipped or has failed.
//!
//! # Why
//!
//! The run is reported as a success, and the component may never have come up.
//!
//! # Bad
//!
//! ```yaml L2-system.yaml
//! context: { project_structure: { components: [{ name: web, path: web }] } }
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - id: web
//!         name: Start web
//!         command: cd web && ./start.sh
//!         undo: ./stop.sh
//!         timeout: 9
//!         verify: { command: ./web-is-up.sh, timeout: 9 }
//!         remedies: [{ exit_codes: [98], then: continue }]
//! ```
//!
//! # Good
//!
//! ```yaml L2-system.yaml
//! context: { project_structure: { components: [{ name: web, path: web }] } }
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - id: web
//!         name: Start web
//!         command: cd web && ./start.sh
//!         undo: ./stop.sh
//!         timeout: 9
//!         remedies: [{ exit_codes: [98], then: continue }]
//!       - { id: look, command: ./web-is-up.sh, read_only: true, timeout: 9 }
//! ```
//!
//! # Exceptions
//!
//! A procedure with mandatory postconditions: whoever decides them looks at the whole. Of the steps behind the start
//! those count that change nothing: they are `read_only`, or hold a condition. It is reported by `rulec verify` alone.

use crate::diagnostic::{Level, RuleInfo};

/// `unverified-service`
pub static RULE: RuleInfo = RuleInfo {
    id: "unverified-service",
    code: "R0112",
    level: Level::Error,
    summary: "a run can end well with a component started that nothing has verified",
    source: include_str!("unverified_service.rs"),
};
