//! The command line: arguments in, text and an exit code out.
//!
//! Results go to standard output, everything else to standard error. What the arguments may be is in `args`,
//! what the exit codes mean in `exit`, each verb in a file of its own under `commands`. All real work is done
//! by [`driver`](crate::driver).

mod args;
mod commands;
mod console;
mod exit;
mod fault;
mod table;

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};

use args::{Cli, Verb};
use console::Console;
use exit::Exit;

use crate::driver::Refusal;
use crate::host::Os;

/// Does what the arguments of this process say.
#[must_use]
pub fn main() -> ExitCode {
    fault::guard(run).into()
}

fn run() -> Exit {
    let command = Cli::command();
    let arguments = match command.try_get_matches().and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(arguments) => arguments,
        Err(error) => {
            // A reader that went away needs no help any more.
            let _ = error.print();
            return if error.use_stderr() { Exit::Usage } else { Exit::Clean };
        }
    };
    let console = Console::new(&Os, arguments.color);
    match execute(&arguments.verb, &console) {
        Ok(exit) => exit,
        Err(refusal) => {
            console.refuse(&refusal);
            Exit::Usage
        }
    }
}

fn execute(verb: &Verb, console: &Console<'_>) -> Result<Exit, Refusal> {
    match verb {
        Verb::Check(args) => commands::check::run(args, console),
        Verb::Fmt(args) => commands::fmt::run(args, console),
        Verb::Baseline(args) => commands::baseline::run(args, console),
        Verb::Verify(args) => commands::verify::run(args, console),
        Verb::Compile(args) => commands::compile::run(args, console),
        Verb::Run(args) => commands::run::run(args, console),
        Verb::Simulate(args) => commands::simulate::run(args, console),
        Verb::Test(args) => commands::test::run(args, console),
        Verb::List(args) => commands::list::run(args, console),
        Verb::Graph(args) => commands::graph::run(args, console),
        Verb::Diff(args) => commands::diff::run(args, console),
        Verb::Coverage(args) => commands::coverage::run(args, console),
        Verb::Why(args) => commands::why::run(args, console),
        Verb::Impact(args) => commands::impact::run(args, console),
        Verb::Lints(args) => commands::lints::run(args, console),
        Verb::Explain(args) => commands::explain::run(args, console),
        Verb::Schema(args) => commands::schema::run(args, console),
        Verb::Init(args) => commands::init::run(args, console),
        Verb::Completions(args) => commands::completions::run(args, console),
    }
}
