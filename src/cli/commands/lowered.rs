//! What all verbs that need a plan have in common: lower the entry, show what keeps it from being lowered.

use camino::Utf8PathBuf;

use super::super::args::EntryArgs;
use super::super::console::Console;
use super::super::exit::Exit;
use super::{nothing, plural};
use crate::decide::Facts;
use crate::diagnostic::Level;
use crate::driver::{Entries, Findings, Lowered, PlanRequest, Refusal, TARGET_CANNOT};
use crate::host::Stream;
use crate::report::ReportFormat;

/// What was lowered, once the findings about it are told.
pub(super) struct Told<T> {
    /// What was made, in order; at least one.
    pub(super) made: Vec<T>,
    /// The paths of the rule files.
    pub(super) sources: Vec<Utf8PathBuf>,
    /// What was told, with the sources that it is in.
    pub(super) findings: Findings,
    /// What there is left to say.
    pub(super) exit: LeftOut,
}

/// The entries that could not be lowered.
pub(super) struct LeftOut(Option<String>);

impl LeftOut {
    /// Says which they are, if any.
    pub(super) fn say(&self, console: &Console<'_>) {
        if let Some(words) = &self.0 {
            console.note(words);
        }
    }

    /// The exit code where everything else went well.
    pub(super) fn code(&self) -> Exit {
        if self.0.is_some() { Exit::Findings } else { Exit::Clean }
    }
}

/// Lowers what the arguments ask for, `otherwise` where they name no entry, and shows the findings that keep
/// it from being `done`. The exit code is given where there is nothing to go on with.
pub(super) fn lowered<T>(
    args: &EntryArgs,
    otherwise: Entries<'_>,
    console: &Console<'_>,
    done: &str,
    lower: impl FnOnce(&PlanRequest<'_>) -> Result<Option<Lowered<T>>, Refusal>,
) -> Result<Result<Told<T>, Exit>, Refusal> {
    let facts: Facts = args.set.iter().cloned().collect();
    let deny = args.levels.deny.unwrap_or(Level::Error);
    let request = PlanRequest {
        rule_set: args.rule_set.as_deref(),
        entries: args.entry.as_deref().map_or(otherwise, Entries::One),
        environment: args.environment.as_deref(),
        facts: &facts,
        overrides: &args.levels.overrides,
        deny,
    };
    let Some(mut lowered) = lower(&request)? else {
        return Ok(Err(nothing(console, args.rule_set.as_deref())));
    };
    let checked = &mut lowered.checked;
    if checked.files == 0 && checked.findings.is_empty() {
        return Ok(Err(nothing(console, args.rule_set.as_deref())));
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
    let findings = Findings::new(vec![lowered.checked]);
    let report =
        super::reported(console, Stream::Error, ReportFormat::Human, &findings, &findings.found, Some(deny));
    if !report.is_empty() {
        console.note(report.trim_end_matches('\n'));
    }
    if warnings > 0 {
        console.note(&format!("{}, see `rulec check`", plural(warnings, "warning")));
    }
    let noun = if deny == Level::Error { "error" } else { "finding" };
    if lowered.made.is_empty() {
        if lowered.left_out.is_empty() && denied == 0 {
            return Err(Refusal::new(
                "the rule set has no procedure and no decision",
                "write one: `rulec init` shows how",
            ));
        }
        console.note(&format!("{}: nothing was {done}", plural(denied, noun)));
        return Ok(Err(if is_config_broken { Exit::Usage } else { Exit::Findings }));
    }
    let names: Vec<_> = lowered.left_out.iter().map(|id| format!("`{id}`")).collect();
    let left_out = format!("{}: {} not {done}", plural(denied, noun), names.join(", "));
    let exit = LeftOut((!names.is_empty()).then_some(left_out));
    Ok(Ok(Told { made: lowered.made, sources, findings, exit }))
}
