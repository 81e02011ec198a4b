//! For people: a line a scenario, then what went wrong with the trace of each run, then what was not reached.

use std::fmt::Write;
use std::time::Duration;

use super::super::coverage::Kind;
use super::super::{Coverage, Item, Tested, Verdict};
use super::{Counts, SetReport};
use crate::report::{Color, ReportFormat, Style, render, seconds, visible};
use crate::scalar;

const WRITES: &str = "writing to a string succeeds";

/// The report of all rule sets.
#[must_use]
pub fn human(sets: &[SetReport<'_>], style: Style) -> String {
    let mut out = String::new();
    for set in sets {
        out.push_str(&render(ReportFormat::Human, &set.input(set.findings), style));
    }
    let tried: Vec<&SetReport<'_>> = sets.iter().filter(|set| !set.scenarios.is_empty()).collect();
    for set in &tried {
        if sets.len() > 1 {
            writeln!(out, "{}", paint(style, "1", &visible(set.root))).expect(WRITES);
        }
        let widest = set.scenarios.iter().map(|tested| visible(&tested.entry).chars().count()).max();
        for tested in set.scenarios {
            one_line(&mut out, tested, widest.unwrap_or_default(), style);
        }
    }
    for set in &tried {
        for tested in set.scenarios.iter().filter(|tested| tested.verdict != Verdict::Passed) {
            failure(&mut out, set, tested, style);
        }
    }
    let covered: Vec<_> = sets.iter().filter_map(|set| Some((set.root, set.coverage?))).collect();
    if !covered.is_empty() {
        coverage(&mut out, &covered, style);
    }
    out
}

/// One line, without its line break: "5 passed, 1 failed in 0.012 s".
#[must_use]
pub fn summary(sets: &[SetReport<'_>], elapsed: Duration) -> String {
    let Counts { passed, failed, broken, filtered_out } = Counts::new(sets);
    let mut parts = vec![format!("{passed} passed")];
    for (count, word) in [(failed, "failed"), (broken, "broken"), (filtered_out, "filtered out")] {
        if count > 0 {
            parts.push(format!("{count} {word}"));
        }
    }
    match sets.iter().map(|set| set.findings.len()).sum::<usize>() {
        0 => {}
        1 => parts.push("1 error".to_owned()),
        several => parts.push(format!("{several} errors")),
    }
    format!("{} in {} s", parts.join(", "), seconds(elapsed))
}

fn one_line(out: &mut String, tested: &Tested, widest: usize, style: Style) {
    let verdict = match tested.verdict {
        Verdict::Passed => paint(style, "32", "ok    "),
        Verdict::Failed => paint(style, "1;31", "FAILED"),
        Verdict::Broken => paint(style, "1;31", "BROKEN"),
    };
    let entry = visible(&tested.entry);
    let gap = " ".repeat(widest.saturating_sub(entry.chars().count()));
    let outcome = match (tested.outcome, tested.duration_ms.and_then(scalar::Duration::from_millis)) {
        (Some(outcome), Some(took)) => format!("  {} after {took}", outcome.word()),
        _ => String::new(),
    };
    let outcome = paint(style, "2", &outcome);
    writeln!(out, "{verdict}  {entry}{gap}  {}{outcome}", visible(&tested.name)).expect(WRITES);
}

fn failure(out: &mut String, set: &SetReport<'_>, tested: &Tested, style: Style) {
    let title = format!("--- {}: {} ---", visible(&tested.entry), visible(&tested.name));
    writeln!(out, "\n{}\n", paint(style, "1", &title)).expect(WRITES);
    out.push_str(&render(ReportFormat::Human, &set.input(&tested.findings), style));
    for note in &tested.notes {
        writeln!(out, "note: {}", visible(note)).expect(WRITES);
    }
    if !tested.timeline.is_empty() {
        writeln!(out, "the run:\n{}", tested.timeline.join("\n")).expect(WRITES);
    }
}

fn coverage(out: &mut String, covered: &[(&str, &Coverage)], style: Style) {
    let (reached, total, percent) = Coverage::sum(covered.iter().map(|(_, coverage)| *coverage));
    let title = format!("coverage: {reached} of {total} reached, {percent} %");
    writeln!(out, "\n{}", paint(style, "1", &title)).expect(WRITES);
    for (root, coverage) in covered {
        if covered.len() > 1 {
            writeln!(out, "\n{}", paint(style, "1", &visible(root))).expect(WRITES);
        }
        for entry in coverage.entries.iter().filter(|entry| entry.scenarios > 0) {
            let missed: Vec<&Item> = entry.items.iter().filter(|item| !item.reached).collect();
            if !missed.is_empty() {
                writeln!(out, "\nno scenario of {} shows that", visible(&entry.entry)).expect(WRITES);
                missed_lines(out, &missed, style);
            }
        }
        let rules: Vec<&Item> = coverage.rules.iter().filter(|item| !item.reached).collect();
        if !rules.is_empty() {
            writeln!(out, "\nno scenario has facts under which these decide").expect(WRITES);
            missed_lines(out, &rules, style);
        }
        let bare = coverage.entries.iter().filter(|entry| entry.scenarios == 0);
        let bare: Vec<String> = bare.map(|entry| visible(&entry.entry).into_owned()).collect();
        if !bare.is_empty() {
            writeln!(out, "\nwithout any scenario: {}", bare.join(", ")).expect(WRITES);
        }
    }
}

/// One line a step, condition or rule: what of it is not reached, and where it stands.
fn missed_lines(out: &mut String, items: &[&Item], style: Style) {
    let subject = |item: &Item| item.kind.subject(&visible(&item.name).replace('\n', " "));
    for group in items.chunk_by(|a, b| subject(a) == subject(b) && a.source == b.source) {
        let item = group[0];
        let verbs: Vec<String> = group.iter().filter_map(|item| item.kind.verb(&item.name)).collect();
        let place = format!("{}:{}", visible(&item.source.file), item.source.line);
        let place = paint(style, "2", &place);
        let colon = if verbs.is_empty() { "" } else { ": " };
        writeln!(out, "  {}{colon}{}  {place}", subject(item), verbs.join(", ")).expect(WRITES);
    }
}

impl Kind {
    /// What it is that something is not reached of, in words.
    fn subject(self, name: &str) -> String {
        match self {
            Kind::Entry | Kind::ConditionFails => format!("`{name}`"),
            Kind::Rule => format!("rule `{name}`"),
            Kind::Rollback => format!("rollback `{name}`"),
            Kind::Remedy => format!("step `{}`", name.rsplit_once(' ').map_or(name, |(step, _)| step)),
            Kind::Step
            | Kind::StepFails
            | Kind::StepTimesOut
            | Kind::StepSkipped
            | Kind::StepRetried
            | Kind::Alert
            | Kind::Undo => format!("step `{name}`"),
        }
    }

    /// What is not reached of it.
    fn verb(self, name: &str) -> Option<String> {
        let verb = match self {
            Kind::Entry | Kind::Rule => return None,
            Kind::ConditionFails => "does not hold",
            Kind::Step => "starts",
            Kind::StepFails => "fails",
            Kind::StepTimesOut => "times out",
            Kind::StepSkipped => "is skipped",
            Kind::StepRetried => "is tried again",
            Kind::Remedy => {
                let number = name.rsplit_once(' ').map_or("", |(_, number)| number);
                return Some(format!("needs remedy {number}"));
            }
            Kind::Alert => "raises its alert",
            Kind::Undo => "is undone",
            Kind::Rollback => "runs",
        };
        Some(verb.to_owned())
    }
}

fn paint(style: Style, codes: &str, text: &str) -> String {
    match style.color {
        Color::On if !text.is_empty() => format!("\u{1b}[{codes}m{text}\u{1b}[0m"),
        _ => text.to_owned(),
    }
}
