//! `rulec coverage`: what is bound to a check, and which goal is served by what.

use super::super::args::{CoverageArgs, ListFormat};
use super::super::console::{Console, Paint};
use super::super::exit::Exit;
use super::super::table::table;
use super::{nothing, single};
use crate::driver::Refusal;
use crate::graph::resolve;
use crate::host::Stream;
use crate::report::{document, visible};
use crate::survey::{Coverage, Node, Place, coverage};

pub(in super::super) fn run(args: &CoverageArgs, console: &Console<'_>) -> Result<Exit, Refusal> {
    let Some(set) = single(console, args.rule_set.as_deref())? else {
        return Ok(nothing(console, args.rule_set.as_deref()));
    };
    let (graph, _) = resolve(&set.rules);
    let coverage = coverage(&graph);
    match args.format {
        ListFormat::Json => console.result(&document(&coverage))?,
        ListFormat::Human => {
            let paint = Paint::new(console.style(Stream::Output));
            console.result(&human(&coverage, paint))?;
        }
    }
    super::count_errors(console, &set);
    Ok(Exit::Clean)
}

fn human(coverage: &Coverage, paint: Paint) -> String {
    let mut out = String::new();
    let share = |percent: f64| format!("{percent}%");
    let mut rows =
        vec![["BOUND TO A CHECK", "CHECKED", "PROSE", ""].map(|title| paint.faint(title)).to_vec()];
    rows.extend(coverage.bound.iter().chain([&coverage.all]).map(|of| {
        let share = if of.checked + of.prose == 0 { "-".to_owned() } else { share(of.percent) };
        vec![of.what.to_owned(), of.checked.to_string(), of.prose.to_string(), share]
    }));
    out.push_str(&table(&rows));
    if !coverage.served.is_empty() {
        let mut rows = vec![["SERVED", "OF", "", ""].map(|title| paint.faint(title)).to_vec()];
        rows.extend(coverage.served.iter().map(|of| {
            let counts = format!("{} of {}", of.served, of.total);
            vec![of.what.to_owned(), counts, share(of.percent), of.how.to_owned()]
        }));
        out.push('\n');
        out.push_str(&table(&rows));
    }
    for goal in &coverage.goals {
        out.push('\n');
        node(&mut out, goal, 0, paint);
        if goal.served_by.is_empty() {
            out.push_str(&format!("  {}\n", paint.bad("nothing serves it")));
        }
    }
    if !coverage.prose.is_empty() {
        out.push_str(&format!("\n{}\n", paint.strong("a person attests")));
        let rows = coverage.prose.iter().map(|prose| {
            let why = prose.why.map(|why| format!(" ({why})")).unwrap_or_default();
            let text = format!("{}{why}", clip(&prose.text));
            vec![format!("  {}", at(&prose.place)), prose.what.to_owned(), one_line(&prose.of), text]
        });
        out.push_str(&table(&rows.collect::<Vec<_>>()));
    }
    if !coverage.unserved.is_empty() {
        out.push_str(&format!("\n{}\n", paint.strong("nothing serves or uses")));
        let rows = coverage.unserved.iter().map(|thing| {
            let name = thing.name.as_deref().map(clip).unwrap_or_default();
            vec![format!("  {}", at(&thing.place)), thing.kind.to_owned(), one_line(&thing.id), name]
        });
        out.push_str(&table(&rows.collect::<Vec<_>>()));
    }
    out
}

fn node(out: &mut String, of: &Node, depth: usize, paint: Paint) {
    let indent = "  ".repeat(depth);
    let name = of.thing.name.as_deref().map(|name| format!(": {}", clip(name))).unwrap_or_default();
    let id = paint.strong(&one_line(&of.thing.id));
    let relation = match of.relation {
        "" | "satisfies" => String::new(),
        "carries out" => ", carries it out".to_owned(),
        "lessens" => ", lessens it".to_owned(),
        relation => format!(", {relation}"),
    };
    let counts = match (of.steps, of.checks) {
        (Some(steps), Some(checks)) => {
            format!(" ({}, {})", super::plural(steps, "step"), super::plural(checks, "check"))
        }
        _ => String::new(),
    };
    let above = if of.listed_above { " (see above)" } else { "" };
    let place = paint.faint(&at(&of.thing.place));
    out.push_str(&format!("{indent}{} {id}{name}{counts}{relation}{above}  {place}\n", of.thing.kind));
    of.served_by.iter().for_each(|child| node(out, child, depth + 1, paint));
}

/// A place as editors jump to it.
pub(super) fn at(place: &Place) -> String {
    one_line(&format!("{}:{}", place.file, place.line))
}

/// A text as one line that is safe to show.
pub(super) fn one_line(text: &str) -> String {
    visible(&text.split_whitespace().collect::<Vec<_>>().join(" ")).into_owned()
}

/// The most characters of a text that stands beside something else.
const LONGEST: usize = 60;

/// The start of a text, as one line.
pub(super) fn clip(text: &str) -> String {
    let line = one_line(text);
    if line.chars().count() <= LONGEST {
        return line;
    }
    let start: String = line.chars().take(LONGEST - 3).collect();
    format!("{}...", start.trim_end())
}
