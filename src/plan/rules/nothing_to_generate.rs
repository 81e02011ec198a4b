//! # What
//!
//! A step writes a file that is generated from a component, and the component does not say what the file is made of: a
//! unit needs its `service`, a site of nginx its `proxy` and its `port`, a file for `logrotate` its `logs`, a file of
//! variables its `service.env_file` and the settings of L2. Or what it says can't stand in a file of that kind.
//!
//! # Why
//!
//! The step would write a file with nothing in it.
//!
//! # Bad
//!
//! ```yaml L2-system.yaml
//! context:
//!   project_structure:
//!     components: [{ name: orders, proxy: { server_name: [orders.bakery.test] } }]
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, file: { path: site.conf, generated: { kind: nginx, component: orders } }, timeout: 5 }
//! ```
//!
//! # Good
//!
//! ```yaml L2-system.yaml
//! context:
//!   project_structure:
//!     components: [{ name: orders, port: 8080, proxy: { server_name: [orders.bakery.test] } }]
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, file: { path: site.conf, generated: { kind: nginx, component: orders } }, timeout: 5 }
//! ```

use crate::diagnostic::{Level, RuleInfo};

/// `nothing-to-generate`
pub static RULE: RuleInfo = RuleInfo {
    id: "nothing-to-generate",
    code: "R0376",
    level: Level::Error,
    summary: "a file is to be generated, and nothing says from what",
    source: include_str!("nothing_to_generate.rs"),
};
