//! A trace as people read it: one line a thing that happened, with its moment and whom it happened to.
//!
//! Takes the entries of a trace and their plan. What is no news is left out: a start where the end follows at
//! the same moment, an attempt where the end of its step says the same. The words are in `words`; colours, and
//! how wide a terminal is, are left to whoever prints.

mod words;

use std::collections::BTreeMap;

use unicode_width::UnicodeWidthStr;

use super::Entry;
use crate::machine::{ConditionList, Record};
use crate::plan::Plan;
use crate::report::{visible, wrap};
use crate::scalar::{DateTime, Duration};
use words::Teller;

pub(super) use words::{closed_gate, condition};

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Milliseconds from the start of the run.
    pub at_ms: u64,
    /// What a clock shows then, where the plan is a timeline that says when it starts: `02:00 +1d`.
    pub clock: Option<String>,
    /// Whom it happened to: the id of a step, the name of a condition such as `pre:1`, `gates` or `run`.
    pub who: String,
    /// What happened.
    pub what: String,
    /// How it is to be taken.
    pub tone: Tone,
}

/// How a thing that happened is to be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// It went on.
    Plain,
    /// Something came to a good end.
    Good,
    /// Something went wrong.
    Bad,
}

/// Whom a line is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Who<'a> {
    Gates,
    Condition(bool, u32),
    Step(&'a str),
    Run,
}

impl<'a> Who<'a> {
    fn condition(list: ConditionList, number: u32) -> Self {
        Who::Condition(list == ConditionList::Preconditions, number)
    }

    fn word(self) -> String {
        match self {
            Who::Gates => "gates".to_owned(),
            Who::Condition(true, number) => format!("pre:{number}"),
            Who::Condition(false, number) => format!("post:{number}"),
            Who::Step(id) => visible(id).into_owned(),
            Who::Run => "run".to_owned(),
        }
    }
}

/// A line in the making.
#[derive(Debug)]
struct Draft<'a> {
    at_ms: u64,
    who: Who<'a>,
    what: String,
    tone: Tone,
    /// True where it says no more than that something begins.
    is_start: bool,
}

/// What happened, in order; without the end where the entries have none. Names and texts are made safe to show.
#[must_use]
pub fn lines<'a>(entries: &[Entry<'a>], plan: &'a Plan) -> Vec<Line> {
    let mut teller = Teller::new(plan);
    let told = entries.iter().enumerate().filter_map(|(index, entry)| {
        let next = entries.get(index + 1).map(|entry| &entry.record);
        teller.tell(entry, next)
    });
    let mut told: Vec<Draft<'a>> = told.collect();
    leave_out_starts(&mut told);
    let mut names = names(plan);
    let start = start(plan);
    let line = |draft: Draft<'a>| {
        let name = names.remove(&draft.who);
        let what = match name {
            Some(name) => format!("{}: {}", visible(name), draft.what),
            None => draft.what,
        };
        let clock = start.map(|start| start.after_ms(draft.at_ms).clock_since(start));
        Line { at_ms: draft.at_ms, clock, who: draft.who.word(), what, tone: draft.tone }
    };
    told.into_iter().map(line).collect()
}

