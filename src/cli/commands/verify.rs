//! `rulec verify`: prove what holds on every path.

use serde_json::{Value, json};

use super::super::args::{VerifyArgs, VerifyFormat};
use super::super::console::{Console, Paint};
use super::super::exit::Exit;
use super::super::table::table;
use super::lowered::{Shown, Told, lowered};
use super::{plural, reported};
use crate::diagnostic::{Diagnostic, Level};
use crate::driver::{Counterexample, Entries, Findings, Judged, Refusal, Verified, verify};
use crate::host::Stream;
use crate::report::{ReportFormat, visible};
use crate::verify::Verdict;

/// The version of the JSON form.
const VERSION: u32 = 1;
/// How many records of a run are shown at its begin, and how many at its end.
const SHOWN: usize = 24;

pub(in super::super) fn run(args: &VerifyArgs, console: &Console<'_>) -> Result<Exit, Refusal> {
    let lowering = lowered(&args.of, Entries::All, console, ("verified", Shown::OfLowering), |request| {
        verify(console.host, request, args.max_states)
    })?;
    let Told { made, findings, exit, .. } = match lowering {
        Ok(told) => told,
        Err(exit) => return Ok(exit),
    };
    let deny = args.of.levels.deny.unwrap_or(Level::Error);
    match args.format {
        VerifyFormat::Human => console.result(&human(&made, &findings, console, deny))?,
        VerifyFormat::Json => {
            let entries: Vec<Value> =
                made.iter().map(|entry| entry_json(entry, &findings, console, deny)).collect();
            let document = json!({ "version": VERSION, "entries": entries });
            let text = serde_json::to_string_pretty(&document).expect("it has string keys only");
            console.result(&(text + "\n"))?;
        }
    }
    if args.format == VerifyFormat::Human {
        summary(&made, args.of.entry.is_none(), console);
    }
    exit.say(console);
    let fails = |judged: &Judged| {
        judged.verdict == Verdict::NotDecided
            || judged.findings.iter().any(|found| found.finding.level >= deny)
    };
    let is_failed = made.iter().flat_map(|entry| &entry.properties).any(fails);
    Ok(if is_failed { Exit::Findings } else { exit.code() })
}

fn human(made: &[Verified], findings: &Findings, console: &Console<'_>, deny: Level) -> String {
    let paint = Paint::new(console.style(Stream::Output));
    let mut text = String::new();
    let mut shown: Vec<(&Diagnostic, &str)> = Vec::new();
    for (place, entry) in made.iter().enumerate() {
        if place > 0 {
            text.push('\n');
        }
        let name = if entry.name == entry.id { String::new() } else { format!(" {}", visible(&entry.name)) };
        let states = plural(entry.states, "state");
        text += &format!("{}{name}: {states}\n", paint.strong(&visible(&entry.id)));
        let rows = entry.properties.iter().map(|judged| {
            let words = judged.verdict.words();
            let words = match judged.verdict {
                Verdict::Proved => words.to_owned(),
                Verdict::Refuted | Verdict::NotDecided => paint.bad(words),
            };
            vec![String::new(), words, visible(&judged.says).into_owned()]
        });
        text += &table(&rows.collect::<Vec<_>>());
        if !entry.unbounded.is_empty() {
            text += &format!("  {}\n", visible(&given(&entry.unbounded)));
        }
        let found = entry.properties.iter().flat_map(|judged| &judged.findings);
        for found in found {
            text.push('\n');
            // One limit may bind several entries.
            if let Some((_, before)) = shown.iter().find(|(before, _)| is_same(before, &found.finding)) {
                text += &format!("{}: as told of `{}`\n", found.finding.rule.id, visible(before));
                continue;
            }
            shown.push((&found.finding, &entry.id));
            text += told(console, ReportFormat::Human, &found.finding, findings, deny).trim_end();
            text.push('\n');
            text += &timeline(found);
        }
    }
    text
}

fn is_same(a: &Diagnostic, b: &Diagnostic) -> bool {
    (a.rule.id, a.primary.location, &a.message) == (b.rule.id, b.primary.location, &b.message)
}

