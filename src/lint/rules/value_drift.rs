//! # What
//!
//! One quantity has several figures that do not agree: a later layer lets pass what an earlier one rules out (L1 asks for
//! less than 500 ms, L3 is content with less than 800 ms); two limits of L3 state different numbers for the same thing; or
//! one and the same demand has two priorities.
//!
//! Which figures are of one quantity is said by `limit-contradiction`.
//!
//! # Why
//!
//! Each reader believes the figure that he has read. What meets the looser one may still miss the goal.
//!
//! # Bad
//!
//! ```yaml L1-goals.yaml
//! goals:
//!   - id: G1
//!     metrics: { order_latency: "< 500ms" }
//! ```
//! ```toml L3-limits.toml
//! [performance_constraints]
//! order_latency = "< 0.8s"
//! ```
//!
//! Or:
//!
//! ```yaml L1-goals.yaml
//! goals:
//!   - id: G1
//!     priority: P0
//!     metrics: { order_availability: "> 99%" }
//! ```
//! ```yaml L2-system.yaml
//! requirements:
//!   non_functional:
//!     - { id: NFR1, description: Order availability > 99%, priority: P2 }
//! ```
//!
//! # Good
//!
//! ```yaml L1-goals.yaml
//! goals:
//!   - id: G1
//!     metrics: { order_latency: "< 500ms" }
//! ```
//! ```toml L3-limits.toml
//! [performance_constraints]
//! order_latency = { target = "< 0.2s", maximum = "< 0.5s" }
//! ```
//!
//! # Exceptions
//!
//! A later layer may ask for more than an earlier one. A limit that is looser than a metric's target, but not than its
//! `alert`, marks the alarm and not the goal.

use super::super::figures::{self, Bearing, Figure};
use super::super::{Context, Lint};
use crate::diagnostic::{Diagnostic, Level, RuleInfo};
use crate::model::LayerId;
use crate::scalar::Edge;

/// `value-drift`
pub(super) static LINT: Lint = Lint {
    info: RuleInfo {
        id: "value-drift",
        code: "R0165",
        level: Level::Warning,
        summary: "one quantity has several figures that do not agree",
        source: include_str!("value_drift.rs"),
    },
    check,
};

fn check(context: &Context<'_>, found: &mut dyn FnMut(Diagnostic)) {
    for mut group in figures::comparable(context.figures()) {
        group.retain(|figure| figure.is_hard());
        group.sort_by_key(|figure| figure.layer);
        if figures::contradiction(&group).is_none() {
            looser(&group, found);
            differing(&group, found);
        }
        priorities(&group, found);
    }
}

/// Later figures that let pass what an earlier layer rules out.
fn looser(group: &[&Figure], found: &mut dyn FnMut(Diagnostic)) {
    let (mut least, mut most): (Option<&Figure>, Option<&Figure>) = (None, None);
    for layer in group.chunk_by(|a, b| a.layer == b.layer) {
        for figure in layer.iter().filter(|figure| figure.has_sides()) {
            let below = least.filter(|least| {
                figure.interval.low != Edge::Bottom && figure.interval.low < least.interval.low
            });
            let above = most.filter(|most| {
                figure.interval.high != Edge::Top && figure.interval.high > most.interval.high
            });
            let Some(tighter) =
                below.or(above).filter(|tighter| tighter.fits(figure) && !is_alarm_of(figure, tighter))
            else {
                continue;
            };
            let conversion = figures::conversion([tighter, figure]);
            let message = format!(
                "{} is allowed here, and {} is asked for{conversion}",
                figure.shown(),
                tighter.shown()
            );
            found(
                Diagnostic::new(&LINT.info, figure.place, message)
                    .label(format!("bounds `{}`", figure.name))
                    .related(tighter.place, format!("`{}` is bounded here", tighter.name))
                    .help("make the later figure as tight as the earlier one, or correct the earlier one"),
            );
        }
        for figure in layer.iter().copied().filter(|figure| figure.bearing == Bearing::Required) {
            if least.is_none_or(|least| figure.interval.low > least.interval.low) {
                least = Some(figure);
            }
            if most.is_none_or(|most| figure.interval.high < most.interval.high) {
                most = Some(figure);
            }
        }
    }
}

/// True where a figure lets pass nothing that raises the alarm of a metric.
fn is_alarm_of(figure: &Figure, metric: &Figure) -> bool {
    metric.alert.is_some_and(|alert| alert.is_disjoint(&figure.interval))
}

/// Limits that state different numbers for one thing.
fn differing(group: &[&Figure], found: &mut dyn FnMut(Diagnostic)) {
    let mut bare = group.iter().filter(|figure| figure.bearing == Bearing::Limit && figure.is_bare);
    let Some(first) = bare.next() else { return };
    for figure in bare.filter(|figure| figure.role == first.role) {
        if figure.interval == first.interval || !figure.fits(first) {
            continue;
        }
        let conversion = figures::conversion([first, figure]);
        let message = format!(
            "`{}` is `{}` here and `{}` elsewhere{conversion}",
            figure.name, figure.spelt, first.spelt
        );
        found(
            Diagnostic::new(&LINT.info, figure.place, message)
                .related(first.place, "the other figure")
                .help("state it once, or the same in both places"),
        );
    }
}

/// Requirements that ask for the same as a goal, with another priority.
fn priorities(group: &[&Figure], found: &mut dyn FnMut(Diagnostic)) {
    let Some(goal) = group.iter().find(|figure| figure.layer == LayerId::L1 && figure.priority.is_some())
    else {
        return;
    };
    let Some((first, _)) = goal.priority else { return };
    let is_clear = |figure: &&&Figure| {
        figure.layer != LayerId::L1 || figure.priority.is_none_or(|(grade, _)| grade == first)
    };
    if !group.iter().all(|figure| is_clear(&figure)) {
        return;
    }
    for figure in group.iter().filter(|figure| figure.layer == LayerId::L2) {
        let Some((grade, place)) = figure.priority else { continue };
        if grade == first || figure.interval != goal.interval {
            continue;
        }
        let (owner, of) =
            (figure.owner.as_deref().unwrap_or_default(), goal.owner.as_deref().unwrap_or_default());
        let message = format!("`{owner}` is {grade:?}, and asks for what `{of}` asks for as {first:?}");
        found(
            Diagnostic::new(&LINT.info, place, message)
                .related(figure.place, format!("`{owner}` asks for this"))
                .related(goal.place, format!("`{of}` asks for the same"))
                .help("give both the same priority"),
        );
    }
}
