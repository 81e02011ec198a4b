//! What came of scenarios, as people and programs read it: a file a format.

mod human;
mod json;
mod junit;

pub use human::{human, summary};
pub use json::{json, schema};
pub use junit::junit;

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
        ReportInput {
            sources: self.sources,
            findings,
            silenced: &[],
            files: 0,
            pointer: self.pointer,
            trail: self.pointer,
            in_repository: &|_| None,
            fails: &|_| true,
        }
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
