//! `rulec why`: the chain from something up to a goal.

use serde::Serialize;

use super::super::args::{ListFormat, WhyArgs};
use super::super::console::{Console, Paint};
use super::super::exit::Exit;
use super::coverage::{at, clip, one_line};
use super::{nothing, single};
use crate::driver::{Refusal, entity};
use crate::graph::resolve;
use crate::host::Stream;
use crate::report::document;
use crate::survey::{Chain, Thing, Why, why};

/// The version of the JSON form.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Answer {
    version: u32,
    #[serde(flatten)]
    why: Why,
}

pub(in super::super) fn run(args: &WhyArgs, console: &Console<'_>) -> Result<Exit, Refusal> {
    let Some(set) = single(console, args.rule_set.as_deref())? else {
        return Ok(nothing(console, args.rule_set.as_deref()));
    };
    let (graph, _) = resolve(&set.rules);
    let why = why(&graph, entity(&graph, &args.of)?);
    match args.format {
        ListFormat::Json => console.result(&document(&Answer { version: VERSION, why }))?,
        ListFormat::Human => {
            let paint = Paint::new(console.style(Stream::Output));
            console.result(&human(&why, paint))?;
        }
    }
    super::count_errors(console, &set);
    Ok(Exit::Clean)
}

fn human(why: &Why, paint: Paint) -> String {
    let mut out = format!("{}\n", thing(&why.of, paint));
    if why.of.kind == "goal" {
        out.push_str("  a goal stands for itself: `rulec coverage` shows what serves it\n");
        return out;
    }
    for value in &why.values {
        let place = at(&value.said_at);
        let of = value
            .environment
            .as_deref()
            .map_or_else(|| "without an environment".to_owned(), |name| format!("in {name}"));
        let shown = paint.strong(&one_line(&value.value));
        let place = paint.faint(&place);
        out.push_str(&format!("  is {shown} {}, from {}  {place}\n", one_line(&of), one_line(&value.from)));
    }
    if why.chains.is_empty() {
        out.push_str("  no chain leads from it to a goal\n");
    }
    let chains = if why.chains.is_empty() { &why.loose_ends } else { &why.chains };
    for (index, chain) in chains.iter().enumerate() {
        if index > 0 {
            out.push('\n');
        }
        links(&mut out, chain, paint);
    }
    if let Some(gate) = &why.gate {
        out.push_str(&format!("\nits gate: {}\n", paint.strong(gate.verdict)));
        for reason in &gate.reasons {
            let place = at(&reason.said_at);
            out.push_str(&format!("  {}  {}\n", one_line(&reason.text), paint.faint(&place)));
        }
    }
    out
}

fn links(out: &mut String, chain: &Chain, paint: Paint) {
    for link in &chain.links {
        out.push_str(&format!("  {} {}\n", link.relation, thing(&link.to, paint)));
    }
}

/// A thing and its place.
pub(super) fn thing(thing: &Thing, paint: Paint) -> String {
    let name = thing.name.as_deref().map(|name| format!(": {}", clip(name))).unwrap_or_default();
    let id = paint.strong(&one_line(&thing.id));
    format!("{} {id}{name}  {}", thing.kind, paint.faint(&at(&thing.place)))
}
