//! What all verbs that need a plan have in common: lower the entry, show what keeps it from being lowered.

use camino::Utf8PathBuf;

use super::super::args::EntryArgs;
use super::super::console::Console;
use super::super::exit::Exit;
use super::{nothing, plural};
use crate::decide::Facts;
use crate::diagnostic::{Diagnostic, Level};
use crate::driver::{Entries, Findings, Lowered, PlanRequest, Refusal, TARGET_CANNOT};
use crate::host::Stream;
use crate::plan;
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

/// The entries that could not be lowered, and whether the rules have errors beside.
pub(super) struct LeftOut {
    words: Option<String>,
    has_errors: bool,
}

/// Which errors of the rules are shown where entries were lowered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    /// All: nothing is lowered from rules that have any.
    All,
    /// Those that keep the entry that was asked for from being lowered; the others are counted.
    OfLowering,
}

impl LeftOut {
    /// Says which they are, if any.
    pub(super) fn say(&self, console: &Console<'_>) {
        if let Some(words) = &self.words {
            console.note(words);
        }
    }

    /// The exit code where everything else went well.
    pub(super) fn code(&self) -> Exit {
        if self.words.is_some() || self.has_errors { Exit::Findings } else { Exit::Clean }
    }
}

/// Lowers what the arguments ask for, `otherwise` where they name no entry, and shows the findings that keep
/// it from being `done`. The exit code is given where there is nothing to go on with.
pub(super) fn lowered<T>(
    args: &EntryArgs,
    otherwise: Entries<'_>,
    console: &Console<'_>,
    (done, shown): (&str, Shown),
    lower: impl FnOnce(&PlanRequest<'_>) -> Result<Option<Lowered<T>>, Refusal>,
) -> Result<Result<Told<T>, Exit>, Refusal> {
    let facts: Facts = args.set.iter().cloned().collect();
    let deny = args.levels.deny.unwrap_or(Level::Error);
    let request = PlanRequest {
        rule_set: args.rule_set.as_deref(),
        entries: args.entry.as_deref().map_or(otherwise, Entries::One),
        environment: args.environment.as_deref(),
        facts: &facts,
        rehearse: args.rehearse,
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
    let has_gone_on = !lowered.made.is_empty() || !lowered.left_out.is_empty();
    // An expression that is none may be a rule that would have been held against the entries.
    let is_expression = |found: &Diagnostic| found.rule.id == plan::rules::INVALID_EXPRESSION.id;
    let keeps_out = |found: &Diagnostic| {
        let is_of_lowering = plan::rules::RULES.iter().any(|rule| rule.id == found.rule.id);
        is_expression(found) || (is_of_lowering && args.entry.is_some())
    };
    let is_beside = |found: &Diagnostic| shown == Shown::OfLowering && has_gone_on && !keeps_out(found);
    let is_shown =
        |found: &Diagnostic| (found.level >= deny && !is_beside(found)) || found.rule.id == TARGET_CANNOT.id;
    let count = |is: &dyn Fn(&Diagnostic) -> bool| checked.findings.iter().filter(|found| is(found)).count();
    let denied = count(&|found| found.level >= deny && !is_beside(found));
    // What can't be compiled yet is no error of the rules.
    let is_of_check = |found: &Diagnostic| {
        ![plan::rules::NOTHING_TO_RUN.id, plan::rules::UNDECIDED.id].contains(&found.rule.id)
    };
    let errors = count(&|found| found.level == Level::Error && !is_shown(found) && is_of_check(found));
    let warnings = count(&|found| found.level == Level::Warning && !is_shown(found));
    let has_errors = count(&|found| found.level >= deny && is_of_check(found)) > 0;
    checked.findings.retain(is_shown);
    let findings = Findings::new(vec![lowered.checked]);
    let report =
        super::reported(console, Stream::Error, ReportFormat::Human, &findings, &findings.found, Some(deny));
    if !report.is_empty() {
        console.note(report.trim_end_matches('\n'));
    }
    let others = [(errors, "error"), (warnings, "warning")].into_iter().filter(|(count, _)| *count > 0);
    let others: Vec<String> = others.map(|(count, noun)| plural(count, noun)).collect();
    if !others.is_empty() {
        console.note(&format!("{}, see `rulec check`", others.join(" and ")));
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
    let left_out = match denied {
        0 => format!("not {done}, since they can't be compiled: {}", names.join(", ")),
        denied => format!("{}: {} not {done}", plural(denied, noun), names.join(", ")),
    };
    let exit = LeftOut { words: (!names.is_empty()).then_some(left_out), has_errors };
    Ok(Ok(Told { made: lowered.made, sources, findings, exit }))
}
