//! # What
//!
//! Something is said to bound the time of procedures or steps, and is no upper bound of a time: a metric with `bounds`
//! whose target is a share, a least time, a single value or prose; `procedure_time` or `step_time` of L3 of that kind.
//!
//! # Why
//!
//! It is held against nothing, and whoever wrote it believes that it is.
//!
//! # Bad
//!
//! ```yaml L1-goals.yaml
//! goals:
//!   - id: G1
//!     metrics:
//!       baking_time: { target: ">= 95%", bounds: procedures, probe: ./measure.sh }
//! ```
//!
//! # Good
//!
//! ```yaml L1-goals.yaml
//! goals:
//!   - id: G1
//!     metrics:
//!       baking_time: { target: p95 < 30s, bounds: procedures, probe: ./measure.sh }
//! ```

use super::super::time_bounds::stated;
use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::model::Bounded;

/// `bound-without-time`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "bound-without-time",
        code: "R0432",
        level: Level::Warning,
        summary: "what is said to bound a time is no upper bound of one",
        source: include_str!("bound_without_time.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for stated in stated(context.graph).into_iter().filter(|stated| stated.bound.is_none()) {
        let what = match stated.bounded {
            Bounded::Procedures => "procedures",
            Bounded::Steps => "steps",
        };
        let message = format!(
            "`{}` is no upper bound on a time, so no time of {what} is held against it",
            stated.spelt
        );
        let mut diagnostic = Diagnostic::new(&LINT.info, context.place(stated.at), message)
            .help("write an upper bound such as `< 30s`, or `p95 < 30s` for 95 of 100");
        if stated.said_at != stated.at {
            diagnostic = diagnostic.related(context.place(stated.said_at), "this says what it bounds");
        }
        found(diagnostic);
    }
}
