//! `rulec completions`: teach a shell.

use clap::CommandFactory;

use super::super::args::{Cli, CompletionsArgs};
use super::super::console::Console;
use super::super::exit::Exit;
use crate::driver::Refusal;

pub(in super::super) fn run(args: &CompletionsArgs, console: &Console<'_>) -> Result<Exit, Refusal> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "rulec", &mut script);
    console.result(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Clean)
}
