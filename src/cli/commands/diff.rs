//! `rulec diff`: what changes in the plans between two versions of rules.

use camino::Utf8Path;

use super::super::args::{DiffArgs, DiffFormat};
use super::super::console::{Console, Paint};
use super::super::exit::Exit;
use crate::compare::report::{Line, human, json, markdown, totals};
use crate::decide::Facts;
use crate::driver::{CompareRequest, Overrides, Refusal, Revision, Version, comparison, revision};
use crate::host::Stream;

pub(in super::super) fn run(args: &DiffArgs, console: &Console<'_>) -> Result<Exit, Refusal> {
    let facts: Facts = args.set.iter().cloned().collect();
    let (old, new) = (revision(console.host, args.old.as_str())?, revision(console.host, args.new.as_str())?);
    let comparison = comparison(&CompareRequest {
        old: version(console, &args.old, old.as_ref()),
        new: version(console, &args.new, new.as_ref()),
        entry: args.entry.as_deref(),
        environment: args.environment.as_deref(),
        facts: &facts,
        overrides: &Overrides::default(),
    })?;
    match args.format {
        DiffFormat::Human => {
            let paint = Paint::new(console.style(Stream::Output));
            let lines = human(&comparison);
            let lines: Vec<String> = lines.iter().map(|line| painted(line, paint)).collect();
            console.result(&lines.concat())?;
            console.note(&totals(comparison.counts()));
        }
        DiffFormat::Json => console.result(&json(&comparison))?,
        DiffFormat::Markdown => console.result(&markdown(&comparison))?,
    }
    Ok(if args.exit_code && comparison.has_changes() { Exit::Findings } else { Exit::Clean })
}

/// A version on this machine, or in memory.
fn version<'a>(console: &Console<'a>, path: &'a Utf8Path, revision: Option<&'a Revision>) -> Version<'a> {
    match revision {
        None => Version { host: console.host, path, label: path.as_str() },
        Some(Revision { host, path: inside }) => Version { host, path: inside, label: path.as_str() },
    }
}

fn painted(line: &Line, paint: Paint) -> String {
    let text = format!("{} {}", line.sign, line.text.strip_prefix("  ").unwrap_or(&line.text));
    let text = match line.sign {
        '#' => paint.strong(&line.text),
        '+' => paint.good(&text),
        '-' => paint.bad(&text),
        '~' | '>' => paint.code(&text),
        _ => text.trim_end().to_owned(),
    };
    text + "\n"
}
