//! What changes between two versions of rules, as people and programs read it: a file a format.

mod human;
mod json;
mod markdown;
mod words;

pub use human::{Line, human, totals};
pub use json::{json, schema};
pub use markdown::markdown;

use super::{Change, PlanDiff};
use crate::plan::Plan;
use crate::plan::ir::EntryKind;

/// What has become of the plans of two versions of rules.
#[derive(Debug)]
pub struct Comparison {
    /// The old version, as it was asked for.
    pub old: String,
    /// The new version, as it was asked for.
    pub new: String,
    /// The entries of both, in order of the new version, then those that it has not.
    pub entries: Vec<Compared>,
}

/// What has become of a procedure or decision.
#[derive(Debug)]
pub struct Compared {
    /// A procedure or a decision.
    pub kind: EntryKind,
    /// Its id.
    pub id: String,
    /// Its name, in the new version where it is there.
    pub name: String,
    /// What has become of it.
    pub fate: Fate,
}

/// What has become of an entry.
#[derive(Debug)]
pub enum Fate {
    /// It is new.
    Added(Box<Plan>),
    /// It is not there any more.
    Removed(Box<Plan>),
    /// It is in both.
    Kept {
        /// What differs, which may be nothing.
        diff: Box<PlanDiff>,
        /// The old plan and the new one.
        plans: Box<(Plan, Plan)>,
        /// True where the plans are known only in part: without facts, or because neither can be compiled yet.
        is_draft: bool,
    },
    /// One of its versions can't be lowered to a plan.
    Unknown {
        /// That version, as it was asked for.
        of: String,
    },
}

/// How many entries have which fate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct Counts {
    /// They are new.
    pub added: usize,
    /// They are not there any more.
    pub removed: usize,
    /// A run of the new plan is another one.
    pub changed: usize,
    /// They run as before, but for what changes in every plan alike.
    pub same: usize,
    /// One of their versions can't be lowered to a plan.
    pub unknown: usize,
}

impl Comparison {
    /// How many entries have which fate.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let common = self.common();
        let mut counts = Counts::default();
        for entry in &self.entries {
            *match &entry.fate {
                Fate::Added(_) => &mut counts.added,
                Fate::Removed(_) => &mut counts.removed,
                Fate::Kept { diff, .. } if !has_own(diff, &common) => &mut counts.same,
                Fate::Kept { .. } => &mut counts.changed,
                Fate::Unknown { .. } => &mut counts.unknown,
            } += 1;
        }
        counts
    }

    /// True where a run of any plan may be another one than before, or nobody can tell.
    #[must_use]
    pub fn has_changes(&self) -> bool {
        let Counts { added, removed, changed, unknown, .. } = self.counts();
        added + removed + changed + unknown > 0 || !self.common().is_empty()
    }

    /// The changes that all plans have in common: what stands in every plan, such as monitors, is told once. Empty
    /// where fewer than two entries are in both versions.
    fn common(&self) -> Vec<Change> {
        let mut kept = self.entries.iter().filter_map(|entry| match &entry.fate {
            Fate::Kept { diff, is_draft: false, .. } => Some(diff),
            _ => None,
        });
        let Some(first) = kept.next() else { return Vec::new() };
        let mut common: Vec<Change> = first.changes().into_iter().filter(is_of_all).collect();
        let mut others = kept.peekable();
        if others.peek().is_none() {
            common.clear();
        }
        for other in others {
            if common.is_empty() {
                break;
            }
            let changes: Vec<Change> = other.changes().into_iter().filter(is_of_all).collect();
            common.retain(|change| changes.contains(change));
        }
        common
    }
}

/// True for what every plan of a rule set has.
fn is_of_all(change: &Change) -> bool {
    let place = change.item.first().map(|item| item.list.as_str()).or(change.field.as_deref());
    let place = place.unwrap_or_default().split('.').next().unwrap_or_default();
    ["alerts", "checklists", "decisions", "environment", "facts", "metrics", "monitors"].contains(&place)
}

/// True where some changes of an entry are its own.
fn has_own(diff: &PlanDiff, common: &[Change]) -> bool {
    if common.is_empty() { !diff.is_empty() } else { !own(diff, common).is_empty() }
}

/// The changes of an entry that are its own.
fn own(diff: &PlanDiff, common: &[Change]) -> Vec<Change> {
    diff.changes().into_iter().filter(|change| !common.contains(change)).collect()
}
