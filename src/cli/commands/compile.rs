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
    let made = made.concat();
    for path in write(console.host, &made, &destination, &sources)? {
        console.note(&format!("wrote {path}"));
    }
    if destination == Destination::Output {
        for (i, artifact) in made.iter().enumerate() {
            if i > 0 {
                console.result("\n")?;
            }
            console.result(&artifact.content)?;
        }
    }
    exit.say(console);
    Ok(exit.code())
}
