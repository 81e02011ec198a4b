//! For programs: one JSON document with a version, described by `schemas/test.schema.json`.
//!
//! These types are a border: a key may be added, but none may change its meaning or go without [`VERSION`]
//! going up. Nothing in it depends on the time or on the machine.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;
use serde_json::Value;

use super::{Counts, SetReport};
use crate::machine::Outcome;
use crate::report::{Finding, document, finding};
use crate::scenario::{Coverage, Tested, Verdict};
use crate::simulate::Entry;

/// The version of the report's form.
const VERSION: u32 = 1;

/// What came of scenarios.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "rulec test report", extend("$id" = "https://rulec.dev/schemas/1/test.schema.json"))]
#[serde(rename = "TestReport")]
struct Report<'a> {
    /// The version of this form.
    #[schemars(extend("const" = VERSION))]
    version: u32,
    /// How many scenarios went how.
    counts: Counts,
    /// The rule sets, in order of their folders.
    rule_sets: Vec<Set<'a>>,
}

/// A rule set.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "RuleSet")]
struct Set<'a> {
    /// Its folder, as it was asked for.
    root: &'a str,
    /// What it is called.
    name: &'a str,
    /// What keeps scenarios from being run: errors of the rules, or of scenario files.
    findings: Vec<Finding<'a>>,
    /// Its scenarios, by file and place.
    scenarios: Vec<Scenario<'a>>,
    /// What they reached, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Coverage")]
    coverage: Option<&'a Coverage>,
}

/// A scenario, and what came of it.
#[derive(Serialize, JsonSchema)]
struct Scenario<'a> {
    /// Its name.
    name: &'a str,
    /// Id of the procedure or decision.
    entry: &'a str,
    /// Path of its file, with `/` on every platform.
    file: &'a str,
    /// The line of its name, from 1.
    #[schemars(range(min = 1))]
    line: u32,
    /// How it went.
    verdict: Word,
    /// How the run ended; absent where it was not run, or never ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Outcome")]
    outcome: Option<Outcome>,
    /// How long the run took by its own clock, in milliseconds; absent where it was not run.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "u64")]
    duration_ms: Option<u64>,
    /// What was expected and did not come, or why it was not run.
    findings: Vec<Finding<'a>>,
    /// What else is worth knowing.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[schemars(default)]
    notes: &'a [String],
    /// The records of the run, where it did not go as expected; the first ten thousand.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[schemars(with = "Vec<Entry<'_>>", default)]
    trace: &'a [Value],
}

/// How a scenario went.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "Verdict", rename_all = "snake_case")]
enum Word {
    /// As expected.
    Passed,
    /// Differently.
    Failed,
    /// It could not be run.
    Broken,
}

/// The JSON Schema of the report.
#[must_use]
pub fn schema() -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    settings.into_generator().into_root_schema_for::<Report<'_>>().to_value()
}

/// The report of all rule sets.
#[must_use]
pub fn json(sets: &[SetReport<'_>]) -> String {
    document(&Report {
        version: VERSION,
        counts: Counts::new(sets),
        rule_sets: sets.iter().map(rule_set).collect(),
    })
}

fn rule_set<'a>(set: &SetReport<'a>) -> Set<'a> {
    Set {
        root: set.root,
        name: set.name,
        findings: findings(set, set.findings),
        scenarios: set.scenarios.iter().map(|tested| scenario(set, tested)).collect(),
        coverage: set.coverage,
    }
}

fn scenario<'a>(set: &SetReport<'a>, tested: &'a Tested) -> Scenario<'a> {
    Scenario {
        name: &tested.name,
        entry: &tested.entry,
        file: set.file(tested),
        line: set.line(tested),
        verdict: match tested.verdict {
            Verdict::Passed => Word::Passed,
            Verdict::Failed => Word::Failed,
            Verdict::Broken => Word::Broken,
        },
        outcome: tested.outcome,
        duration_ms: tested.duration_ms,
        findings: findings(set, &tested.findings),
        notes: &tested.notes,
        trace: &tested.trace,
    }
}

fn findings<'a>(set: &SetReport<'a>, found: &'a [crate::diagnostic::Diagnostic]) -> Vec<Finding<'a>> {
    let input = set.input(found);
    found.iter().map(|found| finding(&input, found)).collect()
}
