//! `rulec compile`: make a plan, a script or a runbook.

use camino::Utf8PathBuf;

use super::super::args::CompileArgs;
use super::super::console::Console;
use super::super::exit::Exit;
use super::{nothing, plural};
use crate::decide::Facts;
use crate::diagnostic::Level;
use crate::driver::{CompileRequest, Destination, Entries, Findings, Refusal, TARGET_CANNOT, compile, write};
use crate::host::Stream;
use crate::report::{ReportFormat, render};

pub(in super::super) fn run(args: &CompileArgs, console: &Console<'_>) -> Result<Exit, Refusal> {
    let facts: Facts = args.set.iter().cloned().collect();
    let destination = Destination::of(console.host, args.output.as_deref());
    let deny = args.levels.deny.unwrap_or(Level::Error);
    let request = CompileRequest {
        rule_set: args.rule_set.as_deref(),
        entries: match (&args.entry, &destination) {
            (Some(entry), _) => Entries::One(entry),
            (None, Destination::Folder(_)) => Entries::All,
            (None, _) => Entries::Only,
        },
        target: args.target,
        environment: args.environment.as_deref(),
        facts: &facts,
        overrides: &args.levels.overrides,
        deny,
    };
    let Some(mut compiled) = compile(console.host, &request)? else {
        return Ok(nothing(console, args.rule_set.as_deref()));
    };
    let checked = &mut compiled.checked;
    if checked.files == 0 && checked.findings.is_empty() {
        return Ok(nothing(console, args.rule_set.as_deref()));
    }
    let sources = checked.rules.sources.iter();
    let sources: Vec<Utf8PathBuf> = sources.map(|(_, source)| checked.root.join(&source.path)).collect();
    let is_config_broken = checked
        .findings
        .iter()
        .any(|found| found.level == Level::Error && Some(found.file()) == checked.config_file);

    // What is refused, and what is lost on purpose, is shown; the rest is for `rulec check`.
    let is_shown = |level: Level, rule: &str| level >= deny || rule == TARGET_CANNOT.id;
    let denied = checked.findings.iter().filter(|found| found.level >= deny).count();
    let warnings = checked
        .findings
        .iter()
        .filter(|found| found.level == Level::Warning && !is_shown(found.level, found.rule.id))
        .count();
    checked.findings.retain(|found| is_shown(found.level, found.rule.id));
    let findings = Findings::new(vec![compiled.checked]);
    let pointer = |_| None;
    let report =
        render(ReportFormat::Human, &super::input(&findings, &pointer), console.style(Stream::Error));
    if !report.is_empty() {
        console.note(report.trim_end_matches('\n'));
    }
    if warnings > 0 {
        console.note(&format!("{}, see `rulec check`", plural(warnings, "warning")));
    }
    let noun = if deny == Level::Error { "error" } else { "finding" };
    if compiled.artifacts.is_empty() {
        if compiled.left_out.is_empty() && denied == 0 {
            return Err(Refusal::new(
                "the rule set has no procedure and no decision",
                "write one: `rulec init` shows how",
            ));
        }
        console.note(&format!("{}: nothing was compiled", plural(denied, noun)));
        return Ok(if is_config_broken { Exit::Usage } else { Exit::Findings });
    }
    for path in write(console.host, &compiled.artifacts, &destination, &sources)? {
        console.note(&format!("wrote {path}"));
    }
    if destination == Destination::Output {
        for artifact in &compiled.artifacts {
            console.result(&artifact.content)?;
        }
    }
    if compiled.left_out.is_empty() {
        return Ok(Exit::Clean);
    }
    let names: Vec<_> = compiled.left_out.iter().map(|id| format!("`{id}`")).collect();
    console.note(&format!("{}: {} not compiled", plural(denied, noun), names.join(", ")));
    Ok(Exit::Findings)
}