/// The lines as plain text, however wide, each with its line break.
#[must_use]
pub fn timeline(entries: &[Entry<'_>], plan: &Plan) -> String {
    layout(&lines(entries, plan), usize::MAX, |_, what| what.to_owned())
}

/// Lines in columns that fit into a width where it is not too narrow; `paint` gives words their colour.
pub fn layout(lines: &[Line], width: usize, paint: impl Fn(Tone, &str) -> String) -> String {
    let clocks = lines.iter().filter_map(|line| line.clock.as_ref()).map(String::len).max();
    let moments = lines.iter().map(|line| match (&line.clock, clocks) {
        (Some(clock), Some(widest)) => format!("{}{GAP}{clock:<widest$}", time(line.at_ms)),
        _ => time(line.at_ms),
    });
    let moments: Vec<String> = moments.collect();
    let first = moments.iter().map(String::len).max().unwrap_or_default();
    let second = lines.iter().map(|line| line.who.width()).max().unwrap_or_default().min(WIDEST_WHO);
    let indent = first + second + 3 * GAP.len();
    let room = width.saturating_sub(indent).max(NARROWEST);
    let mut out = String::new();
    for (line, moment) in lines.iter().zip(&moments) {
        let blank = " ".repeat(second.saturating_sub(line.who.width()));
        let lead = format!("{GAP}{moment:>first$}{GAP}{}{blank}{GAP}", line.who);
        for (index, part) in wrap(&line.what, room).lines().enumerate() {
            let lead = if index == 0 { lead.clone() } else { " ".repeat(indent) };
            out.push_str(&format!("{lead}{}\n", paint(line.tone, part)));
        }
    }
    out
}

/// Milliseconds as people read them: `0s`, `1m 30s`.
#[must_use]
pub fn time(ms: u64) -> String {
    match Duration::from_millis(ms) {
        Some(duration) => duration.to_string(),
        None => format!("over {}", Duration::MAX),
    }
}

/// When a timeline is planned to start. A rehearsal starts when it does.
#[must_use]
pub fn start(plan: &Plan) -> Option<DateTime> {
    let start = plan.timeline.as_ref()?.start.as_deref().filter(|_| plan.rehearsal.is_none())?;
    DateTime::parse(start).ok()
}

/// Between two columns.
const GAP: &str = "  ";

/// The widest that the column of names gets: what is longer pushes its own line only.
const WIDEST_WHO: usize = 24;

/// The fewest columns for what happened: less can't be read.
const NARROWEST: usize = 20;

/// A start is no news where its end, or whatever comes next of the same, is at the same moment.
fn leave_out_starts(told: &mut Vec<Draft<'_>>) {
    let mut next: BTreeMap<Who<'_>, u64> = BTreeMap::new();
    let mut is_news = vec![true; told.len()];
    for (index, draft) in told.iter().enumerate().rev() {
        let following = next.insert(draft.who, draft.at_ms);
        is_news[index] = !draft.is_start || following != Some(draft.at_ms);
    }
    let mut is_news = is_news.into_iter();
    told.retain(|_| is_news.next().unwrap_or(true));
}

/// What things are called beside their ids; said once, where they first come up.
fn names(plan: &Plan) -> BTreeMap<Who<'_>, &str> {
    let steps = plan.steps.iter().chain(plan.rollbacks.iter().flat_map(|it| &it.steps)).chain(&plan.finally);
    let steps = steps.filter(|step| step.name != step.id);
    let mut names: BTreeMap<Who<'_>, &str> =
        steps.map(|step| (Who::Step(step.id.as_str()), step.name.as_str())).collect();
    for (list, conditions) in [
        (ConditionList::Preconditions, &plan.preconditions),
        (ConditionList::Postconditions, &plan.postconditions),
    ] {
        names.extend((1..).zip(conditions).map(|(n, it)| (Who::condition(list, n), it.text.as_str())));
    }
    names
}

/// The id of the step that a record is about.
fn step_of<'a>(record: &Record<'a>) -> Option<&'a str> {
    match *record {
        Record::StepStarted { step }
        | Record::Waiting { step, .. }
        | Record::AttemptStarted { step, .. }
        | Record::AttemptEnded { step, .. }
        | Record::PollStarted { step, .. }
        | Record::PollEnded { step, .. }
        | Record::CircuitOpen { step, .. }
        | Record::RemedyStarted { step, .. }
        | Record::RemedyEnded { step, .. }
        | Record::StepEnded { step, .. }
        | Record::AlertStarted { step }
        | Record::AlertEnded { step, .. }
        | Record::UndoStarted { step }
        | Record::UndoEnded { step, .. } => Some(step),
        Record::RunStarted { .. }
        | Record::Gate { .. }
        | Record::ConditionStarted { .. }
        | Record::ConditionEnded { .. }
        | Record::BrokenOff { .. }
        | Record::RollbackStarted
        | Record::ProcedureStarted { .. }
        | Record::FinallyStarted
        | Record::RunEnded { .. } => None,
    }
}
