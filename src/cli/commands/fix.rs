//! `rulec check --fix` and `--diff`: mend what can be mended, or show what that would change.

use super::super::args::CheckArgs;
use super::super::console::Console;
use super::super::exit::Exit;
use super::check::{gravity, tell};
use super::{nothing, plural};
use crate::diagnostic::Level;
use crate::driver::{BaselineChoice, Change, Mended, Refusal, Told, Wanted, check, mend, put};
use crate::fix::diff;
use crate::report::visible;

/// Mends, writes, and reports what is left.
pub(super) fn run(args: &CheckArgs, console: &Console<'_>) -> Result<Exit, Refusal> {
    let mended = mended(args, console)?;
    let changes: Vec<Change> = mended.iter().flat_map(|set| &set.changes).cloned().collect();
    let (_, failed) = put(console.host, &changes);
    let is_written = |path: &str| failed.iter().all(|(other, _)| other != path);
    let mut fixed = 0;
    for told in mended.iter().flat_map(|set| &set.fixed).filter(|told| is_written(&told.path)) {
        fixed += 1;
        console.note(&format!("fixed {}", line(told)));
    }
    let unwanted = tell_dropped(&mended, console);
    for (path, why) in &failed {
        let message = format!("`{path}` can't be written: {why}");
        console.refuse(&Refusal::new(message, "nothing in it was changed"));
    }
    let sets = match failed.is_empty() {
        true => mended.into_iter().map(|set| set.checked).collect(),
        // What is in the files differs from what was to be.
        false => check(console.host, &args.rule_sets, &args.levels.overrides)?,
    };
    let exit = tell(sets, args, BaselineChoice::Named, console)?;
    if !args.format.is_document() {
        if fixed > 0 {
            let files = changes.len() - failed.len();
            console.note(&format!("fixed {} in {}", plural(fixed, "finding"), plural(files, "file")));
        }
        hint(unwanted, console);
    }
    Ok(if failed.is_empty() { exit } else { Exit::Usage })
}

/// Shows what would be changed.
pub(super) fn show(args: &CheckArgs, console: &Console<'_>) -> Result<Exit, Refusal> {
    let mended = mended(args, console)?;
    let changes: Vec<&Change> = mended.iter().flat_map(|set| &set.changes).collect();
    let mut shown = String::new();
    for Change { path, old, new } in &changes {
        shown += &diff(path.as_str(), &String::from_utf8_lossy(old), &String::from_utf8_lossy(new));
    }
    console.result(&shown)?;
    let unwanted = tell_dropped(&mended, console);
    if mended.iter().all(|set| set.checked.files == 0 && set.checked.findings.is_empty()) {
        return Ok(nothing(console, args.rule_sets.first().map(AsRef::as_ref)));
    }
    let fixed = mended.iter().map(|set| set.fixed.len()).sum();
    console.note(&match fixed {
        0 => "nothing would be fixed".to_owned(),
        _ => format!("would fix {} in {}", plural(fixed, "finding"), plural(changes.len(), "file")),
    });
    hint(unwanted, console);
    let found = if changes.is_empty() { Exit::Clean } else { Exit::Findings };
    let configured =
        mended.iter().map(|set| if set.checked.is_config_broken() { Exit::Usage } else { found });
    Ok(configured.max_by_key(|exit| gravity(*exit)).unwrap_or(found))
}

fn mended(args: &CheckArgs, console: &Console<'_>) -> Result<Vec<Mended>, Refusal> {
    let wanted = if args.unsafe_fixes { Wanted::All } else { Wanted::Safe };
    let with_notes = args.notes || args.levels.deny == Some(Level::Note);
    let least = if with_notes { Level::Note } else { Level::Warning };
    mend(console.host, &args.rule_sets, &args.levels.overrides, wanted, least)
}

/// Says what was not fixed although it was wanted; gives how many fixes were not wanted.
fn tell_dropped(mended: &[Mended], console: &Console<'_>) -> usize {
    for (told, why) in mended.iter().flat_map(|set| &set.dropped) {
        console.note(&format!("not fixed {}: {why}", line(told)));
    }
    mended.iter().map(|set| set.unwanted).sum()
}

fn line(Told { path, line, column, rule, title }: &Told) -> String {
    visible(&format!("{path}:{line}:{column}: {rule}: {title}")).into_owned()
}

fn hint(unwanted: usize, console: &Console<'_>) {
    if unwanted > 0 {
        let can = if unwanted == 1 { "1 more can".to_owned() } else { format!("{unwanted} more can") };
        console.note(&format!("{can} be fixed by a guess: `--diff --unsafe-fixes` shows it"));
    }
}
