//! `rulec impact`: what changes if something does.

use serde::Serialize;

use super::super::args::{ImpactArgs, ListFormat};
use super::super::console::{Console, Paint};
use super::super::exit::Exit;
use super::super::table::table;
use super::coverage::{at, clip, one_line};
use super::why::thing;
use super::{nothing, single};
use crate::driver::{Refusal, entity};
use crate::graph::resolve;
use crate::host::Stream;
use crate::report::document;
use crate::survey::{Affected, Impact, impact};

/// The version of the JSON form.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Answer {
    version: u32,
    #[serde(flatten)]
    impact: Impact,
}

pub(in super::super) fn run(args: &ImpactArgs, console: &Console<'_>) -> Result<Exit, Refusal> {
    let Some(set) = single(console, args.rule_set.as_deref())? else {
        return Ok(nothing(console, args.rule_set.as_deref()));
    };
    let (graph, _) = resolve(&set.rules);
    let impact = impact(&graph, entity(&graph, &args.of)?, args.depth);
    match args.format {
        ListFormat::Json => console.result(&document(&Answer { version: VERSION, impact }))?,
        ListFormat::Human => {
            let paint = Paint::new(console.style(Stream::Output));
            console.result(&human(&impact, paint))?;
        }
    }
    super::count_errors(console, &set);
    Ok(Exit::Clean)
}

fn human(impact: &Impact, paint: Paint) -> String {
    let mut out = format!("{}\n", thing(&impact.of, paint));
    if impact.affected.is_empty() {
        out.push_str("  nothing refers to it\n");
    }
    let mut of_kind: &[Affected] = &impact.affected;
    while let Some(first) = of_kind.first() {
        let end = of_kind.iter().take_while(|other| other.thing.kind == first.thing.kind).count();
        let (these, rest) = of_kind.split_at(end);
        out.push_str(&format!("\n{}\n", paint.strong(&super::plural(these.len(), first.thing.kind))));
        let rows = these.iter().map(|of| {
            let name = of.thing.name.as_deref().map(clip).unwrap_or_default();
            let how = format!("{} {}", of.relation, one_line(&of.through));
            vec![format!("  {}", one_line(&of.thing.id)), name, how, paint.faint(&at(&of.said_at))]
        });
        out.push_str(&table(&rows.collect::<Vec<_>>()));
        of_kind = rest;
    }
    if !impact.plans.is_empty() {
        out.push_str(&format!("\nplans to compile again: {}\n", one_line(&impact.plans.join(", "))));
    }
    if !impact.goals.is_empty() {
        let goals: Vec<_> = impact.goals.iter().map(|goal| one_line(&goal.id)).collect();
        out.push_str(&format!("goals at stake: {}\n", goals.join(", ")));
    }
    out
}
