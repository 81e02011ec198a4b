//! What the rules say of the time that a run of a procedure takes, and of the time that a step takes: metrics of L1 that
//! say what they bound, and the limits of L3.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::context::Context;
use super::limits;
use crate::graph::{Graph, Item};
use crate::model::{At, Bounded, Procedure, Spanned};
use crate::plan::Plan;
use crate::plan::bounds::seconds;
use crate::scalar::{Dimension, Op, Percentile, Ratio, Threshold};

/// A bound on a time, as it is written.
#[derive(Debug, Clone)]
pub(super) struct Stated {
    /// What it bounds.
    pub(super) bounded: Bounded,
    /// The threshold as it is spelt.
    pub(super) spelt: String,
    /// Where that stands.
    pub(super) at: At,
    /// Where it says what it bounds.
    pub(super) said_at: At,
    /// The bound; nothing where the text is no upper bound of a time.
    pub(super) bound: Option<TimeBound>,
}

/// An upper bound of a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TimeBound {
    /// Which of many is meant; without it, each.
    pub(super) percentile: Option<Percentile>,
    /// True where the bound itself is allowed.
    pub(super) is_closed: bool,
    limit: Ratio,
}

impl TimeBound {
    /// The limit in whole milliseconds: what is shorter than one counts as none.
    pub(super) fn ms(&self) -> u64 {
        let (numerator, denominator) = self.limit.parts();
        let ms = numerator.checked_mul(1_000).map_or(i128::MAX, |scaled| scaled / denominator);
        u64::try_from(ms).unwrap_or(if ms < 0 { 0 } else { u64::MAX })
    }

    /// Whether a time of so many milliseconds breaks it; `is_reached` is false for a time that is approached only.
    pub(super) fn is_broken_by(&self, ms: u64, is_reached: bool) -> bool {
        let limit = self.ms();
        // Whatever is behind the last whole millisecond of the limit.
        let is_whole = 1_000 % self.limit.parts().1 == 0;
        ms > limit || (ms == limit && is_whole && is_reached && !self.is_closed)
    }

    /// What sorts the tightest first.
    pub(super) fn order(&self) -> (Ratio, bool) {
        (self.limit, self.is_closed)
    }
}

/// All bounds, in order of the source: L1 first.
pub(super) fn stated(graph: &Graph<'_>) -> Vec<Stated> {
    let metrics = graph.entities().filter_map(|(_, entity)| {
        let Item::Metric(metric, _) = entity.item else { return None };
        let spec = metric.value.spec()?;
        let (bounds, target) = (spec.bounds?, spec.target.as_ref()?);
        let spelt = target.value.0.trim().to_owned();
        let bound = upper(&spelt, None);
        Some(Stated { bounded: bounds.value, spelt, at: target.at, said_at: bounds.at, bound })
    });
    let mut all: Vec<Stated> = metrics.collect();
    for constraints in limits::layers(graph.rules) {
        let Some(limits) = &constraints.performance_constraints else { continue };
        let of = [(Bounded::Procedures, &limits.procedure_time), (Bounded::Steps, &limits.step_time)];
        for (bounded, text) in of {
            if let Some(Spanned { value, at }) = text {
                let spelt = value.0.trim().to_owned();
                // A limit without an operator is the most that is allowed.
                let bound = upper(&spelt, Some(Op::LessOrEqual));
                all.push(Stated { bounded, spelt, at: *at, said_at: *at, bound });
            }
        }
    }
    all
}

/// True where something bounds the runs of procedures.
pub(super) fn bounds_procedures(graph: &Graph<'_>) -> bool {
    stated(graph).iter().any(|stated| stated.bounded == Bounded::Procedures && stated.bound.is_some())
}

/// The upper bound of a time that a text is; `bare` is the operator of one that has none.
fn upper(text: &str, bare: Option<Op>) -> Option<TimeBound> {
    let threshold = Threshold::parse(text).ok()?;
    if threshold.quantity.dimension() != Dimension::Time {
        return None;
    }
    let is_closed = match threshold.op {
        Op::Less => false,
        Op::LessOrEqual => true,
        Op::Equal => bare.filter(|_| !text.starts_with('='))? == Op::LessOrEqual,
        Op::Greater | Op::GreaterOrEqual => return None,
    };
    Some(TimeBound { percentile: threshold.percentile, is_closed, limit: threshold.quantity.ratio()? })
}

