//! # What
//!
//! An input or variable has a name that no environment variable can have, or a default or an environment's value that is
//! not of its type.
//!
//! # Why
//!
//! Inputs reach commands as environment variables and nothing else; a value of another type is refused when the procedure
//! is started, which is when it is needed.
//!
//! # Bad
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     inputs: [{ name: port, type: port, default: 99999 }]
//!     steps: [{ step: 1, command: test -f ready, timeout: 5, read_only: true }]
//! ```
//!
//! # Good
//!
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     inputs: [{ name: port, type: port, default: 8080 }]
//!     steps: [{ step: 1, command: test -f ready, timeout: 5, read_only: true }]
//! ```

use crate::diagnostic::{Level, RuleInfo};

/// `invalid-input`
pub static RULE: RuleInfo = RuleInfo {
    id: "invalid-input",
    code: "R0107",
    level: Level::Error,
    summary: "an input, or its value, does not fit",
    source: include_str!("invalid_input.rs"),
};
