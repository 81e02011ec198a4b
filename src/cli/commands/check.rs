//! `rulec check`: find what is wrong.

use super::super::args::CheckArgs;
use super::super::console::Console;
use super::super::exit::Exit;
use super::{nothing, reported};
use crate::diagnostic::Level;
use crate::driver::{Checked, Findings, Refusal, check};
use crate::host::Stream;
use crate::report::{Counts, summary};

pub(in super::super) fn run(args: &CheckArgs, console: &Console<'_>) -> Result<Exit, Refusal> {
    let mut sets = check(console.host, &args.rule_sets, &args.levels.overrides)?;
    let exit = sets.iter().map(|set| exit(set, args)).max_by_key(|exit| gravity(*exit));
    let is_empty = sets.iter().all(|set| set.files == 0 && set.findings.is_empty());
    let is_partial = sets.iter().any(|set| set.is_partial);
    let with_notes = args.notes || sets.iter().any(|set| least(set, args) == Level::Note);
    for set in &mut sets {
        set.findings.retain(|found| with_notes || found.level > Level::Note);
    }
    let findings = Findings::new(sets);
    console.result(&reported(
        console,
        Stream::Output,
        args.format,
        &findings,
        &findings.found,
        args.levels.deny,
    ))?;
    if is_empty {
        return Ok(nothing(console, args.rule_sets.first().map(AsRef::as_ref)));
    }
    if !args.format.is_document() {
        console.note(&summary(&Counts::new(&findings.found, findings.files)));
        if is_partial {
            console.note("what procedures do is checked once every file says what it means");
        }
    }
    Ok(exit.unwrap_or(Exit::Nothing))
}

/// The least level that fails.
fn least(set: &Checked, args: &CheckArgs) -> Level {
    args.levels.deny.unwrap_or(set.config.deny)
}

fn exit(set: &Checked, args: &CheckArgs) -> Exit {
    let in_config = |file| Some(file) == set.config_file;
    if set.findings.iter().any(|found| found.level == Level::Error && in_config(found.file())) {
        Exit::Usage
    } else if set.findings.iter().any(|found| found.level >= least(set, args)) {
        Exit::Findings
    } else {
        Exit::Clean
    }
}

/// Of several rule sets the worst one counts.
fn gravity(exit: Exit) -> u8 {
    match exit {
        Exit::Clean => 0,
        Exit::Nothing => 1,
        Exit::Findings => 2,
        Exit::Usage => 3,
        Exit::Fault => 4,
    }
}
