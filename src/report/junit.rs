//! Findings as the results of tests: a suite for each file, a case for each finding.
//!
//! A finding that makes the check fail is a failure; another one, such as a warning that nobody denies, is a
//! case that was skipped, and so is one that is left out, with the reason; so that the build is judged as the exit code does. A file without findings has
//! one case that passed. Cases are called by rule and message, not by line: that is how a CI system knows
//! since when one fails.

use super::suites::{Case, Fault, Outcome, Suite, junit_xml};
use super::{ReportInput, place, short, story, visible};
use crate::diagnostic::{Diagnostic, Silence, Silenced};
use crate::source::FileId;

pub(super) fn render(input: &ReportInput<'_>) -> String {
    let mut suites: Vec<Suite> = input.sources.iter().map(|(file, _)| suite(input, file)).collect();
    for found in input.findings {
        suites[found.file().index()].cases.push(case(input, found));
    }
    for Silenced { finding, by } in input.silenced {
        let reason = match by {
            Silence::Baseline => "it is in the baseline".to_owned(),
            Silence::InSource { reason: Some(reason), .. } => format!("suppressed: {}", visible(reason)),
            Silence::InSource { reason: None, .. } => "suppressed".to_owned(),
        };
        let skipped = Outcome::Skipped(reason);
        suites[finding.file().index()].cases.push(Case { outcome: skipped, ..case(input, finding) });
    }
    for (suite, (file, _)) in suites.iter_mut().zip(input.sources.iter()) {
        if suite.cases.is_empty() {
            suite.cases.push(Case::passed(group(input, file), "no findings"));
        }
    }
    junit_xml("rulec check", &suites)
}

fn suite(input: &ReportInput<'_>, file: FileId) -> Suite {
    Suite { name: visible(&place::path(input, file)).into_owned(), cases: Vec::new() }
}

/// A path without its ending: a dot would make a level of it.
fn group(input: &ReportInput<'_>, file: FileId) -> String {
    let path = place::path(input, file);
    let path = visible(&path);
    match path.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() && !ending.contains('/') => stem.to_owned(),
        _ => path.into_owned(),
    }
}

fn case(input: &ReportInput<'_>, found: &Diagnostic) -> Case {
    let message = visible(&found.message).into_owned();
    let mut details = vec![short::line(input, &place::path(input, found.file()), found)];
    details.extend(story::more(input, found));
    let details = details.join("\n");
    let name = format!("{}: {message}", found.rule.id);
    let outcome = if (input.fails)(found) {
        let kind = found.level.name().to_owned();
        Outcome::Failed(Fault { kind, message, details })
    } else {
        Outcome::Skipped(details)
    };
    Case { outcome, ..Case::passed(group(input, found.file()), name) }
}
