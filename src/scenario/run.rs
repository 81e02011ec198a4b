//! Runs one scenario of a plan on the virtual clock.

use serde_json::Value;

use super::bind::bind;
use super::coverage::Reached;
use super::file::Scenario;
use super::judge::judge;
use super::read::Suite;
use crate::diagnostic::Diagnostic;
use crate::machine::{Machine, Outcome};
use crate::simulate::{End, simulate, timeline};
use crate::source::Location;

/// The most records that are kept of a run: what repeats itself for days has shown itself by then.
pub const MOST_RECORDS: usize = 10_000;

/// What came of a scenario.
#[derive(Debug, Clone)]
pub struct Tested {
    /// Its name.
    pub name: String,
    /// The id of the entry; what the scenario says where there is none.
    pub entry: String,
    /// Where its name stands.
    pub location: Location,
    /// How it went.
    pub verdict: Verdict,
    /// How the run ended; none where it did not run, or did not end.
    pub outcome: Option<Outcome>,
    /// How long the run took by its own clock, in milliseconds; none where it did not run.
    pub duration_ms: Option<u64>,
    /// What is wrong: names that are not there, or expectations that are not met.
    pub findings: Vec<Diagnostic>,
    /// What else is worth knowing: why inputs are refused.
    pub notes: Vec<String>,
    /// The records of the run, where it did not go as expected; at most [`MOST_RECORDS`] of them.
    pub trace: Vec<Value>,
    /// The same for people, a line each.
    pub timeline: Vec<String>,
}

/// How a scenario went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// As expected.
    Passed,
    /// Differently.
    Failed,
    /// It could not be run.
    Broken,
}

impl Tested {
    /// A scenario that can't be run, and why.
    #[must_use]
    pub fn broken(suite: &Suite, scenario: &Scenario, entry: &str, findings: Vec<Diagnostic>) -> Self {
        Self {
            name: scenario.name.value.clone(),
            entry: entry.to_owned(),
            location: suite.location(scenario.name.at),
            verdict: Verdict::Broken,
            outcome: None,
            duration_ms: None,
            findings,
            notes: Vec::new(),
            trace: Vec::new(),
            timeline: Vec::new(),
        }
    }
}

/// Runs a scenario, and gives what came of it and what it reached. `draft` is the plan without facts, which has
/// the steps that the scenario's facts leave out.
pub(super) fn run(
    suite: &Suite,
    scenario: &Scenario,
    machine: &Machine<'_>,
    draft: Option<&Machine<'_>>,
) -> (Tested, Reached) {
    let entry = &machine.plan().entry.id;
    let mut bound = match bind(suite, scenario, machine, draft) {
        Ok(bound) => bound,
        Err(found) => return (Tested::broken(suite, scenario, entry, found), Reached::default()),
    };
    let trace = simulate(machine, &mut bound.world, &bound.inputs);
    let findings = judge(suite, scenario, &bound.expected, machine, &trace);
    let is_met = findings.is_empty();
    let record = |entry| serde_json::to_value(entry).expect("a record has string keys only");
    let tested = Tested {
        verdict: if is_met { Verdict::Passed } else { Verdict::Failed },
        outcome: match trace.end {
            End::Outcome(outcome) => Some(outcome),
            End::Never | End::Cut => None,
        },
        duration_ms: Some(trace.duration_ms()),
        notes: bound.notes,
        trace: if is_met {
            Vec::new()
        } else {
            trace.entries.iter().take(MOST_RECORDS).map(record).collect()
        },
        timeline: if is_met { Vec::new() } else { shortened(&timeline(&trace.entries, machine.plan())) },
        ..Tested::broken(suite, scenario, entry, findings)
    };
    (tested, Reached::new(machine, &trace))
}

/// What happened in a run, a line each; of a long one the beginning and the end.
fn shortened(timeline: &str) -> Vec<String> {
    /// The most lines that are shown from each end.
    const MOST: usize = 100;
    let lines: Vec<String> = timeline.lines().map(str::to_owned).collect();
    if lines.len() <= 2 * MOST {
        return lines;
    }
    let gap = format!("  ... {} more", lines.len() - 2 * MOST);
    let (first, last) = (&lines[..MOST], &lines[lines.len() - MOST..]);
    first.iter().cloned().chain([gap]).chain(last.iter().cloned()).collect()
}
