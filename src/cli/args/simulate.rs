//! What `rulec simulate` may be told.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};

use super::EntryArgs;
use crate::machine::Gate;
use crate::scalar::Duration;

/// Play a procedure or decision through, and show what happens when
///
/// Nothing is run: all goes well but for what you name, and every attempt takes the `estimated_duration` that its
/// step states, else no time. Then comes what was changed, undone and left, and how long it takes.
#[derive(Debug, Args)]
#[command(after_help = "\
A STEP is named by its id, or by its number from 1. What else is run for it is named
`verify:STEP`, `undo:STEP`, `remedy:STEP` and `alert:STEP`.

Examples:
  rulec simulate rules/ --entry E1         when all goes well
  rulec simulate --entry E1 --fail 3       step 3 fails each time
  rulec simulate --entry E1 --fail 3:2=75  it fails twice, with exit code 75
  rulec simulate --entry E1 --fail verify:3 --fail undo:2
  rulec simulate --entry E1 --timeout 3 --take 2=90s --false pre:1
  rulec simulate --entry E1 --cancel-at 1m
  rulec simulate --entry E1 --fail 3 --format jsonl | jq -r .event

Exit codes:
  0  the run came to its end, whatever that was
  1  it never ends, or has too many events to show; or the rules have errors
  2  wrong arguments, such as a step that is not there")]
pub(in super::super) struct SimulateArgs {
    #[command(flatten)]
    pub(in super::super) of: EntryArgs,

    /// How it is written
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(in super::super) format: TraceFormat,

    #[command(flatten)]
    pub(in super::super) faults: FaultArgs,
}

/// What goes wrong in a simulation.
#[derive(Debug, Args)]
#[command(next_help_heading = "What goes wrong")]
pub(in super::super) struct FaultArgs {
    /// Let a step fail: so many times, else always; with this exit code, else 1
    #[arg(long, value_name = "STEP[:TIMES][=EXIT]")]
    pub(in super::super) fail: Vec<String>,

    /// Let a step hang until its timeout
    #[arg(long, value_name = "STEP")]
    pub(in super::super) timeout: Vec<String>,

    /// Let a check not hold, or a person not confirm: by its text, its command, its step, or as `pre:1` or `post:1`
    #[arg(long = "false", value_name = "CHECK")]
    pub(in super::super) not_held: Vec<String>,

    /// Let a step print something on standard output, for what reads its `output`
    #[arg(long, value_name = "STEP=TEXT")]
    pub(in super::super) output: Vec<String>,

    /// Let the failing attempts of a step print something on standard error, for its remedies
    #[arg(long, value_name = "STEP=TEXT")]
    pub(in super::super) stderr: Vec<String>,

    /// Let a step take so long
    #[arg(long, value_name = "STEP=DURATION")]
    pub(in super::super) take: Vec<String>,

    /// Keep a gate before the run shut
    #[arg(long, value_name = "GATE", value_parser = gate())]
    pub(in super::super) shut: Vec<Gate>,

    /// Cancel the run at this time from its start; the first counts
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub(in super::super) cancel_at: Vec<Duration>,
}

/// How a trace is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in super::super) enum TraceFormat {
    /// A timeline and a summary
    Human,
    /// For programs: one JSON object a line
    Jsonl,
}

fn gate() -> impl TypedValueParser<Value = Gate> {
    let about = |gate: Gate| match gate {
        Gate::Lock => "Another run holds the lock",
        Gate::Earlier => "The same run has succeeded before",
        Gate::Inputs => "An input is missing or not of its type",
        Gate::Window => "It is no hour in which the run may start",
        Gate::Approval => "An approval is missing",
        Gate::Attendance => "Nobody is there who could confirm what only a person can",
    };
    let values = Gate::ALL.map(|gate| PossibleValue::new(gate.word()).help(about(gate)));
    PossibleValuesParser::new(values).map(|word| {
        let gate = Gate::ALL.into_iter().find(|gate| gate.word() == word);
        gate.expect("the parser lets only words of gates pass")
    })
}

fn moment(text: &str) -> Result<Duration, String> {
    Duration::parse(text).map_err(|error| format!("{error}, {}", error.help))
}
