//! `rulec baseline`: accept what is there.

use super::super::args::{BaselineArgs, BaselineOf, BaselineVerb};
use super::super::console::Console;
use super::super::exit::Exit;
use super::{check as check_verb, nothing, plural, reported};
use crate::diagnostic::{Diagnostic, Level};
use crate::driver::{
    BASELINE_NAME, BaselineChoice, Checked, Findings, Refusal, baseline_entries, baseline_path, check,
    compare_with_baseline, write_baseline,
};
use crate::host::Stream;
use crate::report::ReportFormat;

pub(in super::super) fn run(args: &BaselineArgs, console: &Console<'_>) -> Result<Exit, Refusal> {
    match &args.verb {
        BaselineVerb::Check(args) => check_verb::run_with(args, BaselineChoice::Beside, console),
        BaselineVerb::Write(of) => each(of, console, write),
        BaselineVerb::Prune(of) => each(of, console, prune),
    }
}

type Change = fn(Checked, BaselineChoice<'_>, &BaselineOf, &Console<'_>) -> Result<Exit, Refusal>;

fn each(of: &BaselineOf, console: &Console<'_>, change: Change) -> Result<Exit, Refusal> {
    let sets = check(console.host, &of.rule_sets, &of.levels.overrides)?;
    let choice = of.baseline.as_deref().map_or(BaselineChoice::Beside, BaselineChoice::File);
    check_verb::refuse_shared(&sets, choice)?;
    if sets.iter().all(|set| set.files == 0 && set.findings.is_empty()) {
        return Ok(nothing(console, of.rule_sets.first().map(AsRef::as_ref)));
    }
    for set in sets {
        if set.is_config_broken() {
            return Ok(broken(set, console));
        }
        match change(set, choice, of, console)? {
            Exit::Clean => {}
            other => return Ok(other),
        }
    }
    Ok(Exit::Clean)
}

fn write(
    set: Checked,
    choice: BaselineChoice<'_>,
    _: &BaselineOf,
    console: &Console<'_>,
) -> Result<Exit, Refusal> {
    let path = baseline_path(&set, choice).expect("there is one beside the rule set");
    let entries = baseline_entries(&set);
    let count = plural(entries.len(), "finding");
    let notes = set.findings.iter().filter(|found| found.level == Level::Note).count();
    write_baseline(console.host, &path, entries)?;
    // Whoever has looked with `rulec check` has seen fewer.
    let notes = if notes > 0 { format!(", with {}", plural(notes, "note")) } else { String::new() };
    console.note(&format!("wrote {path}: {count}{notes}"));
    if set.is_partial {
        console.note("what procedures do is checked once every file says what it means");
    }
    if set.config.baseline.is_none() && matches!(choice, BaselineChoice::Beside) {
        let file = set.root.join("rulec.toml");
        let file = file.strip_prefix(".").unwrap_or(&file);
        console.note(&format!(
            "say `baseline = \"{BASELINE_NAME}\"` in {file}, and `rulec check` leaves them out"
        ));
    }
    Ok(Exit::Clean)
}

fn prune(
    mut set: Checked,
    choice: BaselineChoice<'_>,
    of: &BaselineOf,
    console: &Console<'_>,
) -> Result<Exit, Refusal> {
    let path = baseline_path(&set, choice).expect("there is one beside the rule set");
    let compared = compare_with_baseline(console.host, &mut set, choice, &of.levels.overrides)?;
    if set.is_config_broken() {
        return Ok(broken(set, console));
    }
    if set.is_partial {
        console.note(
            "nothing is known to be gone: what procedures do is checked once every file says what it means",
        );
    }
    let (gone, kept) = (plural(compared.gone.len(), "finding"), compared.kept.len());
    if compared.gone.is_empty() {
        console.note(&format!("{path} is as it should be: {}", plural(kept, "finding")));
    } else {
        write_baseline(console.host, &path, compared.kept)?;
        console.note(&format!("took {gone} out of {path}, {kept} left"));
    }
    Ok(Exit::Clean)
}

/// Says what is wrong with the settings, without which nothing is certain.
fn broken(mut set: Checked, console: &Console<'_>) -> Exit {
    let settings = [set.config_file, set.baseline_file];
    let is_of_settings =
        |found: &Diagnostic| found.level == Level::Error && settings.contains(&Some(found.file()));
    set.findings.retain(is_of_settings);
    set.silenced.clear();
    let findings = Findings::new(vec![set]);
    let told = reported(console, Stream::Error, ReportFormat::Human, &findings, &findings.found, None);
    console.note(told.trim_end_matches('\n'));
    Exit::Usage
}
