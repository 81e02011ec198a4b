//! # What
//!
//! A procedure states a risk, and L3 says that what it changes is of a higher one.
//!
//! # Why
//!
//! L3 gives some changes a floor: to delete a file, or to touch a schema, is of a risk that no author can talk down. The
//! plan has the higher of the two, and all that L3 demands by risk is demanded by that. A reader of the procedure who
//! believes what it states is deceived.
//!
//! # Bad
//!
//! ```toml L3-limits.toml
//! [[executor.risk_floors]]
//! operations = ["delete"]
//! at_least = "medium"
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     risk: low
//!     steps:
//!       - { step: 1, file: { path: config/old.conf, absent: true }, timeout: 5 }
//! ```
//!
//! # Good
//!
//! ```toml L3-limits.toml
//! [[executor.risk_floors]]
//! operations = ["delete"]
//! at_least = "medium"
//! ```
//! ```yaml L5-execution.yaml
//! procedures:
//!   - id: E1
//!     risk: medium
//!     steps:
//!       - { step: 1, file: { path: config/old.conf, absent: true }, timeout: 5 }
//! ```
//!
//! # Exceptions
//!
//! A procedure that states no risk has that of the floor. Only files that steps write or delete and paths of `writes` count:
//! what a command changes is not known.

use super::super::{Context, Lint, policy};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::plan::gate;

/// `risk-below-floor`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "risk-below-floor",
        code: "R0341",
        level: Level::Warning,
        summary: "a procedure states a lower risk than what it changes has at least",
        source: include_str!("risk_below_floor.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    if policy::executors(context.rules).all(|executor| executor.risk_floors.is_empty()) {
        return;
    }
    for (index, procedure) in context.graph.procedures() {
        let Some(stated) = procedure.risk else { continue };
        let changes = gate::changes(context.graph, index, procedure);
        let Some(raised) = gate::raised(context.rules, &changes) else { continue };
        if stated.value >= raised.risk {
            continue;
        }
        let (low, high) = (policy::word(stated.value), policy::word(raised.risk));
        let message = format!(
            "`{}` {}, which is of {high} risk at least: {low} < {high}",
            procedure.id.value, raised.words
        );
        found(
            Diagnostic::new(&LINT.info, context.place(stated.at), message)
                .label("states less")
                .related(context.place(raised.change), "this change")
                .related(context.place(raised.floor), "the floor is stated here")
                .help(format!("state `risk: {high}`, or change something else")),
        );
    }
}
