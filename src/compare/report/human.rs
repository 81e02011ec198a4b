//! For people: a block an entry, a line a change, with the sign that a diff has.

use super::{Comparison, Counts, Fate, own, words};
use crate::compare::{Change, ChangeKind, Figure};
use crate::diagnostic::plural;
use crate::plan::Plan;
use crate::report::visible;
use crate::scalar::Duration;

/// A line of the report and what it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What it is about: `+`, `-`, `~`, `>`, or `#` for a title and a blank for what is said beside.
    pub sign: char,
    /// The text, without control characters.
    pub text: String,
}

/// The lines of the report; none where nothing changes.
#[must_use]
pub fn human(comparison: &Comparison) -> Vec<Line> {
    let mut lines = Vec::new();
    let common = comparison.common();
    if !common.is_empty() {
        title(&mut lines, "every plan".to_owned());
        told(&mut lines, &common, &[]);
    }
    for entry in &comparison.entries {
        let name = words::line(&entry.name);
        let head = if name == entry.id { entry.id.clone() } else { format!("{}: {name}", entry.id) };
        let kind = entry.kind.word();
        match &entry.fate {
            Fate::Added(plan) => {
                title(&mut lines, format!("{head} ({kind}, new)"));
                push(&mut lines, '+', format!("  {}", summary(plan)));
                steps(&mut lines, '+', plan);
            }
            Fate::Removed(plan) => {
                title(&mut lines, format!("{head} ({kind}, not there any more)"));
                push(&mut lines, '-', format!("  {}", summary(plan)));
            }
            Fate::Kept { diff, is_draft, .. } => {
                let changes = own(diff, &common);
                if changes.is_empty() {
                    continue;
                }
                let how = if *is_draft { ", as far as it can be compiled without more facts" } else { "" };
                title(&mut lines, format!("{head} ({kind}{how})"));
                told(&mut lines, &changes, &diff.figures);
            }
            Fate::Unknown { of } => {
                title(&mut lines, format!("{head} ({kind})"));
                push(&mut lines, ' ', format!("  not compared: it can't be compiled in `{of}`"));
            }
        }
    }
    lines
}

fn title(lines: &mut Vec<Line>, text: String) {
    if !lines.is_empty() {
        push(lines, ' ', String::new());
    }
    push(lines, '#', text);
}

fn push(lines: &mut Vec<Line>, sign: char, text: String) {
    lines.push(Line { sign, text: visible(&text).trim_end().to_owned() });
}

/// How a plan is, in a line.
pub(super) fn summary(plan: &Plan) -> String {
    let steps = plural(plan.steps.len(), "step");
    let risk = plan.entry.risk.map(|risk| {
        let word = serde_json::to_value(risk).ok().and_then(|word| word.as_str().map(str::to_owned));
        format!(", risk {}", word.unwrap_or_default())
    });
    format!("{steps}, {}{}", at_most(plan), risk.unwrap_or_default())
}

/// How long a run takes at most.
pub(super) fn at_most(plan: &Plan) -> String {
    let bound = plan.bounds.worst_case_ms.and_then(Duration::from_millis);
    bound.map_or_else(|| "no bound on its time".to_owned(), |bound| format!("at most {bound}"))
}

fn steps(lines: &mut Vec<Line>, sign: char, plan: &Plan) {
    for step in &plan.steps {
        push(lines, sign, format!("  step {}: {}", step.id, words::line(&step.name)));
    }
}

fn told(lines: &mut Vec<Line>, changes: &[Change], figures: &[Figure]) {
    let (of_plan, of_items): (Vec<&Change>, Vec<&Change>) =
        changes.iter().partition(|change| change.item.is_empty());
    let is_bound = |change: &&Change| change.field.as_ref().is_some_and(|field| field.starts_with("bounds."));
    let last_bound = of_plan.iter().rposition(is_bound);
    for (index, change) in of_plan.into_iter().enumerate() {
        for (sign, text) in words::changed(change) {
            push(lines, sign, format!("  {text}"));
        }
        // The sums stand below what they add up to.
        for figure in figures.iter().filter(|_| Some(index) == last_bound) {
            push(lines, ' ', format!("    {}, before: {}", figure.what, figure.old));
            push(lines, ' ', format!("    {}, after:  {}", figure.what, figure.new));
        }
    }
    let mut before: Option<&Change> = None;
    for (index, &change) in of_items.iter().enumerate() {
        let name = words::item(&change.item);
        match change.change {
            ChangeKind::Added | ChangeKind::Removed => {
                let sign = words::sign(change.change);
                push(lines, sign, format!("  {name}"));
                let item = change.to.as_ref().or(change.from.as_ref());
                for text in item.map(words::whole).unwrap_or_default() {
                    push(lines, sign, format!("    {text}"));
                }
            }
            ChangeKind::Moved => {
                let place = |of: &Option<serde_json::Value>| {
                    of.as_ref().and_then(serde_json::Value::as_u64).unwrap_or_default() + 1
                };
                let (from, to) = (place(&change.from), place(&change.to));
                push(lines, '>', format!("  {name}: moved from place {from} to {to}"));
            }
            ChangeKind::Changed => {
                if before.is_none_or(|before| before.item != change.item || before.change != change.change) {
                    // The changes of one item stand together.
                    let mut of_it = of_items[index..].iter().take_while(|other| other.item == change.item);
                    let was = of_it.find(|other| is_id(other)).and_then(|id| id.from.as_ref());
                    let was = was.and_then(serde_json::Value::as_str).map(|was| format!(" (was {was})"));
                    push(lines, '~', format!("  {name}{}", was.unwrap_or_default()));
                }
                for (sign, text) in words::changed(change).into_iter().filter(|_| !is_id(change)) {
                    push(lines, sign, format!("    {text}"));
                }
            }
        }
        before = Some(change);
    }
}

fn is_id(change: &Change) -> bool {
    change.field.as_deref() == Some("id")
}

/// What came of it, in a line.
#[must_use]
pub fn totals(counts: Counts) -> String {
    let Counts { added, removed, changed, same, unknown } = counts;
    let parts = [
        (changed, "changed"),
        (added, "added"),
        (removed, "removed"),
        (unknown, "not compared"),
        (same, "as before"),
    ];
    let parts: Vec<_> =
        parts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
    if parts.is_empty() { "nothing to compare".to_owned() } else { format!("plans: {}", parts.join(", ")) }
}
