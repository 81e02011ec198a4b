//! # What
//!
//! A procedure or a decision starts a component before another one that it depends on.
//!
//! Which component a step starts is told by its `uses` (an action whose name begins with `start`), by its name
//! ("Start NAME"), or by a start program in the component's folder (`cd PATH && ./start.sh`); a step that begins with
//! "Start" and whose `verify` asks a component's port starts that component. Where two of these disagree, or none
//! is there, nothing is said.
//!
//! # Why
//!
//! What it needs is not there yet: it fails, or it comes up half-working and nobody notices.
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
//!       - { step: 1, name: Start orders, command: ./start.sh orders, irreversible: it runs on its own }
//!       - { step: 2, name: Start stock, command: ./start.sh stock, irreversible: it runs on its own }
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
//!       - { step: 1, name: Start stock, command: ./start.sh stock, irreversible: it runs on its own }
//!       - { step: 2, name: Start orders, command: ./start.sh orders, irreversible: it runs on its own }
//! ```
//!
//! # Exceptions
//!
//! A procedure that stops and starts components one after another finds the others running: where what is needed
//! is stopped in between, its start is not held against the order. Components that depend on one another have no
//! order; `component-cycle` says so.

use super::super::starts::Verb;
use super::super::{Context, Lint, orders};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};

/// `start-order`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "start-order",
        code: "R0041",
        level: Level::Error,
        summary: "a component is started before one that it needs",
        source: include_str!("start_order.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    orders::check(context, &LINT.info, Verb::Start, found);
}
