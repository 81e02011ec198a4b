//! `rulec compile`: make a plan, a script or a runbook.

use super::super::args::CompileArgs;
use super::super::console::Console;
use super::super::exit::Exit;
use super::lowered::{Shown, Told, lowered};
use crate::driver::{Destination, Entries, Refusal, compile, write};

pub(in super::super) fn run(args: &CompileArgs, console: &Console<'_>) -> Result<Exit, Refusal> {
    let destination = Destination::of(console.host, args.output.as_deref());
    let otherwise = match destination {
        Destination::Folder(_) => Entries::All,
        _ => Entries::Only,
    };
    let lowering = lowered(&args.of, otherwise, console, ("compiled", Shown::All), |request| {
        compile(console.host, request, args.target)
    })?;
    let Told { made, sources, exit, .. } = match lowering {
        Ok(told) => told,
        Err(exit) => return Ok(exit),
    };
    for path in write(console.host, &made, &destination, &sources)? {
        console.note(&format!("wrote {path}"));
    }
    if destination == Destination::Output {
        for artifact in &made {
            console.result(&artifact.content)?;
        }
    }
    exit.say(console);
    Ok(exit.code())
}
