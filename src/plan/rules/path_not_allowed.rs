//! # What
//!
//! A step writes a file that `allowed_paths` of L3 does not list, or that `forbidden_paths` lists; or the `writes` of a
//! procedure name such paths. A path that leads through `..`, or that names a folder, is not allowed either.
//!
//! Paths count from the folder of the run. A glob from the root, such as `/etc/bakery/**`, allows paths from the root. A
//! glob of `writes` is held as it is written: `config/*.conf` lies within `config/**`.
//!
//! # Why
//!
//! What no procedure may touch is worth most where one would. The script refuses such a path again when it runs, and there
//! it also sees where symbolic links lead; but at three in the morning nobody is there to mend it.
//!
//! # Bad
//!
//! ```toml L3-limits.toml
//! [executor]
//! allowed_paths = ["config/**"]
//! forbidden_paths = ["**/.env"]
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, file: { path: services/orders.conf, content: "shop = Kleinbrot" }, timeout: 5 }
//! ```
//!
//! ```toml L3-limits.toml
//! [executor]
//! forbidden_paths = ["**/.env"]
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, file: { path: config/.env, content: "shop = Kleinbrot" }, timeout: 5 }
//! ```
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, file: { path: ../orders.conf, content: "shop = Kleinbrot" }, timeout: 5 }
//! ```
//!
//! # Good
//!
//! ```toml L3-limits.toml
//! [executor]
//! allowed_paths = ["config/**"]
//! forbidden_paths = ["**/.env"]
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     writes: [config/*.conf]
//!     steps:
//!       - { step: 1, file: { path: config/orders.conf, content: "shop = Kleinbrot" }, timeout: 5 }
//! ```

use crate::diagnostic::{Level, RuleInfo};

/// `path-not-allowed`
pub static RULE: RuleInfo = RuleInfo {
    id: "path-not-allowed",
    code: "R0134",
    level: Level::Error,
    summary: "a path is written that L3 does not allow",
    source: include_str!("path_not_allowed.rs"),
};
