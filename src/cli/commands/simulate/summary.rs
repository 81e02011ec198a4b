//! What a simulated run comes to: its outcome, what it did and left behind, and how long it takes.

use super::super::super::console::Paint;
use super::super::plural;
use crate::machine::{Machine, Outcome};
use crate::plan::Plan;
use crate::plan::ir::{Action, Step};
use crate::report::{visible, wrap};
use crate::simulate::{Account, End, Faults, Trace, account, inputs, simulate, start, time};

/// The most names in a list.
const MOST_NAMED: usize = 20;

/// The fewest columns for what is said: less can't be read.
const NARROWEST: usize = 20;

/// The column at which what is said begins.
const INDENT: usize = 12;

pub(super) fn summary(machine: &Machine<'_>, trace: &Trace<'_>, width: usize, paint: Paint) -> String {
    let plan = machine.plan();
    let account = account(machine, trace);
    let mut rows: Vec<(&str, String)> = vec![("outcome", outcome(trace, &account))];
    rows.push(("changed", named(&account.changed)));
    if trace.state.cause.is_some() {
        rows.push(("undone", undone(&account)));
        rows.push(("left", left(&account)));
    }
    if !account.alerts.is_empty() {
        rows.push(("alerts", alerts(&account)));
    }
    let never = matches!(trace.end, End::Never);
    rows.push(("took", if never { "for ever".to_owned() } else { time(trace.duration_ms()) }));
    rows.push(("expected", expected(machine)));
    if let Some(start) = start(plan) {
        rows.push(("starts", start.to_string()));
        rows.push(("ends", start.after_ms(trace.duration_ms()).to_string()));
    }
    if let Some(factor) = plan.rehearsal {
        rows.push(("rehearsal", format!("offsets, delays and intervals are divided by {factor}")));
    }
    if let Some(ms) = plan.bounds.estimated_ms {
        rows.push(("estimate", format!("{} by its author", time(ms))));
    }
    rows.push(("worst case", plan.bounds.worst_case_ms.map_or_else(|| "no bound".to_owned(), time)));
    let room = width.saturating_sub(INDENT).max(NARROWEST);
    let row = |(label, words): (&str, String)| {
        let is_good = matches!(trace.end, End::Outcome(Outcome::Succeeded | Outcome::AlreadyDone));
        let words = visible(&words);
        let lines = wrap(&words, room);
        let parts = lines.lines().map(|part| match (label, is_good) {
            ("outcome", true) => paint.good(part),
            ("outcome", false) => paint.bad(part),
            _ => part.to_owned(),
        });
        let gap = format!("\n{}", " ".repeat(INDENT));
        let label = format!("{}{}", paint.faint(label), " ".repeat(INDENT - label.len()));
        format!("{label}{}\n", parts.collect::<Vec<_>>().join(&gap))
    };
    rows.into_iter().map(row).collect()
}

fn outcome(trace: &Trace<'_>, account: &Account<'_>) -> String {
    let word = match trace.end {
        End::Outcome(outcome) => words(outcome),
        End::Never => "none: the run never ends".to_owned(),
        End::Cut => "none within what is shown".to_owned(),
    };
    match &account.why {
        Some(why) => format!("{word}: {why}"),
        None => word,
    }
}

fn words(outcome: Outcome) -> String {
    outcome.word().replace('_', " ")
}

fn undone(account: &Account<'_>) -> String {
    let mut words = Vec::new();
    if !account.undone.is_empty() {
        let by = if account.undone.len() == 1 { "its undo" } else { "their undos" };
        words.push(format!("{} by {by}", named(&account.undone)));
    }
    words.extend(account.rollbacks.iter().map(|(rollback, went_well)| {
        let steps = plural(rollback.steps.len(), "step");
        let how = if *went_well { "" } else { ", not all of which succeeded" };
        format!("by `{}` ({steps}{how})", rollback.procedure)
    }));
    if words.is_empty() { "nothing".to_owned() } else { words.join("; ") }
}

/// What nothing took back, and why nothing could.
fn left(account: &Account<'_>) -> String {
    if account.left.is_empty() {
        return "nothing".to_owned();
    }
    let words = account.left.iter().take(MOST_NAMED).map(|step| match &step.irreversible {
        Some(reason) => format!("`{}` (can't be undone: {reason})", step.id),
        None => format!("`{}`", step.id),
    });
    more(words.collect(), account.left.len())
}

fn alerts(account: &Account<'_>) -> String {
    let words = account.alerts.iter().take(MOST_NAMED).map(|(step, delivered)| {
        let how = if *delivered { "" } else { " (not delivered)" };
        format!("`{step}`{how}")
    });
    more(words.collect(), account.alerts.len())
}

/// How long the run takes by the estimates where nothing goes wrong.
fn expected(machine: &Machine<'_>) -> String {
    let plan = machine.plan();
    let mut world = Faults::default().bind(machine).expect("no faults name nothing");
    let trace = simulate(machine, &mut world, &inputs(plan));
    let (all, without) = unestimated(plan);
    let note = match without {
        0 => String::new(),
        _ if without == all => " (no step has an estimate: they count as no time)".to_owned(),
        _ => format!(" ({without} of {all} steps have no estimate and count as no time)"),
    };
    let took = time(trace.duration_ms());
    let how = match trace.end {
        End::Outcome(Outcome::Succeeded) => took,
        End::Outcome(outcome) => format!("{took}, and {} even if nothing fails", words(outcome)),
        End::Never => "for ever".to_owned(),
        End::Cut => format!("more than {took}"),
    };
    format!("{how}{note}")
}

/// How many steps there are on the way forward, and how many of them nobody has estimated. Conditions are no
/// steps that anybody estimates.
fn unestimated(plan: &Plan) -> (usize, usize) {
    let is_estimated = |step: &&Step| !matches!(step.action, Action::Condition { .. });
    let steps = || plan.steps.iter().chain(&plan.finally).filter(is_estimated);
    (steps().count(), steps().filter(|step| step.estimated_ms.is_none()).count())
}

fn named(steps: &[&Step]) -> String {
    if steps.is_empty() {
        return "nothing".to_owned();
    }
    let names = steps.iter().take(MOST_NAMED).map(|step| format!("`{}`", step.id));
    more(names.collect(), steps.len())
}

/// The names that are told, and how many more there are.
fn more(told: Vec<String>, all: usize) -> String {
    match all - told.len() {
        0 => told.join(", "),
        more => format!("{} and {more} more", told.join(", ")),
    }
}
