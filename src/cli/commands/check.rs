//! `rulec check`: find what is wrong, and mend what can be mended.

use super::super::args::CheckArgs;
use super::super::console::Console;
use super::super::exit::Exit;
use super::{fix, nothing, plural, reported};
use crate::diagnostic::{Diagnostic, Level};
use crate::driver::{
    BaselineChoice, BaselineEntry, Checked, Findings, Heed, Overrides, Part, Refusal, check,
    compare_with_baseline, part,
};
use crate::host::Stream;
use crate::report::{Counts, ReportFormat, left_out, summary, visible};
use crate::syntax::Format;

pub(in super::super) fn run(args: &CheckArgs, console: &Console<'_>) -> Result<Exit, Refusal> {
    if args.diff {
        return fix::show(args, console);
    }
    if args.fix {
        return fix::run(args, console);
    }
    run_with(args, BaselineChoice::Named, console)
}

/// The same with the baseline of another place, unless the arguments name one. Changes nothing.
pub(super) fn run_with(
    args: &CheckArgs,
    otherwise: BaselineChoice<'_>,
    console: &Console<'_>,
) -> Result<Exit, Refusal> {
    let sets = check(console.host, &args.rule_sets, &overrides(args))?;
    tell(sets, args, otherwise, console)
}

/// The levels that the arguments ask for, and whether suppressions count.
fn overrides(args: &CheckArgs) -> Overrides {
    let mut overrides = args.levels.overrides.clone();
    if args.no_suppressions {
        overrides.suppressions = Heed::No;
    }
    overrides
}

/// Reports what was found, and gives the exit code for it.
pub(super) fn tell(
    mut sets: Vec<Checked>,
    args: &CheckArgs,
    otherwise: BaselineChoice<'_>,
    console: &Console<'_>,
) -> Result<Exit, Refusal> {
    let overrides = overrides(args);
    let choice = args.baseline.as_deref().map_or(otherwise, BaselineChoice::File);
    refuse_shared(&sets, choice)?;
    let is_empty = sets.iter().all(|set| set.files == 0 && set.findings.is_empty());
    let with_notes = args.notes || sets.iter().any(|set| least(set, args) == Level::Note);
    let (mut gone, mut elsewhere) = (Vec::new(), 0);
    for set in sets.iter_mut().filter(|set| set.files > 0) {
        let compared = match overrides.suppressions {
            Heed::Yes => compare_with_baseline(console.host, set, choice, &overrides)?,
            Heed::No => Default::default(),
        };
        set.findings.retain(|found| with_notes || found.level > Level::Note);
        set.silenced.retain(|silenced| with_notes || silenced.finding.level > Level::Note);
        match part(console.host, &args.rule_sets, set) {
            (Part::Whole, _) => gone.extend(compared.gone),
            (Part::Files(files), strangers) => {
                elsewhere += set.keep_only(&files);
                for stranger in strangers.iter().filter(|path| Format::of_path(path.as_str()).is_some()) {
                    console.note(&format!("`{stranger}` is no file of the rule set `{}`", set.root));
                }
            }
        }
    }
    let exit = sets.iter().map(|set| exit(set, args)).max_by_key(|exit| gravity(*exit));
    let is_partial = sets.iter().any(|set| set.is_partial);
    let findings = Findings::new(sets);
    let found = &findings.found;
    console.result(&reported(console, Stream::Output, args.format, &findings, found, args.levels.deny))?;
    if is_empty {
        return Ok(nothing(console, args.rule_sets.first().map(AsRef::as_ref)));
    }
    let counts = Counts::new(found, &findings.silenced, findings.files);
    if !args.format.is_document() {
        // A commit may well be of other files.
        match counts.files {
            0 => console.note("none of the files that are named is a rule file"),
            _ => console.note(&summary(&counts)),
        }
        if elsewhere > 0 {
            console
                .note(&format!("{} elsewhere in the rules, see `rulec check`", plural(elsewhere, "finding")));
        }
        let is_mendable = |found: &&Diagnostic| found.fix.as_ref().is_some_and(|fix| fix.safe);
        let mendable = findings.found.iter().filter(is_mendable).count();
        if mendable > 0 && !args.fix {
            console.hint(&format!("{mendable} of them can be mended by `--fix`; `--diff` shows how"));
        }
        if is_partial {
            console.note("what procedures do is checked once every file says what it means");
        }
    } else if args.format == ReportFormat::Gitlab && !left_out(&counts).is_empty() {
        // Its form has no place for them.
        console.note(&left_out(&counts));
    }
    tell_gone(&gone, console);
    Ok(exit.unwrap_or(Exit::Nothing))
}

/// Entries of one file can't be of several rule sets.
pub(super) fn refuse_shared(sets: &[Checked], choice: BaselineChoice<'_>) -> Result<(), Refusal> {
    match (choice, sets) {
        (BaselineChoice::File(_), [_, _, ..]) => {
            let roots: Vec<&str> = sets.iter().map(|set| set.root.as_str()).collect();
            Err(Refusal::several_rule_sets(&roots))
        }
        _ => Ok(()),
    }
}

/// Says which findings of the baseline are not there any more.
fn tell_gone(gone: &[BaselineEntry], console: &Console<'_>) {
    const NAMED: usize = 10;
    let noun = plural(gone.len(), "finding");
    let (verb, them) = if gone.len() == 1 { ("is", "it") } else { ("are", "them") };
    if !gone.is_empty() {
        console
            .note(&format!("{noun} of the baseline {verb} gone, `rulec baseline prune` takes {them} out:"));
    }
    for entry in gone.iter().take(NAMED) {
        console.note(&visible(&format!("  {} in {} at {}", entry.rule, entry.file, entry.at)));
    }
    if gone.len() > NAMED {
        console.note(&format!("  and {} more", gone.len() - NAMED));
    }
}

/// The least level that fails.
fn least(set: &Checked, args: &CheckArgs) -> Level {
    args.levels.deny.unwrap_or(set.deny)
}

fn exit(set: &Checked, args: &CheckArgs) -> Exit {
    if set.is_config_broken() {
        Exit::Usage
    } else if set.findings.iter().any(|found| found.level >= least(set, args)) {
        Exit::Findings
    } else {
        Exit::Clean
    }
}

/// Of several rule sets the worst one counts.
pub(super) fn gravity(exit: Exit) -> u8 {
    match exit {
        Exit::Clean => 0,
        Exit::Nothing => 1,
        Exit::Findings => 2,
        Exit::Usage => 3,
        Exit::Fault => 4,
    }
}