/// Of the bounds on one thing the tightest of each percentile, those without one first. No other says more.
pub(super) fn tightest(stated: &[Stated], bounded: Bounded) -> Vec<(&Stated, TimeBound)> {
    let mut tightest: BTreeMap<Option<Percentile>, (&Stated, TimeBound)> = BTreeMap::new();
    for (stated, bound) in stated.iter().filter_map(|stated| Some((stated, stated.bound?))) {
        let is_tighter = |known: &(&Stated, TimeBound)| bound.order() < known.1.order();
        if stated.bounded == bounded && tightest.get(&bound.percentile).is_none_or(is_tighter) {
            tightest.insert(bound.percentile, (stated, bound));
        }
    }
    tightest.into_values().collect()
}

/// A procedure that breaks a bound, with what adds up.
#[derive(Debug)]
pub(super) struct Compared<'a> {
    /// The procedure.
    pub(super) procedure: &'a Spanned<Procedure>,
    /// The steps that run one after another, each with its parts in milliseconds.
    steps: Vec<(String, Vec<u64>)>,
    total: u64,
}

/// How many procedures, and how many steps of each, are shown.
const SHOWN: (usize, usize) = (4, 6);

/// The procedures in which something adds up to too much, that with the most first; `judge` gives the steps of such a
/// plan and their parts in milliseconds.
pub(super) fn compare<'a>(
    context: &Context<'a>,
    judge: impl for<'p> Fn(&'p Plan) -> Option<Vec<(&'p str, Vec<u64>)>>,
) -> Vec<Compared<'a>> {
    let broken = context.graph.procedures().filter_map(|(index, procedure)| {
        let steps = judge(context.drafts().get(&index)?)?;
        let total = steps.iter().flat_map(|(_, parts)| parts).fold(0_u64, |sum, ms| sum.saturating_add(*ms));
        let steps = steps.into_iter().map(|(id, parts)| (id.to_owned(), parts)).collect();
        Some(Compared { procedure, steps, total })
    });
    let mut broken: Vec<_> = broken.collect();
    broken.sort_by_key(|compared| Reverse(compared.total));
    broken
}

impl Compared<'_> {
    /// What adds up, in seconds: `3 × 10 + 2 = 32 s`.
    pub(super) fn sum(&self) -> String {
        let mut figures: Vec<(u64, usize)> = Vec::new();
        for ms in self.steps.iter().flat_map(|(_, parts)| parts) {
            match figures.iter().position(|(known, _)| known == ms) {
                Some(known) => figures[known].1 += 1,
                None if figures.len() < SHOWN.1 => figures.push((*ms, 1)),
                None => return format!("{} s", seconds(self.total)),
            }
        }
        let shown = figures.iter().map(|(ms, times)| match times {
            1 => seconds(*ms),
            times => format!("{times} × {}", seconds(*ms)),
        });
        let shown: Vec<String> = shown.collect();
        match figures.as_slice() {
            [(_, 1)] => format!("{} s", seconds(self.total)),
            _ => format!("{} = {} s", shown.join(" + "), seconds(self.total)),
        }
    }

    /// The steps that add up, in words: `one after another: knead, bake`.
    pub(super) fn ids(&self, words: &str) -> String {
        let shown: Vec<String> = self.steps.iter().take(SHOWN.1).map(|(id, _)| format!("`{id}`")).collect();
        let left = self.steps.len() - shown.len();
        let more = if left > 0 { format!(" and {left} more") } else { String::new() };
        format!("{words} {}{more}", shown.join(", "))
    }

    /// How many more procedures there are than the first: ` (and 2 more)`.
    pub(super) fn others(all: &[Self]) -> String {
        match all.len() {
            0 | 1 => String::new(),
            count => format!(" (and {} more)", count - 1),
        }
    }

    /// The procedures that are pointed at.
    pub(super) fn shown(all: &[Self]) -> &[Self] {
        &all[..all.len().min(SHOWN.0)]
    }
}
