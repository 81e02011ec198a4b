//! For build servers: JUnit's XML.
//!
//! A rule set is a suite, a scenario a test case. What keeps scenarios from being run is a test case with an
//! error, so that a build fails where it can be seen.

use super::SetReport;
use crate::diagnostic::Diagnostic;
use crate::report::{Case, Fault, Outcome, ReportFormat, Style, Suite, junit_xml, render, visible};
use crate::scenario::{Tested, Verdict};

/// The report of all rule sets.
#[must_use]
pub fn junit(sets: &[SetReport<'_>]) -> String {
    let suites: Vec<Suite> = sets.iter().map(suite).collect();
    junit_xml("rulec test", &suites)
}

fn suite(set: &SetReport<'_>) -> Suite {
    let findings = set.findings.iter().map(|found| {
        let file = set.sources.get(found.file()).path.as_str();
        let fault = fault(set, std::slice::from_ref(found), &[]);
        Case { outcome: Outcome::Broken(fault), ..Case::passed(set.name, file) }
    });
    let scenarios = set.scenarios.iter().map(|tested| {
        let fault = || fault(set, &tested.findings, &more(tested));
        let outcome = match tested.verdict {
            Verdict::Passed => Outcome::Passed,
            Verdict::Failed => Outcome::Failed(fault()),
            Verdict::Broken => Outcome::Broken(fault()),
        };
        Case { outcome, ..Case::passed(format!("{}.{}", set.name, tested.entry), tested.name.as_str()) }
    });
    Suite { name: set.name.to_owned(), cases: findings.chain(scenarios).collect() }
}

/// The lines below the findings of a scenario.
fn more(tested: &Tested) -> Vec<String> {
    let notes = tested.notes.iter().map(|note| format!("note: {}", visible(note)));
    notes.chain(tested.timeline.iter().cloned()).collect()
}

fn fault(set: &SetReport<'_>, found: &[Diagnostic], more: &[String]) -> Fault {
    let told = render(ReportFormat::Short, &set.input(found), Style::default());
    let lines: Vec<&str> = told.lines().chain(more.iter().map(String::as_str)).collect();
    let first = found.first();
    Fault {
        kind: first.map_or("", |first| first.rule.id).to_owned(),
        message: first.map_or("", |first| first.message.as_str()).to_owned(),
        details: lines.join("\n"),
    }
}
