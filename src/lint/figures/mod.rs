//! Every figure that the rules state, with the quantity that it is one of: the table that all lints about values,
//! bounds and units read.
//!
//! A figure is a metric's target, a requirement or criterion that is nothing but a formula (`Concurrent users > 10`), a
//! leaf of the open groups of L3 or of L2's environment, or a condition of a decision that is a formula. What two figures
//! must share to be of one quantity is said in [`name`]; a name of one word alone (`latency`) is one quantity only with
//! the name of what it stands in.

mod collect;
mod name;
mod read;

use std::collections::{BTreeMap, BTreeSet};

pub(super) use collect::collect;
pub(super) use name::{Role, words};
pub(super) use read::counted;

use crate::model::{Grade, LayerId};
use crate::scalar::{Dimension, Interval, Quantity};
use crate::source::Location;

/// A figure.
#[derive(Debug, Clone)]
pub(super) struct Figure {
    /// What is measured, as words: equal for one quantity.
    pub(super) subject: String,
    /// Of which values: `peak`.
    pub(super) statistic: String,
    /// What it can be compared with.
    pub(super) dimension: Dimension,
    /// Where in its file the leaf stands, as words; empty for what has a name of its own.
    pub(super) scope: String,
    /// The group of L3 that the leaf is in; empty for everything else.
    pub(super) group: String,
    /// The folder of its file.
    pub(super) folder: String,
    /// Its name as it is written.
    pub(super) name: String,
    /// What it is a part of, if that has an id: `G1`, `NFR4`.
    pub(super) owner: Option<String>,
    /// The figure as it is written.
    pub(super) spelt: String,
    /// Where that stands.
    pub(super) place: Location,
    /// The layer.
    pub(super) layer: LayerId,
    /// What it is for.
    pub(super) bearing: Bearing,
    /// Which bound it is.
    pub(super) role: Role,
    /// The quantity.
    pub(super) quantity: Quantity,
    /// The values that it leaves, in the base unit of its dimension.
    pub(super) interval: Interval,
    /// True where no operator says which side is meant.
    pub(super) is_bare: bool,
    /// True where it is a time for one thing, held as things per time.
    pub(super) is_turned: bool,
    /// Whom a rate is meant for each of.
    pub(super) each: Option<String>,
    /// What alarms, beside what succeeds.
    pub(super) alert: Option<Interval>,
    /// How urgent it is, and where that is said.
    pub(super) priority: Option<(Grade, Location)>,
}

/// What a figure is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bearing {
    /// It is demanded: a metric, a criterion, a requirement.
    Required,
    /// It is a limit of L3.
    Limit,
    /// It is wished for.
    Wish,
    /// Something happens when it holds.
    Trigger,
}

/// What figures of one quantity share.
pub(super) type Key<'f> = (&'f str, &'f str, String);

impl Figure {
    /// What figures of one quantity share: the subject, which values of it, and what they can be compared with.
    pub(super) fn key(&self) -> Key<'_> {
        (&self.subject, &self.statistic, format!("{:?}", self.dimension))
    }

    /// True for what must hold.
    pub(super) fn is_hard(&self) -> bool {
        matches!(self.bearing, Bearing::Required | Bearing::Limit) && self.each.is_none()
    }

    /// True where it is known which side of it is bounded.
    pub(super) fn has_sides(&self) -> bool {
        !self.is_bare || matches!(self.role, Role::Minimum | Role::Maximum)
    }

    /// True where another figure of its quantity counts the same things.
    pub(super) fn fits(&self, other: &Self) -> bool {
        self.is_turned || other.is_turned || self.quantity.comparable(&other.quantity)
    }

    /// The figure in words: as it is written, and for a bare limit which side is meant.
    pub(super) fn shown(&self) -> String {
        match (self.is_bare, self.bearing, self.role) {
            (true, _, Role::Minimum) => format!("at least `{}`", self.spelt),
            (true, Bearing::Limit, _) | (true, _, Role::Maximum) => format!("at most `{}`", self.spelt),
            _ => format!("`{}`", self.spelt),
        }
    }

    /// The number in the base unit, with that unit.
    pub(super) fn in_base_unit(&self) -> Option<String> {
        let ratio = self.quantity.ratio()?;
        let (value, unit) =
            if self.is_turned { (ratio.reciprocal()?, " per s") } else { (ratio, base_unit(self.dimension)) };
        Some(format!("{value}{unit}"))
    }
}

