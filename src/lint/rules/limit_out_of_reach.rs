//! # What
//!
//! Two limits of L3 keep a third figure from ever being reached, or leave nothing for the rest:
//!
//! - a rate that is allowed for each user, times the users that there may be at once, is less than the rate that the
//!   whole is to bear;
//! - one process may take as much as the smallest machine has.
//!
//! # Why
//!
//! Each figure looks sensible alone. Together they say that the system is refused what it is built for, or that one
//! process can starve all others.
//!
//! # Bad
//!
//! ```toml L3-limits.toml
//! [security_constraints.network_security]
//! rate_limiting = "60 requests per minute per user"
//! [performance_constraints.throughput]
//! api_requests_per_second = 50
//! concurrent_users = 20
//! ```
//!
//! Or:
//!
//! ```toml L3-limits.toml
//! [technical_constraints.hardware]
//! minimum = { memory = "4GB" }
//! maximum = { memory_per_process = "4GB" }
//! ```
//!
//! # Good
//!
//! ```toml L3-limits.toml
//! [security_constraints.network_security]
//! rate_limiting = "600 requests per minute per user"
//! [performance_constraints.throughput]
//! api_requests_per_second = 50
//! concurrent_users = 20
//! [technical_constraints.hardware]
//! minimum = { memory = "4GB" }
//! maximum = { memory_per_process = "1GB" }
//! ```
//!
//! # Exceptions
//!
//! Where several figures could be meant, none is.

use std::collections::BTreeMap;

use super::super::figures::{self, Bearing, Figure, Role};
use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::scalar::Dimension;

/// `limit-out-of-reach`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "limit-out-of-reach",
        code: "R0174",
        level: Level::Warning,
        summary: "limits together keep a figure from ever being reached",
        source: include_str!("limit_out_of_reach.rs"),
    },
    check,
};

/// Whom a rate may be for each of, and whom there may be several of at once.
const SOMEBODY: [&str; 6] = ["ip", "user", "client", "session", "connection", "address"];
/// What may take a share of a machine.
const SHARERS: [&str; 4] = ["process", "worker", "instance", "container"];

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    let limits: Vec<&Figure> =
        context.figures().iter().filter(|figure| figure.bearing == Bearing::Limit).collect();
    rates(&limits, found);
    shares(&limits, found);
}

/// The rate for each, times how many there are, against the rate of the whole.
fn rates(limits: &[&Figure], found: &mut dyn FnMut(Diagnostic)) {
    let is_somebody = |word: &str| SOMEBODY.contains(&word);
    let one_of = |is_meant: &dyn Fn(&Figure) -> bool| {
        let mut meant = limits.iter().copied().filter(|figure| is_meant(figure));
        meant.next().filter(|_| meant.next().is_none())
    };
    let crowd = one_of(&|figure| {
        let mut words = figure.subject.split(' ');
        figure.dimension == Dimension::Count
            && words.next() == Some("concurrent")
            && words.next().is_some_and(is_somebody)
            && words.next().is_none()
    });
    let each = one_of(&|figure| {
        figure.dimension == Dimension::Frequency && figure.each.as_deref().is_some_and(is_somebody)
    });
    let (Some(crowd), Some(each)) = (crowd, each) else { return };
    let counted = figures::counted(&each.quantity);
    let whole = one_of(&|figure| {
        let own = figures::counted(&figure.quantity);
        let mut words = figure.subject.split(' ').chain(own.iter().map(String::as_str));
        figure.dimension == Dimension::Frequency
            && figure.each.is_none()
            && !counted.is_empty()
            && words.any(|word| counted.last().is_some_and(|counted| counted == word))
    });
    let Some(whole) = whole else { return };
    let (Some(count), Some(rate), Some(goal)) =
        (crowd.quantity.ratio(), each.quantity.ratio(), whole.quantity.ratio())
    else {
        return;
    };
    let Some(total) = count.checked_mul(rate).filter(|total| *total < goal) else { return };
    let message = format!("{} x {} = {total} per s < {goal} per s", crowd.quantity, each.quantity);
    found(
        Diagnostic::new(&LINT.info, whole.place, message)
            .label("can never be reached")
            .related(each.place, "allowed for each")
            .related(crowd.place, "so many at once")
            .help("allow each more, or correct what the whole is to bear"),
    );
}

/// What one process may take, against what the smallest machine has.
fn shares(limits: &[&Figure], found: &mut dyn FnMut(Diagnostic)) {
    let mut least: BTreeMap<(&str, &str), &Figure> = BTreeMap::new();
    for figure in limits.iter().filter(|figure| figure.role == Role::Minimum) {
        least.entry((&figure.scope, &figure.subject)).or_insert(figure);
    }
    for most in limits.iter().filter(|figure| figure.role != Role::Minimum) {
        let Some((what, sharer)) = most.subject.rsplit_once(" per ") else { continue };
        if !SHARERS.contains(&sharer) {
            continue;
        }
        let parent = most.scope.rsplit('/').next().unwrap_or_default();
        let prefixed = format!("{parent} {what}");
        let whole =
            [prefixed.as_str(), what].into_iter().find_map(|name| least.get(&(most.scope.as_str(), name)));
        let Some(whole) = whole.filter(|whole| most.quantity.comparable(&whole.quantity)) else { continue };
        let (Some(share), Some(all)) = (most.quantity.ratio(), whole.quantity.ratio()) else { continue };
        if share < all {
            continue;
        }
        let amount = if share == all { "all of" } else { "more than" };
        let message = format!(
            "one {sharer} may take `{}`, {amount} the `{}` that the smallest machine has",
            most.spelt, whole.spelt
        );
        found(
            Diagnostic::new(&LINT.info, most.place, message)
                .related(whole.place, "the smallest machine")
                .help("allow one of them less, or ask for a larger machine"),
        );
    }
}