/// What a proof takes for granted.
fn given(unbounded: &[String]) -> String {
    const NAMED: usize = 3;
    let named = unbounded[..unbounded.len().min(NAMED)].join(", ");
    match unbounded.len() {
        0..=NAMED => format!("given that what has no timeout comes to an end: {named}"),
        all => format!("given that what has no timeout comes to an end: {named} and {} more", all - NAMED),
    }
}

/// One finding in a format.
fn told(
    console: &Console<'_>,
    format: ReportFormat,
    finding: &Diagnostic,
    findings: &Findings,
    deny: Level,
) -> String {
    reported(console, Stream::Output, format, findings, std::slice::from_ref(finding), Some(deny))
}

/// The run that shows a finding. It has no moments: any job may take any time.
fn timeline(found: &Counterexample) -> String {
    if found.lines.is_empty() {
        return String::new();
    }
    let rows: Vec<Vec<String>> =
        found.lines.iter().map(|line| vec![line.who.clone(), line.what.clone()]).collect();
    let mut lines: Vec<String> = table(&rows).lines().map(str::to_owned).collect();
    let left_out = lines.len().saturating_sub(2 * SHOWN);
    if left_out > 0 {
        let end = lines.split_off(SHOWN + left_out);
        lines.truncate(SHOWN);
        lines.push(format!("... {left_out} more ..."));
        lines.extend(end);
    }
    let mut text = String::from("\n  this run shows it:\n");
    lines.iter().for_each(|line| text += &format!("    {line}\n"));
    text
}

fn entry_json(entry: &Verified, findings: &Findings, console: &Console<'_>, deny: Level) -> Value {
    let finding = |found: &Counterexample| {
        let report = told(console, ReportFormat::Json, &found.finding, findings, deny);
        let mut report: Value = serde_json::from_str(&report).expect("a report in JSON is JSON");
        json!({ "finding": report["findings"][0].take(), "records": found.records })
    };
    let property = |judged: &Judged| {
        let mut value = json!({
            "says": judged.says,
            "rule": judged.rule.map_or("time-limits", |rule| rule.id),
            "verdict": judged.verdict.words().replace(' ', "_"),
            "findings": judged.findings.iter().map(finding).collect::<Vec<_>>(),
        });
        if let Some(id) = &judged.constraint {
            value["constraint"] = json!(id);
        }
        value
    };
    json!({
        "kind": entry.kind.word(),
        "id": entry.id,
        "name": entry.name,
        "states": entry.states,
        "outcomes": entry.outcomes,
        "given_to_end": entry.unbounded,
        "properties": entry.properties.iter().map(property).collect::<Vec<_>>(),
    })
}

/// How many properties of each kind there are, and which rules were held against nothing.
fn summary(made: &[Verified], is_all: bool, console: &Console<'_>) {
    let count = |verdict: Verdict| {
        made.iter().flat_map(|entry| &entry.properties).filter(|judged| judged.verdict == verdict).count()
    };
    let counts =
        [Verdict::Proved, Verdict::Refuted, Verdict::NotDecided].map(|verdict| (count(verdict), verdict));
    let told = counts.iter().filter(|(count, verdict)| *count > 0 || *verdict == Verdict::Proved);
    let told: Vec<String> = told.map(|(count, verdict)| format!("{count} {}", verdict.words())).collect();
    let entries = plural(made.len(), "entry").replace("entrys", "entries");
    console.note(&format!("{} in {entries}", told.join(", ")));
    if count(Verdict::NotDecided) > 0 {
        console.note("explore more states with `--max-states`, or fewer steps at once with `max_parallel`");
    }
    // One that speaks of steps which no entry has all of would never be held against anything.
    if let (true, Some(first)) = (is_all, made.first()) {
        let of_none =
            first.not_for_it.iter().filter(|id| made.iter().all(|entry| entry.not_for_it.contains(id)));
        let names: Vec<String> = of_none.map(|id| format!("`{}`", visible(id))).collect();
        if !names.is_empty() {
            console.note(&format!(
                "held against nothing, since no entry has all steps that it names: {}",
                names.join(", ")
            ));
        }
    }
}