/// Figures by the quantity that they are of, in order of the source within each.
pub(super) fn by_quantity(figures: &[Figure]) -> BTreeMap<Key<'_>, Vec<&Figure>> {
    let mut groups: BTreeMap<Key<'_>, Vec<&Figure>> = BTreeMap::new();
    for figure in figures {
        groups.entry(figure.key()).or_default().push(figure);
    }
    groups
}

/// The groups of [`by_quantity`] in which every figure is of the same thing. Where a layer has files of several folders,
/// each folder is held only against itself: they may be of several teams. A leaf that stands in several places, such as
/// a limit for each environment, is held only against itself too.
pub(super) fn comparable(figures: &[Figure]) -> Vec<Vec<&Figure>> {
    let mut all = Vec::new();
    for group in by_quantity(figures).into_values() {
        let mut folders: BTreeMap<LayerId, &str> = BTreeMap::new();
        let is_spread = group
            .iter()
            .any(|figure| *folders.entry(figure.layer).or_insert(&figure.folder) != figure.folder);
        let mut homes: BTreeMap<&str, Vec<&Figure>> = BTreeMap::new();
        for figure in group {
            homes.entry(if is_spread { &figure.folder } else { "" }).or_default().push(figure);
        }
        all.extend(homes.into_values().flat_map(by_place));
    }
    all
}

/// The figures of one folder, apart where leaves of one name stand in several places.
fn by_place(group: Vec<&Figure>) -> Vec<Vec<&Figure>> {
    let leaves = || group.iter().filter(|figure| !figure.scope.is_empty() || !figure.group.is_empty());
    let scopes: BTreeSet<&str> = leaves().map(|figure| figure.scope.as_str()).collect();
    let groups: BTreeSet<&str> =
        leaves().map(|figure| figure.group.as_str()).filter(|group| !group.is_empty()).collect();
    if scopes.len() < 2 && groups.len() < 2 {
        return vec![group];
    }
    let mut places: BTreeMap<(&str, &str), Vec<&Figure>> = BTreeMap::new();
    for figure in group {
        places.entry((&figure.group, &figure.scope)).or_default().push(figure);
    }
    places.into_values().collect()
}

/// Two figures of a group that no value satisfies both, the one that demands the most and the one that allows the least.
pub(super) fn contradiction<'f>(group: &[&'f Figure]) -> Option<(&'f Figure, &'f Figure)> {
    let hard = || group.iter().copied().filter(|figure| figure.is_hard());
    let low = hard().reduce(|a, b| if b.interval.low > a.interval.low { b } else { a })?;
    let high = hard().reduce(|a, b| if b.interval.high < a.interval.high { b } else { a })?;
    (low.interval.is_disjoint(&high.interval) && low.fits(high)).then_some((low, high))
}

/// The conversion that makes two figures comparable, where they are written in different units:
/// ` (100 requests/min = 1.67 per s)`.
pub(super) fn conversion(figures: [&Figure; 2]) -> String {
    let [one, other] = figures;
    if one.quantity.unit() == other.quantity.unit() && one.is_turned == other.is_turned {
        return String::new();
    }
    let shown = figures.into_iter().filter_map(|figure| {
        let base = figure.in_base_unit()?;
        let turned = if figure.is_turned { "1 / " } else { "" };
        // `25/s` is `25 per s` to everybody.
        let is_same =
            figure.quantity.ratio().is_some_and(|it| it.to_string() == figure.quantity.value().to_string());
        (figure.is_turned || !is_same).then(|| format!("{turned}{} = {base}", figure.quantity))
    });
    let shown: Vec<String> = shown.collect();
    if shown.is_empty() { String::new() } else { format!(" ({})", shown.join(", ")) }
}

fn base_unit(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::Count | Dimension::Score(_) => "",
        Dimension::Time => " s",
        Dimension::Size => " B",
        Dimension::Percent => "%",
        Dimension::Throughput => " B/s",
        Dimension::Frequency => " per s",
    }
}
