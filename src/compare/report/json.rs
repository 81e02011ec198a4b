//! For programs: one JSON document with a version, described by `schemas/diff.schema.json`.
//!
//! A key may be added, but none may change its meaning or go without [`VERSION`] going up.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;
use serde_json::Value;

use super::{Comparison, Counts, Fate, has_own, own};
use crate::compare::Change;
use crate::plan::Plan;
use crate::plan::ir::{EntryKind, Risk};
use crate::report::document;

/// The version of the report's form.
const VERSION: u32 = 1;

/// What changes in the plans of two versions of rules.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "rulec diff report", extend("$id" = "https://rulec.dev/schemas/1/diff.schema.json"))]
#[serde(rename = "DiffReport")]
struct Report<'a> {
    /// The version of this form.
    #[schemars(extend("const" = VERSION))]
    version: u32,
    /// The old version, as it was asked for.
    old: &'a str,
    /// The new version, as it was asked for.
    new: &'a str,
    /// How many procedures and decisions have which fate.
    counts: Counts,
    /// What changes in every plan alike: alerts, checklists, monitors, metrics, and what is decided.
    common: &'a [Change],
    /// The procedures and decisions of both versions.
    entries: Vec<Entry<'a>>,
}

/// A procedure or decision.
#[derive(Serialize, JsonSchema)]
struct Entry<'a> {
    /// A procedure or a decision.
    kind: EntryKind,
    /// Its id.
    id: &'a str,
    /// Its name.
    name: &'a str,
    /// What has become of it.
    fate: Word,
    /// The version in which it can't be compiled, where that is so.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    not_compiled: Option<&'a str>,
    /// How it was; absent where it was not there or can't be compiled.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Summary")]
    old: Option<Summary>,
    /// How it is; absent where it is not there any more or can't be compiled.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Summary")]
    new: Option<Summary>,
    /// True where the plans are known only in part: without facts, or because neither can be compiled yet.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schemars(default)]
    draft: bool,
    /// What is its own of what changes, one by one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    changes: Vec<Change>,
    /// Steps that have another id: the old id and the new one. References to them go along.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(default)]
    renamed: BTreeMap<&'a str, &'a str>,
    /// The sums of time that came out differently.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    arithmetic: Vec<Sum<'a>>,
}

/// What has become of an entry.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "Fate", rename_all = "snake_case")]
enum Word {
    /// It is new.
    Added,
    /// It is not there any more.
    Removed,
    /// A run of the new plan is another one.
    Changed,
    /// It runs as before, but for what changes in every plan alike.
    Same,
    /// One of its versions can't be compiled.
    Unknown,
}

/// How a plan is.
#[derive(Serialize, JsonSchema)]
struct Summary {
    /// The plan's digest; absent for a plan that is known only in part. It is over places in the rules too, so it may
    /// differ where nothing else does.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    digest: Option<String>,
    /// How many steps it has.
    steps: usize,
    /// Its risk; absent where the rules state none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Risk")]
    risk: Option<Risk>,
    /// How long a run takes at most, in milliseconds; absent where there is no bound.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "u64")]
    worst_case_ms: Option<u64>,
}

/// A sum of time in both plans.
#[derive(Serialize, JsonSchema)]
struct Sum<'a> {
    /// What takes that long.
    what: &'a str,
    /// The old sum.
    old: &'a str,
    /// The new sum.
    new: &'a str,
}

/// The JSON Schema of the report.
#[must_use]
pub fn schema() -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    settings.into_generator().into_root_schema_for::<Report<'_>>().to_value()
}

/// The report.
#[must_use]
pub fn json(comparison: &Comparison) -> String {
    let common = comparison.common();
    let entries = comparison.entries.iter().map(|entry| {
        let bare = Entry {
            kind: entry.kind,
            id: &entry.id,
            name: &entry.name,
            fate: Word::Same,
            not_compiled: None,
            old: None,
            new: None,
            draft: false,
            changes: Vec::new(),
            renamed: BTreeMap::new(),
            arithmetic: Vec::new(),
        };
        match &entry.fate {
            Fate::Added(plan) => Entry { fate: Word::Added, new: Some(summary(plan)), ..bare },
            Fate::Removed(plan) => Entry { fate: Word::Removed, old: Some(summary(plan)), ..bare },
            Fate::Unknown { of } => Entry { fate: Word::Unknown, not_compiled: Some(of), ..bare },
            Fate::Kept { diff, plans, is_draft } => Entry {
                fate: if has_own(diff, &common) { Word::Changed } else { Word::Same },
                old: Some(summary(&plans.0)),
                new: Some(summary(&plans.1)),
                draft: *is_draft,
                changes: own(diff, &common),
                renamed: diff.renamed.iter().map(|(old, new)| (old.as_str(), new.as_str())).collect(),
                arithmetic: diff
                    .figures
                    .iter()
                    .map(|figure| Sum { what: figure.what, old: &figure.old, new: &figure.new })
                    .collect(),
                ..bare
            },
        }
    });
    document(&Report {
        version: VERSION,
        old: &comparison.old,
        new: &comparison.new,
        counts: comparison.counts(),
        common: &common,
        entries: entries.collect(),
    })
}

fn summary(plan: &Plan) -> Summary {
    Summary {
        digest: Some(plan.digest.clone()).filter(|digest| !digest.is_empty()),
        steps: plan.steps.len(),
        risk: plan.entry.risk,
        worst_case_ms: plan.bounds.worst_case_ms,
    }
}
