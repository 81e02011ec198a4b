//! `rulec list`: what can be compiled.

use serde::Serialize;

use super::super::args::{ListArgs, ListFormat};
use super::super::console::{Console, Paint};
use super::super::exit::Exit;
use super::super::table::table;
use super::{nothing, plural};
use crate::driver::{Checked, Overrides, Refusal, check, entries};
use crate::graph::{Entity, Item, resolve};
use crate::host::Stream;
use crate::model::Risk;
use crate::plan::Drafter;
use crate::report::visible;
use crate::scalar::Duration;

/// The version of the JSON form.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct List {
    version: u32,
    entries: Vec<Entry>,
}

/// A procedure or decision.
#[derive(Serialize)]
struct Entry {
    rule_set: String,
    kind: &'static str,
    id: String,
    name: String,
    /// Absent where there are more than anybody counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    steps: Option<usize>,
    /// Absent where nothing bounds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    worst_case_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    risk: Option<&'static str>,
    file: String,
    line: u32,
}

pub(in super::super) fn run(args: &ListArgs, console: &Console<'_>) -> Result<Exit, Refusal> {
    let sets = check(console.host, &args.rule_sets, &Overrides::default())?;
    if sets.iter().all(|set| set.files == 0) {
        return Ok(nothing(console, args.rule_sets.first().map(AsRef::as_ref)));
    }
    let lists: Vec<Vec<Entry>> = sets.iter().map(list).collect();
    match args.format {
        ListFormat::Json => {
            let list = List { version: VERSION, entries: lists.into_iter().flatten().collect() };
            let text = serde_json::to_string_pretty(&list).expect("a list has string keys only");
            console.result(&(text + "\n"))?;
        }
        ListFormat::Human => {
            let paint = Paint::new(console.style(Stream::Output));
            for (index, (set, entries)) in sets.iter().zip(lists).enumerate() {
                if sets.len() > 1 {
                    let gap = if index > 0 { "\n" } else { "" };
                    console.result(&format!("{gap}{}\n", paint.strong(&visible(set.root.as_str()))))?;
                }
                console.result(&human(&entries, paint))?;
            }
        }
    }
    let errors = sets.iter().flat_map(|set| &set.findings);
    let errors = errors.filter(|found| found.level == crate::diagnostic::Level::Error).count();
    if errors > 0 {
        console.note(&format!("{}, see `rulec check`", plural(errors, "error")));
    }
    Ok(Exit::Clean)
}

fn list(set: &Checked) -> Vec<Entry> {
    let (graph, _) = resolve(&set.rules);
    let mut drafter = Drafter::new(&graph);
    let entry = |(index, entity): (_, &Entity<'_>)| {
        let drafted = drafter.draft(index);
        let plan = drafted.is_whole.then_some(drafted.plan);
        let (kind, risk) = match entity.item {
            Item::Procedure(procedure) => ("procedure", procedure.risk.as_ref().map(|risk| risk.value)),
            _ => (entity.kind.name(), None),
        };
        let place = set.rules.location(entity.at);
        Entry {
            rule_set: set.root.to_string(),
            kind,
            id: entity.id.to_string(),
            name: entity.name.unwrap_or(&entity.id).to_owned(),
            steps: plan.as_ref().map(|plan| plan.steps.len()),
            worst_case_ms: plan.and_then(|plan| plan.bounds.worst_case_ms),
            risk: risk.map(word),
            file: set.rules.sources.get(place.file).path.clone(),
            line: set.rules.sources.position(place).line,
        }
    };
    entries(&graph).map(entry).collect()
}

fn human(entries: &[Entry], paint: Paint) -> String {
    let titles = ["ID", "KIND", "STEPS", "AT MOST", "RISK", "NAME"];
    let mut rows = vec![titles.map(|title| paint.faint(title)).to_vec()];
    rows.extend(entries.iter().map(|entry| {
        let at_most = entry.worst_case_ms.and_then(Duration::from_millis).map(|it| it.to_string());
        vec![
            paint.strong(&visible(&entry.id)),
            entry.kind.to_owned(),
            entry.steps.map_or_else(|| "too many".to_owned(), |steps| steps.to_string()),
            at_most.unwrap_or_else(|| "no bound".to_owned()),
            entry.risk.unwrap_or("-").to_owned(),
            visible(&entry.name).into_owned(),
        ]
    }));
    table(&rows)
}

/// A risk as rules spell it.
fn word(risk: Risk) -> &'static str {
    match risk {
        Risk::Low => "low",
        Risk::Medium => "medium",
        Risk::High => "high",
        Risk::Critical => "critical",
    }
}
