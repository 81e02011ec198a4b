//! # What
//!
//! A procedure or a decision stops a component before another one that depends on it. Which component a step stops is
//! told as for `start-order`, with "stop" for "start".
//!
//! # Why
//!
//! The other one still runs, loses what it needs, and fails, hangs or loses data before its own turn comes.
//!
//! # Bad
//!
//! ```yaml L2-system.yaml
//! context:
//!   project_structure:
//!     components:
//!       - { name: stock, path: stock }
//!       - { name: orders, path: orders, dependencies: [stock] }
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, name: Stop stock, command: ./stop.sh stock, irreversible: it runs on its own }
//!       - { step: 2, name: Stop orders, command: ./stop.sh orders, irreversible: it runs on its own }
//! ```
//!
//! # Good
//!
//! ```yaml L2-system.yaml
//! context:
//!   project_structure:
//!     components:
//!       - { name: stock, path: stock }
//!       - { name: orders, path: orders, dependencies: [stock] }
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     steps:
//!       - { step: 1, name: Stop orders, command: ./stop.sh orders, irreversible: it runs on its own }
//!       - { step: 2, name: Stop stock, command: ./stop.sh stock, irreversible: it runs on its own }
//! ```
//!
//! # Exceptions
//!
//! Where what is needed is started again in between, as in a rolling restart.

use super::super::starts::Verb;
use super::super::{Context, Lint, orders};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};

/// `stop-order`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "stop-order",
        code: "R0042",
        level: Level::Error,
        summary: "a component is stopped while one that needs it still runs",
        source: include_str!("stop_order.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    orders::check(context, &LINT.info, Verb::Stop, found);
}
