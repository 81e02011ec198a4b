//! `rulec simulate`: the run of a plan on a virtual clock, with the faults that are asked for.

mod ask;
mod summary;

use super::super::args::{SimulateArgs, TraceFormat};
use super::super::console::{Console, Paint};
use super::super::exit::Exit;
use super::lowered::{Shown, Told, lowered};
use crate::driver::{Entries, Refusal, plans};
use crate::host::Stream;
use crate::machine::{Job, Machine, Pending, Phase, Purpose, What};
use crate::plan::Plan;
use crate::report::visible;
use crate::simulate::{End, Entry, Tone, Trace, inputs, layout, lines, simulate};

/// The most lines that people are shown: the first ones, and the last ones.
const SHOWN: (usize, usize) = (1000, 50);

/// How many entries are written at once.
const CHUNK: usize = 1000;

pub(in super::super) fn run(args: &SimulateArgs, console: &Console<'_>) -> Result<Exit, Refusal> {
    let lowering = lowered(&args.of, Entries::Only, console, ("simulated", Shown::All), |request| {
        plans(console.host, request)
    })?;
    let made = match lowering {
        Ok(Told { made, .. }) => made,
        Err(exit) => return Ok(exit),
    };
    let plan = made.first().expect("where nothing was made there is an exit code");
    let machine = Machine::new(plan).map_err(|unfit| {
        let place = format!("correct it at line {} of `{}`", unfit.source.line, unfit.source.file);
        Refusal::new(unfit.message, place)
    })?;
    let mut world = ask::surroundings(&args.faults, &machine)?;
    let trace = simulate(&machine, &mut world, &inputs(plan));
    match args.format {
        TraceFormat::Jsonl => write_json(console, &trace.entries)?,
        TraceFormat::Human => write_text(console, &machine, &trace)?,
    }
    match trace.end {
        End::Outcome(_) => Ok(Exit::Clean),
        End::Never => {
            console.refuse(&never(&machine, &trace));
            Ok(Exit::Findings)
        }
        End::Cut => {
            console.refuse(&Refusal::new(
                format!("the run has more than {} events, and is not shown to its end", trace.entries.len()),
                "let what fails be tried less often, or let it fail only so many times",
            ));
            Ok(Exit::Findings)
        }
    }
}

fn write_json(console: &Console<'_>, entries: &[Entry<'_>]) -> Result<(), Refusal> {
    for chunk in entries.chunks(CHUNK) {
        let lines = chunk
            .iter()
            .map(|entry| serde_json::to_string(entry).expect("an entry has string keys only") + "\n");
        console.result(&lines.collect::<String>())?;
    }
    Ok(())
}

fn write_text(console: &Console<'_>, machine: &Machine<'_>, trace: &Trace<'_>) -> Result<(), Refusal> {
    let plan = machine.plan();
    let style = console.style(Stream::Output);
    let paint = Paint::new(style);
    let painted = |tone: Tone, what: &str| match tone {
        Tone::Plain => what.to_owned(),
        Tone::Good => paint.good(what),
        Tone::Bad => paint.bad(what),
    };
    let mut lines = lines(&trace.entries, plan);
    let mut text = format!("{}\n\n", title(plan, paint));
    if lines.len() > SHOWN.0 + SHOWN.1 {
        let last = lines.split_off(lines.len() - SHOWN.1);
        let left_out = lines.len() - SHOWN.0;
        lines.truncate(SHOWN.0);
        text.push_str(&layout(&lines, style.width, painted));
        text.push_str(&format!("\n  {left_out} more, `--format jsonl` has all of them\n\n"));
        text.push_str(&layout(&last, style.width, painted));
    } else {
        text.push_str(&layout(&lines, style.width, painted));
    }
    text.push('\n');
    text.push_str(&summary::summary(machine, trace, style.width, paint));
    console.result(&text)
}

fn title(plan: &Plan, paint: Paint) -> String {
    let id = paint.strong(&visible(&plan.entry.id));
    if plan.entry.name == plan.entry.id { id } else { format!("{id}: {}", visible(&plan.entry.name)) }
}

/// Which job a run waits for that never ends, and what would end it.
fn never(machine: &Machine<'_>, trace: &Trace<'_>) -> Refusal {
    let jobs = machine.pending(&trace.state).into_iter().filter_map(|pending| match pending {
        Pending::Job(job) => Some(job),
        _ => None,
    });
    let (mut hanging, mut help): (Vec<String>, Vec<String>) =
        jobs.map(|job| hangs(machine, trace, job)).unzip();
    hanging.dedup();
    help.dedup();
    let is_bounded =
        matches!(trace.state.phase, Phase::Preconditions(_) | Phase::Steps | Phase::Postconditions(_));
    if is_bounded && trace.state.cause.is_none() {
        help.push("a `timeout` of the procedure bounds the whole run up to its postconditions".to_owned());
    }
    Refusal { message: format!("the run never ends: {}", hanging.join("; ")), help }
}

fn hangs(machine: &Machine<'_>, trace: &Trace<'_>, job: Job) -> (String, String) {
    let launch = machine.launch(&trace.state, job);
    let id = launch.step.map(|step| step.id.as_str()).unwrap_or_default();
    let of_step = format!("give `{id}` a `timeout`");
    match (launch.purpose, launch.what) {
        (Purpose::Attempt { .. }, What::Person(_)) => {
            (format!("nobody ever answers for `{id}`, and it has no timeout"), of_step)
        }
        (Purpose::Attempt { .. }, _) => (format!("`{id}` hangs, and has no timeout"), of_step),
        (Purpose::Poll { .. }, _) => (
            format!("the verification of `{id}` hangs, and has no timeout"),
            format!("give the `verify` of `{id}` a `timeout`"),
        ),
        (Purpose::Remedy { .. }, _) => (
            format!("a remedy of `{id}` hangs, and has no timeout"),
            format!("{of_step}: its remedies have the same"),
        ),
        (Purpose::Undo, _) => (
            format!("the undo of `{id}` hangs, and has no timeout"),
            format!("{of_step}: its undo has the same"),
        ),
        (Purpose::Alert, _) => (
            format!("the alert of `{id}` hangs, and has no timeout"),
            "give the alert `default` a `timeout`".to_owned(),
        ),
        (Purpose::Condition, _) => {
            ("a condition is never decided".to_owned(), "give its check a `timeout`".to_owned())
        }
    }
}
