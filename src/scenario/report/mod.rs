//! What came of scenarios, as people and programs read it: a file a format.

mod human;
mod json;
mod junit;

pub use human::{human, summary};
pub use json::{json, schema};
pub use junit::junit;

use std::time::Duration;

use super::{Coverage, Tested, Verdict};
use crate::diagnostic::Diagnostic;
use crate::report::ReportInput;
use crate::source::{Location, Sources};

/// What came of the scenarios of one rule set.
#[derive(Clone, Copy)]
pub struct SetReport<'a> {
    /// The folder of the rule set, as it was asked for.
    pub root: &'a str,
    /// What it is called.
    pub name: &'a str,
    /// The files that findings are in.
    pub sources: &'a Sources,
    /// The JSON pointer of the value at a place.
    pub pointer: &'a dyn Fn(Location) -> Option<String>,
    /// What keeps scenarios from being run: errors of the rules, or of scenario files.
    pub findings: &'a [Diagnostic],
    /// What came of each scenario.
    pub scenarios: &'a [Tested],
    /// How many scenarios were not asked for.
    pub filtered_out: usize,
    /// What they reached, where that is asked for.
    pub coverage: Option<&'a Coverage>,
}

impl<'a> SetReport<'a> {
    fn input(&self, findings: &'a [Diagnostic]) -> ReportInput<'a> {
        ReportInput { sources: self.sources, findings, files: 0, pointer: self.pointer }
    }

    fn line(&self, tested: &Tested) -> u32 {
        self.sources.position(tested.location).line
    }

    fn file(&self, tested: &Tested) -> &'a str {
        &self.sources.get(tested.location.file).path
    }
}

/// How many scenarios went how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct Counts {
    /// As expected.
    pub passed: usize,
    /// Differently.
    pub failed: usize,
    /// They could not be run.
    pub broken: usize,
    /// They were not asked for.
    pub filtered_out: usize,
}

impl Counts {
    /// Counts the scenarios of all rule sets.
    #[must_use]
    pub fn new(sets: &[SetReport<'_>]) -> Self {
        let mut counts = Self::default();
        for set in sets {
            counts.filtered_out += set.filtered_out;
            for tested in set.scenarios {
                *match tested.verdict {
                    Verdict::Passed => &mut counts.passed,
                    Verdict::Failed => &mut counts.failed,
                    Verdict::Broken => &mut counts.broken,
                } += 1;
            }
        }
        counts
    }
}

/// The records of a run, a line each: its moment, its name, and what it says.
fn trace_lines(tested: &Tested) -> Vec<String> {
    /// The most records that are shown from each end.
    const MOST: usize = 100;
    let line = |record: &serde_json::Value| {
        let at = record["at_ms"].as_u64().and_then(crate::scalar::Duration::from_millis).unwrap_or_default();
        let event = record["event"].as_str().unwrap_or_default();
        let fields = record.as_object().into_iter().flatten();
        let fields =
            fields.filter(|(key, _)| !matches!(key.as_str(), "at_ms" | "event" | "plan" | "version"));
        let words = fields.map(|(key, value)| match value {
            serde_json::Value::String(text) => format!(" {key}={}", crate::report::visible(text)),
            other => format!(" {key}={other}"),
        });
        format!("{:>12}  {event}{}", at.to_string(), words.collect::<String>())
    };
    let trace = &tested.trace;
    if trace.len() <= 2 * MOST {
        return trace.iter().map(line).collect();
    }
    let gap = format!("{:>12}  {} more", "...", trace.len() - 2 * MOST);
    let (first, last) = (&trace[..MOST], &trace[trace.len() - MOST..]);
    first.iter().map(line).chain([gap]).chain(last.iter().map(line)).collect()
}

/// Seconds with thousandths.
fn seconds(elapsed: Duration) -> String {
    format!("{}.{:03}", elapsed.as_secs(), elapsed.subsec_millis())
}
