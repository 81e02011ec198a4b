//! A code quality report, which GitLab shows in merge requests: one JSON list. It has no place for what is left
//! out.

use serde::Serialize;

use super::fingerprint::of_report;
use super::{ReportInput, json, place, story, visible};
use crate::diagnostic::{Diagnostic, Level};

/// One finding.
#[derive(Serialize)]
struct Entry<'a> {
    /// The rule.
    check_name: &'a str,
    /// All that GitLab shows of it.
    description: String,
    /// What a finding is known by: of those that share one, GitLab shows the first only.
    fingerprint: String,
    severity: &'static str,
    location: Place,
}

#[derive(Serialize)]
struct Place {
    /// From the root of the repository.
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

pub(super) fn render(input: &ReportInput<'_>) -> String {
    let (prints, _) = of_report(input);
    let entries: Vec<_> =
        input.findings.iter().zip(prints).map(|(found, print)| entry(input, found, print)).collect();
    json::document(&entries)
}

fn entry<'a>(input: &ReportInput<'_>, found: &'a Diagnostic, fingerprint: String) -> Entry<'a> {
    let (start, end) = place::ends(input, found.primary.location);
    let help = story::help(found).map(|help| format!(" (help: {help})")).unwrap_or_default();
    Entry {
        check_name: found.rule.id,
        description: visible(&format!("{}{help}", found.message)).into_owned(),
        fingerprint,
        severity: match found.level {
            Level::Error => "critical",
            Level::Warning => "major",
            Level::Note | Level::Off => "info",
        },
        location: Place {
            path: place::path(input, found.file()).into_owned(),
            lines: Lines { begin: start.line, end: end.line },
        },
    }
}
