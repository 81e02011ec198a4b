//! # What
//!
//! Two figures bound one quantity, and no value satisfies both: a metric or requirement asks for more than a limit
//! allows, or for less.
//!
//! Figures are metrics of L1, criteria and requirements that are nothing but a formula (`Concurrent users > 10`), the
//! leaves of L2's environment and of the open groups of L3. Two of them are of one quantity where their names have the
//! same words, but for case, plural and unit: `concurrent_users` and `Concurrent users`, `video_fps` and `Video FPS`.
//! Units are converted. A number of L3 without an operator is the most that is allowed, under `minimum` the least.
//!
//! # Why
//!
//! Whatever is built, one of the two is broken.
//!
//! # Bad
//!
//! ```yaml L2-system.yaml
//! requirements:
//!   non_functional:
//!     - { id: NFR1, description: Concurrent users > 10 }
//! ```
//! ```toml L3-limits.toml
//! [performance_constraints.throughput]
//! concurrent_users = 10
//! ```
//!
//! # Good
//!
//! ```yaml L2-system.yaml
//! requirements:
//!   non_functional:
//!     - { id: NFR1, description: Concurrent users > 10 }
//! ```
//! ```toml L3-limits.toml
//! [performance_constraints.throughput]
//! concurrent_users = 50
//! ```
//!
//! # Exceptions
//!
//! Names of a single word, such as `latency`, count only together with what they stand in. A name that stands in several
//! places of L3, once for each environment, is not held against a requirement: which one is meant is not known. What is
//! only recommended bounds nothing.

use super::super::figures::{self, Figure};
use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};

/// `limit-contradiction`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "limit-contradiction",
        code: "R0164",
        level: Level::Error,
        summary: "two bounds on one quantity, and no value satisfies both",
        source: include_str!("limit_contradiction.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for group in figures::comparable(context.figures()) {
        let Some((low, high)) = figures::contradiction(&group) else { continue };
        let (first, last) = if is_before(low, high) { (low, high) } else { (high, low) };
        let message = format!(
            "nothing is both {} and {}{}",
            first.shown(),
            last.shown(),
            figures::conversion([first, last])
        );
        found(
            Diagnostic::new(&LINT.info, last.place, message)
                .label(format!("bounds `{}`", last.name))
                .related(first.place, format!("bounds {}", named(first)))
                .help("correct one of the two; if they are of different things, give them different names"),
        );
    }
}

/// True where one figure stands before another: in an earlier layer, or an earlier place.
fn is_before(one: &Figure, other: &Figure) -> bool {
    let key = |figure: &Figure| (figure.layer, figure.place.file, figure.place.span.start);
    key(one) < key(other)
}

fn named(figure: &Figure) -> String {
    match &figure.owner {
        Some(owner) => format!("`{}` of `{owner}`", figure.name),
        None => format!("`{}`", figure.name),
    }
}
